"""Mastodon: posts under a business's hashtags and, with a token, by full text, on one server.

https://docs.joinmastodon.org/methods/timelines/#tag and /methods/search/#v2, read 2026-11; other
servers of the fediverse answer alike. Quota: 300 requests in 5 minutes.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar
from urllib.parse import quote

from pydantic import Field, HttpUrl, SecretStr

from monitor.fetching.base import Session
from monitor.matching.queries import hashtags, mastodon_search_queries
from monitor.model import Cursor, Entry, Page, Response
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.mastodon_statuses import Statuses, age_rank, read_search, read_timeline

PAGE_SIZE = 40  # the most that one answer holds
NOTHING = Statuses(entries=(), ids=(), problem=None)

_NEXT = re.compile(r'rel="?next"?', re.IGNORECASE)


class MastodonOptions(PagedOptions):
    """One server to ask."""

    instance: HttpUrl = Field(
        description="The server to ask.",
        examples=["https://mastodon.social", "https://piaille.fr"],
    )
    token: SecretStr | None = Field(
        default=None,
        description="An access token of that server: adds full-text search to hashtags.",
        examples=["${MASTODON_TOKEN}"],
    )


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


class Mastodon(Source[MastodonOptions]):
    """Reads hashtag timelines and searches of one server.

    The cursor holds the newest status seen of each query, and the query to begin with, so that a
    limit of pages never starves the last ones.
    """

    type: ClassVar[str] = "mastodon"
    platform: ClassVar[str] = "mastodon"
    every: ClassVar[timedelta] = timedelta(minutes=30)
    options_type: ClassVar = MastodonOptions
    credentials: ClassVar[str | None] = (
        "None for hashtags, where the server leaves them open. For full-text search, an account on "
        "that server: Preferences › Development › New application, scopes `read:search` and "
        "`read:statuses`, then copy the access token."
    )
    limits: ClassVar[str] = (
        "Sees what that server knows of the fediverse. Hashtags are made from the names and "
        "aliases; some servers show them only with a token. Full-text search finds only authors "
        "who agreed to it, on servers that have it. Left out: boosts, posts that are not public, "
        "authors who ask not to be indexed. 300 requests in 5 minutes."
    )

    @property
    def address(self) -> str:
        """The server."""
        return self._root

    @property
    def queries(self) -> tuple[str, ...]:
        """The hashtags and, with a token, the searches."""
        return tuple(query.key for query in self._queries())

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each query's new statuses, from the query that the last poll did not come to."""
        queries = self._queries()
        newest = _newest_by_query(cursor)
        keys = [query.key for query in queries]
        first = keys.index(str(cursor["next"])) if cursor.get("next") in keys else 0
        for query in queries[first:] + queries[:first]:
            following = keys[(keys.index(query.key) + 1) % len(keys)]
            async for statuses, seen in self._read(session, query, newest.get(query.key)):
                is_progress = seen is not None and seen != newest.get(query.key)
                if seen is not None:
                    newest[query.key] = seen
                yield Page(
                    entries=_tell_business(statuses, query),
                    cursor={
                        "newest": dict(newest),
                        "next": following if is_progress else query.key,
                    },
                    problem=statuses.problem,
                )

    @property
    def _root(self) -> str:
        return server_root(str(self.options.instance), self.options.base_url)

    def _queries(self) -> list[Query]:
        tags = {tag.casefold(): tag for b in self.businesses for tag in hashtags(b)}
        queries = [
            Query(
                key=f"#{tag}", path=f"/api/v1/timelines/tag/{quote(tag)}", params={}, business=None
            )
            for tag in tags.values()
        ]
        if self.options.token is not None:
            queries += [
                Query(
                    key=f"{business.name}: {text}",
                    path="/api/v2/search",
                    params={"q": text, "type": "statuses"},
                    business=business.name,
                )
                for business in self.businesses
                for text in mastodon_search_queries(business)
            ]
        return queries

    def _read(
        self, session: Session, query: Query, newest: str | None
    ) -> AsyncIterator[tuple[Statuses, str | None]]:
        """Yield pages, and the newest status that is safe to begin after once each is stored."""
        # A search answers newest first even from ``min_id`` on; a timeline then starts at the
        # oldest, so that it can be followed forward and a limit of pages leaves no gap.
        if newest is None or query.is_search:
            return self._walk_back(session, query, newest)
        return self._walk_forward(session, query, newest)

    async def _walk_forward(
        self, session: Session, query: Query, newest: str
    ) -> AsyncIterator[tuple[Statuses, str | None]]:
        for _ in range(self.options.max_pages):
            statuses, _ = await self._ask(session, query, {"min_id": newest})
            last = max(statuses.ids, key=age_rank, default="")
            if not _is_newer(last, newest):
                return
            newest = last
            yield statuses, newest

    async def _walk_back(
        self, session: Session, query: Query, since: str | None
    ) -> AsyncIterator[tuple[Statuses, str | None]]:
        """Read from the newest back to ``since``; only the last page moves the cursor.

        Known limit: what is older than the last page that may be read is not.
        """
        bounds = {} if since is None else {"min_id": since}
        newest = since
        for number in range(1, self.options.max_pages + 1):
            statuses, response = await self._ask(session, query, bounds)
            oldest = min(statuses.ids, key=age_rank, default="")
            last = max(statuses.ids, key=age_rank, default="")
            if not _is_newer(last, since) or oldest == bounds.get("max_id"):
                # Only now do we know that the page before was the last.
                if newest != since:
                    yield NOTHING, newest
                return
            newest = last if _is_newer(last, newest) else newest
            is_last = (
                number == self.options.max_pages
                or not _is_newer(oldest, since)
                or not _has_next(response, len(statuses.ids))
            )
            yield statuses, newest if is_last else since
            if is_last:
                return
            bounds = {**bounds, "max_id": oldest}

    async def _ask(
        self, session: Session, query: Query, bounds: Mapping[str, str]
    ) -> tuple[Statuses, Response]:
        token = self.options.token
        answer, response = await session.get_json(
            f"{self._root}{query.path}",
            params={**query.params, "limit": PAGE_SIZE, **bounds},
            headers={}
            if token is None
            else {"Authorization": f"Bearer {token.get_secret_value()}"},
        )
        return (read_search if query.is_search else read_timeline)(answer), response


def _newest_by_query(cursor: Cursor) -> dict[str, str]:
    newest = cursor.get("newest")
    rows = newest.items() if isinstance(newest, Mapping) else ()
    return {key: status_id for key, status_id in rows if isinstance(status_id, str)}


def _is_newer(status_id: str, than: str | None) -> bool:
    return status_id != "" and (than is None or age_rank(status_id) > age_rank(than))


def _tell_business(statuses: Statuses, query: Query) -> tuple[Entry, ...]:
    if query.business is None:
        return statuses.entries
    return tuple(replace(entry, searched_for=query.business) for entry in statuses.entries)


def _has_next(response: Response, count: int) -> bool:
    """Tell whether older statuses follow, by the Link header; without one, by a full page."""
    link = response.headers.get("link")
    return count >= PAGE_SIZE if link is None else _NEXT.search(link) is not None
