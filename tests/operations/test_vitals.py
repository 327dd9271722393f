"""What makes the daemon well or not, by a clock that the test moves."""

from __future__ import annotations

from monitor.errors import DeliveryError, StoreCode, StoreError
from monitor.model import PollError, PollStatus, SourceReport
from monitor.operations.vitals import STALE_S, Vitals


class Passing:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_it_is_well_from_its_first_heartbeat_until_they_stay_away() -> None:
    passing = Passing()
    vitals = Vitals(passing=passing)
    assert vitals.ailments == {"heart": "starting"}
    vitals.beat()
    assert vitals.ailments == {}
    passing.at += STALE_S + 1
    assert vitals.ailments == {"heart": "stale"}
    vitals.beat()
    assert vitals.ailments == {}


def test_an_unusable_store_is_an_ailment_until_the_same_work_ends_well() -> None:
    vitals = Vitals()
    vitals.beat()
    vitals.note("poll", StoreError(StoreCode.DISK_FULL, "no room"))
    vitals.note("mail", None)
    assert vitals.ailments == {"poll": "disk_full"}
    vitals.note("poll", None)
    assert vitals.ailments == {}


def test_a_fault_of_ours_is_an_ailment() -> None:
    vitals = Vitals()
    vitals.beat()
    vitals.note("digest", ZeroDivisionError())
    assert vitals.ailments == {"digest": "internal"}


def test_a_mail_server_that_says_no_is_no_ailment() -> None:
    vitals = Vitals()
    vitals.beat()
    vitals.note("mail", DeliveryError("no"))
    assert vitals.ailments == {}


def test_polls_are_counted_by_how_they_ended_and_skipped_ones_are_not() -> None:
    vitals = Vitals()
    error = PollError(code="dns", message="")
    vitals.count(SourceReport(id="a", type="feed", status=PollStatus.OK))
    vitals.count(SourceReport(id="a", type="feed", status=PollStatus.FAILED, error=error))
    vitals.count(SourceReport(id="a", type="feed", status=PollStatus.SKIPPED, error=error))
    assert vitals.polls == {("a", "ok"): 1, ("a", "failed"): 1}
    assert vitals.errors == {("a", "dns"): 1}
