"""What is known of a mention that may stand in a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.dedupe.telling import Telling, read_telling
from monitor.dedupe.voices import addresses_in
from monitor.model import Kind
from monitor.urls import canonical_url, is_site_root

_PRESS = frozenset({Kind.ARTICLE, Kind.DOCUMENT})
_MOST_LINKS = 2  # a post about an article links to it first


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A mention as stories are told from; ``story`` is its own id where it stands alone.

    ``published_at`` is when it was first seen where nothing better is known. ``is_follow_up``: it
    continues its story.
    """

    id: str
    business: str
    story: str
    kind: Kind
    title: str | None
    text: str
    published_at: datetime
    canonical_url: str | None = None
    outlet_key: str | None = None
    author: str | None = None
    is_follow_up: bool = False

    @property
    def is_press(self) -> bool:
        """Whether it reports; all else is somebody's voice."""
        return self.kind in _PRESS

    @property
    def telling(self) -> Telling:
        """What it tells, reduced."""
        return read_telling(self.title or "", self.text, self.published_at, self.business)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The canonical addresses of the article that it is, or that it links to."""
        given = [canonical_url(one) for one in addresses_in(self.text)[:_MOST_LINKS]]
        if self.is_press:
            given = [] if self.canonical_url is None else [self.canonical_url]
        return tuple(url for url in dict.fromkeys(given) if not is_site_root(url))
