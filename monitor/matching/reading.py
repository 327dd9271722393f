"""An entry as the matcher reads it: its words, and how each stood in the original."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from html import unescape

from monitor.matching.words import Word, words_in
from monitor.model import Entry
from monitor.text import fold, fold_with_offsets

_MAX_SEEN = 20_000
"""Characters whose capitals are looked at; a stored text has no more (promise 11)."""
_OPENS = frozenset("«“\"'([-–—•* \u00a0\u202f")
_ENDS = frozenset(".!?…:;\n\r|>")
# A text that begins small, elisions without apostrophe, the short spellings of the phone.
_CARELESS = re.compile(
    r"\A\W*[a-zà-ÿ]|[^\W\d_][.!?]\s+[a-zà-ÿ]|\b[ldjcnmtsLDJCNMTS] [aeiouhéèàyœ]"
    r"|\b(?:pr|bcp|tt|tjs|tjrs|qd|ds|ac|mm|jsuis|jai|cest|sa va|ki|koi|slt|stp|svp|mdr|lol|ptn|rdv"
    r"|tro|pk|pq|dc|ss|vs|ns|qq|qqn|resto)\b"
)


class Part:
    """A title or a text: folded, cut into words, each known by its number."""

    def __init__(self, original: str, *, is_title: bool) -> None:
        """Fold the original; how it was written is looked up only where asked."""
        self.original = unescape(original) if "&" in original else original
        self.is_title = is_title
        self.folded = fold(self.original)

    @cached_property
    def words(self) -> list[Word]:
        """The words in order."""
        return words_in(self.folded)

    @cached_property
    def texts(self) -> list[str]:
        """The words without their places."""
        return [word.text for word in self.words]

    def word_at(self, start: int) -> int:
        """Return the number of the first word at or after a place in the folded text."""
        return bisect_left(self._starts, start)

    def gap(self, number: int) -> str:
        """Return the folded signs between a word and the one before it."""
        before = self.words[number - 1].end if number else 0
        return self.folded[before : self.words[number].start]

    def joined(self, number: int) -> bool:
        """Tell whether a word follows the one before it in one breath: no stop, comma or dash."""
        if not 0 < number < len(self.words):
            return False
        gap = self.gap(number)
        return " - " not in gap and not gap.strip(" '-\"&/#@")

    def is_capital(self, number: int) -> bool:
        """Tell whether a word begins with a capital that says something.

        Within a text that has capitals and small letters, and not because a sentence begins.
        """
        if self.has_one_case or number >= len(self.words):
            return False
        at = self._origin(number)
        return at is not None and self.original[at].isupper() and not self._opens_sentence(at)

    def is_small(self, number: int) -> bool:
        """Tell whether a word is written small where its writer uses capitals."""
        if self.has_one_case:
            return False
        at = self._origin(number)
        return at is not None and self.original[at].islower()

    def shown(self, first: int, last: int) -> str:
        """Return the words from first to last as they were written."""
        last = min(last, len(self.words) - 1)
        start, end = self._origin(first), self._origin(last)
        if start is None or end is None:
            return " ".join(self.texts[first : last + 1])
        length = self.words[last].end - self.words[last].start
        return " ".join(self.original[start : end + length].split())

    @cached_property
    def _starts(self) -> list[int]:
        return [word.start for word in self.words]

    @cached_property
    def _offsets(self) -> tuple[int, ...]:
        return fold_with_offsets(self.original[:_MAX_SEEN])[1]

    @cached_property
    def has_one_case(self) -> bool:
        """Whether capitals tell nothing here: there are none, or little else."""
        letters = [sign for sign in self.original[:_MAX_SEEN] if sign.isalpha()]
        capitals = sum(sign.isupper() for sign in letters)
        return capitals == 0 or capitals * 2 > len(letters)

    def _origin(self, number: int) -> int | None:
        start = self.words[number].start
        return self._offsets[start] if start < len(self._offsets) else None

    def _opens_sentence(self, at: int) -> bool:
        before = at - 1
        while before >= 0 and self.original[before] in _OPENS:
            before -= 1
        return before < 0 or self.original[before] in _ENDS


class Reading:
    """What an entry says: its title and its text, read once for all businesses."""

    def __init__(self, entry: Entry) -> None:
        """Take an entry."""
        self.entry = entry
        self.title = Part(entry.title or "", is_title=True)
        self.text = Part(entry.text, is_title=False)

    @property
    def parts(self) -> tuple[Part, Part]:
        """Title and text."""
        return self.title, self.text

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of both."""
        return frozenset(self.title.texts).union(self.text.texts)

    @cached_property
    def is_careful(self) -> bool:
        """Whether its writer gives capitals and signs their due, so that a small letter tells."""
        return not any(_CARELESS.search(part.original) for part in self.parts)

    def holds(self, words: tuple[str, ...]) -> bool:
        """Tell whether words stand in a row, in the title or in the text."""
        return any(True for _ in self.find(words))

    def find(self, words: tuple[str, ...]) -> Iterator[tuple[Part, int]]:
        """Yield where words stand in a row."""
        if not words or not self.vocabulary.issuperset(words):
            return
        for part in self.parts:
            for number, text in enumerate(part.texts):
                if text == words[0] and tuple(part.texts[number : number + len(words)]) == words:
                    yield part, number
