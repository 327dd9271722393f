"""The sentence of this program: entries in, sightings of mentions out. Pure; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.dedupe.fingerprint import fingerprint
from monitor.language.detect import language_of
from monitor.matching.lessons import NO_LESSONS, Lessons, judge
from monitor.matching.matcher import Matcher
from monitor.model import Business, Entry, Match, Sighting
from monitor.sentiment.base import Passage, Scorer
from monitor.sentiment.scoring import score_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where entries come from: the source's id and platform, whom it is read for."""

    source_id: str
    platform: str
    businesses: frozenset[str]
    about: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Matches, detects the language, scores."""

    matcher: Matcher
    scorer: Scorer
    businesses: tuple[Business, ...]

    def __call__(
        self, entries: Iterable[Entry], origin: Origin, lessons: Lessons = NO_LESSONS
    ) -> tuple[Sighting, ...]:
        """Return one sighting for each business that an entry concerns, in the entries' order."""
        matched = [
            (entry, judge(match, entry, lessons))
            for entry in entries
            for match in self.matcher.match(
                entry,
                about=origin.about,
                only=origin.businesses,
                source=(origin.source_id, origin.platform),
            )
        ]
        languages = [self._language(entry, match) for entry, match in matched]
        scores = score_all(
            self.scorer,
            [
                Passage(
                    text=whole_text(entry),
                    business=match.business,
                    rating=entry.rating,
                    language=language,
                )
                for (entry, match), language in zip(matched, languages, strict=True)
            ],
        )
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
        return language_of(whole_text(entry), entry.language, self._hints(match))

    def _hints(self, match: Match) -> Sequence[str]:
        owner = match.competitor_of or match.business
        return next((b.languages for b in self.businesses if b.name == owner), ())


def whole_text(entry: Entry) -> str:
    """Return the title and the text as one passage; a title that the text repeats stands once."""
    if not entry.title or entry.text.startswith(entry.title):
        return entry.text
    return f"{entry.title}\n{entry.text}".rstrip()
