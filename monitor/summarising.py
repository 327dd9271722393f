"""A digest's summary by a chat model: asked once when a digest closes, believed if it may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import structlog

from monitor.errors import FetchError, SourceError
from monitor.model import Json
from monitor.reporting.digest import Digest
from monitor.reporting.summary import Sentence
from monitor.reporting.summary_asked import SummaryRefusedError, messages_of, read_summary
from monitor.sentiment.base import Post

log = structlog.get_logger(__name__)

DEFAULT_URL: Final = "http://127.0.0.1:11434/v1"  # Ollama's own port
_PATH = "/chat/completions"
_REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
_NICETIES: Final[dict[str, Json]] = {"temperature": 0, "response_format": {"type": "json_object"}}
"""What most servers know and some refuse; the answer is checked as strictly without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summariser:
    """Asks an OpenAI-compatible endpoint; the digest's own summary stands where it fails."""

    post: Post
    model: str
    url: str = DEFAULT_URL
    api_key: str | None = field(default=None, repr=False)

    def __call__(self, digest: Digest) -> tuple[Sentence, ...]:
        """Return the sentences to show; never raises for what a server does."""
        if digest.is_empty:
            return digest.summary
        try:
            return read_summary(self._ask(messages_of(digest)), digest)
        except SummaryRefusedError as error:
            log.warning("summary refused", business=digest.business, reason=str(error))
        except SourceError as error:
            log.error("summary not to be had", business=digest.business, reason=str(error))
        return digest.summary

    def _ask(self, messages: list[Json]) -> Json:
        url = self.url.rstrip("/").removesuffix(_PATH) + _PATH
        headers = {} if self.api_key is None else {"authorization": f"Bearer {self.api_key}"}
        document: dict[str, Json] = {"model": self.model, "stream": False, "messages": messages}
        try:
            return self.post(url, document | _NICETIES, headers)
        except FetchError as error:
            if error.http_status not in _REFUSED:
                raise
        return self.post(url, document, headers)
