"""An entry as a query reads it: where each word stands, and who published it where.

Nothing is indexed before a query asks for it; then each question costs what it finds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitor.matching.boolean_places import Places, Span
from monitor.matching.words import Word, tags_in, words_in
from monitor.model import Entry
from monitor.text import fold
from monitor.urls import site_of, unwrap_url

_MAX_REMEMBERED = 256  # phrases: more than one query has; memory stays bounded with many


@dataclass(frozen=True)
class Line:
    """A title or a text: as ``fold`` gives it, and its words as ``words_in`` gives them."""

    folded: str
    words: Sequence[Word]

    @classmethod
    def of(cls, text: str) -> Line:
        """Fold a text and cut it into words."""
        folded = fold(text)
        return cls(folded, words_in(folded))

    @cached_property
    def texts(self) -> list[str]:
        """The words without their places."""
        return [word.text for word in self.words]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The numbers at which each word stands, ascending."""
        places: dict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self.texts):
            places[word].append(number)
        return dict(places)

    @cached_property
    def tags(self) -> dict[str, list[Span]]:
        """Where each hashtag and handle stands."""
        starts = [word.start for word in self.words]
        tags: dict[str, list[Span]] = defaultdict(list)
        for tag in tags_in(self.folded):
            if tag.text[0] in "#@":
                first = bisect_left(starts, tag.start)
                tags[tag.text].append(Span(first, max(bisect_left(starts, tag.end), first + 1)))
        return dict(tags)

    def words_from(self, stem: str) -> Iterator[str]:
        """Yield the different words that begin so, in the order of the alphabet."""
        yield from _beginning(self._alphabet, stem)

    def tags_from(self, stem: str) -> Iterator[str]:
        """Yield the different tags that begin so."""
        yield from _beginning(self._tag_alphabet, stem)

    def remember(self, key: Hashable, find: Callable[[Line], Places]) -> Places:
        """Return what was found for a key before, or find it now."""
        if key not in self._found:
            if len(self._found) >= _MAX_REMEMBERED:
                self._found.clear()
            self._found[key] = find(self)
        return self._found[key]

    @cached_property
    def _found(self) -> dict[Hashable, Places]:
        return {}

    @cached_property
    def _alphabet(self) -> list[str]:
        return sorted(self.places)

    @cached_property
    def _tag_alphabet(self) -> list[str]:
        return sorted(self.tags)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """What queries are asked about; made once an entry, for all of them. ``None``: not known."""

    title: Line
    text: Line
    url: str | None = None
    author: str | None = None
    language: str | None = None
    source_id: str | None = None
    platform: str | None = None

    @classmethod
    def of(
        cls, entry: Entry, *, source_id: str | None = None, platform: str | None = None
    ) -> Passage:
        """Read an entry of a source."""
        return cls(
            title=Line.of(entry.title or ""),
            text=Line.of(entry.text),
            url=entry.url,
            author=entry.author,
            language=entry.language,
            source_id=source_id,
            platform=platform,
        )

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word, hashtag and handle: what ``Query.needles`` are looked up in."""
        lines = (self.title, self.text)
        return frozenset().union(*(found for one in lines for found in (one.places, one.tags)))

    @cached_property
    def host(self) -> str | None:
        """The site that published it, behind a wrapped link too; without ``www.``."""
        return None if self.url is None else site_of(unwrap_url(self.url))

    @cached_property
    def author_line(self) -> Line:
        """The author's name, read as texts are."""
        return Line.of(self.author or "")


def _beginning(alphabet: list[str], stem: str) -> Iterator[str]:
    for number in range(bisect_left(alphabet, stem), len(alphabet)):
        if not alphabet[number].startswith(stem):
            return
        yield alphabet[number]
