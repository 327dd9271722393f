"""From a text to the numbers of its pieces: the likeliest cut of each word (SentencePiece unigram).

No piece goes over a space, so words are cut one by one, and the cuts of those met are kept.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from monitor.sentiment.neural.base_file import Vocabulary

_SPACE: Final = "▁"
_UNKNOWN_COSTS: Final = 10.0
_CUTS_KEPT: Final = 20_000
_LONGEST_WORD: Final = 60
"""Letters of a word that are read: the work grows with the word, and no French word is longer."""


class Pieces:
    """Cuts texts by one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the pieces: a tenth of a second."""
        self._replacements = vocabulary.replacements
        self._unknown = vocabulary.unknown
        scores = vocabulary.scores.tolist()
        numbered = zip(vocabulary.pieces, scores, strict=True)
        self._pieces = {piece: (n, score) for n, (piece, score) in enumerate(numbered)}
        for n in (vocabulary.first, vocabulary.last, vocabulary.unknown):
            self._pieces.pop(vocabulary.pieces[n], None)
        self._longest = max(map(len, self._pieces))
        self._worst = min(scores) - _UNKNOWN_COSTS
        self._cut_word = lru_cache(maxsize=_CUTS_KEPT)(self._cut)

    def of(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces."""
        words = text.translate(self._replacements).split()
        return [n for word in words for n in self._cut_word(_SPACE + word[:_LONGEST_WORD])]

    def _cut(self, word: str) -> tuple[int, ...]:
        """Return the cut whose scores add up to the most."""
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)]  # score, start and number of the last
        for end in range(1, len(word) + 1):
            choices = [(best[end - 1][0] + self._worst, end - 1, self._unknown)]
            for start in range(max(0, end - self._longest), end):
                known = self._pieces.get(word[start:end])
                if known:
                    choices.append((best[start][0] + known[1], start, known[0]))
            best.append(max(choices))
        cut = []
        at = len(word)
        while at:
            _, at, number = best[at]
            cut.append(number)
        return tuple(reversed(cut))
