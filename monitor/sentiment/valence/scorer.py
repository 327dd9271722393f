"""The scorers of English and Dutch (``valence-en-1``, ``valence-nl-1``); no numpy, no download."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.calibration import Calibration, Reading, Step
from monitor.sentiment.valence.engine import Found, find, polarity_of
from monitor.sentiment.valence.lexicon import lexicon_of

LANGUAGES: Final = frozenset({"en", "nl"})

# Rounded from the 242 texts of evaluation/sentiment/other_languages.ndjson on which the lexicon of
# their time was blind (parts second, third): how often each was right. Where nothing is known, or
# it is evenly balanced, little more than a coin's toss: such a text is to be read by a person.
CALIBRATION: Final = Calibration(
    low=-0.15,
    high=0.2,
    unknown=0.52,
    steps={
        Sentiment.NEGATIVE: (Step(distance=0.0, confidence=0.72),),
        Sentiment.NEUTRAL: (Step(distance=0.0, confidence=0.35),),
        Sentiment.POSITIVE: (
            Step(distance=0.0, confidence=0.57),
            Step(distance=0.25, confidence=0.74),
            Step(distance=0.45, confidence=0.9),
        ),
    },
)


class ValenceScorer:
    """Scores texts of one language by what their words and phrases are worth."""

    def __init__(self, language: str) -> None:
        """Take one of ``LANGUAGES``; its lexicon is read at the first text."""
        self._language = language
        self.name = f"valence-{language}-1"

    def score(self, passages: Sequence[Passage]) -> list[Score]:
        """Return one score a passage, in the same order."""
        return [self._judge(passage) for passage in passages]

    def words_of(self, passage: Passage, most: int) -> list[tuple[str, float]]:
        """Return the words that weighed most, with what each adds for (+) and against (−)."""
        ranked = sorted(self._find(passage), key=lambda one: -abs(one.worth))
        return [(one.text, round(one.worth, 2)) for one in ranked[:most]]

    def _judge(self, passage: Passage) -> Score:
        found = self._find(passage)
        polarity = round(polarity_of(found), 3)
        return CALIBRATION.judge(Reading(polarity=polarity, known=bool(found)), self.name)

    def _find(self, passage: Passage) -> list[Found]:
        return find(_without(passage.business, passage.text), lexicon_of(self._language))


@cache
def valence_scorer(code: str) -> ValenceScorer | None:
    """Return the scorer of a language, ``None`` where there is none."""
    return ValenceScorer(code) if code in LANGUAGES else None


def _without(name: str | None, text: str) -> str:
    """Take a business's name out: "The Happy Baker" praises nobody."""
    if not name or not name.strip():
        return text
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE)
