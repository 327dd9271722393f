from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from monitor.usual.chance import most, probability, tail

MEANS = st.floats(0.01, 200)
SIZES = st.one_of(st.just(math.inf), st.floats(0.2, 500))


def test_the_poisson_tail_is_that_of_the_tables() -> None:
    assert math.isclose(tail(9, 3), 0.003803, abs_tol=1e-6)
    assert math.isclose(tail(1, 1), 1 - math.exp(-1))


def test_a_very_rare_count_is_not_lost_in_rounding() -> None:
    assert 0 < tail(60, 3) < 1e-40


@given(MEANS, SIZES)
def test_all_probabilities_add_up_to_one(mean: float, size: float) -> None:
    top = int(mean * 3 + 20)
    total = sum(probability(n, mean, size) for n in range(top)) + tail(top, mean, size)
    assert math.isclose(total, 1, abs_tol=1e-6)


@given(st.integers(0, 200), MEANS, SIZES)
def test_more_is_rarer(count: int, mean: float, size: float) -> None:
    assert tail(count + 1, mean, size) <= tail(count, mean, size) + 1e-9


@given(st.integers(1, 60), st.floats(0.1, 20), st.floats(0.5, 100))
def test_what_is_known_less_well_surprises_less(above: int, mean: float, size: float) -> None:
    count = int(mean * 3) + above + 3
    assert tail(count, mean, size) >= tail(count, mean)


@given(MEANS, SIZES)
def test_the_usual_most_is_passed_once_in_twenty_times(mean: float, size: float) -> None:
    count = most(0.05, mean, size)
    assert tail(count + 1, mean, size) <= 0.0501
    assert count == 0 or tail(count, mean, size) > 0.0499
