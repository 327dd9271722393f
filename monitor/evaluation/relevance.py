"""How well the matcher tells a business from its namesakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.evaluation.figures import Figure, f1, proportion, resampled
from monitor.evaluation.relevance_cases import Case
from monitor.matching.matcher import Matcher
from monitor.matching.relevance import RELEVANT_FROM, relevance_of
from monitor.model import Business, Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A case, and the relevance it got: 0 where nothing matched."""

    case: Case
    relevance: float
    reason: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether it would be shown as a mention."""
        return self.relevance >= RELEVANT_FROM

    @property
    def is_right(self) -> bool:
        """Whether it was told right."""
        return self.is_kept == self.case.is_relevant


@dataclass(frozen=True, slots=True, kw_only=True)
class RelevanceReport:
    """Figures of one set of cases; each ``None`` where nothing bears it."""

    precision: Figure | None
    recall: Figure | None
    recall_with_context: Figure | None
    f1: Figure | None
    by_kind: dict[str, Figure]
    errors: tuple[Judged, ...]
    doubtful: int


def judge_cases(cases: Sequence[Case], businesses: Sequence[Business]) -> list[Judged]:
    """Match every case as a poll would, all businesses at once."""
    matcher = Matcher(businesses)
    return [_judged(matcher, case) for case in cases if case.is_relevant is not None]


def report(judged: Sequence[Judged], businesses: Sequence[Business]) -> RelevanceReport:
    """Compute the figures."""
    kept = [one for one in judged if one.is_kept]
    wanted = [one for one in judged if one.case.is_relevant]
    with_context = {business.name for business in businesses if business.context}
    rich = [one for one in wanted if one.case.business in with_context]
    kinds = sorted({one.case.kind for one in judged})
    by_kind = {k: _rightness([one for one in judged if one.case.kind == k]) for k in kinds}
    return RelevanceReport(
        precision=proportion(sum(one.is_right for one in kept), len(kept)),
        recall=_rightness(wanted),
        recall_with_context=_rightness(rich),
        f1=resampled(judged, _f1),
        by_kind={kind: figure for kind, figure in by_kind.items() if figure is not None},
        errors=tuple(one for one in judged if not one.is_right),
        doubtful=sum(0 < one.relevance < RELEVANT_FROM for one in judged),
    )


def agreement(judgements: Sequence[Judgement]) -> Figure | None:
    """Return how often the relevance, without what was learnt, agrees with persons' answers."""
    told = [one for one in judgements if one.signals and one.signals[0].name != "about"]
    right = [(relevance_of(o.signals) >= RELEVANT_FROM) == o.is_relevant for o in told]
    return proportion(sum(right), len(right))


def _judged(matcher: Matcher, case: Case) -> Judged:
    found = matcher.match(case.entry, only=frozenset([case.business]))
    ours = [match for match in found if match.competitor_of is None]
    if not ours:
        return Judged(case=case, relevance=0.0)
    return Judged(case=case, relevance=ours[0].relevance, reason=ours[0].reason)


def _rightness(judged: Sequence[Judged]) -> Figure | None:
    return proportion(sum(one.is_right for one in judged), len(judged))


def _f1(judged: Sequence[Judged]) -> float:
    hits = sum(one.is_kept and one.is_right for one in judged)
    wrong = sum(one.is_kept and not one.is_right for one in judged)
    return f1(hits, wrong, sum(not one.is_kept and not one.is_right for one in judged))
