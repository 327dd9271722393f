"""One digest made: what is told to one audience over one period → the mail, ready to be fixed.

Reads the store and changes nothing. ``digesting.py`` decides when, and fixes what was made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from monitor.audiences import Audience
from monitor.clock import Clock, format_instant
from monitor.delivery.addresses import domain_of
from monitor.delivery.archive import report_stem
from monitor.delivery.compose import compose_mail, message_id
from monitor.digest_settings import Answering, DigestSettings
from monitor.model import ClosedDigest, KeptReply, Period
from monitor.readers import Rhythm
from monitor.reporting.cleaning import one_line
from monitor.reporting.digest import Digest, build_digest
from monitor.reporting.gather import gather
from monitor.reporting.health import is_silent
from monitor.reporting.material import DigestOptions, Material, ReplyWay
from monitor.reporting.render import render
from monitor.reporting.summary import Sentence
from monitor.schedules import next_occurrence
from monitor.store.base import Store

Summarise = Callable[[Digest], tuple[Sentence, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMaker:
    """Makes digests; ``summarise`` words the summary of those that are about to be closed."""

    store: Store
    settings: DigestSettings
    answering: Answering | None
    summarise: Summarise | None
    clock: Clock

    def show(self, audience: Audience, period: Period) -> ClosedDigest:
        """Make the digest of any period, as it would be mailed."""
        material = self._gather(audience, period, undigested=False)
        return self._compose(audience, material, self._build(audience, material, None))

    def make(self, audience: Audience, period: Period) -> ClosedDigest | None:
        """Make the digest of what its audience was not told; ``None``: there is nothing to tell."""
        material = self._gather(audience, period, undigested=True)
        if not (material.mentions or self.settings.when_empty or _has_silent(material)):
            return None
        digest = self._build(audience, material, _digest_id(audience, period))
        if self.summarise is not None:
            digest = replace(digest, summary=self.summarise(digest))
        return self._compose(audience, material, digest)

    def _gather(self, audience: Audience, period: Period, *, undigested: bool) -> Material:
        material = gather(
            self.store,
            audience.business,
            period,
            undigested=undigested,
            now=self.clock(),
            timezone=audience.rhythm.timezone,
            mailbox=self.answering.mailbox if self.answering else None,
            reader=audience.reader,
            seasons=self.settings.seasons.get(audience.business, ()),
        )
        everybody = self.settings.readership(audience.business).addresses
        return replace(material, replies=_confirmed_to(audience, everybody, material))

    def _build(self, audience: Audience, material: Material, digest_id: str | None) -> Digest:
        options = DigestOptions(
            items=self.settings.items,
            lines=self.settings.lines,
            language=audience.rhythm.language,
            timezone=audience.rhythm.timezone,
            next_digest_at=self._next_at(audience.rhythm),
            recipients=audience.recipients,
            reply_way=self._reply_way(audience, material.period),
            digest_id=digest_id,
        )
        return build_digest(material, options)

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
