"""What owners taught, learnt anew whenever they said more; and what follows for stored mentions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING

from monitor.matching.learning import MOST_JUDGEMENTS, Lesson, learn, lesson_of
from monitor.matching.lessons import Lessons, judge
from monitor.model import Block, Business, Entry, Match, Mention, MentionQuery, Sentiment
from monitor.pipeline import NOTHING_TAUGHT, Taught, judge_tone, passage_of
from monitor.sentiment.base import Scorer
from monitor.store.base import Store

if TYPE_CHECKING:
    from monitor.sentiment.learning import SentimentLesson

MOST_REJUDGED = 2_000
"""Mentions of a business that are judged again after a correction, the newest."""
_FELT = 0.05
"""Log-odds by which a correction must move another mention for it to be scored again."""


class Teacher:
    """Keeps what was taught of all businesses; any thread may ask."""

    def __init__(
        self, store: Store, businesses: tuple[Business, ...], scorer: Callable[[], Scorer]
    ) -> None:
        """Take the store that holds what persons said, the businesses it is of, and who scores."""
        self._store = store
        self._businesses = businesses
        self._scorer = scorer
        self._lock = Lock()
        self._version = -1
        self._taught = NOTHING_TAUGHT

    def taught(self) -> Taught:
        """Return what was taught as it stands now. Raises ``StoreError``."""
        with self._lock:
            version = self._store.lessons_version()
            if version != self._version:
                self._taught = Taught(lessons=self._lessons(), tones=self._tones())
                self._version = version
            return self._taught

    def apply(self, business: str, corrected: Mention | None = None) -> int:
        """Judge a business's stored mentions again; returns how many changed.

        Their sentiment too, where ``corrected``, on which a person changed his word, is like them.
        """
        taught = self.taught()
        found = self._store.find(
            MentionQuery(business=business, limit=MOST_REJUDGED, order="-found_at")
        )
        changed = self._store.rejudge({m.id: _judged(m, taught.lessons) for m in found})
        if corrected is None:
            return changed
        alike = [corrected, *(m for m in _alike(corrected, found) if m.id != corrected.id)]
        scores = judge_tone(self._scorer(), [passage_of(m) for m in alike], taught.tones)
        return changed + self._store.rescore(
            {mention.id: score for mention, score in zip(alike, scores, strict=True)}
        )

    def _lessons(self) -> Lessons:
        blocks: dict[str, list[Block]] = defaultdict(list)
        for block in self._store.blocks():
            blocks[block.business].append(block)
        lessons: dict[str, Lesson] = {}
        for business in self._businesses:
            judgements = self._store.judgements(business.name, MOST_JUDGEMENTS)
            lessons[business.name] = learn(judgements, lesson_of(business.identity))
        return Lessons(lessons, {name: tuple(found) for name, found in blocks.items()})

    def _tones(self) -> Mapping[str, SentimentLesson]:
        from monitor.sentiment.learning import (  # noqa: PLC0415 - numpy, that only scoring owes
            MOST_CORRECTIONS,
            Correction,
            learn_sentiment,
        )

        tones: dict[str, SentimentLesson] = {}
        for business in self._businesses:
            told = self._store.corrected(business.name, MOST_CORRECTIONS)
            if told:
                tones[business.name] = learn_sentiment(
                    [Correction(passage_of(m), m.sentiment) for m in told if m.sentiment]
                )
        return tones


def _alike(corrected: Mention, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that a word on one may move, whatever word it was."""
    from monitor.sentiment.learning import Correction, learn_sentiment  # noqa: PLC0415 - numpy

    passage = passage_of(corrected)
    lessons = [learn_sentiment([Correction(passage, sentiment)]) for sentiment in Sentiment]
    return [
        mention
        for mention in mentions
        if mention.text
        and any(abs(lesson.shift(passage_of(mention))).max() > _FELT for lesson in lessons)
    ]


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
