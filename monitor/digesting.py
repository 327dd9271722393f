"""One digest: what no digest holds yet → mail → one transaction → ``reports/`` → mail server."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from monitor.audiences import Attendance, Audience, attend
from monitor.clock import Clock, format_instant
from monitor.clock import now as wall_clock
from monitor.delivery.addresses import domain_of
from monitor.delivery.archive import archive, report_stem
from monitor.delivery.compose import compose_mail, message_id
from monitor.delivery.mail import Mailer
from monitor.delivery.outbox import DeliveryReport, deliver_due
from monitor.errors import StoreCode, StoreError
from monitor.model import ClosedDigest, KeptReply, MentionQuery, Period
from monitor.readers import Reader, Readership, Rhythm, readership_of
from monitor.replies.signing import Signer
from monitor.reporting.cleaning import one_line
from monitor.reporting.digest import Digest, build_digest
from monitor.reporting.gather import gather
from monitor.reporting.health import is_silent
from monitor.reporting.material import DigestOptions, Material, ReplyWay
from monitor.reporting.render import render
from monitor.reporting.summary import Sentence
from monitor.schedules import next_occurrence
from monitor.store.base import Store

log = structlog.get_logger(__name__)

_TRIES = 5
"""How often a digest is built anew because another process closed one at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """What the owner wants of digests; ``sender`` is ``None`` where no mail is configured.

    ``language``, ``zone``, ``schedule`` and ``recipients`` are those of businesses that have no
    readership of their own.
    """

    language: str
    zone: ZoneInfo
    schedule: str
    recipients: tuple[str, ...]
    sender: str | None
    items: int
    lines: int
    when_empty: bool
    reports: Path
    readerships: Mapping[str, Readership] = field(default_factory=dict)

    def readership(self, business: str) -> Readership:
        """Return who gets a business's digests, once there is mail."""
        found = self.readerships.get(business)
        if found is None:
            rhythm = Rhythm(self.schedule, self.language, self.zone.key)
            found = readership_of(rhythm, [Reader(address, rhythm) for address in self.recipients])
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Where readers answer to, what signs their digests, and the name of the mailbox read."""

    address: str
    signer: Signer
    mailbox: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digester:
    """Closes digests and delivers what waits. Plain and sync: the doors choose the thread."""

    store: Store
    businesses: tuple[str, ...]
    settings: DigestSettings
    mailer: Mailer | None
    answering: Answering | None = None
    summarise: Callable[[Digest], tuple[Sentence, ...]] | None = None
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
        return self._compose(audience, *self._build(audience, period, undigested=False))

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
            material, digest = self._build(audience, period, undigested=True)
            if not (material.mentions or self.settings.when_empty or _has_silent(material)):
                if if_due:
                    readers = (*(("",) if audience.is_own else ()), *audience.recipients)
                    self.store.pass_digest(audience.business, readers, at)
                return None
            if self.summarise is not None:
                digest = replace(digest, summary=self.summarise(digest))
            closed = self._compose(audience, material, digest)
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

    def _build(
        self, audience: Audience, period: Period, *, undigested: bool
    ) -> tuple[Material, Digest]:
        material = gather(
            self.store,
            audience.business,
            period,
            undigested=undigested,
            now=self.clock(),
            timezone=audience.rhythm.timezone,
            mailbox=self.answering.mailbox if self.answering else None,
            reader=audience.reader,
        )
        everybody = self.settings.readership(audience.business).addresses
        material = replace(material, replies=_confirmed_to(audience, everybody, material))
        options = DigestOptions(
            items=self.settings.items,
            lines=self.settings.lines,
            language=audience.rhythm.language,
            timezone=audience.rhythm.timezone,
            next_digest_at=self._next_at(audience.rhythm),
            recipients=audience.recipients,
            reply_way=self._reply_way(audience, period),
        )
        return material, build_digest(material, options)

    def _next_at(self, rhythm: Rhythm) -> datetime:
        return next_occurrence(rhythm.schedule, rhythm.zone, self.clock())

    def _reply_way(self, audience: Audience, period: Period) -> ReplyWay | None:
        """Return how a digest is answered; ``None`` where nobody gets it or no mailbox is read."""
        if self.answering is None or self.settings.sender is None or not audience.recipients:
            return None
        digest_id = _digest_id(audience, period)
        reference = self.answering.signer.refer(digest_id, audience.recipients)
        return ReplyWay(address=self.answering.address, reference=str(reference))

    def _compose(self, audience: Audience, material: Material, digest: Digest) -> ClosedDigest:
        period = material.period
        rendered = render(digest)
        digest_id = _digest_id(audience, period)
        way = self._reply_way(audience, period)
        sender = self.settings.sender or "ecoute@localhost"
        identity = message_id(way.reference if way else digest_id, domain_of(sender))
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
                recipients=audience.recipients,
                message_id=identity,
                date=period.end,
                business=digest.business,
                language=audience.rhythm.language,
                reply_to=way.address if way else None,
            ),
            sender=sender,
            recipients=audience.recipients if self.settings.sender else (),
            mention_ids=tuple(mention.id for mention in material.mentions),
            items=rendered.codes,
            reply_ids=tuple(reply.id for reply in material.replies),
            report=report_stem(
                digest.business, period.end.astimezone(audience.rhythm.zone), digest_id
            ),
            lane="" if audience.is_own else audience.rhythm.schedule,
        )


def _confirmed_to(
    audience: Audience, others: Collection[str], material: Material
) -> tuple[KeptReply, ...]:
    """Return the replies that a digest confirms: each to who sent it, the rest in the own one."""
    here = {address.lower() for address in audience.recipients}
    elsewhere = {address.lower() for address in others} - here
    return tuple(
        reply
        for reply in material.replies
        if reply.sender.lower() in here
        or (audience.is_own and reply.sender.lower() not in elsewhere)
    )


def _has_silent(material: Material) -> bool:
    """Tell whether a source is silent: that is told even to those who want no empty digest."""
    return any(is_silent(state, material.now) for state in material.sources)


def _digest_id(audience: Audience, period: Period) -> str:
    ends = f"{format_instant(period.start)}\n{period.end.isoformat()}"
    key = f"{one_line(audience.business)}\n{ends}"
    if not audience.is_own:
        key = "\n".join([key, *audience.recipients])
    return sha256(key.encode()).hexdigest()[:16]
