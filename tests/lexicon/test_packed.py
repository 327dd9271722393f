"""Packed lists: what was put in comes out, and nothing else."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from monitor.lexicon.packed import MAX_LETTERS, pack, read, table

words = st.text(string.ascii_lowercase, min_size=1, max_size=MAX_LETTERS)


@given(st.dictionaries(words, st.integers(0, 255), max_size=30), st.lists(st.text(), max_size=10))
def test_gives_back_each_word_and_no_other(values: dict[str, int], others: list[str]) -> None:
    packed = read(pack(values))
    assert len(packed) == len(values)
    for word in [*values, *others]:
        assert packed.get(word) == values.get(word)


def test_the_order_they_come_in_makes_no_difference() -> None:
    assert pack({"lis": 1, "rose": 2}) == pack({"rose": 2, "lis": 1})


def test_what_ships_is_whole() -> None:
    assert len(table("words")) == 100_000
    assert len(table("first_names")) > 9_000
    assert len(table("family_names")) > 20_000
