"""Hacker News: stories and comments that Algolia's search finds for each name of a business.

https://hn.algolia.com/api, read 2026-11. No account. Quota: none told there; 10,000 requests an
hour and an address are spoken of.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from monitor.errors import Code, Malformed
from monitor.fetching.base import Session
from monitor.matching.queries import PHRASES
from monitor.model import Cursor, Entry, Json, Kind, Page
from monitor.sources.addresses import server_root, web_url
from monitor.sources.base import PagedOptions, Source
from monitor.sources.entry_parts import count_of, id_of, instant_of, name_of, text_of, title_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import list_at, read_each, record_of, rows_of, text_at
from monitor.sources.one_by_one import gone, look_again
from monitor.sources.search_progress import seconds_of
from monitor.sources.search_turns import Found, Search, searches_for, second_to_go_on
from monitor.sources.search_walk import FIRST_SPAN, Reader

SERVER = "https://hn.algolia.com"
SITE = "https://news.ycombinator.com"
PAGE_SIZE = 100
BATCH = 50
"""Items of one request, so that its address stays below 2,000 characters."""


_LOOKED_AT_AGAIN = timedelta(days=7)


class HackerNewsOptions(PagedOptions):
    """Nothing to choose."""


class HackerNews(Source[HackerNewsOptions]):
    """Searches stories and comments, once for each name."""

    type: ClassVar[str] = "hacker_news"
    platform: ClassVar[str] = "hacker_news"
    every: ClassVar[timedelta] = timedelta(hours=2)
    options_type: ClassVar = HackerNewsOptions
    rechecks: ClassVar[timedelta | None] = _LOOKED_AT_AGAIN
    reaches_back: ClassVar[timedelta | None] = timedelta(days=365 * 20)
    limits: ClassVar[str] = (
        "English, and about technology: hardly a French shop is named there. One search for each "
        "name and alias. The first poll reads 30 days back. Edits, the points and comments of a "
        "story, and deletions are followed for a week. No quota is published."
    )

    @property
    def address(self) -> str:
        """The search service."""
        return self._root

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a name."""
        return tuple(search.text for search in searches_for(self.businesses, PHRASES))

    def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield each search's new results, newest first."""
        return self._walk(session, cursor, session.now - FIRST_SPAN)

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield each search's results since an instant."""
        return self._walk(session, cursor, since, is_history=True)

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield stories as they are now and, asked for one by one, which other items are gone.

        A comment has no counts, and the search tells its edits.
        """
        ids = [item for item in external_ids if item.isdigit()]
        there: set[str] = set()
        for start in range(0, len(ids), BATCH):
            batch = ",".join(f"story_{item}" for item in ids[start : start + BATCH])
            answer, _ = await session.get_json(
                f"{self._root}/api/v1/search_by_date",
                params={"tags": f"story,({batch})", "hitsPerPage": PAGE_SIZE},
            )
            found = read_hits(answer)
            there |= {entry.external_id for entry in found.entries}
            yield Page(entries=found.entries, cursor={}, problem=found.problem)

        async def look(item: str) -> None:
            answer, _ = await session.get_json(f"{self._root}/api/v1/items/{item}")
            check_item(answer)

        rest = [item for item in ids if item not in there]
        async for page in look_again(rest, look, now=session.now):
            yield page

    @property
    def _root(self) -> str:
        return server_root(SERVER, self.options.base_url)

    def _walk(
        self, session: Session, cursor: Cursor, since: datetime, *, is_history: bool = False
    ) -> AsyncGenerator[Page, None]:
        async def ask(search: Search, after: datetime, until: Json) -> Found:
            answer, _ = await session.get_json(
                f"{self._root}/api/v1/search_by_date", params=_params(search.text, after, until)
            )
            return read_hits(answer, until=until)

        reader = Reader(
            ask=ask,
            now=session.now,
            since=since,
            max_pages=self.options.max_pages,
            overlap=_LOOKED_AT_AGAIN,
            is_history=is_history,
        )
        return reader.read(searches_for(self.businesses, PHRASES), cursor)


def _params(query: str, after: datetime, until: Json) -> dict[str, str | int]:
    bounds = [f"created_at_i>={seconds_of(after)}"]
    bounds += [] if until is None else [f"created_at_i<={until}"]
    return {
        "query": query,
        "tags": "(story,comment)",
        # Without it, quotes are no phrase: recordings/hackernews/algolia_search_2026.json
        "advancedSyntax": "true",
        "numericFilters": ",".join(bounds),
        "hitsPerPage": PAGE_SIZE,
    }


def read_hits(answer: Json, *, until: Json = None) -> Found:
    """Read one answer; ``until`` is the second that was asked with.

    Raises Malformed(api), naming what is not there.
    """
    record = record_of(answer, "the answer")
    rows = rows_of(record.get("hits"), "hits")
    entries, problem = read_each(rows, read_hit, "hits")
    found = (count_of(row.get("created_at_i")) for row in rows if isinstance(row, Mapping))
    instants = [at for at in found if at is not None]
    pages = count_of(record.get("nbPages"))
    has_more = len(rows) >= PAGE_SIZE if pages is None else pages > 1
    return Found(
        entries=entries,
        rows=len(rows),
        following=second_to_go_on(instants, until) if has_more else None,
        problem=problem,
    )


def read_hit(hit: Mapping[str, Json]) -> Entry:
    """Read a story or a comment. Raises Malformed when it has no identifier."""
    item = id_of(text_at(hit, "objectID"))
    if item is None:
        raise Malformed(Code.API, "objectID is blank")
    author = name_of(hit.get("author"))
    is_comment = "comment" in list_at(hit, "_tags") or isinstance(hit.get("comment_text"), str)
    parent = id_of(hit.get("parent_id")) or id_of(hit.get("story_id"))
    return Entry(
        external_id=item,
        url=_item_url(item),
        title=title_of(hit.get("title")) or title_of(hit.get("story_title")),
        text=text_of(hit.get("comment_text") if is_comment else hit.get("story_text")),
        kind=Kind.COMMENT if is_comment else Kind.POST,
        author=author,
        author_url=web_url(f"{SITE}/user?id={author}") if author else None,
        published_at=instant_of(hit.get("created_at")) or instant_at(hit.get("created_at_i")),
        likes=count_of(hit.get("points")),
        comments=count_of(hit.get("num_comments")),
        parent_url=_item_url(parent) if is_comment and parent else None,
    )


def check_item(answer: Json) -> None:
    """Take one item, with all that was answered to it, for there. Raises Malformed(api).

    Raises ``FetchError(gone)`` for one whose author and words were taken away.
    """
    item = record_of(answer, "the answer")
    if count_of(item.get("id")) is None:
        raise Malformed(Code.API, "id is missing")
    if not any(item.get(name) for name in ("author", "title", "text")):
        raise gone("deleted")


def _item_url(item: str) -> str:
    return f"{SITE}/item?id={item}"
