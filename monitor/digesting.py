"""One digest: what no digest holds yet → mail → one transaction → ``reports/`` → mail server."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from monitor.clock import Clock, format_instant
from monitor.clock import now as wall_clock
from monitor.delivery.addresses import domain_of
from monitor.delivery.archive import archive, report_stem
from monitor.delivery.compose import compose_mail, message_id
from monitor.delivery.mail import Mailer
from monitor.delivery.outbox import DeliveryReport, deliver_due
from monitor.errors import StoreCode, StoreError
from monitor.model import ClosedDigest, MentionQuery, Period
from monitor.reporting.digest import Digest, build_digest
from monitor.reporting.gather import gather
from monitor.reporting.material import DigestOptions, Material
from monitor.reporting.render import render
from monitor.schedules import is_due, last_occurrence, next_occurrence
from monitor.store.base import Store

log = structlog.get_logger(__name__)

_AHEAD = timedelta(days=1)
"""A last digest this far ahead of now was closed by a clock that was wrong."""
_TRIES = 5
"""How often a digest is built anew because another process closed one at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """What the owner wants of digests; ``sender`` is ``None`` where no mail is configured."""

    language: str
    zone: ZoneInfo
    schedule: str
    recipients: tuple[str, ...]
    sender: str | None
    items: int
    lines: int
    when_empty: bool
    reports: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Digester:
    """Closes digests and delivers what waits. Plain and sync: the doors choose the thread."""

    store: Store
    businesses: tuple[str, ...]
    settings: DigestSettings
    mailer: Mailer | None
    clock: Clock = wall_clock
    chance: Callable[[], float] = random.random

    def preview(self, business: str, period: Period) -> ClosedDigest:
        """Return the digest of a period as it would be mailed, changing nothing."""
        return self._compose(*self._build(business, period, undigested=False))

    def close_due(self) -> list[ClosedDigest]:
        """Close the digest of every business whose schedule fell due since its last one."""
        return [
            closed
            for business in self.businesses
            if (closed := self.close(business, if_due=True)) is not None
        ]

    def is_due(self, business: str) -> bool:
        """Tell whether a business's digest fell due, once however many times it was missed.

        After a clock that was ahead, one closed now sets the reckoning right.
        """
        at, since = self.clock(), self._closed_until(business)
        if since > at + _AHEAD:
            return True
        return is_due(self.settings.schedule, self.settings.zone, at, since)

    def close(self, business: str, *, if_due: bool = False) -> ClosedDigest | None:
        """Close a business's digest now: every mention that no digest holds yet.

        ``None`` when there is nothing to tell and the owner wants no empty digest; or, with
        ``if_due``, when it is not due: another process may just have closed it.
        """
        for _ in range(_TRIES):
            if if_due and not self.is_due(business):
                return None
            at = self.clock()
            period = Period(start=self._period_start(business, at), end=at)
            material, digest = self._build(business, period, undigested=True)
            if not material.mentions and not self.settings.when_empty:
                return None
            closed = self._compose(material, digest)
            if self.store.close_digest(closed):
                log.info(
                    "digest closed",
                    business=business,
                    mentions=len(closed.mention_ids),
                    report=closed.report,
                )
                return closed
        raise StoreError(StoreCode.DB_LOCKED, "another process keeps closing digests", "try again")

    def close_pass(self, business: str) -> ClosedDigest | None:
        """Close a business's digest after a single pass: as ``close``, but silence is told once.

        ``None`` also when nothing is new since the last digest and the schedule asks for none.
        """
        is_first = self.store.digested_until(business) is None
        if not (is_first or self.is_due(business) or self._has_news(business)):
            return None
        return self.close(business)

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

    def next_at(self) -> datetime:
        """Return when the next digest falls due."""
        return next_occurrence(self.settings.schedule, self.settings.zone, self.clock())

    def _closed_until(self, business: str) -> datetime:
        return self.store.digested_until(business) or self.store.created_at()

    def _period_start(self, business: str, at: datetime) -> datetime:
        """Return where a digest closed now begins; a first one, as if the schedule always ran."""
        since = self.store.digested_until(business)
        if since is not None and since <= at:
            return since
        return last_occurrence(self.settings.schedule, self.settings.zone, at)

    def _build(self, business: str, period: Period, *, undigested: bool) -> tuple[Material, Digest]:
        material = gather(
            self.store,
            business,
            period,
            undigested=undigested,
            now=self.clock(),
            timezone=self.settings.zone.key,
        )
        options = DigestOptions(
            items=self.settings.items,
            lines=self.settings.lines,
            language=self.settings.language,
            timezone=self.settings.zone.key,
            next_digest_at=self.next_at(),
            recipients=self.settings.recipients,
        )
        return material, build_digest(material, options)

    def _compose(self, material: Material, digest: Digest) -> ClosedDigest:
        period = material.period
        rendered = render(digest)
        key = f"{digest.business}\n{format_instant(period.start)}\n{period.end.isoformat()}"
        digest_id = sha256(key.encode()).hexdigest()[:16]
        sender = self.settings.sender or "ecoute@localhost"
        recipients = self.settings.recipients if self.settings.sender else ()
        identity = message_id(digest_id, domain_of(sender))
        return ClosedDigest(
            id=digest_id,
            business=digest.business,
            period=period,
            closed_at=period.end,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=identity,
            message=compose_mail(
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
                sender=sender,
                recipients=self.settings.recipients,
                message_id=identity,
                date=period.end,
                business=digest.business,
                language=self.settings.language,
            ),
            sender=sender,
            recipients=recipients,
            mention_ids=tuple(mention.id for mention in material.mentions),
            report=report_stem(
                digest.business, period.end.astimezone(self.settings.zone), digest_id
            ),
        )
