"""What a business's owner taught: small weights of that business alone, from a person's yes and no.

A logistic regression beside the fixed weights: the signals that were there, the author, the site,
and the words of the text. Each weight is drawn towards 0, so that one answer moves little and
twenty move much; none is kept that cannot be shown.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from monitor.matching.distinctness import word_value
from monitor.matching.words import words_in
from monitor.model import Entry, Identity, Judgement, Signal
from monitor.text import fold
from monitor.urls import site_of

MOST_JUDGEMENTS = 400
"""Of one business, the newest: shops change, and learning stays a matter of milliseconds."""
_MOST_WORDS = 60
_ROUNDS = 60
_STEP = 0.4
_DRAWN = {"signal": 1.0, "author": 0.35, "site": 0.5, "word": 0.25}
"""How strongly a weight is drawn towards 0, by what it is of."""
_FARTHEST = 4.0
_TOLD = 0.1  # log-odds under which a lesson is not worth telling
_SHOWN = 3

Features = Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt for one business: a weight by what it is of (``("site", "exemple.fr")``)."""

    weights: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def signals(self, entry: Entry, signals: Sequence[Signal]) -> Iterator[Signal]:
        """Yield what the lesson adds to an entry's signals, one a kind."""
        if not self.weights:
            return
        features = features_of(entry, signals)
        for kind in _DRAWN:
            parts = {
                name: value * self.weights.get((kind, name), 0.0)
                for (of, name), value in features.items()
                if of == kind
            }
            total = math.fsum(parts.values())
            if abs(total) >= _TOLD:
                ranked = sorted(parts, key=lambda name: -abs(parts[name]))
                told = ", ".join(name for name in ranked[:_SHOWN] if abs(parts[name]) > 0)
                yield Signal(f"learnt_{kind}", round(total, 2), told)


NOTHING = Lesson()

_ANSWERS: Mapping[tuple[str, bool], Mapping[str, float]] = {
    ("common_word", True): {"name": -0.8, "alias": -0.4, "small": -1.0},
    ("common_word", False): {"name": 0.8, "small": 1.5},
    ("namesakes", True): {"name": -0.4, "other_town": -0.8},
    ("namesakes", False): {"other_town": 0.8, "other_town_beside": 2.5},
    ("other_trade_near", True): {"other_trade": -0.8, "other_trade_beside": -1.0},
    ("other_trade_near", False): {"other_trade": 0.3},
    ("far_customers", True): {"other_town": 0.8, "other_town_beside": 1.5, "other_postcode": 1.0},
    ("far_customers", False): {},
    ("known_alone", True): {"name": 1.0},
    ("known_alone", False): {"name": -0.8},
}
"""What each answer of ``init`` adds to which signals, in log-odds."""


def lesson_of(identity: Identity) -> Lesson:
    """Return what an owner's answers on the name teach before any mention was judged.

    >>> lesson_of(Identity(known_alone=True)).weights
    {('signal', 'name'): 1.0}
    """
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for question in fields(identity):
        answer = getattr(identity, question.name)
        if answer is not None:
            for name, weight in _ANSWERS[question.name, answer].items():
                weights["signal", name] += weight
    return Lesson(dict(weights))


def learn(judgements: Iterable[Judgement], start: Lesson = NOTHING) -> Lesson:
    """Return the lesson of a person's answers about one business; their order is of no account.

    Each weight is drawn towards where it starts.

    What a source that is about the business gave teaches nothing: there it was not judged.
    """
    cases = [
        (
            features_of(judged.entry, judged.signals),
            math.fsum(one.weight for one in judged.signals),
            1.0 if judged.is_relevant else 0.0,
        )
        for judged in judgements
        if not any(one.name == "about" for one in judged.signals)
    ]
    weights: dict[tuple[str, str], float] = defaultdict(float, start.weights)
    for _ in range(_ROUNDS if cases else 0):
        slope: dict[tuple[str, str], float] = defaultdict(float)
        for features, base, wanted in cases:
            total = base + math.fsum(weights[key] * value for key, value in features.items())
            missed = wanted - 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
            for key, value in features.items():
                slope[key] += missed * value
        pace = _STEP / math.sqrt(len(cases))
        for key, up in slope.items():
            away = weights[key] - start.weights.get(key, 0.0)
            moved = weights[key] + pace * (up - _DRAWN[key[0]] * away)
            weights[key] = max(-_FARTHEST, min(_FARTHEST, moved))
    return Lesson({key: round(w, 3) for key, w in weights.items() if abs(w) >= _TOLD / 10})


def features_of(entry: Entry, signals: Sequence[Signal]) -> Features:
    """Return what of an entry a lesson may hang on; the words share a length of one."""
    features = {("signal", one.name): 1.0 for one in signals if not one.name.startswith("learnt")}
    if entry.author:
        features["author", fold(entry.author)] = 1.0
    if entry.url and (site := site_of(entry.url)):
        features["site", site] = 1.0
    named = {w.text for one in signals for w in words_in(fold(one.detail))}
    words = _words(entry) - named
    values = {word: word_value(word) for word in words}
    ranked = sorted(values, key=lambda word: (-values[word], word))[:_MOST_WORDS]
    length = math.sqrt(math.fsum(values[word] ** 2 for word in ranked))
    return features | {("word", word): values[word] / length for word in ranked if values[word]}


def _words(entry: Entry) -> set[str]:
    texts = (entry.title or "", entry.text)
    return {word.text for text in texts for word in words_in(fold(text))}
