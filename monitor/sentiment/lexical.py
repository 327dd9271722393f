"""The lexicon scorer: textblob-fr's word polarities, averaged over a text (scorer ``textblob``).

It knows French adjectives, simple negation and text emoticons; not emoji, irony, verbs or facts.
Needs no NLTK corpus: only the analyzer is used, whose tokenizer and lexicon are its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from monitor.errors import ScorerUnavailable
from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.calibration import Calibration, Reading, Step
from monitor.sentiment.languages import UNREAD, is_french
from monitor.text import MAX_TEXT

_Analyze: TypeAlias = Callable[[str], Any]


def _steps(*pairs: tuple[float, float]) -> tuple[Step, ...]:
    return tuple(Step(distance=distance, confidence=confidence) for distance, confidence in pairs)


# Fitted on dev.jsonl.gz by bench/sentiment.py, which prints these numbers, and measures the way
# they were fitted on texts left out. Each pair: from this distance to the band, right this often.
CALIBRATION: Final = Calibration(
    low=0.0,
    high=0.1,
    unknown=0.45,
    steps={
        Sentiment.NEGATIVE: _steps((0.0, 0.48), (0.04, 0.57), (0.37, 0.77)),
        Sentiment.NEUTRAL: _steps((0.0, 0.31)),
        Sentiment.POSITIVE: _steps(
            (0.0, 0.44), (0.02, 0.56), (0.14, 0.65), (0.18, 0.77), (0.41, 0.84), (0.78, 0.93)
        ),
    },
)


class TextblobScorer:
    """Scores French texts by their words. Raises ``ScorerUnavailable`` if textblob-fr is missing.

    Making one takes about 0.2 s and 46 MB (mostly NLTK), once a process.
    """

    name = "textblob-1"

    def __init__(self) -> None:
        self._analyze = _load_analyzer()

    def score(self, passages: Sequence[Passage]) -> list[Score]:
        """Return one score a passage, in the same order."""
        return [self._judge(passage) for passage in passages]

    def _judge(self, passage: Passage) -> Score:
        if passage.language and not is_french(passage.language):
            return UNREAD
        return CALIBRATION.judge(self.read(passage.text), self.name)

    def read(self, text: str) -> Reading:
        """Read the polarity of a text's first 20,000 characters."""
        # The blank before: the analyzer takes a whole text such as "a-00193480" for a WordNet
        # identifier and raises AttributeError (textblob_fr/_text.py, RE_SYNSET).
        found = self._analyze(" " + text[:MAX_TEXT])
        # + 0.0 turns −0.0 into 0.0.
        polarity = max(-1.0, min(1.0, float(found[0]))) + 0.0
        return Reading(polarity=polarity, known=bool(found.assessments))


def _load_analyzer() -> _Analyze:
    """Import textblob-fr and read its lexicon now, while no other thread uses it.

    Its tables fill themselves at the first use, which two threads could catch half done.
    """
    with warnings.catch_warnings():
        # Its regular expressions have escapes that newer Pythons warn of when they compile them.
        warnings.simplefilter("ignore")
        try:
            from textblob_fr import PatternAnalyzer  # noqa: PLC0415 - 0.2 s that only scoring owes
        except ImportError as error:
            raise ScorerUnavailable(
                "scorer textblob needs the package textblob-fr; install it with: "
                "pip install textblob-fr"
            ) from error
    analyze: _Analyze = PatternAnalyzer().analyze
    analyze(" bon")
    return analyze
