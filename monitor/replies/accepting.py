"""From a mail to a reply that may be applied, or the reason why it may not; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from monitor.letters import Letter
from monitor.model import RepliedDigest, Reply
from monitor.replies.answers import Understood, understand
from monitor.replies.fresh import fresh_lines, unflowed
from monitor.replies.markup import text_of_html
from monitor.replies.screening import machine_in
from monitor.replies.signing import Reference, Signer, references_in
from monitor.text import plain_text

_MOST_REFERENCES = 20
"""Looked up of one mail; a long thread quotes the digests of some weeks."""


class Ignored(StrEnum):
    """Why nothing of a mail is applied, as the log says it."""

    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    LIST = "list"
    OURS = "our own mail"
    NO_DIGEST = "of no digest of ours"
    FORGED = "its token is not ours"
    STRANGER = "its sender is no recipient of that digest"
    SENDERS = "it has no sender, or several"
    EMPTY = "it says nothing"
    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"


Lookup = Callable[[str], RepliedDigest | None]
"""From the id of a digest to what a reply to it is read with."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Judges mails by what was sent."""

    lookup: Lookup
    signer: Signer

    def judge(self, letter: Letter, at: datetime) -> Reply | Ignored:
        """Return the reply that a mail is, or why it is none."""
        why = _why_not(letter)
        found = why or self._digest_of(letter)
        if isinstance(found, Ignored):
            return found
        (sender,) = letter.senders
        if letter.header("message-id") == found.message_id:
            return Ignored.OURS
        if sender not in {recipient.lower() for recipient in found.recipients}:
            return Ignored.STRANGER
        understood = read_answers(letter, found)
        if not (understood.answers or understood.unclear):
            return Ignored.EMPTY
        return Reply(
            id=_identity(letter, found, sender),
            digest_id=found.id,
            sender=sender,
            read_at=at,
            answers=understood.answers,
            unclear=understood.unclear,
        )

    def _digest_of(self, letter: Letter) -> RepliedDigest | Ignored:
        """Return the digest answered: the first whose reference is genuine."""
        why = Ignored.NO_DIGEST
        for reference in list(references_of(letter))[:_MOST_REFERENCES]:
            digest = self.lookup(reference.digest_id)
            if digest is None:
                continue
            if self.signer.is_genuine(reference, digest.recipients):
                return digest
            why = Ignored.FORGED
        return why


def _why_not(letter: Letter) -> Ignored | None:
    """Return why a mail is no reply, by its headers alone."""
    machine = machine_in(letter)
    if machine is not None:
        return Ignored(machine)
    return None if len(letter.senders) == 1 else Ignored.SENDERS


def references_of(letter: Letter) -> Iterable[Reference]:
    """Return the references of a mail, the surest place first: what a program set by itself."""
    # RFC 5322 §3.6.4: the parent's Message-ID is in In-Reply-To, and last in References.
    thread = " ".join(reversed(letter.header("references").split()))
    places = (letter.header("in-reply-to"), letter.header("subject"), thread)
    return references_in(*places, letter.plain, letter.html)


def read_answers(letter: Letter, digest: RepliedDigest) -> Understood:
    """Read what was written anew: in the plain text or, where that says nothing, in the HTML."""
    original = [_without_references(t) for t in (digest.text, plain_text(digest.html))]
    plain = unflowed(letter.plain) if letter.is_flowed else letter.plain
    understood = understand(fresh_lines(_without_references(plain), original), digest.items)
    if understood.answers or not letter.html:
        return understood
    marked = _without_references(text_of_html(letter.html))
    of_html = understand(fresh_lines(marked, original), digest.items)
    return of_html if of_html.answers or not understood.unclear else understood


def _without_references(text: str) -> str:
    """Take out the references, which a tap on a link leaves in the reader's own text."""
    for reference in references_in(text):
        text = text.replace(str(reference), " ")
    return text


def _identity(letter: Letter, digest: RepliedDigest, sender: str) -> str:
    """Return what is the same for every copy of one mail, however it comes."""
    known = letter.header("message-id") or "\n".join(
        [letter.header("date"), letter.header("subject"), letter.plain, letter.html]
    )
    return sha256(f"{digest.id}\n{sender}\n{known}".encode()).hexdigest()[:32]
