"""The sentence of this program: entries in, sightings of mentions out. Pure; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from monitor.dedupe.fingerprint import fingerprint
from monitor.language.detect import language_of
from monitor.matching.lessons import NO_LESSONS, Lessons, judge
from monitor.matching.matcher import Matcher
from monitor.model import Business, Entry, Match, Mention, Score, Sighting
from monitor.sentiment.base import Passage, Scorer
from monitor.sentiment.scoring import score_all

if TYPE_CHECKING:
    from monitor.sentiment.learning import SentimentLesson


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where entries come from: the source's id and platform, whom it is read for."""

    source_id: str
    platform: str
    businesses: frozenset[str]
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What owners taught: of relevance, and of sentiment by business."""

    lessons: Lessons = NO_LESSONS
    tones: Mapping[str, SentimentLesson] = field(default_factory=dict)


NOTHING_TAUGHT = Taught()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Matches, detects the language, scores, finds themes.

    ``veil`` gives authors pseudonyms before anything is made of an entry.
    """

    matcher: Matcher
    scorer: Scorer
    businesses: tuple[Business, ...]
    veil: Callable[[Entry], Entry] | None = None

    def __call__(
        self, entries: Iterable[Entry], origin: Origin, taught: Taught = NOTHING_TAUGHT
    ) -> tuple[Sighting, ...]:
        """Return one sighting for each business that an entry concerns, in the entries' order."""
        matched = [
            (entry, judge(match, entry, taught.lessons))
            for entry in (map(self.veil, entries) if self.veil else entries)
            for match in self.matcher.match(
                entry,
                about=origin.about,
                only=origin.businesses,
                source=(origin.source_id, origin.platform),
            )
        ]
        languages = [self._language(entry, match) for entry, match in matched]
        passages = [
            Passage(
                text=whole_text(entry),
                business=match.business,
                rating=entry.rating,
                language=language,
            )
            for (entry, match), language in zip(matched, languages, strict=True)
        ]
        scores = judge_tone(self.scorer, passages, taught.tones)
        return tuple(
            Sighting(
                source_id=origin.source_id,
                platform=origin.platform,
                entry=entry,
                match=match,
                fingerprint=fingerprint(entry),
                language=language,
                score=score,
            )
            for (entry, match), language, score in zip(matched, languages, scores, strict=True)
        )

    def is_named(self, entry: Entry) -> bool:
        """Tell whether an entry itself names the business that a search found it for."""
        only = frozenset([entry.searched_for or ""])
        return bool(self.matcher.match(replace(entry, searched_for=None), only=only))

    def _language(self, entry: Entry, match: Match) -> str | None:
        names = (match.business, *match.terms)
        return language_of(whole_text(entry), entry.language, self._hints(match), names)

    def _hints(self, match: Match) -> Sequence[str]:
        owner = match.competitor_of or match.business
        return next((b.languages for b in self.businesses if b.name == owner), ())


def judge_tone(
    scorer: Scorer, passages: Sequence[Passage], tones: Mapping[str, SentimentLesson]
) -> list[Score]:
    """Return each passage's score with its themes, as owners' corrections taught."""
    from monitor.sentiment.learning import as_taught  # noqa: PLC0415 - numpy, that only this owes
    from monitor.sentiment.themes import with_themes  # noqa: PLC0415 - likewise

    return with_themes(passages, as_taught(passages, score_all(scorer, passages), tones))


def passage_of(mention: Mention) -> Passage:
    """Return a stored mention as a poll gave it to the scorer."""
    return Passage(
        text=whole_text(mention),
        business=mention.business,
        rating=mention.rating,
        language=mention.language,
    )


def whole_text(entry: Entry | Mention) -> str:
    """Return the title and the text as one passage; a title that the text repeats stands once."""
    if not entry.title or entry.text.startswith(entry.title):
        return entry.text.rstrip()
    return f"{entry.title}\n{entry.text}".rstrip()
