"""The store in one SQLite file: each method is one transaction; the rooms beside do the work."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from monitor.clock import Clock
from monitor.clock import now as wall_clock
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
from monitor.names import UNKEYED, Veil
from monitor.store.sqlite import (
    alerts,
    alerts_read,
    asking,
    checking,
    correcting,
    digests,
    erasing,
    figures,
    forgetting,
    holdings,
    locks,
    outboxes,
    polls,
    pseudonyms,
    replying,
    screening,
    searching,
    stories,
    teaching,
    trailing,
    upkeep,
)
from monitor.store.sqlite import readers as readers_of
from monitor.store.sqlite.connection import READ_LIMIT, WAIT, Connection
from monitor.store.sqlite.files import copy_database
from monitor.store.sqlite.naming import KeyedFile, names_file
from monitor.store.sqlite.opening import open_connection
from monitor.subjects import Removal, Subject, SubjectKind, Trail


class SqliteStore:
    """A ``Store`` (see there); any thread may call it, one at a time gets its turn."""

    def __init__(self, connection: Connection, *, clock: Clock = wall_clock) -> None:
        """Take a connection to a database of this version's schema; see ``open``."""
        self._connection = connection
        self._clock = clock
        self._names = KeyedFile(names_file(connection.path))

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Clock = wall_clock,
        read_only: bool = False,
        wait: timedelta = WAIT,
    ) -> SqliteStore:
        """Open a database, made or brought forward if need be; ``read_only`` changes nothing.

        ``wait`` is how long a lock of another program is waited for. Raises ``StoreError``.
        """
        connection = open_connection(path, read_only=read_only, wait=wait)
        with ExitStack() as unless_opened:
            unless_opened.callback(connection.close)
            if not read_only:
                upkeep.note_creation(connection, clock())
            unless_opened.pop_all()
        return cls(connection, clock=clock)

    # --- sources ---

    def register_sources(self, states: Sequence[SourceState]) -> None:
        """Make known the configured sources; writes nothing where they are known."""
        with self._connection.reading() as db:
            if polls.are_registered(db, states):
                return
        with self._connection.writing() as db:
            polls.register_sources(db, states, self._clock())

    def source_states(self) -> list[SourceState]:
        """Return the configured sources' states, by id."""
        with self._connection.reading() as db:
            return polls.source_states(db)

    def ask(self, sql: str) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """Return the columns and rows of a SELECT. Raises ``QueryError``."""
        return asking.ask(self._connection.path, sql, READ_LIMIT)

    def import_states(self) -> list[SourceState]:
        """Return the states of what was imported, by id."""
        with self._connection.reading() as db:
            return polls.import_states(db)

    def source_state(self, source_id: str) -> SourceState:
        """Return one configured source's state."""
        with self._connection.reading() as db:
            return polls.source_state(db, source_id)

    def spent_elsewhere(self, source_id: str, at: datetime) -> Mapping[str, int]:
        """Return what other sources spent of allowances not renewed yet."""
        with self._connection.reading() as db:
            return polls.spent_elsewhere(db, source_id, at)

    def figures(self, period: Period) -> list[DatedFigure]:
        """Return what platforms counted of the owner's accounts on the days of a period."""
        with self._connection.reading() as db:
            return figures.figures(db, period)

    def hold(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock between processes; yields whether it was had."""
        return locks.hold(self._connection.path, name)

    # --- polls ---

    def save_poll(self, outcome: PollOutcome, *, dry_run: bool = False) -> Saved:
        """Store a poll, or with ``dry_run`` only say what storing it would change."""
        with self._connection.writing(keep=not dry_run) as db:
            return polls.save_poll(db, outcome, screening.screen_of(db, self._names.known))

    def save_polls(self, outcomes: Sequence[PollOutcome]) -> list[Saved]:
        """Store several polls in one transaction: many small ones cost one write of the disk."""
        with self._connection.writing() as db:
            screen = screening.screen_of(db, self._names.known)
            return [polls.save_poll(db, outcome, screen) for outcome in outcomes]

    def known_ids(self, source_id: str, external_ids: Sequence[str]) -> set[str]:
        """Return those of a source's identifiers under which a mention was met before."""
        with self._connection.reading() as db:
            return polls.known_ids(db, source_id, external_ids)

    def young_ids(self, source_id: str, since: datetime, limit: int) -> list[str]:
        """Return identifiers of a source's mentions found since then, newest first."""
        with self._connection.reading() as db:
            return polls.young_ids(db, source_id, since, limit)

    def articles_read(self, period: Period) -> int:
        """Return how many entries were read from all sources, to the hour."""
        with self._connection.reading() as db:
            return polls.articles_read(db, period)

    # --- mentions ---

    def find(self, query: MentionQuery) -> list[Mention]:
        """Return the mentions asked for. Raises ``QueryError``."""
        with self._connection.reading(_limit_of(query)) as db:
            return searching.find(db, query)

    def get(self, mention_id: str) -> Mention | None:
        """Return one mention."""
        with self._connection.reading() as db:
            return searching.get(db, mention_id)

    def count(self, query: MentionQuery, by: str) -> list[Count]:
        """Count mentions by a key; an unknown language is ``und``. Raises ``QueryError``."""
        with self._connection.reading(_limit_of(query)) as db:
            return searching.count(db, query, by)

    def share_of_voice(
        self, business: str, period: Period, *, by_published: bool = False
    ) -> dict[str, int]:
        """Return mentions found (or published) of a business and of its competitors."""
        with self._connection.reading() as db:
            return searching.share_of_voice(db, business, period, by_published=by_published)

    def correct(
        self,
        mention_id: str,
        sentiment: Sentiment | None,
        at: datetime,
        *,
        relevant: bool = True,
    ) -> bool:
        """Record a person's sentiment, or what they say of the relevance. False: no such id."""
        with self._connection.writing() as db:
            return correcting.correct(db, mention_id, sentiment, at, relevant=relevant)

    def uncorrect(self, mention_id: str) -> bool:
        """Take back a person's word on a mention. False: no such id, or there is none."""
        with self._connection.writing() as db:
            return correcting.uncorrect(db, mention_id)

    def set_status(self, mention_id: str, status: Status, note: str | None, at: datetime) -> bool:
        """Record what the owner did with a mention. False: no such id."""
        del at  # Known limit: a status has no history, so there is no place for its time.
        with self._connection.writing() as db:
            return correcting.set_status(db, mention_id, status, note)

    # --- stories ---

    def story_of(self, mention_id: str) -> Story | None:
        """Return the story that a mention stands in; ``None``: no such id."""
        with self._connection.reading() as db:
            return stories.story_of(db, mention_id)

    def stories(self, story_ids: Sequence[str]) -> dict[str, Story]:
        """Return stories by their id."""
        with self._connection.reading() as db:
            return stories.stories(db, story_ids)

    def split_story(self, mention_id: str, at: datetime) -> bool:
        """Take a mention out of its story, for good. False: no such id, or it stands alone."""
        with self._connection.writing() as db:
            return stories.split(db, mention_id, at)

    def join_story(self, mention_id: str, other_id: str, at: datetime) -> bool:
        """Put a mention into the story of another. False: it cannot be, or it stands there."""
        with self._connection.writing() as db:
            return stories.join_by_hand(db, mention_id, other_id, at)

    def rescore(self, scores: Mapping[str, Score]) -> int:
        """Set the scores of mentions, by id; returns how many changed."""
        with self._connection.writing() as db:
            return correcting.rescore(db, scores)

    # --- what persons taught ---

    def lessons_version(self) -> int:
        """Return a number that grows with every label and block."""
        with self._connection.reading() as db:
            return teaching.version(db)

    def judgements(self, business: str, most: int) -> list[Judgement]:
        """Return what persons said of the relevance of a business's mentions, newest first."""
        with self._connection.reading() as db:
            return teaching.judgements(db, business, most)

    def corrected(self, business: str, most: int) -> list[Mention]:
        """Return a business's mentions whose sentiment a person gave, newest first."""
        with self._connection.reading() as db:
            return searching.corrected(db, business, most)

    def blocks(self) -> list[Block]:
        """Return what is blocked, oldest first."""
        with self._connection.reading() as db:
            return teaching.blocks(db)

    def block(self, business: str, kind: BlockKind, value: str, at: datetime) -> Block:
        """Block an author, a site or a word for a business."""
        with self._connection.writing() as db:
            return teaching.block(db, business, kind, value, at)

    def unblock(self, block_id: int) -> Block | None:
        """Take a block back; ``None``: there is no such block."""
        with self._connection.writing() as db:
            return teaching.unblock(db, block_id)

    def rejudge(self, judged: Mapping[str, Match]) -> int:
        """Set the relevance and signals of mentions, by id; returns how many changed."""
        with self._connection.writing() as db:
            return teaching.rejudge(db, judged)

    # --- digests and outbox ---

    def close_digest(self, digest: ClosedDigest) -> bool:
        """Fix a digest, mark its mentions and queue its mail, all or nothing."""
        with self._connection.writing() as db:
            if screening.are_erased(db, digest.mention_ids):
                return False  # somebody was forgotten while it was made
            screen = screening.screen_of(db, self._names.known)
            return digests.close_digest(db, screen.digest(digest) if screen else digest)

    def digested_until(self, business: str) -> datetime | None:
        """Return where the period of the digest closed last ends; ``None``: none was."""
        with self._connection.reading() as db:
            return digests.digested_until(db, business)

    def enrol_readers(
        self, business: str, readers: Mapping[str, datetime], at: datetime
    ) -> dict[str, ReaderState]:
        """Make known who gets a business's digests; writes nothing where they are known."""
        with self._connection.reading() as db:
            known = readers_of.states(db, business)
        if readers.keys() == known.keys() - {readers_of.OWN}:
            return known
        with self._connection.writing() as db:
            readers_of.enrol(db, business, readers, at)
            return readers_of.states(db, business)

    def told_in(self, recipient: str, mention_ids: Sequence[str]) -> dict[str, str]:
        """Return which digest told each of these mentions to a recipient."""
        with self._connection.reading() as db:
            return readers_of.told_in(db, recipient, mention_ids)

    def pass_digest(self, business: str, readers: Sequence[str], at: datetime) -> None:
        """Record that a digest was due and there was nothing to tell."""
        with self._connection.writing() as db:
            readers_of.note_pass(db, business, readers, at)

    def unarchived(self) -> list[ClosedDigest]:
        """Return digests whose report files are not known to be written."""
        with self._connection.reading() as db:
            return digests.unarchived(db)

    def mark_archived(self, digest_id: str) -> None:
        """Record that a digest's report files are written."""
        with self._connection.writing() as db:
            db.execute("UPDATE digest SET archived = 1 WHERE id = ?", [digest_id])

    def claim_outbox(self, now: datetime, *, force: bool = False) -> list[OutboxItem]:
        """Return mails with recipients due for a try; hold ``outbox`` while you send them."""
        with self._connection.reading() as db:
            return digests.claim_outbox(db, now, force=force)

    def record_delivery(
        self, digest_id: str, results: Sequence[DeliveryResult], at: datetime
    ) -> None:
        """Record what one try did for each recipient."""
        with self._connection.writing() as db:
            digests.record_delivery(db, digest_id, results, at)

    def undelivered(self, business: str, since: datetime) -> list[DeliveryResult]:
        """Return the copies that will not be tried again, of digests closed since then."""
        with self._connection.reading() as db:
            return digests.undelivered(db, business, since)

    # --- alerts ---

    def tempo(
        self, business: str, since: datetime, *, sure_from: float, settled: datetime
    ) -> Tempo:
        """Return a business's relevant news by hour, by when they were published."""
        with self._connection.reading() as db:
            return alerts_read.tempo(db, business, since, sure_from=sure_from, settled=settled)

    def sources_added(self) -> dict[str, datetime]:
        """Return when each configured source was first made known, by id."""
        with self._connection.reading() as db:
            return alerts_read.sources_added(db)

    def record(self, business: str, platform: str, period: Period) -> Record:
        """Return the most that a business's mentions found in a period on a platform had."""
        with self._connection.reading() as db:
            return alerts_read.record(db, business, platform, period)

    def close_alert(self, alert: ClosedAlert) -> bool:
        """Fix an alert, mark what it tells and queue it, all or nothing."""
        with self._connection.writing() as db:
            if screening.are_erased(db, [reason.mention_id for reason in alert.reasons]):
                return False
            screen = screening.screen_of(db, self._names.known)
            return alerts.close_alert(db, screen.alert(alert) if screen else alert)

    def told_reasons(self, since: datetime) -> list[ToldReason]:
        """Return the reasons of alerts fixed since then, oldest first."""
        with self._connection.reading() as db:
            return alerts_read.told_reasons(db, since)

    def alerts_closed(self, business: str, since: datetime) -> int:
        """Return how many alerts of a business were fixed since then."""
        with self._connection.reading() as db:
            return alerts_read.alerts_closed(db, business, since)

    def alerted(self, mention_ids: Sequence[str]) -> dict[str, datetime]:
        """Return when each of these mentions was told by an alert."""
        with self._connection.reading() as db:
            return alerts_read.alerted(db, mention_ids)

    def claim_alerts(self, now: datetime, lane: Lane, *, force: bool = False) -> list[OutboxItem]:
        """Return alerts due for a try; hold ``outbox`` while you send them."""
        with self._connection.reading() as db:
            return alerts.claim_alerts(db, now, lane, force=force)

    def record_alert_delivery(
        self, alert_id: str, results: Sequence[DeliveryResult], at: datetime
    ) -> None:
        """Record what one try did for each recipient or channel."""
        with self._connection.writing() as db:
            alerts.record_delivery(db, alert_id, results, at)

    # --- replies ---

    def digest_recipients(self) -> set[str]:
        """Return every address that a digest went to."""
        with self._connection.reading() as db:
            return {one for (one,) in db.execute("SELECT DISTINCT recipient FROM delivery")}

    def replied_digest(self, digest_id: str) -> RepliedDigest | None:
        """Return what a reply to a digest is read with; ``None``: there is no such digest."""
        with self._connection.reading() as db:
            return replying.replied_digest(db, digest_id)

    def apply_reply(self, reply: Reply) -> int | None:
        """Apply a reply, once; returns how many answers changed something, ``None``: it was."""
        with self._connection.writing() as db:
            return replying.apply_reply(db, reply)

    def unconfirmed_replies(self, business: str) -> list[KeptReply]:
        """Return the replies about a business that no digest confirmed, oldest first."""
        with self._connection.reading() as db:
            return replying.unconfirmed(db, business)

    def mailbox_state(self, name: str) -> MailboxState | None:
        """Return how far a mailbox was read; ``None``: never."""
        with self._connection.reading() as db:
            return replying.mailbox_state(db, name)

    def note_mailbox(self, state: MailboxState) -> None:
        """Record how a look at a mailbox ended."""
        with self._connection.writing() as db:
            replying.note_mailbox(db, state)

    # --- upkeep ---

    def created_at(self) -> datetime:
        """Return when this database was made: the start of the first digest's period."""
        with self._connection.reading() as db:
            return upkeep.created_at(db) or self._clock()

    def waiting(self) -> dict[str, Waiting]:
        """Return what waits in the outboxes, by kind."""
        with self._connection.reading() as db:
            return outboxes.waiting(db)

    def check(self) -> list[str]:
        """Return what is wrong with the database; reads all of it."""
        with self._connection.turn():
            return checking.check(self._connection)

    def backup(self, file: Path) -> None:
        """Write a whole, consistent copy. Raises ``StoreError`` if ``file`` exists."""
        copy_database(self._connection, file)

    def expire(
        self, now: datetime, keep: timedelta, limits: Mapping[str, timedelta] = MappingProxyType({})
    ) -> int:
        """Erase what was kept as long as ``keep``, or as its type's terms allow; how many."""
        with self._connection.writing() as db:
            erased = erasing.expire(db, now, keep) + forgetting.withdraw(db, now)
            erased += forgetting.fade(db, now, limits)
        if erased:
            self._connection.drop_log()  # it holds the words as they were written
        return erased

    # --- personal data ---

    def trail(self, subject: Subject) -> Trail:
        """Return what tells a person, looked for in all mentions; changes nothing."""
        with self._connection.reading() as db:
            return trailing.search(db, subject, self._names.known()).trail

    def held(self, subject: Subject) -> dict[str, Json]:
        """Return all that is held of a person, by table."""
        with self._connection.reading() as db:
            return holdings.holdings(db, trailing.search(db, subject, self._names.known()))

    def forget(self, subject: Subject, at: datetime, *, dry_run: bool = False) -> Removal:
        """Erase a person or a business for good, from free pages and the log too."""
        names = self._names.known() if dry_run else self._names.made()
        with self._connection.writing(keep=not dry_run) as db:
            found = trailing.search(db, subject, names)
            if subject.kind is SubjectKind.BUSINESS:
                removal = forgetting.forget_business(db, subject.value, found)
            else:
                removal = forgetting.forget(db, found, names or UNKEYED, at)
        return removal if dry_run else replace(removal, is_log_empty=self._connection.scrub())

    def lose_key(self) -> int:
        """Let go of those who were forgotten by a key that is lost; returns how many digests."""
        with self._connection.writing() as db:
            return int(db.execute("DELETE FROM forgotten").rowcount)

    def veil(self, known: Collection[str]) -> Veil:
        """Return what gives authors pseudonyms, but for these, folded."""
        return Veil(self._names.made(), known)

    def pseudonymise(self, veil: Veil | None) -> int:
        """Give the authors of stored mentions pseudonyms, once; ``None``: no longer for new ones.

        Returns how many mentions it changed.
        """
        with self._connection.reading() as db:
            if pseudonyms.are_given(db) == (veil is not None):
                return 0
        with self._connection.writing() as db:
            changed = pseudonyms.give(db, veil, self._clock())
        if changed:
            self._connection.scrub()
        return changed

    def close(self) -> None:
        """Close it."""
        self._connection.close()


def _limit_of(query: MentionQuery) -> timedelta | None:
    """Return how long a question may take: a person's own words are not to be waited for."""
    return READ_LIMIT if query.text is not None else None
