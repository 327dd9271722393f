"""What a Threads source asks for: posts with a word, and posts that mention the account."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from monitor.clock import next_midnight
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.json_fields import read_each, rows_of
from monitor.sources.meta_graph import Graph, following_of, params_of
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import FIRST_SPAN, Reader
from monitor.sources.threads_entries import is_of, read_post

SEARCH, MENTIONS = "threads_keyword_search", "threads_manage_mentions"
A_DAY = 2_200
"""Searches of one account in 24 hours; counted by days of UTC here."""
FIELDS = (
    "id,text,media_type,media_url,permalink,timestamp,username,has_replies,is_quote_post,is_reply"
)

_EARLIEST = datetime.fromtimestamp(1_688_540_400, UTC)  # the API takes none before


@dataclass(slots=True, kw_only=True)
class Lists:
    """The lists of one account; ``about`` is the business that its mentions are about.

    ``has_met_others``: a search has found a post that somebody else wrote. ``username`` is ``None``
    where Meta does not tell it: then posts of two people show that one of them is somebody else.
    """

    graph: Graph
    user: str
    username: str | None
    about: str | None
    max_pages: int
    has_met_others: bool = False
    writers: set[str] = field(default_factory=set)

    async def search(
        self, searches: tuple[Search, ...], cursor: Cursor, since: datetime | None = None
    ) -> AsyncGenerator[Page, None]:
        """Yield what searches find."""
        reader = self._reader(since)
        async for page in reader.read(searches, cursor):
            yield page

    async def mentions(self, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the posts that mention the account."""
        async for page in self._reader().read([Search(text=MENTIONS)], cursor):
            yield page

    def _reader(self, since: datetime | None = None) -> Reader:
        now = self.graph.session.now
        return Reader(
            ask=self.ask,
            now=now,
            since=since or now - FIRST_SPAN,
            max_pages=self.max_pages,
            is_whole=True,
            is_history=since is not None,
        )

    async def ask(self, search: Search, after: datetime, following: Json) -> Found:
        """Ask one page of a search, or of the mentions, newest first."""
        asked: dict[str, str | int] = {
            "fields": FIELDS,
            "since": int(max(after, _EARLIEST).timestamp()),
            **params_of(following),
        }
        if search.text == MENTIONS:
            path, needs = f"{self.user}/mentions", MENTIONS
            asked |= {"limit": 50}
        else:
            path, needs = "keyword_search", SEARCH
            asked |= {"q": search.text, "search_type": "RECENT", "limit": 100}
            self._count()
        answer = await self.graph.ask(path, asked, needs=needs)
        rows = rows_of(answer.get("data"), "data")
        if needs == SEARCH:
            self._note_writers(rows)

        def read(row: Mapping[str, Json]) -> Entry | None:
            if is_of(row, self.username):
                return None
            return read_post(row, about=self.about if needs == MENTIONS else None)

        entries, problem = read_each(rows, read, "data")
        return Found(
            entries=entries,
            rows=len(rows) or (following_of(answer) is not None),
            # Meta's samples show no link to a next page: only an empty page is the last.
            following=following_of(answer, by_cursor_alone=True),
            problem=problem,
        )

    def _note_writers(self, rows: Sequence[Json]) -> None:
        told = [row for row in rows if isinstance(row, Mapping) and row.get("username")]
        self.writers |= {str(row["username"]) for row in told if not is_of(row, self.username)}
        self.has_met_others = len(self.writers) > (1 if self.username is None else 0)

    def _count(self) -> None:
        session = self.graph.session
        self.graph.session.spend(
            "threads searches",
            1,
            limit=A_DAY,
            renews_at=next_midnight(session.now),
            key=self.graph.secret,
        )
