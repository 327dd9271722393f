from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.queries import google_news_query, hashtags, mastodon_search_queries
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


@given(BUSINESSES)
def test_queries_are_made_of_any_name(business: Business) -> None:
    assert google_news_query(business).count('"') % 2 == 0
    assert all(re.fullmatch(r"\w+", tag) for tag in hashtags(business))
    assert len({tag.casefold() for tag in hashtags(business)}) == len(hashtags(business))
    assert all(0 < len(query) <= 200 for query in mastodon_search_queries(business))
