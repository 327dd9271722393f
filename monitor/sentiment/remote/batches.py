"""Texts to a judge that may fail, in batches; what fails goes to the default scorer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from http import HTTPStatus
from typing import Final, Protocol, TypeAlias

from monitor.clock import Clock
from monitor.errors import Malformed, SourceError
from monitor.model import Score
from monitor.sentiment.base import Passage, Scorer
from monitor.sentiment.remote.patience import Patience
from monitor.sentiment.scoring import score_all

Verdict: TypeAlias = "Score | str"
"""A score, or why there is none."""

_MAY_BE_THE_TEXTS: Final = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}


class Judge(Protocol):
    """A model that scores a few texts at once."""

    @property
    def name(self) -> str:
        """Name and version of the scorer."""
        ...

    def judge(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
        """Return a verdict a passage, in the same order. Raises ``SourceError`` for all of them."""
        ...


class BatchScorer:
    """A scorer made of a judge and of the default scorer, whose scores keep their own name."""

    def __init__(
        self,
        judge: Judge,
        make_fallback: Callable[[], Scorer],
        *,
        batch: int,
        clock: Clock,
        languages: Collection[str] = (),
    ) -> None:
        self.name = judge.name
        self._languages = languages
        self._judge = judge
        self._fallback = make_fallback()
        self._batch = batch
        self._patience = Patience(judge.name, clock)

    def reads(self, code: str) -> bool:
        """Say whether the judge is to be given texts of a language beside French."""
        return code in self._languages

    def score(self, passages: Sequence[Passage]) -> list[Score]:
        """Return one score a passage, in the same order; the default scorer's where need be."""
        told = [place for place, passage in enumerate(passages) if passage.text.strip()]
        scores: dict[int, Score] = {}
        for start in range(0, len(told), self._batch):
            places = told[start : start + self._batch]
            verdicts = self._ask([passages[place] for place in places])
            scores |= {p: v for p, v in zip(places, verdicts, strict=True) if isinstance(v, Score)}
        left = [place for place in range(len(passages)) if place not in scores]
        fallen = score_all(self._fallback, [passages[place] for place in left])
        scores |= dict(zip(left, fallen, strict=True))
        return [scores[place] for place in range(len(passages))]

    def _ask(self, passages: Sequence[Passage]) -> Sequence[Verdict | None]:
        """Return the verdicts of a batch, halved as long as one text may spoil it for others."""
        if self._patience.is_resting:
            return [None] * len(passages)
        try:
            verdicts = self._judge.judge(passages)
        except SourceError as error:
            return self._after(error, passages)
        self._patience.note_answer(good=any(isinstance(verdict, Score) for verdict in verdicts))
        for reason in (verdict for verdict in verdicts if isinstance(verdict, str)):
            self._patience.tell(reason)
        return verdicts

    def _after(self, error: SourceError, passages: Sequence[Passage]) -> Sequence[Verdict | None]:
        if not _may_be_the_texts(error):
            self._patience.tell(str(error))
            self._patience.rest(error.retry_at)
            return [None] * len(passages)
        self._patience.note_answer(good=False)
        if len(passages) == 1:
            self._patience.tell(str(error))
            return [None]
        half = len(passages) // 2
        return [*self._ask(passages[:half]), *self._ask(passages[half:])]


def _may_be_the_texts(error: SourceError) -> bool:
    """Tell what other texts may not meet: an answer that cannot be read, a question refused."""
    return isinstance(error, Malformed) or error.http_status in _MAY_BE_THE_TEXTS
