"""What is shipped of the tuning: small, without pickles, and what it says survives the rounding."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sentiment.neural import train
from monitor.sentiment.neural.base_file import floats
from monitor.sentiment.neural.choosing import choose, macro_f1
from monitor.sentiment.neural.tuned import blocks_of, pack, shipped, unpack


@given(st.integers(0, 1_000), st.floats(1e-4, 10))
def test_rounding_loses_at_most_half_a_step(seed: int, size: float) -> None:
    matrix = np.random.default_rng(seed).normal(0, size, (3, 64)).astype(np.float32)
    steps = np.abs(matrix.reshape(3, 2, 32)).max(axis=-1) / 7
    lost = np.abs(floats(blocks_of(matrix)) - matrix).reshape(3, 2, 32).max(axis=-1)
    assert (lost <= steps * 0.51).all()


def test_what_did_not_move_stays() -> None:
    assert (floats(blocks_of(np.zeros((2, 32), np.float32))) == 0).all()


def test_the_file_holds_the_tuning_and_no_more() -> None:
    packed = pack(shipped())
    assert packed == pack(unpack(packed))
    assert len(packed) < 10_000_000


def test_the_likeliest_share_is_chosen() -> None:
    wanted = np.array([0, 1, 2] * 10)
    right = np.log(np.eye(3, dtype=np.float32)[wanted] * 0.8 + 0.05)
    useless = np.zeros_like(right)
    assert choose(right, useless, wanted)[0] == 0
    assert choose(useless, right, wanted)[0] == pytest.approx(0.5)
    assert macro_f1(right, wanted) == 1


CORPUS = Path(__file__).parents[2] / "corpus" / "sentiment"


def test_training_without_torch_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "monitor.sentiment.neural.net", raising=False)
    with pytest.raises(SystemExit, match="pip install torch"):
        train.main(CORPUS)
