"""What owners taught, learnt anew whenever they said more; and what follows for stored mentions."""

from __future__ import annotations

from collections import defaultdict
from threading import Lock

from monitor.matching.learning import MOST_JUDGEMENTS, Lesson, learn, lesson_of
from monitor.matching.lessons import Lessons, judge
from monitor.model import Block, Business, Entry, Match, Mention, MentionQuery
from monitor.store.base import Store

MOST_REJUDGED = 2_000
"""Mentions of a business that are judged again after a correction, the newest."""


class Teacher:
    """Keeps the lessons of all businesses; any thread may ask."""

    def __init__(self, store: Store, businesses: tuple[Business, ...]) -> None:
        """Take the store that holds what persons said, and the businesses it is of."""
        self._store = store
        self._businesses = businesses
        self._lock = Lock()
        self._version = -1
        self._lessons = Lessons()

    def lessons(self) -> Lessons:
        """Return the lessons as they stand now. Raises ``StoreError``."""
        with self._lock:
            version = self._store.lessons_version()
            if version != self._version:
                self._lessons = self._learn()
                self._version = version
            return self._lessons

    def apply(self, business: str) -> int:
        """Judge a business's stored mentions again; returns how many changed."""
        lessons = self.lessons()
        found = self._store.find(
            MentionQuery(business=business, limit=MOST_REJUDGED, order="-found_at")
        )
        return self._store.rejudge({m.id: _judged(m, lessons) for m in found})

    def _learn(self) -> Lessons:
        blocks: dict[str, list[Block]] = defaultdict(list)
        for block in self._store.blocks():
            blocks[block.business].append(block)
        lessons: dict[str, Lesson] = {}
        for business in self._businesses:
            judgements = self._store.judgements(business.name, MOST_JUDGEMENTS)
            lessons[business.name] = learn(judgements, lesson_of(business.identity))
        return Lessons(lessons, {name: tuple(found) for name, found in blocks.items()})


def _judged(mention: Mention, lessons: Lessons) -> Match:
    """Return what a mention's match would be with these lessons."""
    entry = Entry(
        external_id=mention.external_id,
        url=mention.url,
        title=mention.title,
        text=mention.text,
        kind=mention.kind,
        author=mention.author,
        author_url=mention.author_url,
    )
    plain = Match(
        business=mention.business,
        terms=mention.matched,
        relevance=mention.relevance,
        reason=mention.reason,
        signals=tuple(s for s in mention.signals if not s.name.startswith(("learnt", "blocked"))),
    )
    return judge(plain, entry, lessons)
