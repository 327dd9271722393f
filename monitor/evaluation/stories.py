"""How well mentions of one event are told from those of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from monitor.dedupe.stories import Told, join, story_keys
from monitor.evaluation.figures import Figure, f1, proportion, resampled
from monitor.evaluation.story_cases import StoryCase, cases


@dataclass(frozen=True, slots=True, kw_only=True)
class PairError:
    """Two mentions put together that tell two events (``is_merge``), or kept apart wrongly."""

    one: StoryCase
    other: StoryCase
    is_merge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesReport:
    """Figures over pairs of mentions of one business; each ``None`` where nothing bears it.

    ``wrong_merges`` counts the events that were put together with another. ``follow_ups`` is the
    share of real follow-ups that were joined to their story and told to be one.
    """

    mentions: int
    stories: int
    precision: Figure | None
    recall: Figure | None
    f1: Figure | None
    wrong_merges: int
    follow_ups: Figure | None
    errors: tuple[PairError, ...]


@dataclass(frozen=True, slots=True)
class _Count:
    """Pairs of one business: rightly together, wrongly together, wrongly apart."""

    hits: int
    wrong: int
    missed: int


def evaluate(part: str) -> StoriesReport:
    """Group the mentions of a part as polls would find them, and count."""
    return report(cases(part))


def report(labelled: Sequence[StoryCase]) -> StoriesReport:
    """Compute the figures of cases that come in this order."""
    found = group(case.told for case in labelled)
    by_business: dict[str, list[StoryCase]] = defaultdict(list)
    for case in labelled:
        by_business[case.told.business].append(case)
    errors = {name: _errors(those, found) for name, those in by_business.items()}
    counts = [_count(those, errors[name]) for name, those in by_business.items()]
    hits, wrong, missed = _sum(counts)
    return StoriesReport(
        mentions=len(labelled),
        stories=len({case.story for case in labelled}),
        precision=proportion(hits, hits + wrong),
        recall=proportion(hits, hits + missed),
        f1=resampled(counts, lambda drawn: f1(*_sum(drawn))),
        wrong_merges=_wrong_merges(labelled, found),
        follow_ups=_follow_ups(labelled, found),
        errors=tuple(error for those in errors.values() for error in those),
    )


def group(mentions: Iterable[Told]) -> dict[str, Told]:
    """Give each mention its story, in their order, as a store does; returns them by id."""
    known: dict[str, Told] = {}
    index: dict[tuple[str, str], list[str]] = defaultdict(list)
    for new in mentions:
        keys = [(new.business, key) for key in story_keys(new)]
        near = {mention_id for key in keys for mention_id in index[key]}
        joined = join(new, [known[mention_id] for mention_id in sorted(near)])
        known[new.id] = new
        if joined is not None:
            known[new.id] = replace(new, story=joined.story, is_follow_up=joined.is_follow_up)
            for one in list(known.values()):
                story = joined.story if one.story in joined.merged else one.story
                follows = one.is_follow_up or one.id in joined.follow_ups
                known[one.id] = replace(one, story=story, is_follow_up=follows)
        for key in keys:
            index[key].append(new.id)
    return known


def _errors(labelled: Sequence[StoryCase], found: dict[str, Told]) -> list[PairError]:
    wrong = []
    for one, other in combinations(labelled, 2):
        together = found[one.told.id].story == found[other.told.id].story
        if together != (one.story == other.story):
            wrong.append(PairError(one=one, other=other, is_merge=together))
    return wrong


def _count(labelled: Sequence[StoryCase], errors: Sequence[PairError]) -> _Count:
    pairs = sum(one.story == other.story for one, other in combinations(labelled, 2))
    wrong = sum(error.is_merge for error in errors)
    missed = len(errors) - wrong
    return _Count(pairs - missed, wrong, missed)


def _sum(counts: Sequence[_Count]) -> tuple[int, int, int]:
    return (
        sum(one.hits for one in counts),
        sum(one.wrong for one in counts),
        sum(one.missed for one in counts),
    )


def _wrong_merges(labelled: Sequence[StoryCase], found: dict[str, Told]) -> int:
    events: dict[str, set[str]] = defaultdict(set)
    for case in labelled:
        events[found[case.told.id].story].add(case.story)
    return sum(len(told) - 1 for told in events.values())


def _follow_ups(labelled: Sequence[StoryCase], found: dict[str, Told]) -> Figure | None:
    wanted = [found[case.told.id] for case in labelled if case.role == "follow_up"]
    return proportion(sum(one.is_follow_up for one in wanted), len(wanted))
