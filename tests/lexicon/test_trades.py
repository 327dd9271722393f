"""Trades and their vocabulary."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from monitor.lexicon import customer_words, grams, trade_of, trades


def label_of(*texts: str) -> str | None:
    trade = trade_of(texts)
    return None if trade is None else trade.label


@pytest.mark.parametrize(
    ("texts", "label"),
    [
        (["Fleurs Bougamont"], "fleuriste"),
        (["Bougamont", "fleuriste", "mariage"], "fleuriste"),
        (["Bougamont", "47.76Z"], "fleuriste"),
        (["Bougamont", "code NAF 4776z"], "fleuriste"),
        (["À Fleur de Peau", "institut de beauté"], "institut de beauté"),
        (["Le Fournil de Lola"], "boulangerie"),
        (["Hôtel-Restaurant du Port"], "hôtel"),
        (["Café de la Gare"], "bar"),
        (["Léa Coiff'"], "coiffeur"),
        (["Garages Durand & Fils"], "garage"),
        (["La Lune", "pressing"], "pressing"),
        (["Pharmacie des Fleurs"], "pharmacie"),
        (["L'Atelier", "soins", "ostéopathe"], "kinésithérapeute"),
    ],
)
def test_tells_the_trade(texts: list[str], label: str) -> None:
    assert label_of(*texts) == label


@pytest.mark.parametrize(
    "name", ["Bougamont", "Chez Marcel", "Le Petit Marché", "Au Soleil", "L'Escale", "", "99.99Z"]
)
def test_says_nothing_when_nothing_tells(name: str) -> None:
    assert label_of(name) is None


def test_knows_the_common_trades() -> None:
    wanted = (
        "47.76Z 10.71C 96.02A 45.20A 56.10A 43.22A 55.10Z 47.73Z 75.00Z 47.61Z 86.21Z 68.31Z"
        " 47.75Z 96.02B 56.30Z 47.22Z 47.78A 95.29Z 85.53Z 93.13Z 81.22Z 47.24Z 47.25Z 47.71Z"
        " 43.34Z 41.20A 43.32A 43.21A 49.32Z 47.59A 74.20Z 01.61Z 81.30Z 88.91A 55.30Z 55.20Z"
        " 47.79Z 69.10Z 69.20Z 96.03Z 96.01B 47.26Z 47.62Z 47.64Z 47.65Z 47.77Z 49.42Z 62.02A"
        " 95.11Z 86.23Z 86.90E"
    )
    assert [naf for naf in wanted.split() if label_of(naf) is None] == []


def test_codes_are_codes_and_belong_to_one_trade() -> None:
    codes = Counter(naf for trade in trades() for naf in trade.naf)
    assert [code for code in codes if not re.fullmatch(r"\d\d\.\d\d[A-Z]", code)] == []
    assert [code for code, count in codes.items() if count > 1] == []


def test_a_telling_phrase_is_said_of_one_trade_alone() -> None:
    telling = Counter(phrase for trade in trades() for phrase in trade.telling)
    shared = {phrase for trade in trades() for phrase in trade.shared}
    assert [phrase for phrase, count in telling.items() if count > 1] == []
    assert telling.keys() & (shared | customer_words()) == set()


def test_names_belong_to_one_trade() -> None:
    names = Counter(name for trade in trades() for name in trade.names)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_trade_has_a_vocabulary() -> None:
    poor = [t.label for t in trades() if len(t.telling) < 10 or len(t.telling | t.shared) < 35]
    assert poor == []


def test_a_review_speaks_of_the_trade_and_of_a_shop() -> None:
    said = grams("Très déçue : mes bouquets de mariée livrés fanés, je ne recommande pas.")
    fleuriste = trade_of(["fleuriste"])
    assert fleuriste is not None
    assert {"bouquet", "bouquet de mariee"} <= said & fleuriste.telling
    assert {"livre", "fane"} <= said & fleuriste.shared
    assert {"decue", "recommande"} <= said & customer_words()
