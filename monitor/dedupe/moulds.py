"""Texts made from one mould: a weekly column, a job offer, an announcement of each year."""

from __future__ import annotations

from difflib import SequenceMatcher

from monitor.dedupe.telling import Telling, phrases_of

_COPIED = 0.15
"""Share of phrases from which a text is made after another: the same article, or one mould."""

_MOULDED = 0.4
"""Share of phrases from which one fact that stands otherwise in the same place is enough."""

_SLOTS = 2
"""Facts that stand otherwise in the same places of two texts when they share fewer phrases."""

_MOST_ALIGNED = 250
"""Words of each text that are laid side by side; the time grows with their product."""


def from_one_mould(one: Telling, other: Telling) -> bool:
    """Tell whether two texts share their phrases and differ in their facts.

    A weekly column, a job offer, a yearly announcement: each time another event.
    """
    share = copied(one, other)
    if share < _COPIED:
        return False
    first, second = one.tokens[:_MOST_ALIGNED], other.tokens[:_MOST_ALIGNED]
    if one.is_headline or other.is_headline:
        first, second = one.title_tokens, other.title_tokens
    if first == second:
        return False
    slots = 0
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind == "replace":
            left = {t for t in first[a:b] if t in one.facts and t not in other.facts}
            right = {t for t in second[c:d] if t in other.facts and t not in one.facts}
            slots += min(len(left), len(right))
    return slots >= (1 if share >= _MOULDED else _SLOTS)


def copied(one: Telling, other: Telling) -> float:
    """Return which share of the shorter one's phrases stand in the other."""
    if one.is_headline or other.is_headline:
        first, second = phrases_of(one.title_tokens), phrases_of(other.title_tokens)
    else:
        first, second = one.phrases, other.phrases
    few = min(len(first), len(second))
    return len(first & second) / few if few else 0.0
