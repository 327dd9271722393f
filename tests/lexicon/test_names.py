"""First names and family names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.lexicon import family_name_rank, first_name_rank, is_family_name, is_first_name
from monitor.lexicon.names import step_of


@pytest.mark.parametrize("name", ["Marcel", "Léa", "lea", "ZÉLIE", "Marie", "Yannick", "Noël"])
def test_knows_first_names(name: str) -> None:
    assert is_first_name(name)


@pytest.mark.parametrize("name", ["Martin", "dupont", "Lefèvre", "Goff", "Durand", "Da Silva"[3:]])
def test_knows_family_names(name: str) -> None:
    assert is_family_name(name)


@pytest.mark.parametrize("name", ["bougamont", "vidange", "", "Jean Martin", "boulangerie"])
def test_knows_no_other_names(name: str) -> None:
    assert not is_first_name(name)
    assert not is_family_name(name)


def test_ranks_tell_the_common_from_the_rare() -> None:
    assert family_name_rank("Martin") == 1
    assert first_name_rank("Léa") is not None
    assert (family_name_rank("Dupont") or 0) < (family_name_rank("Lutin") or 0)


@given(st.integers(1, 200_000))
def test_a_rank_is_kept_within_five_percent(rank: int) -> None:
    assert abs(2 ** (step_of(rank) / 14) / rank - 1) < 0.05
