"""By what an article is known again."""

import pytest
from dedupe.memory import seen

TITLE = "À Valenciennes, la fleuriste Bougamont ferme ses portes"


@pytest.mark.parametrize(
    ("outlet", "author_url", "url", "key"),
    [
        (None, None, "https://www.lavoixdunord.fr/123/article", "lavoixdunord"),
        (
            "La Voix du Nord",
            "https://www.lavoixdunord.fr",
            "https://news.google.com/rss/articles/CBMi?oc=5",
            "lavoixdunord",
        ),
        ("La Voix du Nord", None, "https://news.google.com/rss/articles/CBMi", "lavoixdunord"),
        ("La Voix du Nord", None, None, "lavoixdunord"),
        ("Le Monde.fr", None, None, "lemonde"),
        (None, None, "https://www.lemonde.fr/a", "lemonde"),
        (None, None, "https://jardin.ouest-france.fr/a", "ouestfrance"),
        ("Ouest-France", None, None, "ouestfrance"),
        (None, None, "https://fleurs.over-blog.com/a", "fleurs"),
        (None, None, "https://journal.exemple.co.uk/a", "exemple"),
        (None, "https://exemple.fr/@simon", None, None),
        (None, None, "https://www.google.com/url?q=https://www.lavoixdunord.fr/a", "lavoixdunord"),
    ],
)
def test_an_outlet_has_one_key_by_name_and_by_address(
    outlet: str | None, author_url: str | None, url: str | None, key: str | None
) -> None:
    sighting = seen("1", url, TITLE, outlet=outlet, author_url=author_url)
    assert sighting.fingerprint.outlet_key == key


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        TITLE.upper(),
        f"{TITLE} - La Voix du Nord",
        f"{TITLE} | La Voix du Nord",
        f"«\u00a0{TITLE}\u00a0» !",
        TITLE.replace("À", "A\u0300"),
    ],
)
def test_a_title_has_one_key_however_it_is_dressed(title: str) -> None:
    url = "https://www.lavoixdunord.fr/1"
    key = seen("1", url, title).fingerprint.title_key
    assert key == "a valenciennes la fleuriste bougamont ferme ses portes"


def test_a_dash_within_a_title_cuts_nothing() -> None:
    title = "Fleurs Bougamont - ouverture dimanche"
    key = seen("1", "https://exemple.fr/1", title).fingerprint.title_key
    assert key == "fleurs bougamont ouverture dimanche"


@pytest.mark.parametrize("title", [None, "", "Avis", "Fermé lundi", "Bien et bon", "🌷🌷🌷"])
def test_a_title_that_many_bear_is_no_key(title: str | None) -> None:
    assert seen("1", None, title).fingerprint.title_key is None


def test_texts_of_the_same_words_have_one_key_and_no_words_none() -> None:
    keys = [
        seen("1", text=text).fingerprint.text_key for text in ("Été\u00a0!", "ete", " ", "hiver")
    ]
    assert keys[0] == keys[1] is not None
    assert keys[2] is None
    assert keys[3] not in keys[:3]
