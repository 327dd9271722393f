"""The scorer ``llm``: a chat model behind an OpenAI-compatible endpoint, by default a local one.

Known limit: the texts of one request share a model's attention. Their results are kept apart (ids
that no author can know, each judgement checked), but a text that talks the model into something
may sway how it judges its neighbours. ``batch: 1`` keeps them apart altogether.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Final

from monitor.errors import Code, FetchError, ScorerUnavailable
from monitor.model import Json
from monitor.sentiment.base import Passage, Post, Scorer, ScorerSettings
from monitor.sentiment.remote.allowance import Allowance
from monitor.sentiment.remote.batches import BatchScorer, Verdict
from monitor.sentiment.remote.llm_answers import read_verdicts, used_tokens
from monitor.sentiment.remote.llm_prompt import messages_of, tokens_of

DEFAULT_URL: Final = "http://127.0.0.1:11434/v1"  # Ollama's own port

LANGUAGES: Final = frozenset({"de", "en", "es", "it", "nl", "pt"})
"""Read beside French: those of our neighbours and visitors, which every chat model was taught."""

_PATH = "/chat/completions"
_REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
_NOTHING_SENT = {Code.DNS, Code.CONNECT, Code.TLS, Code.BLOCKED}
_NICETIES: Final[dict[str, Json]] = {"temperature": 0, "response_format": {"type": "json_object"}}
"""What most servers know and some refuse: OpenAI's reasoning models the first, LM Studio the
second. The answer is checked as strictly without."""


def make_llm(settings: ScorerSettings, make_fallback: Callable[[], Scorer]) -> Scorer:
    """Make the scorer. Raises ``ScorerUnavailable`` if it is not told which model to ask."""
    if settings.model is None or settings.post is None:
        raise ScorerUnavailable(
            "scorer llm needs a model to ask: set sentiment.model in sources.yaml "
            f"(and sentiment.url, where it is not {DEFAULT_URL})"
        )
    judge = ChatJudge(settings, settings.model, settings.post)
    return BatchScorer(
        judge, make_fallback, batch=settings.batch, clock=settings.clock, languages=LANGUAGES
    )


class ChatJudge:
    """Asks a chat model about a few texts at once."""

    def __init__(self, settings: ScorerSettings, model: str, post: Post) -> None:
        self.name = f"llm-1/{model}"
        self._model = model
        self._url = (settings.url or DEFAULT_URL).rstrip("/").removesuffix(_PATH) + _PATH
        key = settings.api_key
        self._headers = {} if key is None else {"authorization": f"Bearer {key}"}
        self._post = post
        self._allowance = Allowance(settings.tokens_per_day, settings.clock)
        self._niceties = _NICETIES

    def judge(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
        """Return a verdict a passage. Raises ``SourceError``, rate_limited past the allowance."""
        ids = [secrets.token_hex(4) for _ in passages]
        messages = messages_of(passages, ids)
        tokens = tokens_of(messages, len(passages))
        self._allowance.take(tokens)
        try:
            answer = self._ask({"model": self._model, "stream": False, "messages": messages})
        except FetchError as error:
            if error.code in _NOTHING_SENT:
                self._allowance.settle(tokens, 0)
            raise
        used = used_tokens(answer)
        self._allowance.settle(tokens, tokens if used is None else used)
        return read_verdicts(answer, ids, self.name)

    def _ask(self, document: dict[str, Json]) -> Json:
        try:
            return self._post(self._url, document | self._niceties, self._headers)
        except FetchError as error:
            if error.http_status not in _REFUSED or not self._niceties:
                raise
        answer = self._post(self._url, document, self._headers)
        self._niceties = {}  # it was them: this server is asked plainly from now on
        return answer
