"""One digest: what no digest holds yet → mail → one transaction → ``reports/`` → mail server."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from monitor.audiences import Attendance, Audience, attend
from monitor.clock import Clock
from monitor.clock import now as wall_clock
from monitor.delivery.archive import archive
from monitor.delivery.mail import Mailer
from monitor.delivery.outbox import DeliveryReport, deliver_due
from monitor.digest_making import DigestMaker, Summarise
from monitor.digest_settings import Answering, DigestSettings
from monitor.errors import StoreCode, StoreError
from monitor.model import ClosedDigest, MentionQuery, Period
from monitor.store.base import Store

log = structlog.get_logger(__name__)

_TRIES = 5
"""How often a digest is built anew because another process closed one at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digester:
    """Closes digests and delivers what waits. Plain and sync: the doors choose the thread."""

    store: Store
    businesses: tuple[str, ...]
    settings: DigestSettings
    mailer: Mailer | None
    answering: Answering | None = None
    summarise: Summarise | None = None
    clock: Clock = wall_clock
    chance: Callable[[], float] = random.random

    def preview(self, business: str, period: Period) -> ClosedDigest:
        """Return the business's own digest of a period as it would be mailed, changing nothing."""
        readership = self.settings.readership(business)
        audience = Audience(
            business=business,
            rhythm=readership.own,
            recipients=readership.own_readers,
            start=period.start,
        )
        return self._maker.show(audience, period)

    def close_due(self) -> list[ClosedDigest]:
        """Close every digest that fell due: of every business, to each of its readers."""
        return [
            one for business in self.businesses for one in self.close_all(business, if_due=True)
        ]

    def is_due(self, business: str) -> bool:
        """Tell whether a business's own digest fell due, once however many times it was missed."""
        return self._attend(business).is_own_due()

    def close(self, business: str, *, if_due: bool = False) -> ClosedDigest | None:
        """Close a business's digests as ``close_all`` does; return its own."""
        closed = self.close_all(business, if_due=if_due)
        return next((digest for digest in closed if not digest.lane), None)

    def close_all(self, business: str, *, if_due: bool = False) -> list[ClosedDigest]:
        """Close a business's digests now: each reader is told every mention that they were not.

        With ``if_due`` only those whose time came. None is made where there is nothing to tell and
        the owner wants no empty digest.
        """
        audiences = self._attend(business).audiences(if_due=if_due)
        closed = [self._close(audience, if_due=if_due) for audience in audiences]
        return [digest for digest in closed if digest is not None]

    def close_pass(self, business: str) -> list[ClosedDigest]:
        """Close a business's digests after a single pass: as ``close_all``; silence is told once.

        None when nothing is new since the last digest and the schedule asks for none.
        """
        is_first = self.store.digested_until(business) is None
        return self.close_all(business, if_due=not (is_first or self._has_news(business)))

    @property
    def _maker(self) -> DigestMaker:
        return DigestMaker(
            store=self.store,
            settings=self.settings,
            answering=self.answering,
            summarise=self.summarise,
            clock=self.clock,
        )

    def _attend(self, business: str) -> Attendance:
        readership = self.settings.readership(business)
        if self.settings.sender is None:  # nobody is told anything yet
            readership = replace(readership, readers=())
        return attend(self.store, business, readership, self.clock())

    def _close(self, audience: Audience, *, if_due: bool) -> ClosedDigest | None:
        if self.settings.sender is None:  # its files say who it is for
            recipients = self.settings.readership(audience.business).own_readers
            audience = replace(audience, recipients=recipients)
        for _ in range(_TRIES):
            if if_due and not self._attend(audience.business).is_due(audience):
                return None  # another process just closed it
            at = self.clock()
            period = Period(start=min(audience.start, at), end=at)
            closed = self._maker.make(audience, period)
            if closed is None:
                if if_due:
                    readers = (*(("",) if audience.is_own else ()), *audience.recipients)
                    self.store.pass_digest(audience.business, readers, at)
                return None
            if self.store.close_digest(closed):
                log.info(
                    "digest closed",
                    business=audience.business,
                    lane=closed.lane or "own",
                    mentions=len(closed.mention_ids),
                    report=closed.report,
                )
                return closed
        raise StoreError(StoreCode.DB_LOCKED, "another process keeps closing digests", "try again")

    def _has_news(self, business: str) -> bool:
        query = MentionQuery(business=business, undigested=True, news_only=True, limit=1)
        return bool(self.store.find(query))

    def archive_waiting(self) -> list[Path]:
        """Write the report files of digests that have none yet; return those written.

        None while another process writes them.
        """
        written: list[Path] = []
        with self.store.hold("reports") as held:
            for digest in self.store.unarchived() if held else []:
                written += archive(digest, self.settings.reports)
                self.store.mark_archived(digest.id)
        return written

    def deliver(self, *, force: bool = False) -> DeliveryReport | None:
        """Try the mails that are due (``force``: all that wait); ``None`` where no mail is set."""
        if self.mailer is None:
            return None
        return deliver_due(self.store, self.mailer, self.clock(), random=self.chance(), force=force)
