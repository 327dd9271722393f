"""Promises 9 and 10: none lost, none twice, an edit is not new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from dedupe.memory import NOON, Memory, seen
from hypothesis import given
from hypothesis import strategies as st

from monitor.dedupe.decide import Duplicate, New, Update, Verdict, decide, lookup_keys
from monitor.model import Kind, Sighting

URL = "https://www.lavoixdunord.fr/12/fleuriste"
TITLE = "À Valenciennes, la fleuriste Bougamont ferme ses portes"
TEXT = (
    "Après trente ans place d'Armes, Fleurs Bougamont baissera son rideau samedi. La fleuriste part"
    " en retraite et cherche un repreneur pour son magasin du centre."
)
OTHER_TEXT = "Un bouquet livré fané, personne au téléphone : la cliente attend toujours son argent."
FIRST = Duplicate("m000")
EDIT = Update("m000")


def verdicts(*sightings: Sighting) -> list[Verdict]:
    memory = Memory()
    return [memory.save(sighting) for sighting in sightings]


ARTICLE = seen("guid-1", URL, TITLE, TEXT)
AT_GOOGLE = seen(
    "CBMi-1",
    "https://news.google.com/rss/articles/CBMi-1?oc=5",
    TITLE,
    source="google",
    platform="google_news",
    at=NOON + timedelta(hours=7),
    author_url="https://www.lavoixdunord.fr",
    outlet="La Voix du Nord",
)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(ARTICLE, id="unchanged"),
        pytest.param(seen("guid-2", URL, TITLE, TEXT), id="another guid"),
        pytest.param(seen("guid-2", URL + "?utm_source=rss#xtor=RSS-1", TITLE, TEXT), id="both"),
        pytest.param(seen("guid-1", URL + "?session=8", TITLE, TEXT), id="another address"),
        pytest.param(seen("guid-1", "https://lavoixdunord.fr/12/titre", TITLE, TEXT), id="slug"),
        pytest.param(seen("", URL, TITLE, TEXT), id="no guid"),
        pytest.param(seen("guid-1", None, TITLE, TEXT), id="no address"),
        pytest.param(seen("guid-1", "https://www.lavoixdunord.fr/", TITLE, TEXT), id="site root"),
        pytest.param(seen("guid-1", URL, None, ""), id="no words any more"),
        pytest.param(seen("guid-1", URL, TITLE.replace(" ", "  "), TEXT + "\n"), id="spaces"),
        pytest.param(seen("guid-1", URL, TITLE, TEXT, at=None), id="no date any more"),
        pytest.param(seen("7", URL, TITLE, TEXT, source="agenda"), id="another source"),
        pytest.param(seen("guid-1", URL, TITLE, OTHER_TEXT, source="x"), id="reworded elsewhere"),
        pytest.param(AT_GOOGLE, id="found by a search engine"),
    ],
)
def test_the_same_article_counts_once(again: Sighting) -> None:
    assert verdicts(ARTICLE, again, ARTICLE) == [New(), FIRST, FIRST]


def test_the_search_engine_may_come_first() -> None:
    assert verdicts(AT_GOOGLE, ARTICLE, AT_GOOGLE) == [New(), FIRST, FIRST]


def listed(token: str, hours: int) -> Sighting:
    """One headline as Google News lists it: every address and guid may be another next time."""
    return seen(
        token,
        f"https://news.google.com/rss/articles/{token}?oc=5",
        TITLE,
        source="google",
        platform="google_news",
        at=NOON + timedelta(hours=hours),
        outlet="La Voix du Nord",
    )


def test_a_headline_listed_again_under_another_guid_and_address_counts_once() -> None:
    assert (
        verdicts(listed("CBMi-1", 0), listed("CBMi-2", 0), listed("CBMi-3", 3))[1:] == [FIRST] * 2
    )


def test_a_daily_column_counts_every_day() -> None:
    assert verdicts(*(listed(f"CBMi-{day}", 24 * day) for day in range(3))) == [New()] * 3


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param(seen("guid-1", URL, TITLE, TEXT + " Mise à jour."), id="text"),
        pytest.param(seen("guid-1", URL, TITLE, TEXT.replace("è", "e")), id="an accent"),
        pytest.param(seen("guid-1", URL, "Un tout autre titre", TEXT), id="title"),
        pytest.param(seen("guid-1", URL, "Un tout autre titre", OTHER_TEXT), id="all"),
        pytest.param(seen("guid-1", None, TITLE, OTHER_TEXT), id="without address"),
        pytest.param(seen("guid-2", URL, TITLE, OTHER_TEXT), id="and another guid"),
        pytest.param(seen("guid-1", URL, TITLE, TEXT, rating=2), id="rating"),
    ],
)
def test_an_edit_by_its_own_source_is_an_update_once(edited: Sighting) -> None:
    assert verdicts(ARTICLE, edited, edited) == [New(), EDIT, FIRST]


def test_a_copy_elsewhere_never_overwrites_and_the_own_source_still_does() -> None:
    copy = seen("7", URL, TITLE, TEXT + " Repris ici.", source="agenda")
    edited = seen("guid-1", URL, TITLE, TEXT + " Mise à jour.")
    assert verdicts(ARTICLE, copy, edited, copy) == [New(), FIRST, EDIT, FIRST]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            seen("guid-1", "https://www.lavoixdunord.fr/13/avis", "Des fleurs fanées", OTHER_TEXT),
            id="one guid for all",
        ),
        pytest.param(
            seen("guid-1", URL, "Des fleurs fanées", OTHER_TEXT, at=NOON - timedelta(hours=3)),
            id="one guid and one address for all",
        ),
        pytest.param(seen("guid-1", None, "Des fleurs fanées", OTHER_TEXT), id="guid, no address"),
        pytest.param(seen("guid-2", URL, "Des fleurs fanées", OTHER_TEXT), id="one page for all"),
        pytest.param(
            seen("guid-2", "https://www.lavoixdunord.fr/13/avis", TITLE, OTHER_TEXT),
            id="a column's title",
        ),
        pytest.param(
            seen("9", "https://www.ouest-france.fr/9", TITLE, TEXT, source="ouest"),
            id="another paper's",
        ),
        pytest.param(
            replace(
                AT_GOOGLE, entry=replace(AT_GOOGLE.entry, published_at=NOON + timedelta(days=9))
            ),
            id="the same title days later",
        ),
        pytest.param(
            seen("guid-1", None, "Des fleurs", OTHER_TEXT, source="agenda"),
            id="a guid that another feed uses too",
        ),
    ],
)
def test_a_different_article_is_new(other: Sighting) -> None:
    assert verdicts(ARTICLE, other, ARTICLE, other) == [New(), New(), FIRST, Duplicate("m001")]


@pytest.mark.parametrize("same", ["guid", "page"])
def test_articles_that_differ_by_a_number_stay_apart(same: str) -> None:
    """Feeds of programmes: "Article 12", "Article 13", all else equal."""
    articles = [
        seen(
            "guid" if same == "guid" else f"guid-{n}",
            URL if same == "page" else f"https://exemple.fr/{n}",
            f"Article {n} sur Fleurs Bougamont",
            f"Fleurs Bougamont, article {n} du journal, avec la suite du texte qui ne change pas.",
        )
        for n in range(20)
    ]
    assert verdicts(*articles) == [New()] * 20


def test_two_reviews_on_one_page_are_two() -> None:
    page = "https://exemple.fr/avis/fleurs-bougamont"
    reviews = [
        seen("1", page, "Avis", "Très bon accueil", kind=Kind.REVIEW, author="Ana", rating=5),
        seen("2", page, "Avis", "Bouquet fané", kind=Kind.REVIEW, author="Luc", rating=1),
        seen("3", page, "Avis", "Très bon accueil", kind=Kind.REVIEW, author="Paul", rating=5),
        seen("4", page, "Avis", "Très bon accueil", kind=Kind.REVIEW, author="Ana", rating=5),
    ]
    assert verdicts(*reviews) == [New(), New(), New(), FIRST]


def test_reviews_of_bare_stars_are_as_many_as_their_identifiers() -> None:
    page = "https://maps.exemple.fr/lieu?cid=1"
    said = [("1", ""), ("2", ""), ("3", "Parfait"), ("1", ""), ("4", "")]
    reviews = [
        seen(one, page, None, text, kind=Kind.REVIEW, author="A Google user", rating=5)
        for one, text in said
    ]
    assert verdicts(*reviews) == [New(), New(), New(), FIRST, New()]


def test_reviews_of_two_moments_on_one_page_are_two_though_they_say_the_same() -> None:
    page = "https://maps.exemple.fr/lieu?cid=1"
    one, other = (
        seen(
            f"{day}",
            page,
            None,
            "Parfait",
            kind=Kind.REVIEW,
            author="A Google user",
            rating=5,
            at=NOON + timedelta(days=day),
        )
        for day in (2, 9)
    )
    assert verdicts(one, other, one) == [New(), New(), FIRST]


def test_posts_are_never_one_by_their_words_alone() -> None:
    one = seen("1", "https://exemple.fr/@a/1", TITLE, TEXT, kind=Kind.POST)
    two = seen("2", "https://exemple.fr/@b/2", TITLE, TEXT, kind=Kind.POST)
    assert verdicts(one, two) == [New(), New()]
    assert lookup_keys(one).title_key is None


def test_a_post_met_at_two_instances_is_one() -> None:
    uri = "https://exemple.fr/users/a/statuses/1"
    one = seen(uri, "https://exemple.fr/@a/1", None, TEXT, kind=Kind.POST, platform="mastodon")
    two = replace(one, source_id="elsewhere")
    assert verdicts(one, two) == [New(), FIRST]


def test_the_passages_of_a_watched_page_are_told_apart_by_their_words() -> None:
    one = seen("hash-1", URL, TITLE, TEXT, kind=Kind.PAGE)
    other = seen("hash-2", URL, TITLE, OTHER_TEXT, kind=Kind.PAGE)
    edited = seen("hash-3", URL, TITLE, TEXT.replace(".", " !"), kind=Kind.PAGE)
    assert verdicts(one, other) == [New(), New()]
    assert verdicts(one, edited)[1] != New()


def test_a_site_root_is_looked_up_by_nobody() -> None:
    root = seen("1", "https://www.exemple.fr/?utm_source=rss", TITLE, TEXT)
    assert lookup_keys(root).canonical_url is None
    assert verdicts(root, seen("2", "https://exemple.fr", "Un autre", OTHER_TEXT))[1] == New()


def test_without_guid_and_address_the_title_and_text_tell() -> None:
    bare = seen("", None, TITLE, TEXT, outlet="La Voix du Nord")
    assert verdicts(bare, bare) == [New(), FIRST]


def test_the_surest_mention_is_taken_whatever_the_order() -> None:
    memory = Memory()
    memory.save(seen("guid-9", URL + "/bis", TITLE, TEXT))
    memory.save(seen("guid-1", "https://autre.exemple.fr/1", TITLE, TEXT))
    known = memory._find(ARTICLE)  # noqa: SLF001 - what a store would hand over
    assert {decide(ARTICLE, order) for order in (known, known[::-1])} == {Duplicate("m001")}


ARTICLES = [
    seen(f"g{n}", f"https://exemple.fr/{n}", f"Nouvelle numéro {n} du fleuriste", f"Texte {n}. {t}")
    for n, t in enumerate([TEXT, OTHER_TEXT, "Ouvert dimanche.", "", "Mariage réussi, bravo !"])
]
DRESSED = [
    *ARTICLES,
    *(replace(one, source_id="second") for one in ARTICLES),
    *(
        seen(f"h{n}", f"http://www.exemple.fr/{n}/?utm_medium=x", one.entry.title, one.entry.text)
        for n, one in enumerate(ARTICLES)
    ),
]


@given(st.permutations(DRESSED))
def test_a_permutation_of_entries_gives_the_same_mentions(order: Sequence[Sighting]) -> None:
    memory = Memory()
    for sighting in order:
        memory.save(sighting)
    words = {(one.entry.title, one.entry.text) for one in memory.mentions.values()}
    assert len(memory.mentions) == len(ARTICLES)
    assert words == {(one.entry.title, one.entry.text) for one in ARTICLES}


@given(st.lists(st.sampled_from(DRESSED)))
def test_what_was_read_once_is_nothing_new_at_the_next_poll(feed: list[Sighting]) -> None:
    memory = Memory()
    for sighting in feed:
        memory.save(sighting)
    assert not any(isinstance(memory.save(sighting), New | Update) for sighting in feed)
