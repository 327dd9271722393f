"""The values that travel between the rooms; it imports nothing of ours.

Every value is frozen and complete when it is made. Instants are aware UTC datetimes and end in
``_at``; ``None`` always means "not known".

    Source ──▶ Page of Entry ──match──▶ Sighting ──store──▶ Mention ──▶ Digest
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Cursor: TypeAlias = Mapping[str, Json]
"""Where a source's next poll starts; JSON, private to the source, empty at the first poll."""


class Kind(StrEnum):
    """What sort of thing an entry is."""

    ARTICLE = "article"
    POST = "post"
    COMMENT = "comment"
    REVIEW = "review"
    VIDEO = "video"
    IMAGE = "image"
    AUDIO = "audio"
    DOCUMENT = "document"
    PAGE = "page"


class Sentiment(StrEnum):
    """The three classes, toward the business."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Status(StrEnum):
    """What the owner has done with a mention."""

    NEW = "new"
    HANDLED = "handled"
    IGNORED = "ignored"


class PollStatus(StrEnum):
    """How one poll of one source ended."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    FAILED = "failed"
    SKIPPED = "skipped"


class Health(StrEnum):
    """What a source needs from a person; section 0 of the notes on gated platforms."""

    OK = "ok"
    NEEDS_TOKEN = "needs_token"  # noqa: S105 - a state, not a secret
    TOKEN_EXPIRES_SOON = "token_expires_soon"  # noqa: S105 - likewise
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - likewise
    PERMISSION_MISSING = "permission_missing"
    REVIEW_MISSING = "review_missing"
    RATE_LIMITED = "rate_limited"
    BUDGET_SPENT = "budget_spent"
    GONE = "gone"
    TERMS_BLOCK = "terms_block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a source needs from a person though it was read: a review, a new token by ``at``.

    ``missing`` names what: a scope, a feature, a review, as the platform calls it.
    """

    health: Health
    missing: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that a platform gives of the owner's own account, such as ``rating``, now."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedFigure:
    """A figure of a source as last read on ``day``, which begins at midnight UTC."""

    source: str
    name: str
    day: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an owner answered to five questions on the name; ``None``: not answered.

    ``common_word``: it is also an everyday word, a first name or a place. ``namesakes``: other
    businesses bear it elsewhere; ``other_trade_near``: one of another trade nearby does.
    ``far_customers``: people of other towns speak of it. ``known_alone``: a text that says only
    the name mostly means it.
    """

    common_word: bool | None = None
    namesakes: bool | None = None
    other_trade_near: bool | None = None
    far_customers: bool | None = None
    known_alone: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """A watched business, as its owner described it in ``sources.yaml``.

    ``town`` may bear a postcode; ``trade`` is a word or a NAF code; ``query`` is a search in the
    language of docs/query-language.md that decides in place of the names.
    """

    name: str
    aliases: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    website: str | None = None
    languages: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    town: str | None = None
    trade: str | None = None
    query: str | None = None
    identity: Identity = Identity()


# --- fetching ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask it "changed since?" (RFC 9110 §8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A permanent redirect that an address answered with, and how many polls in a row."""

    target: str
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Units spent of a platform's allowance, which is renewed at ``renews_at``."""

    units: int
    renews_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchMemory:
    """What one source's requests taught us, by requested address; stored with its entries.

    ``spent`` is by the allowance's name, and stored even of a poll that failed.
    """

    validators: Mapping[str, Validators] = field(default_factory=dict)
    moved: Mapping[str, Moved] = field(default_factory=dict)
    spent: Mapping[str, Spent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer read whole, unpacked, within every limit.

    ``headers`` have lower-case names. ``url`` is the address that answered, after redirects.
    ``not_modified`` answers (304) have an empty body.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    not_modified: bool = False


# --- entries ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a source gave, normalised, before we know whether it concerns anyone.

    ``title`` and ``text`` are plain text. ``external_id`` is the platform's own identifier,
    stable from poll to poll. ``rating`` is in stars, 1..5. ``outlet`` is the medium that
    published it when that is not the source itself (the newspaper behind a search result).
    ``searched_for`` names the business whose search found it, when a search did; ``about`` the one
    that it is surely about, named or not (a comment on its own page). ``answered``: the owner has
    answered it there, as the platform shows.
    """

    external_id: str
    url: str | None
    text: str
    kind: Kind
    title: str | None = None
    author: str | None = None
    author_url: str | None = None
    author_followers: int | None = None
    published_at: datetime | None = None
    language: str | None = None
    rating: float | None = None
    likes: int | None = None
    shares: int | None = None
    comments: int | None = None
    views: int | None = None
    parent_url: str | None = None
    media: tuple[str, ...] = ()
    outlet: str | None = None
    searched_for: str | None = None
    about: str | None = None
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some entries, and the cursor that is right once they are stored.

    ``problem`` says what of a damaged answer could not be read; its good entries are all here.
    ``removed`` holds the identifiers of entries met before that the platform has deleted.
    ``standing`` is what the source needs from a person though it answers, ``figures`` what the
    platform counts of the owner's account (kept once a day). ``live`` is what may be shown to who
    looks now (``ecoute check``), and is never stored.
    """

    entries: tuple[Entry, ...]
    cursor: Cursor
    problem: str | None = None
    removed: tuple[str, ...] = ()
    standing: Standing | None = None
    figures: tuple[Figure, ...] = ()
    live: tuple[Entry, ...] = ()


# --- from entry to mention --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that speaks for or against an entry being about a business.

    ``name`` says what it is (a key of ``signals.toml`` in the wording); ``weight`` is in log-odds,
    above 0 for it; ``detail`` is what of the entry it was seen by.
    """

    name: str
    weight: float
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which business an entry concerns, by which terms, how surely (0..1), and why.

    ``relevance`` follows from the ``signals`` alone; ``reason`` tells them in one line.
    ``competitor_of`` is set when ``business`` is a competitor, counted for the share of voice of
    that watched business and shown nowhere else.
    """

    business: str
    terms: tuple[str, ...]
    relevance: float
    reason: str
    signals: tuple[Signal, ...] = ()
    competitor_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A person's yes or no to an entry's being about a business, and what spoke for it then."""

    business: str
    entry: Entry
    signals: tuple[Signal, ...]
    is_relevant: bool


class BlockKind(StrEnum):
    """By what a block knows what it hides."""

    AUTHOR = "author"
    SITE = "site"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What a person wants no more of for a business; ``value`` as it was written there."""

    id: int
    business: str
    kind: BlockKind
    value: str
    blocked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A scorer's judgement: polarity in −1..1, confidence in 0..1 (calibrated).

    All three are ``None`` where nothing was judged; ``scorer`` then says why (``other_language``).
    ``themes`` tells what is said of each theme that the text speaks of.
    """

    sentiment: Sentiment | None
    polarity: float | None
    confidence: float | None
    scorer: str
    themes: Mapping[str, Sentiment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """By what an article or post is known again, whatever address or identifier it comes under.

    Any key may be ``None`` when the entry has nothing to make it from.
    """

    canonical_url: str | None
    title_key: str | None
    text_key: str | None
    outlet_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An entry that concerns a business, met at one source; the store tells whether it is new."""

    source_id: str
    platform: str
    entry: Entry
    match: Match
    fingerprint: Fingerprint
    language: str | None
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One address where a mention's article or post was met."""

    source: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A stored mention, as every door shows it; the fields are those of ``mentions --json``."""

    id: str
    business: str
    source: str
    platform: str
    kind: Kind
    external_id: str
    url: str | None
    canonical_url: str | None
    title: str | None
    text: str
    author: str | None
    author_url: str | None
    author_followers: int | None
    published_at: datetime
    found_at: datetime
    updated_at: datetime | None
    language: str | None
    sentiment: Sentiment | None
    polarity: float | None
    confidence: float | None
    scorer: str
    corrected: bool
    relevance: float
    matched: tuple[str, ...]
    reason: str
    themes: Mapping[str, str]
    rating: float | None
    likes: int | None
    shares: int | None
    comments: int | None
    views: int | None
    reach: int | None
    outlet: str | None
    story: str
    places: tuple[Place, ...]
    status: Status
    note: str | None
    removed_at: datetime | None
    digest_id: str | None
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The mentions that tell one event, the first published first; one at least.

    ``follow_ups`` are the ids of those that continue it rather than tell it again.
    """

    id: str
    mentions: tuple[Mention, ...]
    follow_ups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionQuery:
    """What to look for; ``None`` asks nothing. ``since`` is inclusive, ``until`` exclusive.

    ``text`` is the public query syntax (words, "phrases", -word, OR, prefix*). Times compare with
    ``found_at`` by default (``by_published`` compares with ``published_at``). ``news_only`` leaves
    out what a backfill found. ``max_relevance`` is exclusive, and leaves out what a person did.
    ``unrated`` asks for those that no scorer could judge. ``untold_to`` asks for those that a
    recipient was told in no digest, from when on they get the business's digests.
    """

    text: str | None = None
    business: str | None = None
    source: str | None = None
    sentiment: Sentiment | None = None
    unrated: bool = False
    language: str | None = None
    kind: Kind | None = None
    status: Status | None = None
    since: datetime | None = None
    until: datetime | None = None
    by_published: bool = False
    min_relevance: float | None = None
    max_relevance: float | None = None
    undigested: bool = False
    untold_to: str | None = None
    news_only: bool = False
    digest_id: str | None = None
    limit: int | None = None
    offset: int = 0
    order: str = "-published_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many mentions share one key (a day, a source, …), by sentiment; mean polarity −1..1.

    ``unrated`` are those without a sentiment.
    """

    key: str
    total: int
    negative: int
    neutral: int
    positive: int
    polarity: float | None
    unrated: int = 0


# --- polls ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PollError:
    """Why a poll failed: a code of the contract and a sentence for people."""

    code: str
    message: str
    http_status: int | None = None
    retry_at: datetime | None = None


IMPORT = "import"
"""The type of the sources that imported exports stand under: nobody polls them."""
WEBHOOK = "webhook"
"""The type of the sources that others push to: nobody polls them, and no push is no trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """All that is remembered of one configured source between polls.

    ``options_hash`` is of the options and businesses that the cursor and validators were earned
    with: when it differs, the next poll starts afresh, so that a new alias is looked for in what
    was already read. ``retry_at`` is a server's own wish (Retry-After), held even by ``--force``.
    ``notice`` is something a person should see though the poll went well (moved for good, part of
    a feed unreadable). ``rechecked_at`` is when young mentions were last looked at again;
    ``history`` is where a backfill that was cut goes on.
    """

    id: str
    type: str
    address: str
    businesses: tuple[str, ...]
    options_hash: str
    status: PollStatus | None = None
    health: Health = Health.OK
    error: PollError | None = None
    notice: str | None = None
    polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    next_poll_at: datetime | None = None
    retry_at: datetime | None = None
    failures: int = 0
    paused: bool = False
    cursor: Cursor = field(default_factory=dict)
    memory: FetchMemory = field(default_factory=FetchMemory)
    rechecked_at: datetime | None = None
    history: Cursor = field(default_factory=dict)
    mentions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOutcome:
    """One poll's yield, stored in one transaction: sightings and the source's new state.

    ``removed`` holds identifiers that the platform has deleted, ``figures`` its numbers of today.
    What a ``backfill`` finds is not news: it stands in no digest.
    """

    state: SourceState
    at: datetime
    fetched: int
    sightings: tuple[Sighting, ...]
    removed: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    is_backfill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a stored poll changed: ids of new and of edited mentions, number met before.

    ``unchanged`` are the places, among its sightings, of those that changed nothing.
    """

    new: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    duplicates: int = 0
    unchanged: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """One source's line in the report of a round of polls."""

    id: str
    type: str
    status: PollStatus
    fetched: int = 0
    matched: int = 0
    new: int = 0
    updated: int = 0
    duplicates: int = 0
    error: PollError | None = None
    notice: str | None = None
    next_poll_at: datetime | None = None


# --- digests and their delivery ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From ``start`` (inclusive) to ``end`` (exclusive)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDigest:
    """A digest fixed for good: its mentions, bytes and Message-ID never change (promise 12).

    ``message`` is the whole mail as sent; ``report`` the path below ``reports/`` without suffix.
    Without recipients it is archived only. ``items`` are the mentions that stand behind each code
    shown, the one shown first; ``reply_ids`` the replies that it confirms. ``lane`` is empty for
    the business's own digest; else the schedule of readers who get one of their own.
    """

    id: str
    business: str
    period: Period
    closed_at: datetime
    subject: str
    text: str
    html: str
    message_id: str
    message: bytes
    sender: str
    recipients: tuple[str, ...]
    mention_ids: tuple[str, ...]
    report: str
    archived: bool = False
    items: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    reply_ids: tuple[str, ...] = ()
    lane: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderState:
    """What a recipient of a business's digests was told; the business's own digest has one too.

    ``since`` is from when on they are told; ``told_until`` where the period of their last digest
    ends. ``passed_at`` is when, after it, one was due and there was nothing to tell.
    """

    since: datetime
    added_at: datetime
    told_until: datetime | None = None
    passed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxItem:
    """A mail that some recipients still wait for."""

    digest_id: str
    message_id: str
    message: bytes
    sender: str
    recipients: tuple[str, ...]
    created_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many copies wait in an outbox, and since when the oldest does."""

    copies: int
    since: datetime | None


class DeliveryState(StrEnum):
    """Where one recipient's copy stands. ``refused`` and ``expired`` are kept and shown."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResult:
    """What the last try did for one recipient."""

    recipient: str
    state: DeliveryState
    error: str | None = None
    retry_at: datetime | None = None


# --- replies to a digest ----------------------------------------------------------------------


class Action(StrEnum):
    """What a reader's answer does with a mention, by the same means as the command line."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    IRRELEVANT = "irrelevant"
    RELEVANT = "relevant"
    NEW = "new"
    HANDLED = "handled"
    IGNORED = "ignored"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing said of one item of a digest, by its code; ``note`` only where it is one."""

    code: int
    action: Action
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepliedDigest:
    """What a reply to a digest is checked against and read with.

    ``items`` are its mentions by the code shown, the one shown first; empty texts were erased.
    """

    id: str
    business: str
    message_id: str
    recipients: tuple[str, ...]
    items: Mapping[int, tuple[str, ...]]
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reader's reply, checked; ``id`` is the same however often the mail comes.

    ``unclear`` are the parts that were not understood, in the reader's words.
    """

    id: str
    digest_id: str
    sender: str
    read_at: datetime
    answers: tuple[Answer, ...]
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedAnswer:
    """An answer that changed something, and the title of its mention for the confirmation."""

    action: Action
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReply:
    """A reply that no digest confirmed yet, and who sent it."""

    id: str
    applied: tuple[AppliedAnswer, ...]
    unclear: tuple[str, ...]
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxState:
    """How far a mailbox was read, and how the last look at it ended.

    ``last_uid`` counts within ``uid_validity`` (RFC 3501 §2.3.1.1). ``next_look_at`` is set while
    it fails.
    """

    name: str
    uid_validity: int | None = None
    last_uid: int = 0
    looked_at: datetime | None = None
    last_ok_at: datetime | None = None
    next_look_at: datetime | None = None
    error: str | None = None
    failures: int = 0


# --- alerts -----------------------------------------------------------------------------------


class AlertRule(StrEnum):
    """Why something is told at once."""

    NEGATIVE = "negative"
    RATING = "rating"
    SPIKE = "spike"
    SURGE = "surge"
    REACH = "reach"
    SILENT = "silent"
    TOKEN = "token"  # noqa: S105 - a rule, not a secret
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertReason:
    """One thing that an alert tells; ``key`` names it, and no key is ever told twice.

    ``count`` is the number of mentions of a spike or surge. ``business`` is ``None`` for what
    concerns all of them (a source).
    """

    rule: AlertRule
    key: str
    business: str | None
    mention_id: str | None = None
    source: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReason:
    """A reason of an alert that was fixed, and when that was."""

    reason: AlertReason
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedAlert:
    """An alert fixed for good, as ``ClosedDigest`` is; ``notice`` is its short form.

    ``channels`` are the names of what is notified beside mail; never their addresses.
    """

    id: str
    business: str
    closed_at: datetime
    subject: str
    text: str
    html: str
    notice: str
    message_id: str
    message: bytes
    sender: str
    recipients: tuple[str, ...]
    channels: tuple[str, ...]
    reasons: tuple[AlertReason, ...]


class Lane(StrEnum):
    """By what an alert goes out."""

    MAIL = "mail"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCount:
    """How many mentions of one hour (its start), all and those surely negative."""

    hour: datetime
    total: int
    negative: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """A business's mentions by the hour of publication, over which the same sources were read."""

    since: datetime
    hours: tuple[HourCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The most that earlier mentions on one platform had; ``mentions`` is how many there were.

    ``engagement`` is likes, shares and comments together; ``audience`` views or followers.
    """

    mentions: int
    engagement: int
    audience: int
