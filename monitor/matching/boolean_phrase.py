"""A query's word, phrase, beginning of a word, hashtag or handle, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.matching.boolean_errors import MIN_PREFIX, Kind, QueryError
from monitor.matching.boolean_passage import Line
from monitor.matching.boolean_places import Places, Span
from monitor.matching.words import tags_in, words_in
from monitor.text import fold

CLOSING = {'"': '"', "«": "»", "“": "”", "”": "”", "„": "”“"}
"""Opening quotes and what closes each. Some keyboards give ” on both sides."""

_NOWHERE: list[int] = []
_MIN_RUN_TOGETHER = 8  # letters, as names are found run together (terms.py)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row, in the query's own ``spelling``; or ``tags``, any of them.

    ``stem`` is how the last word (or the tag) begins, where it may go on. ``together`` is the
    phrase written as one word, as in a hashtag.
    """

    spelling: str
    words: tuple[str, ...]
    stem: str | None = None
    together: str | None = None
    tags: tuple[str, ...] = ()

    def stands_in(self, line: Line) -> bool:
        """Tell whether it stands there at all."""
        if self.stem is None and len(self.words) == 1 and not self.tags:
            return self.words[0] in line.places
        return any(True for _ in self._spans(line))

    def places(self, line: Line) -> Places:
        """Return everywhere it stands; the line remembers."""
        if self.stem is None and len(self.words) == 1 and not self.tags:
            numbers = line.places.get(self.words[0], _NOWHERE)
            return Places(numbers, numbers)
        return line.remember(self, self._places)

    def _places(self, line: Line) -> Places:
        spans = list(self._spans(line))
        firsts, ends = sorted(first for first, _ in spans), sorted(end for _, end in spans)
        return Places(firsts, [end - 1 for end in ends])

    def needles(self) -> frozenset[str] | None:
        """Return what at least one of must stand in a text that holds it; ``None``: no knowing."""
        if self.tags:
            return None if self.stem else frozenset(self.tags)
        whole = self.words if self.stem is None else self.words[:-1]
        longest = max(whole, key=len, default=None)
        return None if longest is None else frozenset({longest, self.together or longest})

    def _spans(self, line: Line) -> Iterator[Span]:
        if self.tags:
            yield from self._tag_spans(line)
        elif len(self.words) == 1:
            found = {self.words[0], *line.words_from(self.stem or self.words[0])}
            for word in found:
                yield from (Span(at, at + 1) for at in line.places.get(word, ()))
        elif self.words:
            yield from self._rows(line)
        if self.together:
            yield from (Span(at, at + 1) for at in line.places.get(self.together, ()))

    def _tag_spans(self, line: Line) -> Iterator[Span]:
        for tag in self.tags:
            for found in line.tags_from(tag) if self.stem else (tag,):
                yield from line.tags.get(found, ())

    def _rows(self, line: Line) -> Iterator[Span]:
        """Start from the rarest word: a phrase costs no more than its length times that."""
        size = len(self.words)
        whole = list(self.words if self.stem is None else self.words[:-1])
        rarest = min(range(len(whole)), key=lambda at: len(line.places.get(whole[at], ())))
        for place in line.places.get(whole[rarest], ()):
            first = place - rarest
            end = first + size
            if first < 0 or end > len(line.texts):
                continue
            row = line.texts[first:end]
            if row[: len(whole)] == whole and (self.stem is None or self._ends(row[-1])):
                yield Span(first, end)

    def _ends(self, word: str) -> bool:
        return word == self.words[-1] or word.startswith(self.stem or word)


def read_phrase(spelling: str, column: int) -> Phrase:
    """Read a word or a phrase in quotes, with its star. Raises ``QueryError``.

    >>> read_phrase("L’Œillet", 1).words, read_phrase('"Simon Bouga"*', 1).stem
    (('l', 'oeillet'), 'bouga')
    >>> read_phrase("#Fleurs_Bougamont", 1).tags
    ('#fleursbougamont',)
    """
    body, is_stem = unquoted(spelling, column)
    folded = fold(body)
    if not any(sign.isalnum() for sign in folded):
        raise QueryError(column, Kind.NO_WORD, spelling)
    found = words_in(folded)
    # As it is written: "st*" begins "stade" too, though "st" alone is "saint".
    last = folded[found[-1].start : found[-1].end].replace(".", "")
    if is_stem and (found[-1].end != len(folded) or len(last) < MIN_PREFIX):
        raise QueryError(column, Kind.STAR, spelling)
    words = tuple(word.text for word in found)
    return Phrase(
        spelling=spelling,
        words=words,
        stem=last if is_stem else None,
        together=None if is_stem else _run_together(words),
        tags=_tags(folded),
    )


def unquoted(spelling: str, column: int) -> tuple[str, bool]:
    """Return what stands between the quotes, if any, and whether a star says it may go on."""
    body = spelling.removesuffix("*")
    is_stem = body != spelling
    if body[:1] in CLOSING:
        body = body[1:-1].rstrip()
        is_stem = is_stem or body.endswith("*")
        body = body.removesuffix("*")
    if "*" in body or (is_stem and not body.strip()):
        raise QueryError(column, Kind.STAR, spelling)
    return body, is_stem


def _run_together(words: Sequence[str]) -> str | None:
    together = "".join(words)
    return together if len(words) > 1 and len(together) >= _MIN_RUN_TOGETHER else None


def _tags(folded: str) -> tuple[str, ...]:
    """Return the tags that a text is, if it is one: a handle stands for its hashtag too."""
    if folded[:1] not in {"#", "@"}:
        return ()
    whole = [tag.text for tag in tags_in(folded) if (tag.start, tag.end) == (0, len(folded))]
    tag = max((one for one in whole if one[0] == folded[0]), key=len, default=None)
    if tag is None:
        return ()
    name = tag[1:]
    return (tag,) if tag[0] == "#" or "@" in name else (tag, "#" + name.replace("_", ""))
