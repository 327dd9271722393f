"""What every store can do: each method is one use and one transaction. No SQL leaves a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from monitor.model import (
    Block,
    BlockKind,
    ClosedAlert,
    ClosedDigest,
    Count,
    DatedFigure,
    DeliveryResult,
    Json,
    Judgement,
    KeptReply,
    Lane,
    MailboxState,
    Match,
    Mention,
    MentionQuery,
    OutboxItem,
    Period,
    PollOutcome,
    ReaderState,
    Record,
    RepliedDigest,
    Reply,
    Saved,
    Score,
    Sentiment,
    SourceState,
    Status,
    Story,
    Tempo,
    ToldReason,
    Waiting,
)
from monitor.subjects import Removal, Subject, Trail


class Store(Protocol):
    """Mentions, source states, digests and the outbox. Every method may raise ``StoreError``."""

    # --- sources ---

    def register_sources(self, states: Sequence[SourceState]) -> None:
        """Make known the configured sources; those known keep their state, those absent rest.

        Only ``type``, ``address``, ``businesses`` and ``options_hash`` of a state are taken. A
        changed ``options_hash`` clears cursor, validators, pause and failures, and makes it due.
        Sources no longer configured are kept with their history and no longer returned.
        """
        ...

    def figures(self, period: Period) -> list[DatedFigure]:
        """Return what platforms counted of the owner's accounts on the days of a period."""
        ...

    def spent_elsewhere(self, source_id: str, at: datetime) -> Mapping[str, int]:
        """Return what other sources spent of allowances not renewed yet, those at rest too."""
        ...

    def source_state(self, source_id: str) -> SourceState:
        """Return one configured source's state."""
        ...

    def source_states(self) -> list[SourceState]:
        """Return the configured sources' states, by id, with their number of mentions."""
        ...

    def import_states(self) -> list[SourceState]:
        """Return the states of what was imported, by id: sources of the type ``IMPORT``.

        They are made by ``save_poll``, stand in no configuration, are never due nor silent.
        """
        ...

    def hold(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock between processes; yields whether it was had. It ends with its process."""
        ...

    # --- polls ---

    def created_at(self) -> datetime:
        """Return when this database was made: the start of the first digest's period."""
        ...

    def save_poll(self, outcome: PollOutcome, *, dry_run: bool = False) -> Saved:
        """Store a poll's sightings and its source's new state, both or neither.

        With ``dry_run`` nothing is stored; only what would have changed is told.
        """
        ...

    def save_polls(self, outcomes: Sequence[PollOutcome]) -> list[Saved]:
        """Store several polls, in their order, all of them or none; one ``Saved`` each."""
        ...

    def known_ids(self, source_id: str, external_ids: Sequence[str]) -> set[str]:
        """Return those of a source's identifiers under which a mention was met before."""
        ...

    def young_ids(self, source_id: str, since: datetime, limit: int) -> list[str]:
        """Return identifiers of a source's mentions found since then, not removed, newest first."""
        ...

    def articles_read(self, period: Period) -> int:
        """Return how many entries were read from all sources in a period."""
        ...

    # --- mentions ---

    def find(self, query: MentionQuery) -> list[Mention]:
        """Return the mentions asked for. Raises ``QueryError`` naming what cannot be read."""
        ...

    def get(self, mention_id: str) -> Mention | None:
        """Return one mention."""
        ...

    def count(self, query: MentionQuery, by: str) -> list[Count]:
        """Count mentions by day, week, source, sentiment, language, business or all.

        Days and ISO weeks are of UTC ``found_at`` (``published_at`` when the query says so).
        """
        ...

    def share_of_voice(
        self, business: str, period: Period, *, by_published: bool = False
    ) -> dict[str, int]:
        """Return mentions found in a period, of a business and of its competitors, by name.

        With ``by_published`` those published in it.
        """
        ...

    def correct(
        self,
        mention_id: str,
        sentiment: Sentiment | None,
        at: datetime,
        *,
        relevant: bool = True,
    ) -> bool:
        """Record a person's sentiment, which wins over any scorer, or that it is not about them.

        Without a sentiment only the relevance is told. False: no such id.
        """
        ...

    def uncorrect(self, mention_id: str) -> bool:
        """Take back all that a person said of a mention's sentiment and relevance.

        What the scorer and the matcher say of it is set by who judges it again. False: no such id,
        or nobody said anything.
        """
        ...

    def set_status(self, mention_id: str, status: Status, note: str | None, at: datetime) -> bool:
        """Record what the owner did with a mention. False: no such id."""
        ...

    # --- stories ---

    def story_of(self, mention_id: str) -> Story | None:
        """Return the story that a mention stands in, of one mention or more; ``None``: no such id.

        Which one published first is found when it is asked: a copy found late may be the earliest.
        """
        ...

    def stories(self, story_ids: Sequence[str]) -> dict[str, Story]:
        """Return stories by their id; those that there are not are left out."""
        ...

    def split_story(self, mention_id: str, at: datetime) -> bool:
        """Take a mention out of its story; no poll brings the two together again.

        False, and nothing changed: there is no such id, or it stands alone.
        """
        ...

    def join_story(self, mention_id: str, other_id: str, at: datetime) -> bool:
        """Put a mention into the story of another, whatever was taken apart before.

        Only this mention moves: what it stood with before stays. False, and nothing changed: there
        is no such id, they are of two businesses, or of one story already.
        """
        ...

    def rescore(self, scores: Mapping[str, Score]) -> int:
        """Set the scores of mentions, by id; returns how many changed. A person's word stays."""
        ...

    # --- what persons taught ---

    def lessons_version(self) -> int:
        """Return a number that grows with every label and block, set or taken back."""
        ...

    def judgements(self, business: str, most: int) -> list[Judgement]:
        """Return what persons said of the relevance of a business's mentions, newest first."""
        ...

    def corrected(self, business: str, most: int) -> list[Mention]:
        """Return a business's mentions whose sentiment a person gave, newest first."""
        ...

    def blocks(self) -> list[Block]:
        """Return what is blocked, oldest first."""
        ...

    def block(self, business: str, kind: BlockKind, value: str, at: datetime) -> Block:
        """Block an author, a site or a word for a business; one blocked already stays as it is."""
        ...

    def unblock(self, block_id: int) -> Block | None:
        """Take a block back; ``None``: there is no such block."""
        ...

    def rejudge(self, judged: Mapping[str, Match]) -> int:
        """Set the relevance and signals of mentions, by id; returns how many changed.

        Those of which a person spoke keep their relevance.
        """
        ...

    # --- digests and outbox ---

    def close_digest(self, digest: ClosedDigest) -> bool:
        """Fix a digest, mark its mentions and queue its mail, all or nothing.

        False, and nothing changed, if one of its mentions already stands in another digest: in the
        business's own, for one that is that; in one to one of its recipients, for any.
        """
        ...

    def enrol_readers(
        self, business: str, readers: Mapping[str, datetime], at: datetime
    ) -> dict[str, ReaderState]:
        """Make known who gets a business's digests, each from when on; return them all.

        Those known keep their state, those absent are forgotten. The business's own digest is in
        the answer as the reader ``""``, once something is known of it.
        """
        ...

    def told_in(self, recipient: str, mention_ids: Sequence[str]) -> dict[str, str]:
        """Return which digest told each of these mentions to a recipient; none: it is left out."""
        ...

    def pass_digest(self, business: str, readers: Sequence[str], at: datetime) -> None:
        """Record that a digest was due and there was nothing to tell; ``""`` is its own."""
        ...

    def digested_until(self, business: str) -> datetime | None:
        """Return where the period of its own digest closed last ends; ``None``: none was."""
        ...

    def unarchived(self) -> list[ClosedDigest]:
        """Return digests whose report files are not known to be written."""
        ...

    def mark_archived(self, digest_id: str) -> None:
        """Record that a digest's report files are written."""
        ...

    def claim_outbox(self, now: datetime, *, force: bool = False) -> list[OutboxItem]:
        """Return mails with recipients due for a try (``force``: all that wait), oldest first."""
        ...

    def record_delivery(
        self, digest_id: str, results: Sequence[DeliveryResult], at: datetime
    ) -> None:
        """Record what one try did for each recipient."""
        ...

    def undelivered(self, business: str, since: datetime) -> list[DeliveryResult]:
        """Return the copies that will not be tried again, of digests closed since; oldest first."""
        ...

    # --- alerts ---

    def tempo(
        self, business: str, since: datetime, *, sure_from: float, settled: datetime
    ) -> Tempo:
        """Return a business's relevant news by hour, by when they were published.

        Negative are those of a confidence from ``sure_from`` on, or that a person called so. Only
        sources added until ``settled`` count, and time from when the last of them was: a source
        that is new would look like a spike. What was found days after its publication is left out.
        """
        ...

    def sources_added(self) -> dict[str, datetime]:
        """Return when each configured source was first made known, by id."""
        ...

    def record(self, business: str, platform: str, period: Period) -> Record:
        """Return the most that a business's mentions found in a period on a platform had."""
        ...

    def close_alert(self, alert: ClosedAlert) -> bool:
        """Fix an alert, mark what it tells and queue it, all or nothing.

        False, and nothing changed, if one of its reasons was told before.
        """
        ...

    def told_reasons(self, since: datetime) -> list[ToldReason]:
        """Return the reasons of alerts fixed since then, oldest first."""
        ...

    def alerts_closed(self, business: str, since: datetime) -> int:
        """Return how many alerts of a business were fixed since then."""
        ...

    def alerted(self, mention_ids: Sequence[str]) -> dict[str, datetime]:
        """Return when each of these mentions was told by an alert; none: it is left out."""
        ...

    def claim_alerts(self, now: datetime, lane: Lane, *, force: bool = False) -> list[OutboxItem]:
        """Return alerts due for a try, as ``claim_outbox``; a notice's message is its text."""
        ...

    def record_alert_delivery(
        self, alert_id: str, results: Sequence[DeliveryResult], at: datetime
    ) -> None:
        """Record what one try did for each recipient or channel."""
        ...

    # --- replies to digests ---

    def digest_recipients(self) -> set[str]:
        """Return every address that a digest went to."""
        ...

    def replied_digest(self, digest_id: str) -> RepliedDigest | None:
        """Return what a reply to a digest is read with; ``None``: there is no such digest."""
        ...

    def apply_reply(self, reply: Reply) -> int | None:
        """Apply a reply and remember it; returns how many of its answers changed something.

        ``None``, and nothing changed: it was applied before. An answer that only repeats what was
        last said of that item of that digest changes nothing either.
        """
        ...

    def unconfirmed_replies(self, business: str) -> list[KeptReply]:
        """Return the replies about a business that no digest confirmed, oldest first."""
        ...

    def mailbox_state(self, name: str) -> MailboxState | None:
        """Return how far a mailbox was read; ``None``: never."""
        ...

    def note_mailbox(self, state: MailboxState) -> None:
        """Record how a look at a mailbox ended."""
        ...

    # --- asked in SQL ---

    def ask(self, sql: str) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """Return the columns and rows of a SELECT. Raises ``QueryError``."""
        ...

    # --- upkeep ---

    def waiting(self) -> dict[str, Waiting]:
        """Return what waits in the outboxes, by kind: ``digest``, ``alert``, ``notice``."""
        ...

    def check(self) -> list[str]:
        """Return what is wrong with the database; empty when all is well."""
        ...

    def backup(self, file: Path) -> None:
        """Write a whole, consistent copy. Raises ``StoreError`` if ``file`` exists."""
        ...

    def expire(
        self, now: datetime, keep: timedelta, limits: Mapping[str, timedelta] = MappingProxyType({})
    ) -> int:
        """Erase text and author of mentions found longer ago than ``keep``; returns how many.

        Those that their platform deleted two days ago go likewise. ``limits`` are how long the
        terms of source types let words be kept: those go then, author and address stay.
        """
        ...

    # --- personal data ---

    def trail(self, subject: Subject) -> Trail:
        """Return what tells a person, looked for in all that is held; changes nothing."""
        ...

    def held(self, subject: Subject) -> dict[str, Json]:
        """Return all that is held of a person, by table; times in UTC."""
        ...

    def forget(self, subject: Subject, at: datetime, *, dry_run: bool = False) -> Removal:
        """Erase a person, an address or a business for good, and keep them out from then on.

        With ``dry_run`` nothing is erased; only what would be is told.
        """
        ...

    def close(self) -> None:
        """Close it."""
        ...
