"""One server of the fediverse, as Mastodon's API asks it: timelines, searches, single statuses.

https://docs.joinmastodon.org/methods/timelines/#tag, /methods/search/#v2 and
/methods/statuses/#index, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from monitor.fetching.base import Session
from monitor.matching.queries import hashtags, mastodon_search_queries
from monitor.model import Business, Response
from monitor.sources.mastodon_statuses import Statuses, read_search, read_timeline

PAGE_SIZE = 40  # the most that one answer holds
BATCH = 20
"""Statuses asked for at once; no limit is documented."""

_NEXT = re.compile(r'rel="?next"?', re.IGNORECASE)
_OWN = re.compile(r"/(?:users|ap/users)/[^/?#]+/statuses/(\d{1,20})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One thing to ask a server for; ``key`` names it in the cursor."""

    key: str
    path: str
    params: Mapping[str, str]
    business: str | None

    @property
    def is_search(self) -> bool:
        """Whether it is a full-text search, for a business, and no timeline."""
        return self.business is not None


def queries_for(businesses: Sequence[Business], *, may_search: bool) -> list[Query]:
    """Return the timelines of the businesses' hashtags, then the searches for their names."""
    tags = {tag.casefold(): tag for b in businesses for tag in hashtags(b)}
    timelines = [
        Query(key=f"#{tag}", path=f"/api/v1/timelines/tag/{quote(tag)}", params={}, business=None)
        for tag in tags.values()
    ]
    searches = [
        Query(
            key=f"{business.name}: {text}",
            path="/api/v2/search",
            params={"q": text, "type": "statuses"},
            business=business.name,
        )
        for business in businesses
        for text in mastodon_search_queries(business)
    ]
    return timelines + searches if may_search else timelines


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where to ask, and as whom; ``home`` is its public address, whoever answers in its stead."""

    root: str
    home: str
    token: SecretStr | None

    async def ask(
        self, session: Session, query: Query, bounds: Mapping[str, str]
    ) -> tuple[Statuses, bool]:
        """Ask one page of a query; tell whether older statuses may follow."""
        answer, response = await session.get_json(
            f"{self.root}{query.path}",
            params={**query.params, "limit": PAGE_SIZE, **bounds},
            headers=self._headers(),
        )
        statuses = (read_search if query.is_search else read_timeline)(answer)
        return statuses, _has_next(response, query, len(statuses.ids))

    async def statuses(self, session: Session, numbers: Iterable[str]) -> Statuses:
        """Ask for this server's own statuses; those that are gone are left out (Mastodon 4.3)."""
        query = urlencode([("id[]", number) for number in numbers])
        answer, _ = await session.get_json(
            f"{self.root}/api/v1/statuses?{query}", headers=self._headers()
        )
        return read_timeline(answer)

    def own_number(self, uri: str) -> str | None:
        """Return this server's number of a status that was written here; ``None`` of others."""
        found = _OWN.fullmatch(uri.removeprefix(self.home)) if uri.startswith(self.home) else None
        return found[1] if found else None

    def _headers(self) -> Mapping[str, str]:
        token = self.token
        return {} if token is None else {"Authorization": f"Bearer {token.get_secret_value()}"}


def _has_next(response: Response, query: Query, count: int) -> bool:
    """Tell whether older statuses follow: by the Link header, without one by the page.

    Searches have no header, and one that is not full says nothing: Mastodon takes out what it may
    not show once it has cut the page.
    """
    link = response.headers.get("link")
    if link is not None:
        return _NEXT.search(link) is not None
    return count > 0 if query.is_search else count >= PAGE_SIZE
