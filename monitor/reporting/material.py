"""What a digest is made of, and how its reader wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model import (
    DeliveryResult,
    KeptReply,
    MailboxState,
    Mention,
    Period,
    SourceState,
    Story,
)
from monitor.reporting.stats import Tally
from monitor.usual.unusual import Expected

TREND_PERIODS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodTally:
    """What one earlier period counted."""

    period: Period
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that was read from the store for one digest; ``now`` is when it is made.

    ``previous`` is ``None`` when nothing was read yet in the period before. ``trend`` holds the
    earlier periods, oldest first. ``waiting`` counts older negative mentions still unanswered,
    found since ``waiting_since``; ``reminders`` are those of them that are told again, the newest
    first.
    ``undelivered`` are copies of earlier digests that were refused, or given up. ``stories`` are
    those of its mentions, whole, by their id; ``alerted`` tells when an alert told some of them.
    ``replies`` are those that no digest confirmed;
    ``mailbox`` is where they come to, where one is read. ``expected`` tells how many negative ones
    a period should hold, where enough was seen to tell.
    """

    business: str
    period: Period
    now: datetime
    mentions: tuple[Mention, ...]
    previous: Tally | None = None
    trend: tuple[PeriodTally, ...] = ()
    sources: tuple[SourceState, ...] = ()
    articles_read: int = 0
    waiting: int = 0
    waiting_since: datetime | None = None
    reminders: tuple[Mention, ...] = ()
    undelivered: tuple[DeliveryResult, ...] = ()
    stories: Mapping[str, Story] = field(default_factory=dict)
    alerted: Mapping[str, datetime] = field(default_factory=dict)
    replies: tuple[KeptReply, ...] = ()
    mailbox: MailboxState | None = None
    expected: Expected | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWay:
    """Where answers go, and the reference that shows which digest they are to."""

    address: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestOptions:
    """How the reader wants it: how much in full, in a line, in which language and time zone.

    ``digest_id`` is ``None`` for a digest that is only shown: nothing can be asked of it later.
    """

    items: int = 12
    lines: int = 60
    language: str = "fr"
    timezone: str = "Europe/Paris"
    next_digest_at: datetime | None = None
    recipients: tuple[str, ...] = ()
    reply_way: ReplyWay | None = None
    digest_id: str | None = None
