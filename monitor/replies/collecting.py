"""One look at the mailbox: new mails → replies → one transaction each → marked there.

A kill between the transaction and the mark costs nothing: the reply is met again, known by its id,
and only marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from monitor.clock import Clock
from monitor.clock import now as wall_clock
from monitor.errors import MailboxError
from monitor.letters import Letter, UnreadableLetter, read_letter
from monitor.model import Action, MailboxState, Mention, Reply
from monitor.replies.accepting import Desk, Ignored, references_of
from monitor.replies.mailbox import MOST_BYTES, Mailbox, Summary, View
from monitor.replies.signing import Signer
from monitor.store.base import Store

log = structlog.get_logger(__name__)

FIRST_LOOK = timedelta(days=31)
"""How far back the first look at a mailbox goes: a monthly digest may be answered late."""
_LONGEST_WAIT = timedelta(hours=6)
"""Between looks while it fails: many providers lock an account that logs in wrongly again and
again."""
_STATUSES = {Action.NEW, Action.HANDLED, Action.IGNORED, Action.NOTE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one look did. ``skipped``: another process is at it, or it is not to be asked yet."""

    applied: int = 0
    unclear: int = 0
    ignored: int = 0
    error: str | None = None
    skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Takes replies in. Plain and sync: the doors choose the thread.

    ``teach`` judges what is like a mention again, after something was said of it.
    """

    store: Store
    mailbox: Mailbox
    signer: Signer
    teach: Callable[[str, Mention], int]
    clock: Clock = wall_clock

    @property
    def every(self) -> timedelta:
        """How often to look."""
        return self.mailbox.settings.every

    def collect(self, *, force: bool = False) -> Collected:
        """Take in what is new; ``force`` looks also where it failed a moment ago.

        A mailbox that cannot be read is told, kept for the digest, and never raised. Raises
        ``StoreError``.
        """
        with self.store.hold("replies") as had:
            state = self._state()
            at = self.clock()
            if not had or (not force and _is_resting(state, at)):
                return Collected(skipped=True)
            try:
                with self.mailbox.look() as view:
                    done, last_uid = self._take(view, state, at)
                    seen = replace(state, uid_validity=view.uid_validity, last_uid=last_uid)
            except MailboxError as error:
                self._note_failure(state, error, at)
                return Collected(error=str(error))
            self.store.note_mailbox(
                replace(
                    seen, looked_at=at, last_ok_at=at, next_look_at=None, error=None, failures=0
                )
            )
            return done

    def _state(self) -> MailboxState:
        name = self.mailbox.settings.name
        return self.store.mailbox_state(name) or MailboxState(name=name)

    def _note_failure(self, state: MailboxState, error: MailboxError, at: datetime) -> None:
        failures = state.failures + 1
        wait = self.mailbox.settings.every * 2 ** min(failures, 10)
        if str(error) != state.error:
            log.warning("mailbox of replies not read", error=str(error))
        self.store.note_mailbox(
            replace(
                state,
                looked_at=at,
                # Nothing was read yet: it fails since we first looked.
                last_ok_at=state.last_ok_at or state.looked_at or at,
                next_look_at=at + min(wait, _LONGEST_WAIT) if error.permanent else None,
                error=str(error),
                failures=failures,
            )
        )

    def _take(self, view: View, state: MailboxState, at: datetime) -> tuple[Collected, int]:
        is_known = state.uid_validity == view.uid_validity
        if is_known:
            uids = view.uids_after(state.last_uid)
        else:
            uids = view.uids_since((at - FIRST_LOOK).date())
        done, judged = Collected(), dict[str, None]()
        desk = Desk(self.store.replied_digest, self.signer)
        for summary in self._of_interest(view, uids):
            outcome = self._judge(desk, view, summary, at)
            if isinstance(outcome, Ignored):
                log.info("mail ignored", uid=summary.uid, why=str(outcome))
                done = replace(done, ignored=done.ignored + 1)
            elif outcome is not None:
                done = self._apply(outcome, done)
                judged |= dict.fromkeys(self._judged_by(outcome))
                self._mark(view, summary.uid)
        for mention in filter(None, map(self.store.get, judged)):
            self.teach(mention.business, mention)
        return done, max([*uids, state.last_uid if is_known else 0])

    def _of_interest(self, view: View, uids: list[int]) -> Iterator[Summary]:
        """Leave alone what neither comes from a recipient nor speaks of a digest of ours."""
        known = {recipient.lower() for recipient in self.store.digest_recipients()}
        for summary in view.heads(uids):
            try:
                letter = read_letter(summary.head)
            except UnreadableLetter:
                continue
            if known.intersection(letter.senders) or any(references_of(letter)):
                yield summary

    def _judge(
        self, desk: Desk, view: View, summary: Summary, at: datetime
    ) -> Reply | Ignored | None:
        if summary.size > MOST_BYTES:
            return Ignored.TOO_LARGE
        content = view.mail(summary.uid)
        if content is None:  # moved or deleted since
            return None
        if len(content) > MOST_BYTES:
            return Ignored.TOO_LARGE
        try:
            letter: Letter = read_letter(content)
        except UnreadableLetter:
            return Ignored.UNREADABLE
        return desk.judge(letter, at)

    def _apply(self, reply: Reply, done: Collected) -> Collected:
        applied = self.store.apply_reply(reply)
        if applied is None:
            log.info("reply met before", reply=reply.id)
            return done
        log.info(
            "reply applied",
            reply=reply.id,
            digest=reply.digest_id,
            answers=applied,
            unclear=len(reply.unclear),
        )
        return replace(
            done, applied=done.applied + applied, unclear=done.unclear + len(reply.unclear)
        )

    def _judged_by(self, reply: Reply) -> list[str]:
        """Return the mentions whose tone or relevance a reply told; a kill may have cut that."""
        codes = {answer.code for answer in reply.answers if answer.action not in _STATUSES}
        digest = self.store.replied_digest(reply.digest_id)
        items = digest.items if digest else {}
        return [mention_id for code in sorted(codes) for mention_id in items.get(code, ())[:1]]

    def _mark(self, view: View, uid: int) -> None:
        problem = view.mark(uid)
        if problem is not None:
            log.warning("reply not marked in the mailbox", uid=uid, error=problem)


def _is_resting(state: MailboxState, at: datetime) -> bool:
    # A time further off was written by a clock since set back.
    return state.next_look_at is not None and at < state.next_look_at <= at + _LONGEST_WAIT
