"""What a text classifier answers: for each text, its labels and how likely each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from monitor.errors import Code, Malformed
from monitor.model import Json, Score, Sentiment
from monitor.sentiment.remote.batches import Verdict
from monitor.sentiment.remote.hub_labels import meaning_of
from monitor.text import cut

_Chances: TypeAlias = dict[str, float]

_LEAST = 0.001
_SHOWN = 40
_TOLERATED = 1.01
"""Sums of rounded chances."""


def read_verdicts(
    answer: Json, texts: int, own: Mapping[str, Sentiment], scorer: str
) -> list[Verdict]:
    """Return a verdict a text of ``[[{"label": …, "score": …}, …], …]``.

    Raises ``Malformed`` when it is not one list of labels a text.
    """
    return [_verdict(item, own, scorer) for item in _by_text(answer, texts)]


def _by_text(answer: Json, texts: int) -> Sequence[Json]:
    """Return the labels of each text; some servers give one text's bare, or the best one only."""
    items = answer if isinstance(answer, list) else []
    is_bare = bool(items) and all(isinstance(item, Mapping) for item in items)
    if is_bare and texts == 1:
        return [items]
    if len(items) != texts:
        raise Malformed(Code.API, f"not one list of labels for each of {texts} texts")
    return [[item] for item in items] if is_bare else items


def _verdict(item: Json, own: Mapping[str, Sentiment], scorer: str) -> Verdict:
    chances = _chances(item)
    if not chances:
        return "an answer that is no list of labels with their scores"
    meaning = meaning_of(chances, own)
    unknown = [label for label in chances if label not in meaning]
    if unknown:
        return f"the model's label {cut(unknown[0], _SHOWN)!r} is not known; see sentiment.labels"
    likely = dict.fromkeys(Sentiment, 0.0)
    for label, chance in chances.items():
        likely[meaning[label]] += chance
    return _score(likely, scorer)


def _chances(item: Json) -> _Chances:
    """Return label and chance; nothing when one of them is not in order."""
    chances: _Chances = {}
    for pair in item if isinstance(item, list) else []:
        label = pair.get("label") if isinstance(pair, Mapping) else None
        chance = pair.get("score") if isinstance(pair, Mapping) else None
        if not isinstance(label, str) or label in chances:
            return {}
        if not isinstance(chance, int | float) or not 0 <= chance <= 1:
            return {}
        chances[label] = float(chance)
    return chances if sum(chances.values()) <= _TOLERATED else {}


def _score(likely: Mapping[Sentiment, float], scorer: str) -> Score:
    best = max(_ORDER, key=lambda sentiment: likely[sentiment])
    lean = round(likely[Sentiment.POSITIVE] - likely[Sentiment.NEGATIVE], 3) + 0.0
    if best is Sentiment.POSITIVE:
        lean = max(lean, _LEAST)
    if best is Sentiment.NEGATIVE:
        lean = min(lean, -_LEAST)
    return Score(
        sentiment=best,
        polarity=max(-1.0, min(1.0, lean)),
        confidence=round(min(likely[best], 1.0), 3),
        scorer=scorer,
    )


_ORDER: Final = (Sentiment.NEUTRAL, Sentiment.NEGATIVE, Sentiment.POSITIVE)
"""Of equals the first: who is torn says neither."""
