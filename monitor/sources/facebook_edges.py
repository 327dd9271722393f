"""What a Facebook source asks of a Page: its wall, the posts that tag it, what recommends it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.clock import midnight
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.entry_parts import id_of, instant_of
from monitor.sources.facebook_entries import Own, read_comments, read_post, read_rating
from monitor.sources.json_fields import part_at, read_each, rows_of
from monitor.sources.meta_graph import Graph, following_of, params_of
from monitor.sources.meta_graph_comments import Comments
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import FIRST_SPAN, Reader

POST_FIELDS = (
    "id,message,story,created_time,updated_time,permalink_url,from,status_type,message_tags,"
    "attachments{media_type,title,description,url,unshimmed_url,media},shares,"
    "comments.filter(stream).limit(0).summary(true),reactions.limit(0).summary(true)"
)
TAGGED_FIELDS = f"{POST_FIELDS},tagged_time"
RATING_FIELDS = (
    "created_time,recommendation_type,review_text,rating,has_rating,has_review,reviewer{id,name},"
    "open_graph_story{id}"
)
COMMENT_FIELDS = (
    "id,message,created_time,from,permalink_url,parent{id},like_count,comment_count,attachment"
)
FEED, TAGGED, RATINGS = "feed", "tagged", "ratings"
NEEDS = {
    FEED: "pages_read_engagement, pages_read_user_content",
    TAGGED: "pages_read_user_content",
    RATINGS: "pages_read_user_content",
}
_COMMENTS: Mapping[str, str | int] = {
    "filter": "stream",
    "order": "chronological",
    "summary": "true",
    "limit": 100,
    "fields": COMMENT_FIELDS,
}
_POSTS_A_PAGE = 50  # with all these fields, Meta refuses more as too much


@dataclass(slots=True, kw_only=True)
class Edges:
    """The lists of one Page; ``counts`` are the comments of each post that its wall showed."""

    graph: Graph
    page: str
    own: Own
    max_pages: int
    span: timedelta
    counts: dict[str, int | None] = field(default_factory=dict)

    async def read(self, name: str, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what is new or changed in a list."""
        async for page in self._reader().read([Search(text=name)], cursor):
            yield page

    async def read_since(
        self, name: str, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield a list back to an instant."""
        async for page in self._reader(since).read([Search(text=name)], cursor):
            yield page

    def comments(self) -> Comments:
        """Return what reads the comments below the posts that the wall shows."""
        return Comments(
            graph=self.graph,
            asked=_COMMENTS,
            needs=NEEDS[FEED],
            read_rows=lambda rows, post_id: read_comments(rows, post_id, self.own),
            max_pages=self.max_pages,
            counts=self.counts,
        )

    def _reader(self, since: datetime | None = None) -> Reader:
        now = self.graph.session.now

        async def ask(search: Search, _: datetime, following: Json) -> Found:
            if search.text == FEED:
                return await self._feed(since or now - self.span, following)
            if search.text == TAGGED:
                return await self._list(TAGGED, TAGGED_FIELDS, following)
            return await self._list(RATINGS, RATING_FIELDS, following)

        return Reader(
            ask=ask,
            now=now,
            since=since or now - FIRST_SPAN,
            max_pages=self.max_pages,
            is_whole=True,
            is_history=since is not None,
        )

    async def _feed(self, since: datetime, following: Json) -> Found:
        """Ask the wall from a day on: all of it at each poll, for what is counted and edited."""
        answer = await self._ask(
            FEED, POST_FIELDS, following, {"since": int(midnight(since).timestamp())}
        )
        for row in rows_of(answer.get("data"), "data"):
            if isinstance(row, Mapping) and (post_id := id_of(row.get("id"))) is not None:
                summary = part_at(part_at(row, "comments"), "summary")
                total = summary.get("total_count")
                self.counts[post_id] = total if isinstance(total, int) else None
        return self._found(FEED, answer, is_sorted=False)

    async def _list(self, name: str, fields: str, following: Json) -> Found:
        return self._found(name, await self._ask(name, fields, following, {}), is_sorted=True)

    async def _ask(
        self, name: str, fields: str, following: Json, more: Mapping[str, str | int]
    ) -> Mapping[str, Json]:
        asked = {"fields": fields, "limit": _POSTS_A_PAGE, **more, **params_of(following)}
        return await self.graph.ask(f"{self.page}/{name}", asked, needs=NEEDS[name])

    def _found(self, name: str, answer: Mapping[str, Json], *, is_sorted: bool) -> Found:
        rows = rows_of(answer.get("data"), "data")

        def read(row: Mapping[str, Json]) -> Entry | None:
            return read_rating(row, self.own) if name == RATINGS else read_post(row, self.own)

        entries, problem = read_each(rows, read, "data")
        dates = [
            instant_of(row.get("tagged_time")) or instant_of(row.get("created_time"))
            for row in rows
            if isinstance(row, Mapping)
        ]
        following = following_of(answer)
        return Found(
            entries=entries,
            # A page may be empty, what is hidden left out, and not be the last.
            rows=len(rows) or (following is not None),
            following=following,
            reached=next((at for at in reversed(dates) if at is not None), None),
            is_sorted=is_sorted,
            problem=problem,
        )
