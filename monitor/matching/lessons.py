"""What a match becomes by what the business's owner taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from monitor.matching.blocking import block_of
from monitor.matching.learning import NOTHING, Lesson
from monitor.matching.relevance import ABOUT, reason_of, relevance_of
from monitor.model import Block, Entry, Match, Signal


@dataclass(frozen=True, slots=True)
class Lessons:
    """The lessons and the blocks of all businesses, by name."""

    learnt: Mapping[str, Lesson] = field(default_factory=dict)
    blocks: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)


NO_LESSONS = Lessons()


def judge(match: Match, entry: Entry, lessons: Lessons) -> Match:
    """Return a match with what was taught; a blocked entry's relevance is 0.

    Where the source itself is about the business, nothing is learnt: only a block hides.
    """
    signals = match.signals
    is_about = any(one.name == "about" for one in signals)
    if not is_about:
        lesson = lessons.learnt.get(match.business, NOTHING)
        signals = (*signals, *lesson.signals(entry, signals))
    block = block_of(entry, lessons.blocks.get(match.business, ()))
    if block is not None:
        signals = (*signals, Signal(f"blocked_{block.kind}", 0.0, block.value))
    # What was stored before signals were kept has none: its relevance stands.
    relevance = relevance_of(signals) if match.signals else match.relevance or ABOUT
    if is_about:
        relevance = ABOUT
    return replace(
        match,
        signals=signals,
        relevance=0.0 if block is not None else relevance,
        reason=match.reason if signals == match.signals else reason_of(signals),
    )
