from __future__ import annotations

from monitor.settling import HOURLY_S, LONGEST_S, SETTLED_S, Settling


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_waits_until_polls_have_settled() -> None:
    clock = Seconds()
    settling = Settling(seconds=clock)
    clock.now = SETTLED_S - 1
    settling.hear()
    clock.now += SETTLED_S - 1
    assert not settling.is_time()
    clock.now += 1
    assert settling.is_time()


def test_polls_without_end_put_a_look_off_for_a_minute_only() -> None:
    clock = Seconds()
    settling = Settling(seconds=clock)
    while clock.now < LONGEST_S:
        assert not settling.is_time()
        settling.hear()
        clock.now += 1
    assert settling.is_time()


def test_without_polls_one_looks_hourly() -> None:
    clock = Seconds()
    settling = Settling(seconds=clock)
    settling.begin()
    clock.now = HOURLY_S - 1
    assert not settling.is_time()
    clock.now = HOURLY_S
    assert settling.is_time()


def test_a_poll_that_ends_during_a_look_asks_for_another() -> None:
    clock = Seconds()
    settling = Settling(seconds=clock)
    settling.begin()
    settling.hear()
    clock.now = SETTLED_S
    assert settling.is_time()
