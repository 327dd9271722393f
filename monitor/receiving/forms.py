"""Which form is read by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monitor.model import Json
from monitor.receiving.base import Push, whole
from monitor.receiving.linkedin import read_linkedin
from monitor.receiving.mentions import read_mentions
from monitor.receiving.meta import read_meta
from monitor.receiving.trustpilot import read_trustpilot
from monitor.wording import Wording

_READERS: Mapping[str, Callable[[Json, Wording], Push]] = {
    "mentions": read_mentions,
    "meta": read_meta,
    "linkedin": read_linkedin,
    "trustpilot": read_trustpilot,
}


def read_push(form: str, document: Json, words: Wording) -> Push:
    """Read what was pushed in a form. Raises Unreadable."""
    return whole(_READERS[form](document, words))
