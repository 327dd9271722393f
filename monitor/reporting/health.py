"""Did we look everywhere? The strip at the foot of a digest, worded: read, silent, paused, next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import WEBHOOK, DeliveryResult, Health, SourceState
from monitor.reporting.answers import mailbox_troubles
from monitor.reporting.cleaning import one_line, shorten
from monitor.reporting.material import Material
from monitor.reporting.phrases import Phrases

SILENT_AFTER = timedelta(days=1)
_MESSAGE_SIGNS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a person should look at, a source or a recipient: its name, what is the matter."""

    source: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthStrip:
    """What was read, what was not, and when the next digest comes."""

    read: str
    troubles: tuple[Trouble, ...]
    next_digest: str | None
    sources: int
    sources_read: int
    silent: int

    @property
    def is_well(self) -> bool:
        """Whether there are sources, all were read, and none needs a person."""
        return bool(self.sources) and self.sources_read == self.sources and not self.troubles


def write_health(
    material: Material, next_digest_at: datetime | None, phrases: Phrases
) -> HealthStrip:
    """Word the state of the sources over the digest's period, and what mail did not arrive."""
    states, now = material.sources, material.now
    since = material.period.start
    read = [state for state in states if state.last_ok_at and state.last_ok_at >= since]
    # To a webhook nothing may have been pushed: that is no place where we did not look.
    looked_at = [state for state in states if state.type != WEBHOOK or state in read]
    troubles = [(state.id, _trouble(state, now, phrases)) for state in states]
    troubles += _undelivered(material.undelivered, phrases)
    troubles += mailbox_troubles(material, phrases)
    upcoming = None
    if next_digest_at is not None:
        upcoming = phrases.words("digest.next_digest", at=phrases.moment(next_digest_at))
    return HealthStrip(
        read=_read(len(read), len(looked_at), material.articles_read, phrases),
        troubles=tuple(Trouble(source=source, what=what) for source, what in troubles if what),
        next_digest=upcoming,
        sources=len(looked_at),
        sources_read=len(read),
        silent=sum(is_silent(state, now) for state in states),
    )


def _undelivered(
    lost: tuple[DeliveryResult, ...], phrases: Phrases
) -> list[tuple[str, str | None]]:
    """Say how many digests each recipient did not get, and why not the last of them."""
    counts = Counter(result.recipient for result in lost)
    reasons = {result.recipient: result.error or str(result.state) for result in lost}
    return [
        (
            recipient,
            phrases.counted(
                "undelivered", n, reason=shorten(one_line(reasons[recipient]), _MESSAGE_SIGNS)
            ),
        )
        for recipient, n in counts.items()
    ]


def is_silent(state: SourceState, now: datetime) -> bool:
    """Say whether a source that should have been read was not, for more than a day.

    One that is read seldom is silent only once its next poll is a day late too.
    """
    if state.paused or state.polled_at is None:
        return state.paused
    if state.last_ok_at is not None and state.last_ok_at > now - SILENT_AFTER:
        return False
    if state.error is not None:
        return True
    return state.next_poll_at is not None and state.next_poll_at < now - SILENT_AFTER


def _read(read: int, known: int, articles: int, phrases: Phrases) -> str:
    sources = phrases.counted("sources_read", read)
    if read < known:
        sources = phrases.counted("sources_read_of", known, read=phrases.number(read))
    return phrases.words(
        "digest.read", sources=sources, articles=phrases.counted("articles_read", articles)
    )


def _trouble(state: SourceState, now: datetime, phrases: Phrases) -> str | None:
    clauses = [part for part in (_silence(state, now, phrases), _need(state, phrases)) if part]
    sentences = [phrases.words("digest.clauses_join").join(clauses)] if clauses else []
    if state.error and clauses:
        sentences.append(state.error.message)
    if state.notice:
        sentences.append(state.notice)
    # The wording ends the last one; the others end here.
    return ". ".join(_bare(sentence) for sentence in sentences) or None


def _bare(sentence: str) -> str:
    return shorten(one_line(sentence), _MESSAGE_SIGNS).removesuffix(".")


def _silence(state: SourceState, now: datetime, phrases: Phrases) -> str | None:
    if state.paused:
        return phrases.words("digest.paused")
    if not is_silent(state, now):
        return None
    if state.last_ok_at is None:
        return phrases.words("digest.never_read")
    return phrases.words("digest.silent_for", lapse=phrases.lapse(now - state.last_ok_at))


def _need(state: SourceState, phrases: Phrases) -> str | None:
    if state.health is Health.OK:
        return None
    return phrases.words(f"digest.health_{state.health}")
