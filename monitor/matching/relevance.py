"""How surely an entry that names a business is about it: named signals, summed as log-odds.

The weights were set by hand and put right on the design part of the labelled cases
(monitor/evaluation); ``ecoute evaluate relevance`` measures them on the other part.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from monitor.model import Signal

RELEVANT_FROM = 0.5
"""From here on a mention counts as one; under it, it waits in the doubtful tray."""
ABOUT = 1.0
"""Relevance where the source itself is about the business."""
_LEAST, _MOST = 0.01, 0.99
"""What is computed is never certain: 0 is a person's no, 1 a source that is about it."""

WEIGHTS = {
    # what it is called, as written there
    "site": 5.0,
    "handle": 4.5,
    "hashtag": 1.3,
    "misspelt": -0.4,
    "title": 0.1,
    "capital": 0.9,
    "small": -8.0,
    "unmarked": -1.0,
    "opening": -2.0,
    "acts": 1.5,
    # the words right beside it
    "chez": 1.2,
    "trade_beside": 1.6,
    "other_trade_beside": -5.0,
    "street": -9.0,
    "person": -6.0,
    "owned": -3.0,
    "usual_phrase": -8.0,
    "work": -3.0,
    "longer_name": -1.4,
    "as_place": -4.0,
    "stands_for": -5.0,
    "town_beside": 1.0,
    "other_town_beside": -6.5,
    # the rest of the entry
    "context": 0.9,
    "trade": 1.3,
    "trade_shared": 0.6,
    "other_trade": -1.0,
    "customers": 0.6,
    "town": 1.5,
    "near": 1.2,
    "postcode": 2.4,
    "other_postcode": -2.4,
    "other_phone": -2.5,
    "other_town": -3.4,
    "other_language": -0.3,
    "region": 0.5,
    "alone": -0.6,
    "other_world": -2.2,
    "exclusion": -1.5,
    "locality": 0.7,
    "other_locality": -0.7,
    "query": 4.0,
    "searched": -0.6,
}
_NAME_FLOOR, _NAME_RANGE = -2.2, 5.2
"""Log-odds of a name that tells nothing, and what the most telling one adds."""


def name_weight(distinctness: float) -> float:
    """Return what a name alone weighs, by how distinctive it is (0..1)."""
    return _NAME_FLOOR + _NAME_RANGE * distinctness


def signal(name: str, detail: str = "", *, share: float = 1.0) -> Signal:
    """Make a signal of the usual weight, or of a share of it."""
    return Signal(name, round(WEIGHTS[name] * share, 2), detail)


def relevance_of(signals: Iterable[Signal]) -> float:
    """Return the relevance, 0..1, that signals add up to.

    >>> relevance_of([Signal("name", 2.0), Signal("other_town_beside", -4.0)])
    0.12
    """
    total = math.fsum(one.weight for one in signals)
    return min(_MOST, max(_LEAST, round(1 / (1 + math.exp(-total)), 2)))


def reason_of(signals: Sequence[Signal]) -> str:
    """Say why in one line: what weighed most first.

    >>> reason_of([Signal("name", 2.3, "Léa"), Signal("town", 2.0, "Brest")])
    'name "Léa" +2.3; town "Brest" +2.0'
    """
    ranked = sorted(signals, key=lambda one: -abs(one.weight))
    return "; ".join(_told(one) for one in ranked)


def _told(one: Signal) -> str:
    detail = f' "{one.detail}"' if one.detail else ""
    return f"{one.name.replace('_', ' ')}{detail} {one.weight:+.1f}"
