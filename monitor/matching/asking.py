"""The queries of all businesses, of which only those are asked that an entry's words can hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from monitor.matching.boolean import Line, Passage, Query, parse_query
from monitor.matching.reading import Reading


class QueryIndex:
    """Queries by key, looked up by the words without which they cannot hold."""

    def __init__(self, queries: Mapping[str, str]) -> None:
        """Take the queries as written. Raises ``QueryError``."""
        self._queries: dict[str, Query] = {k: parse_query(text) for k, text in queries.items()}
        self._by_needle: dict[str, list[str]] = defaultdict(list)
        self._always: list[str] = []
        for key, query in self._queries.items():
            needles = query.needles()
            if needles is None:
                self._always.append(key)
            for needle in needles or ():
                self._by_needle[needle].append(key)

    def find(
        self, reading: Reading, source: tuple[str, str] | None
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the keys of the queries that an entry holds, each with what counted."""
        if not self._queries:
            return
        source_id, platform = source or (None, None)
        title, text = (Line(part.folded, part.words) for part in reading.parts)
        passage = Passage(
            title=title,
            text=text,
            url=reading.entry.url,
            author=reading.entry.author,
            language=reading.entry.language,
            source_id=source_id,
            platform=platform,
        )
        likely = dict.fromkeys(self._always)
        for word in passage.vocabulary:
            likely.update(dict.fromkeys(self._by_needle.get(word, ())))
        for key in likely:
            if hits := self._queries[key].holds(passage):
                yield key, hits.terms
