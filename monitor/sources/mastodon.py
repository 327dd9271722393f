"""Mastodon: posts under a business's hashtags and, with a token, by full text, on one server.

https://docs.joinmastodon.org/methods/timelines/#tag and /methods/search/#v2, read 2026-11; other
servers of the fediverse answer alike. Quota: 300 requests in 5 minutes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import ClassVar

from pydantic import Field, HttpUrl, SecretStr

from monitor.errors import Code, SourceError
from monitor.fetching.base import Session
from monitor.model import Cursor, Entry, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.mastodon_server import BATCH, Query, Server, queries_for
from monitor.sources.mastodon_statuses import Statuses, age_rank

NOTHING = Statuses(entries=(), ids=(), problem=None)

_NO_SUCH_METHOD = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)


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
        "authors who ask not to be indexed. Edits and counts are followed for a week, deletions "
        "only of what was written on that server itself. 300 requests in 5 minutes."
    )
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)

    @property
    def address(self) -> str:
        """The server."""
        return self._root

    @property
    def queries(self) -> tuple[str, ...]:
        """The hashtags and, with a token, the searches."""
        return tuple(query.key for query in self._queries())

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each query's new statuses, from the query that the last poll did not come to.

        Raises what a query raises, after a page that gives the next poll to another query.
        """
        queries = self._queries()
        newest = _newest_by_query(cursor)
        keys = [query.key for query in queries]
        first = keys.index(str(cursor["next"])) if cursor.get("next") in keys else 0
        pages = 0
        for query in queries[first:] + queries[:first]:
            following = keys[(keys.index(query.key) + 1) % len(keys)]
            try:
                async for statuses, seen in self._read(session, query, newest.get(query.key)):
                    is_progress = seen is not None and seen != newest.get(query.key)
                    if seen is not None:
                        newest[query.key] = seen
                    pages += 1
                    yield Page(
                        entries=_tell_business(statuses, query),
                        cursor={
                            "newest": dict(newest),
                            "next": following if is_progress else query.key,
                        },
                        problem=statuses.problem,
                    )
            except SourceError:
                # The last page that polling takes would hide the error.
                if len(queries) > 1 and pages + 1 < self.options.max_pages:
                    yield Page(entries=(), cursor={"newest": dict(newest), "next": following})
                raise

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield each query's statuses since an instant, newest first."""
        queries = self._queries()
        keys = [query.key for query in queries]
        start = keys.index(str(cursor["query"])) if cursor.get("query") in keys else 0
        for query in queries[start:]:
            before = cursor.get("before") if query.key == cursor.get("query") else None
            async for statuses, oldest in self._walk_to(session, query, since, before):
                yield Page(
                    entries=_tell_business(statuses, query),
                    cursor={"query": query.key, "before": oldest},
                    problem=statuses.problem,
                )

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield statuses as they are now; of those written on this server, which are gone.

        Others have a number here that is not known: they are met again in timelines and searches.
        """
        left = set(external_ids)
        own = {n: uri for uri in external_ids if (n := self._server.own_number(uri)) is not None}
        try:
            for start in range(0, len(own), BATCH):
                numbers = list(own)[start : start + BATCH]
                now = await self._server.statuses(session, numbers)
                gone = tuple(own[number] for number in numbers if number not in now.ids)
                left -= {own[number] for number in numbers}
                yield Page(entries=now.entries, cursor={}, removed=gone)
        except SourceError as error:
            # Before Mastodon 4.3 it can not be asked for; some servers answer with a page.
            if error.http_status not in _NO_SUCH_METHOD and error.code is not Code.API:
                raise
        for query in self._queries():
            if not left:
                return
            async for statuses, _ in self._walk_back(session, query, None):
                met = _tell_business(statuses, query)
                yield Page(entries=tuple(e for e in met if e.external_id in left), cursor={})
                left -= {entry.external_id for entry in met}
                if not left:
                    return

    @property
    def _root(self) -> str:
        return server_root(str(self.options.instance), self.options.base_url)

    @property
    def _server(self) -> Server:
        home = server_root(str(self.options.instance), None)
        return Server(root=self._root, home=home, token=self.options.token)

    def _queries(self) -> list[Query]:
        return queries_for(self.businesses, may_search=self.options.token is not None)

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
            statuses, _ = await self._server.ask(session, query, {"min_id": newest})
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
            statuses, has_next = await self._server.ask(session, query, bounds)
            oldest = min(statuses.ids, key=age_rank, default="")
            last = max(statuses.ids, key=age_rank, default="")
            if not _is_newer(last, since) or oldest == bounds.get("max_id"):
                # Only now do we know that the page before was the last.
                if newest != since:
                    yield NOTHING, newest
                return
            newest = last if _is_newer(last, newest) else newest
            is_last = (
                number == self.options.max_pages or not _is_newer(oldest, since) or not has_next
            )
            yield statuses, newest if is_last else since
            if is_last:
                return
            bounds = {**bounds, "max_id": oldest}

    async def _walk_to(
        self, session: Session, query: Query, since: datetime, before: object
    ) -> AsyncIterator[tuple[Statuses, str]]:
        """Read from the newest, or what is older than ``before``, back to an instant."""
        bounds = {"max_id": before} if isinstance(before, str) else {}
        has_next = True
        while has_next:
            statuses, has_next = await self._server.ask(session, query, bounds)
            oldest = min(statuses.ids, key=age_rank, default="")
            if not oldest or ("max_id" in bounds and not _is_newer(bounds["max_id"], oldest)):
                return
            yield statuses, oldest
            dates = [e.published_at for e in statuses.entries if e.published_at is not None]
            if dates and max(dates) < since:
                return
            bounds = {"max_id": oldest}


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
