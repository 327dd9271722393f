"""How a digest is answered, and what it says of the answers to those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from monitor.model import Action, KeptReply, MailboxState, Mention, Sentiment, Status
from monitor.reporting.cleaning import one_line, shorten
from monitor.reporting.material import Material, ReplyWay
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import is_relevant, verdict

_TITLE_SIGNS = 70
_REASON_SIGNS = 120
_MOST_TOLD = 6
"""Answers told one by one; the rest is counted."""
_MOST_UNCLEAR = 8
_IN_A_LINE = frozenset({Action.HANDLED, Action.IRRELEVANT, Action.RELEVANT})
_SILENT_LOOKS = 2
"""A look that failed once is no trouble yet."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A link that opens a mail with one answer, ready to be sent."""

    word: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HowTo:
    """How to answer this digest; ``reference`` is what a reply is known by."""

    by_mail: str
    by_tap: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What earlier answers did: ``applied`` one by one, ``unclear`` in the reader's words."""

    summary: str | None
    applied: tuple[str, ...]
    unclear: tuple[str, ...]


def write_taps(
    code: int, mention: Mention, way: ReplyWay | None, phrases: Phrases, *, brief: bool = False
) -> tuple[Tap, ...]:
    """Return the answers that make sense for a mention, the likeliest first.

    ``brief`` leaves those that a line has room for: done with, or not about us.
    """
    if way is None:
        return ()
    likely = _likely(mention)
    wanted = [action for action in likely if action in _IN_A_LINE] if brief else likely
    return tuple(_tap(code, action, way, phrases) for action in wanted)


def write_how_to(way: ReplyWay | None, phrases: Phrases) -> HowTo | None:
    """Say how to answer, where that is possible."""
    if way is None:
        return None
    words = phrases.words
    return HowTo(
        by_mail=words("replies.how_to", example=words("replies.example")),
        by_tap=words("replies.how_to_tap"),
        reference=words("replies.reference", reference=way.reference),
    )


def write_confirmation(replies: Sequence[KeptReply], phrases: Phrases) -> Confirmation | None:
    """Say what the answers since the last digest did, and quote what was not understood."""
    applied = [answer for reply in replies for answer in reply.applied]
    unclear = [text for reply in replies for text in reply.unclear]
    if not (applied or unclear):
        return None
    told = [
        phrases.words(
            "replies.applied_line",
            title=_title(answer.title, phrases),
            action=phrases.words(f"replies.done_{answer.action}"),
        )
        for answer in applied[:_MOST_TOLD]
    ]
    if len(applied) > _MOST_TOLD:
        told.append(_counted("applied_more", len(applied) - _MOST_TOLD, phrases))
    quoted = (one_line(text) for text in dict.fromkeys(unclear))
    return Confirmation(
        summary=_counted("applied", len(applied), phrases) + "." if applied else None,
        applied=tuple(told),
        unclear=tuple(
            phrases.words("replies.unclear_line", text=text)
            for text in islice(filter(None, quoted), _MOST_UNCLEAR)
        ),
    )


def mailbox_troubles(material: Material, phrases: Phrases) -> Iterator[tuple[str, str]]:
    """Say that answers wait in a mailbox which cannot be read."""
    state: MailboxState | None = material.mailbox
    if state is None or state.error is None or state.failures < _SILENT_LOOKS:
        return
    since = state.last_ok_at or material.period.start
    yield (
        phrases.words("replies.mailbox"),
        phrases.words(
            "replies.mailbox_silent",
            lapse=phrases.lapse(material.now - since),
            reason=shorten(one_line(state.error), _REASON_SIGNS),
        ),
    )


def _likely(mention: Mention) -> list[Action]:
    if not is_relevant(mention):
        return [Action.RELEVANT, Action.IRRELEVANT]
    tone = verdict(mention)
    tones = [Action(one.value) for one in Sentiment if one is not tone]
    if tone is not Sentiment.NEGATIVE:
        return [*tones, Action.IRRELEVANT]
    first = [Action.HANDLED] if mention.status is Status.NEW else []
    return [*first, Action.IRRELEVANT, *tones]


def _tap(code: int, action: Action, way: ReplyWay, phrases: Phrases) -> Tap:
    word = phrases.words(f"replies.tap_{action}")
    # RFC 6068. The subject, not the body, bears the reference: a phone's owner types in the body.
    subject = quote(f"{phrases.words('replies.reply_subject')} {way.reference}")
    body = quote(f"{code} {word}")
    return Tap(word, f"mailto:{quote(way.address, safe='@')}?subject={subject}&body={body}")


def _title(title: str, phrases: Phrases) -> str:
    return shorten(one_line(title), _TITLE_SIGNS) or phrases.words("digest.untitled")


def _counted(key: str, n: int, phrases: Phrases) -> str:
    return phrases.words(f"replies.{key}", n=n, count=phrases.number(n))
