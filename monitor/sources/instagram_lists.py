"""What an Instagram source asks of its account: who tags it, its own media, who mentions it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.errors import Code, FetchError
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import id_of, instant_of
from monitor.sources.instagram_entries import Own, read_comments, read_media, read_mentioned
from monitor.sources.json_fields import list_at, read_each, rows_of
from monitor.sources.meta_graph import Graph, following_of, params_of
from monitor.sources.meta_graph_comments import Comments
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import FIRST_SPAN, Reader

NEEDS = "instagram_manage_comments"
MEDIA_FIELDS = (
    "id,caption,media_type,media_url,permalink,timestamp,username,like_count,comments_count"
)
_COMMENT_FIELDS = "id,text,timestamp,username,like_count"
_COMMENTS: Mapping[str, str | int] = {
    "fields": f"{_COMMENT_FIELDS},replies{{{_COMMENT_FIELDS}}}",
    "limit": 50,
}
_OWN_FIELDS = "id,permalink,timestamp,username,comments_count"


@dataclass(slots=True, kw_only=True)
class Lists:
    """The lists of one account; ``counts`` are the comments of its own young media."""

    graph: Graph
    account: str
    own: Own
    max_pages: int
    span: timedelta
    counts: dict[str, int | None] = field(default_factory=dict)
    links: dict[str, str | None] = field(default_factory=dict)

    async def read_tags(self, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield the media that tag the account, newest first."""
        now = self.graph.session.now
        reader = Reader(
            ask=self._tags,
            now=now,
            since=now - FIRST_SPAN,
            max_pages=self.max_pages,
            is_whole=True,
        )
        async for page in reader.read([Search(text="tags")], cursor):
            yield page

    async def read_comments(self, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield new comments on the account's own media of so many days; at first on older ones."""
        is_whole = cursor.get("whole") is True
        await self._own_media(is_first=not is_whole)
        comments = Comments(
            graph=self.graph,
            asked=_COMMENTS,
            needs=NEEDS,
            read_rows=lambda rows, media_id: read_comments(
                rows, self.links.get(media_id), self.own
            ),
            max_pages=self.max_pages,
            counts=self.counts,
        )
        kept = cursor
        async for page in comments.read(cursor):
            kept = {**page.cursor, "whole": is_whole}
            yield replace(page, cursor=kept)
        if not is_whole:
            yield Page(entries=(), cursor={**kept, "whole": True})

    async def read_mentioned(
        self, told: Sequence[str], cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what a webhook told of by identifier, each once; what is gone is left out."""
        done = [one for one in list_at(cursor, "done") if isinstance(one, str) and one in told]
        for one in (one for one in told if one not in done):
            try:
                answer = await self.graph.ask(
                    self.account, {"fields": _mentioned_fields(one)}, needs=NEEDS
                )
            except FetchError as error:
                if error.code is not Code.API:
                    raise
                entry = None
            else:
                entry = read_mentioned(answer, self.own)
            done.append(one)
            yield Page(entries=() if entry is None else (entry,), cursor={"done": list(done)})

    async def _tags(self, _search: Search, _since: datetime, following: Json) -> Found:
        asked: dict[str, str | int] = {"fields": MEDIA_FIELDS, "limit": 50}
        answer = await self.graph.ask(
            f"{self.account}/tags", {**asked, **params_of(following)}, needs=NEEDS
        )
        rows = rows_of(answer.get("data"), "data")

        def read(row: Mapping[str, Json]) -> Entry | None:
            return read_media(row, self.own)

        entries, problem = read_each(rows, read, "data")
        following = following_of(answer)
        return Found(
            entries=entries,
            rows=len(rows) or (following is not None),
            following=following,
            problem=problem,
        )

    async def _own_media(self, *, is_first: bool) -> None:
        """Learn how many comments each young medium of the account has; at first older ones."""
        since = self.graph.session.now - self.span
        following: Json = None
        for _ in range(self.max_pages):
            asked: dict[str, str | int] = {"fields": _OWN_FIELDS, "limit": 50}
            answer = await self.graph.ask(
                f"{self.account}/media", {**asked, **params_of(following)}, needs="instagram_basic"
            )
            rows = [row for row in rows_of(answer.get("data"), "data") if isinstance(row, Mapping)]
            for row in rows:
                self._note(row)
            dates = [at for row in rows if (at := instant_of(row.get("timestamp"))) is not None]
            before, following = following, following_of(answer)
            is_old = bool(dates) and min(dates) < since and not is_first
            if following in (None, before) or is_old:
                return

    def _note(self, row: Mapping[str, Json]) -> None:
        if (media_id := id_of(row.get("id"))) is None:
            return
        if self.own.username is None and (name := id_of(row.get("username"))) is not None:
            self.own = replace(self.own, username=name)  # whose media these are
        count = row.get("comments_count")
        self.counts[media_id] = count if isinstance(count, int) else None
        self.links[media_id] = web_url(row.get("permalink"))


def _mentioned_fields(one: str) -> str:
    media_id, _, comment_id = one.partition("/")
    if comment_id:
        fields = f"{_COMMENT_FIELDS},media{{id,permalink}}"
        return f"mentioned_comment.comment_id({comment_id}){{{fields}}}"
    return f"mentioned_media.media_id({media_id}){{{MEDIA_FIELDS}}}"
