"""Which digests of a business are due now, and to whom: nobody is told a mention twice, or never.

The business's own digest holds every mention that stood in none of it. Readers at its rhythm share
it, unless they were told otherwise before: then they get what they still miss, at that time. So do
readers at rhythms of their own; those to be told the same share one digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import MentionQuery, ReaderState
from monitor.readers import Reader, Readership, Rhythm
from monitor.schedules import is_due, last_occurrence
from monitor.store.base import Store

AHEAD = timedelta(days=1)
"""What was told this far ahead of now was told by a clock that was wrong."""
OWN = ""
"""The reader that stands for the business's own digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Those who get one digest. ``start`` is where its period begins.

    ``reader`` is the one of them by whom is known what is still to be told; ``None``: it is the
    business's own digest, which may go to nobody.
    """

    business: str
    rhythm: Rhythm
    recipients: tuple[str, ...]
    start: datetime
    reader: str | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is the business's own digest."""
        return self.reader is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """A business's readers at one moment, and what each was told until then."""

    store: Store
    business: str
    readership: Readership
    at: datetime
    states: Mapping[str, ReaderState]

    def audiences(self, *, if_due: bool) -> list[Audience]:
        """Return to whom a digest goes now: all, or with ``if_due`` those whose time it is."""
        shares = not if_due or self.is_own_due()
        news = self._untold_by_own() if shares else []
        own = [one for one in self._own_readers() if shares and self._keeps_step(one, news)]
        apart = [
            reader
            for reader in self.readership.readers
            if reader not in own and (not if_due or self.is_reader_due(reader))
        ]
        audiences = [self._own_audience(own)] if shares else []
        return audiences + self._grouped(apart)

    def is_due(self, audience: Audience) -> bool:
        """Tell whether it is time for a digest."""
        if audience.is_own:
            return self.is_own_due()
        return any(self.is_reader_due(one) for one in self._readers_of(audience))

    def _readers_of(self, audience: Audience) -> Iterable[Reader]:
        return (one for one in self.readership.readers if one.address in audience.recipients)

    def is_own_due(self) -> bool:
        """Tell whether the business's own digest fell due since its last one."""
        since = self.store.digested_until(self.business) or self.store.created_at()
        state = self.states.get(OWN)
        if state is not None and state.passed_at is not None:
            since = state.passed_at
        return self._is_due(self.readership.own, since)

    def is_reader_due(self, reader: Reader) -> bool:
        """Tell whether a reader's time came since they were last told."""
        state = self.states[reader.address]
        return self._is_due(reader.rhythm, state.passed_at or state.told_until or state.added_at)

    def _is_due(self, rhythm: Rhythm, since: datetime) -> bool:
        # After a clock that was ahead, one closed now sets the reckoning right.
        return since > self.at + AHEAD or is_due(rhythm.schedule, rhythm.zone, self.at, since)

    def _own_readers(self) -> Iterable[Reader]:
        own = self.readership.own
        return (reader for reader in self.readership.readers if reader.rhythm == own)

    def _untold_by_own(self) -> list[str]:
        query = MentionQuery(business=self.business, undigested=True, news_only=True)
        return [mention.id for mention in self.store.find(query)]

    def _keeps_step(self, reader: Reader, news: Sequence[str]) -> bool:
        """Tell whether the own digest tells a reader all that they miss, and nothing again."""
        if self.store.told_in(reader.address, news):
            return False
        is_new = self.states[reader.address].told_until is None
        return is_new or self._missed(reader) <= set(news)

    def _missed(self, reader: Reader) -> frozenset[str]:
        query = MentionQuery(business=self.business, untold_to=reader.address, news_only=True)
        return frozenset(mention.id for mention in self.store.find(query))

    def _own_audience(self, readers: Iterable[Reader]) -> Audience:
        own = self.readership.own
        until = self.store.digested_until(self.business)
        if until is None or until > self.at:  # as if the schedule always ran
            until = last_occurrence(own.schedule, own.zone, self.at)
        return Audience(
            business=self.business,
            rhythm=own,
            recipients=tuple(reader.address for reader in readers),
            start=until,
        )

    def _grouped(self, readers: Iterable[Reader]) -> list[Audience]:
        groups: dict[tuple[Rhythm, frozenset[str]], list[Reader]] = {}
        for reader in readers:
            groups.setdefault((reader.rhythm, self._missed(reader)), []).append(reader)
        return [
            Audience(
                business=self.business,
                rhythm=rhythm,
                recipients=tuple(reader.address for reader in group),
                start=min(self._start_of(reader) for reader in group),
                reader=group[0].address,
            )
            for (rhythm, _), group in groups.items()
        ]

    def _start_of(self, reader: Reader) -> datetime:
        state = self.states[reader.address]
        start = state.told_until or state.since
        if start <= self.at:
            return start
        return last_occurrence(reader.rhythm.schedule, reader.rhythm.zone, self.at)


def attend(store: Store, business: str, readership: Readership, at: datetime) -> Attendance:
    """Look at who reads a business's digests now; those new are told from their rhythm's last time.

    Whoever no longer reads it is forgotten: should they come back, they are new.
    """
    since = {
        reader.address: last_occurrence(reader.rhythm.schedule, reader.rhythm.zone, at)
        for reader in readership.readers
    }
    states = store.enrol_readers(business, since, at)
    return Attendance(store=store, business=business, readership=readership, at=at, states=states)
