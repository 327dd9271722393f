"""The usual company of common nouns."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from monitor.lexicon import key, usual_company, usual_company_at
from monitor.lexicon.company import nouns
from monitor.lexicon.phrases import key_words


def phrase_in(text: str, noun: str) -> str | None:
    words = key_words(text)
    return usual_company_at(words, words.index(key(noun)))


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("Attention aux coups de soleil", "soleil"),
        ("un lever du soleil sur la mer", "soleil"),
        ("des contes de fées", "fée"),
        ("C'est avec plaisir que", "plaisir"),
        ("la Gare SNCF ferme", "gare"),
        ("Une hirondelle ne fait pas le printemps", "hirondelle"),
        ("pomme de terre", "pomme"),
        ("mis en évidence par", "évidence"),
        ("trop d'hibiscus ici", "hibiscus"),
        ("les phares de la voiture", "phare"),
    ],
)
def test_a_noun_in_its_usual_company_means_itself(text: str, noun: str) -> None:
    assert phrase_in(text, noun) is not None


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("Bien mangé au Soleil hier soir", "soleil"),
        ("chez Soleil à Lille", "soleil"),
        ("le patron du Comptoir", "comptoir"),
        ("l'équipe des Cigales", "cigale"),
        ("Le Phare, à Brest, recrute", "phare"),
        ("j'ai acheté mes roses à l'Évidence", "évidence"),
        ("dîner à la Marmite", "marmite"),
        ("La Plage rouvre vendredi", "plage"),
        ("merci à toute l'équipe de l'Escale", "escale"),
    ],
)
def test_what_may_be_a_shop_is_left_alone(text: str, noun: str) -> None:
    assert phrase_in(text, noun) is None


@pytest.mark.parametrize("name", ["bougamont", "Marcel", "Martin", "Léa", "", "Le Petit Marché"])
def test_names_and_unknown_words_have_no_company(name: str) -> None:
    assert usual_company(name) == ()


def test_an_article_and_a_plural_make_no_difference() -> None:
    assert usual_company("Les Cigales") == usual_company("cigale") != ()


def test_knows_what_shops_are_named_after() -> None:
    wanted = (
        "soleil rose étoile jardin marché gare port moulin nature plaisir café comptoir escale"
        " horizon évidence instant essentiel renaissance oasis cigale olivier phare lune papillon"
        " fée lutin"
    )
    assert {key(noun) for noun in wanted.split()} <= nouns()
    assert len(nouns()) >= 150


def test_every_phrase_holds_its_noun_once_written_as_a_sign() -> None:
    file = resources.files("monitor.lexicon").joinpath("data", "company.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))["nouns"]
    listed = [(noun, phrase) for noun, all_of in table.items() for phrase in all_of.split(",")]
    assert [pair for pair in listed if "~" not in pair[1]] == []


def test_no_phrase_is_the_noun_with_an_article() -> None:
    plain = {"le", "la", "les", "l", "au", "aux", "du", "des", "chez"}
    alone = [
        phrase
        for noun in nouns()
        for phrase in usual_company(noun)
        if phrase.endswith(noun) and set(phrase.removesuffix(noun).split()) <= plain
    ]
    assert alone == []
