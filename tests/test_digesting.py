"""Digests to readers at rhythms of their own, by a clock that the test moves.

The law: each mention stands in exactly one digest of its business, and is told to each reader in
exactly one, whatever the schedules, time zones, clock changes, downtimes and changes of mind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from fixed_clock import FixedClock
from hypothesis import given, settings
from hypothesis import strategies as st
from store.samples import BAD, SHOP, outcome, sighting, state

from monitor.delivery.mail import Mailer
from monitor.digest_settings import DigestSettings
from monitor.digesting import Digester
from monitor.errors import DeliveryError
from monitor.model import (
    ClosedDigest,
    DeliveryResult,
    DeliveryState,
    MentionQuery,
    PollError,
    PollStatus,
)
from monitor.readers import Reader, Readership, Rhythm, readership_of
from monitor.store.sqlite import SqliteStore

PARIS = ZoneInfo("Europe/Paris")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
OWNER, AGENCY = "owner@example.fr", "agence@example.fr"
WEEKLY = Rhythm("weekly", "fr", "Europe/Paris")
DAILY = Rhythm("daily", "fr", "Europe/Paris")
USUAL = readership_of(WEEKLY, [Reader(OWNER, WEEKLY), Reader(AGENCY, DAILY)])


class Post(Mailer):
    """A mail server that keeps what it is given, unless it is down."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, tuple[str, ...]]] = []
        self.is_down = False

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> list[DeliveryResult]:
        if self.is_down:
            raise DeliveryError("down")
        self.taken.append((message, tuple(recipients)))
        return [DeliveryResult(recipient=r, state=DeliveryState.SENT) for r in recipients]


def digester(
    store: SqliteStore, clock: FixedClock, readership: Readership, **changes: object
) -> Digester:
    made = DigestSettings(
        language="fr",
        zone=PARIS,
        schedule="weekly",
        recipients=(),
        sender="Écoute <ecoute@example.fr>",
        items=12,
        lines=60,
        when_empty=True,
        reports=Path("reports"),
        readerships={SHOP: readership},
    )
    mailer = changes.pop("mailer", None)
    return Digester(
        store=store,
        businesses=(SHOP,),
        settings=replace(made, **changes),  # type: ignore[arg-type] # any setting
        mailer=mailer if isinstance(mailer, Post) else None,
        clock=clock,
        chance=lambda: 0.0,
    )


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY - 4 * DAY)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[SqliteStore]:
    with closing(opened(tmp_path, clock)) as made:
        yield made


def opened(folder: Path, clock: FixedClock) -> SqliteStore:
    store = SqliteStore.open(folder / "mentions.db", clock=clock)
    store.register_sources([state()])
    return store


def find_one(store: SqliteStore, clock: FixedClock, number: int) -> str:
    """Store a mention found now."""
    made = sighting(number, published_at=clock.at - timedelta(minutes=5))
    (mention_id,) = store.save_poll(outcome(made, at=clock.at)).new
    return mention_id


def told(closed: Iterable[ClosedDigest], recipient: str) -> list[str]:
    """The mentions in the digests to a recipient, in order."""
    return [m for digest in closed if recipient in digest.recipients for m in digest.mention_ids]


def test_the_owner_hears_weekly_and_the_agency_daily(store: SqliteStore, clock: FixedClock) -> None:
    digests = digester(store, clock, USUAL)
    closed: list[ClosedDigest] = []
    found = []
    for hour in range(21 * 24):
        if hour % 24 == 5:
            found.append(find_one(store, clock, hour))
        clock.advance(HOUR)
        closed += digests.close_due()
    by_reader = Counter(recipient for digest in closed for recipient in digest.recipients)
    assert by_reader == {OWNER: 3, AGENCY: 21}
    own = [digest for digest in closed if not digest.lane]
    assert all(digest.recipients == (OWNER,) for digest in own)
    last = own[-1].period.end
    assert sorted(told(closed, AGENCY)) == sorted(found)
    assert sorted(told(closed, OWNER)) == sorted(m.id for m in store.find(MentionQuery(until=last)))
    assert {m.digest_id for m in store.find(MentionQuery(until=last))} == {d.id for d in own}


def test_a_clock_change_moves_no_digest_on_the_readers_wall(
    store: SqliteStore, clock: FixedClock
) -> None:
    zones = ("Europe/Paris", "Indian/Reunion", "America/Miquelon", "Pacific/Noumea")
    readers = [
        Reader(f"{n}@example.fr", Rhythm("daily", "fr", zone)) for n, zone in enumerate(zones)
    ]
    digests = digester(store, clock, readership_of(readers[0].rhythm, readers))
    for start in (datetime(2026, 3, 25, tzinfo=UTC), datetime(2026, 10, 21, tzinfo=UTC)):
        clock.at = start
        digests.close_due()  # whatever was missed until then
        closed = []
        for _ in range(10 * 24 * 4):
            clock.advance(timedelta(minutes=15))
            closed += digests.close_due()
        for reader in readers:
            mine = [digest for digest in closed if reader.address in digest.recipients]
            local = [digest.closed_at.astimezone(reader.rhythm.zone) for digest in mine]
            assert [(at.hour, at.minute) for at in local] == [(8, 0)] * 10
            ends = [(digest.period.start, digest.period.end) for digest in mine]
            assert all(before[1] == after[0] for before, after in pairwise(ends))


def test_after_three_weeks_without_power_each_gets_one_late_digest(
    tmp_path: Path, clock: FixedClock
) -> None:
    with closing(opened(tmp_path, clock)) as store:
        digests = digester(store, clock, USUAL)
        digests.close_due()
        clock.at = MONDAY
        closed = digests.close_due()
        before = [find_one(store, clock, n) for n in range(3)]
        clock.advance(2 * HOUR)
        closed += digests.close_due()
    clock.advance(timedelta(weeks=3))
    with closing(opened(tmp_path, clock)) as store:
        digests = digester(store, clock, USUAL)
        after = [find_one(store, clock, n) for n in range(10, 12)]
        late = digests.close_due()
        assert [digest.recipients for digest in late] == [(OWNER,), (AGENCY,)]
        assert all(sorted(d.mention_ids) == sorted(before + after) for d in late)
        assert all(digest.period.start == MONDAY for digest in late)
        assert digests.close_due() == []
        clock.advance(DAY)
        (next_one,) = digests.close_due()
        assert (next_one.recipients, next_one.mention_ids) == ((AGENCY,), ())


def test_a_kill_between_two_digests_leaves_the_second_to_the_next_start(
    tmp_path: Path, clock: FixedClock
) -> None:
    class Killed(Exception):
        """The process ended."""

    def die(digest: ClosedDigest) -> bool:
        if digest.lane:
            raise Killed
        return fix(digest)

    with closing(opened(tmp_path, clock)) as store:
        digests = digester(store, clock, USUAL)
        digests.close_due()
        mention_id = find_one(store, clock, 1)
        clock.at = MONDAY
        fix = store.close_digest
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "close_digest", die)
            with pytest.raises(Killed):
                digests.close_due()
    with closing(opened(tmp_path, clock)) as store:
        post = Post()
        digests = digester(store, clock, USUAL, mailer=post)
        (rest,) = digests.close_due()
        assert (rest.recipients, rest.mention_ids) == ((AGENCY,), (mention_id,))
        digests.deliver()
        assert [whom for _, whom in post.taken] == [(OWNER,), (AGENCY,)]


def test_a_kill_between_closing_and_sending_sends_the_same_bytes(
    tmp_path: Path, clock: FixedClock
) -> None:
    with closing(opened(tmp_path, clock)) as store:
        digests = digester(store, clock, USUAL)
        digests.close_due()
        find_one(store, clock, 1)
        clock.at = MONDAY
        closed = digests.close_due()
    clock.advance(5 * HOUR)
    with closing(opened(tmp_path, clock)) as store:
        post = Post()
        digests = digester(store, clock, USUAL, mailer=post)
        assert digests.close_due() == []
        digests.deliver()
        digests.deliver(force=True)
        assert post.taken == [(digest.message, digest.recipients) for digest in closed]


def test_who_changes_rhythm_misses_nothing_and_hears_nothing_twice(
    store: SqliteStore, clock: FixedClock
) -> None:
    digests = digester(store, clock, USUAL)
    digests.close_due()
    clock.at = MONDAY
    closed = digests.close_due()
    clock.advance(DAY)
    first = find_one(store, clock, 1)
    clock.advance(DAY)
    closed += digests.close_due()
    second = find_one(store, clock, 2)
    both_weekly = readership_of(WEEKLY, [Reader(OWNER, WEEKLY), Reader(AGENCY, WEEKLY)])
    digests = digester(store, clock, both_weekly)
    clock.at = MONDAY + 7 * DAY
    closed += digests.close_due()
    assert told(closed, OWNER) == [second, first]
    assert told(closed, AGENCY) == [first, second]
    third = find_one(store, clock, 3)
    clock.advance(7 * DAY)
    (shared,) = digests.close_due()  # in step again
    assert (shared.recipients, shared.mention_ids) == ((OWNER, AGENCY), (third,))


@pytest.mark.parametrize(("schedule", "late"), [("daily", 1), ("monthly", 0), ("0 8 * * fri", 0)])
def test_a_changed_schedule_is_in_force_at_once(
    store: SqliteStore, clock: FixedClock, schedule: str, late: int
) -> None:
    before = readership_of(WEEKLY, [Reader(OWNER, WEEKLY)])
    digester(store, clock, before).close_due()
    clock.at = MONDAY
    closed = digester(store, clock, before).close_due()
    clock.advance(2 * DAY + HOUR)
    first = find_one(store, clock, 1)
    rhythm = replace(WEEKLY, schedule=schedule)
    digests = digester(store, clock, readership_of(rhythm, [Reader(OWNER, rhythm)]))
    closed += (now := digests.close_due())
    assert len(now) == late
    second = find_one(store, clock, 2)
    for _ in range(40):
        clock.advance(DAY)
        closed += digests.close_due()
    assert sorted(told(closed, OWNER)) == sorted([first, second])
    assert all(not digest.lane for digest in closed)


def test_a_new_reader_of_the_own_digest_just_joins_it(
    store: SqliteStore, clock: FixedClock
) -> None:
    digester(store, clock, readership_of(WEEKLY, [Reader(OWNER, WEEKLY)])).close_due()
    mention_id = find_one(store, clock, 1)
    both = readership_of(WEEKLY, [Reader(OWNER, WEEKLY), Reader(AGENCY, WEEKLY)])
    clock.at = MONDAY
    (closed,) = digester(store, clock, both).close_due()
    assert (closed.recipients, closed.mention_ids) == ((OWNER, AGENCY), (mention_id,))


def test_who_was_away_is_told_from_their_return(store: SqliteStore, clock: FixedClock) -> None:
    alone = readership_of(WEEKLY, [Reader(OWNER, WEEKLY)])
    digester(store, clock, USUAL).close_due()
    find_one(store, clock, 1)
    clock.advance(DAY)
    digester(store, clock, USUAL).close_due()
    digester(store, clock, alone).close_due()
    find_one(store, clock, 2)
    clock.advance(60 * DAY)
    digester(store, clock, alone).close_due()
    assert digester(store, clock, USUAL).close_due() == []
    mention_id = find_one(store, clock, 3)
    clock.advance(DAY)
    (back,) = digester(store, clock, USUAL).close_due()
    assert (back.recipients, back.mention_ids) == ((AGENCY,), (mention_id,))


def test_nobody_who_wants_no_empty_digest_is_told_in_the_middle_of_the_week(
    store: SqliteStore, clock: FixedClock
) -> None:
    digests = digester(store, clock, USUAL, when_empty=False)
    digests.close_due()
    clock.at = MONDAY
    assert digests.close_due() == []
    clock.advance(2 * HOUR)
    mention_id = find_one(store, clock, 1)
    assert digests.close_due() == []
    clock.at = MONDAY + DAY
    assert [d.recipients for d in digests.close_due()] == [(AGENCY,)]
    clock.at = MONDAY + 7 * DAY
    (own,) = digests.close_due()
    assert (own.recipients, own.mention_ids) == ((OWNER,), (mention_id,))


def test_a_silent_source_is_told_even_to_who_wants_no_empty_digest(
    store: SqliteStore, clock: FixedClock
) -> None:
    digests = digester(store, clock, USUAL, when_empty=False)
    digests.close_due()
    clock.at = MONDAY
    failed = replace(
        state(),
        status=PollStatus.FAILED,
        error=PollError(code="dns", message="nicht gefunden"),
        polled_at=MONDAY - HOUR,
        last_ok_at=MONDAY - 3 * DAY,
    )
    store.save_poll(replace(outcome(at=MONDAY - HOUR), state=failed))
    assert [digest.recipients for digest in digests.close_due()] == [(OWNER,), (AGENCY,)]


def test_each_reader_is_written_to_in_their_language(store: SqliteStore, clock: FixedClock) -> None:
    english = Reader(AGENCY, replace_language(WEEKLY))
    digests = digester(store, clock, readership_of(WEEKLY, [Reader(OWNER, WEEKLY), english]))
    digests.close_due()
    store.save_poll(outcome(sighting(1, score=BAD), at=clock.at))
    clock.at = MONDAY
    own, other = digests.close_due()
    assert "Ce qui vous attend" in own.html
    assert "What needs you" in other.html
    assert b"Content-Language: en" in other.message


def replace_language(rhythm: Rhythm) -> Rhythm:
    return replace(rhythm, language="en")


def test_without_a_mail_server_the_business_has_its_own_digest_only(
    store: SqliteStore, clock: FixedClock
) -> None:
    digests = digester(store, clock, USUAL, sender=None)
    digests.close_due()
    for day in range(14):
        find_one(store, clock, day)
        clock.advance(DAY)
        digests.close_due()
    assert [digest.recipients for digest in store.unarchived()] == [(), ()]


def test_where_nobody_wants_the_usual_rhythm_the_own_digest_has_the_first_readers() -> None:
    assert readership_of(WEEKLY, [Reader(OWNER, DAILY)]).own == DAILY
    assert readership_of(WEEKLY, []).own == WEEKLY
    assert USUAL.own == WEEKLY


_RHYTHMS = st.builds(
    Rhythm,
    st.sampled_from(["daily", "weekly", "monthly", "30 2 * * *", "0 8,18 * * *", "0 9 * * 1-5"]),
    st.just("fr"),
    st.sampled_from(["Europe/Paris", "America/Miquelon"]),
)
_READERS = st.dictionaries(st.sampled_from("abc"), _RHYTHMS, max_size=3)
_EVENTS = st.lists(
    st.one_of(
        st.integers(1, 4).map(lambda n: ("find", n)),
        st.sampled_from([1, 5, 23, 49, 24 * 8, 24 * 21]).map(lambda hours: ("sleep", hours)),
        _READERS.map(lambda readers: ("readers", readers)),
        st.just(("send", 0)),
    ),
    min_size=5,
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(
    events=_EVENTS,
    start=st.sampled_from(
        [datetime(2026, 3, 20, 6, 30, tzinfo=UTC), datetime(2026, 10, 16, 6, 30, tzinfo=UTC)]
    ),
)
def test_no_mention_is_lost_or_told_twice_whatever_happens(
    events: list[tuple[str, object]], start: datetime
) -> None:
    clock, numbers = FixedClock(start), count(1)
    found: list[str] = []
    joined: dict[str, int] = {}
    with TemporaryDirectory() as folder, closing(opened(Path(folder), clock)) as store:
        closed: list[ClosedDigest] = []
        readership = readership_of(WEEKLY, [])
        for name, value in [*events, ("sleep", 24 * 40), ("send", 0)]:
            if isinstance(value, dict):
                readership = readership_of(
                    WEEKLY, [Reader(f"{who}@example.fr", how) for who, how in value.items()]
                )
                joined = {who: joined.get(who, len(found)) for who in readership.addresses}
            elif name == "find" and isinstance(value, int):
                found += [find_one(store, clock, next(numbers)) for _ in range(value)]
            elif name == "sleep" and isinstance(value, int):
                clock.advance(value * HOUR)
            clock.advance(timedelta(seconds=1))
            digests = digester(store, clock, readership)
            closed += digests.close_all(SHOP) if name == "send" else digests.close_due()
            assert digests.close_due() == []
        own = [m for digest in closed if not digest.lane for m in digest.mention_ids]
        assert sorted(own) == sorted(found)
        for who, since in joined.items():
            heard = told(closed, who)
            assert len(heard) == len(set(heard))
            assert set(heard) >= set(found[since:])
