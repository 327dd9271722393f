from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.queries import (
    BING,
    BLUESKY,
    GDELT,
    LEMMY,
    PHRASES,
    REDDIT,
    WIKIPEDIA,
    WORDS,
    YOUTUBE,
    Syntax,
    google_news_query,
    hashtags,
    mastodon_search_queries,
    search_queries,
)
from monitor.model import Business

FLEURS = Business(
    name="Fleurs Bougamont",
    aliases=("Simon Bougamont", "@fleursbougamont", "#fleursbougamont", "fleurs bougamont"),
    exclude=("Bougamont Immobilier",),
)
NAMES = st.text(min_size=1, max_size=40).filter(str.strip)
BUSINESSES = st.builds(
    Business,
    name=NAMES,
    aliases=st.lists(NAMES, max_size=6).map(tuple),
    exclude=st.lists(NAMES, max_size=6).map(tuple),
)


def test_one_name_needs_no_brackets() -> None:
    assert google_news_query(Business(name="Chez Odile")) == '"Chez Odile"'


def test_handles_and_hashtags_are_no_news() -> None:
    assert google_news_query(FLEURS, when="7d") == (
        '("Fleurs Bougamont" OR "Simon Bougamont") -"Bougamont Immobilier" when:7d'
    )


def test_quotes_within_a_name_do_not_end_the_phrase() -> None:
    assert google_news_query(Business(name='Le "Petit" « Zinc »')) == '"Le Petit Zinc"'


def test_what_google_would_not_read_is_left_out() -> None:
    many = tuple(f"Alias numéro {n}" for n in range(20))
    business = Business(name="Chez Odile", aliases=many, exclude=("Musée Odile Redon de Lille",))
    query = google_news_query(business, when="7d")
    assert query.startswith('("Chez Odile" OR "Alias numéro 0" OR ')
    assert query.endswith(") when:7d")
    assert len(re.findall(r"\w+", query.replace("OR", ""))) <= 32


def test_hashtags_come_with_and_without_accents_and_once() -> None:
    business = Business(name="L'Œuf à la coque", aliases=("#oeuf", "@oeuf", "Œuf", "2000"))
    assert hashtags(business) == ("LŒufÀLaCoque", "LOeufALaCoque", "oeuf", "Œuf")
    assert hashtags(FLEURS) == ("FleursBougamont", "SimonBougamont")


def test_mastodon_searches_each_name_and_handle() -> None:
    assert mastodon_search_queries(FLEURS) == (
        '"Fleurs Bougamont"',
        '"Simon Bougamont"',
        "fleursbougamont",
    )


OF_ALL = '("Fleurs Bougamont" OR "Simon Bougamont")'
SYNTAXES = {
    "bing": (BING, (f'{OF_ALL} -"Bougamont Immobilier"',)),
    "bluesky": (BLUESKY, ("Fleurs Bougamont", "Simon Bougamont", "fleursbougamont")),
    "gdelt": (GDELT, (f'{OF_ALL} -"Bougamont Immobilier"',)),
    "lemmy": (LEMMY, ("Fleurs Bougamont", "Simon Bougamont", "fleursbougamont")),
    "phrases": (PHRASES, ('"Fleurs Bougamont"', '"Simon Bougamont"')),
    "reddit": (
        REDDIT,
        (f'{OF_ALL[:-1]} OR fleursbougamont) NOT "Bougamont Immobilier"',),
    ),
    "wikipedia": (WIKIPEDIA, (f'{OF_ALL} -"Bougamont Immobilier"',)),
    "words": (WORDS, ("Fleurs Bougamont", "Simon Bougamont")),
    "youtube": (YOUTUBE, ('"Fleurs Bougamont"|"Simon Bougamont" -"Bougamont Immobilier"',)),
}


@pytest.mark.parametrize(("syntax", "expected"), SYNTAXES.values(), ids=SYNTAXES)
def test_each_platform_is_asked_in_its_own_way(syntax: Syntax, expected: tuple[str, ...]) -> None:
    assert search_queries(FLEURS, syntax) == expected


@given(BUSINESSES, st.sampled_from([syntax for syntax, _ in SYNTAXES.values()]))
def test_no_query_is_longer_than_its_platform_takes(business: Business, syntax: Syntax) -> None:
    queries = search_queries(business, syntax)
    assert all(0 < len(query) <= syntax.most_chars for query in queries)


@given(BUSINESSES)
def test_queries_are_made_of_any_name(business: Business) -> None:
    assert google_news_query(business).count('"') % 2 == 0
    assert all(re.fullmatch(r"\w+", tag) for tag in hashtags(business))
    assert len({tag.casefold() for tag in hashtags(business)}) == len(hashtags(business))
    assert all(0 < len(query) <= 200 for query in mastodon_search_queries(business))
