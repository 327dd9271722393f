"""Instagram's hashtags: 30 different ones in 7 days, asked again for nothing.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/hashtag-search,
read 2026-11 (stored copies). All of a window of 7 days are counted from its first; where others
spent the account's allowance, ``recently_searched_hashtags`` tells.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.errors import Code, FetchError, SourceError
from monitor.matching.queries import hashtags
from monitor.model import Business, Cursor, Health, Json, Page
from monitor.sources.entry_parts import instant_of
from monitor.sources.instagram_entries import read_tagged_with
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of, text_at
from monitor.sources.meta_graph import Graph, following_of, node, params_of
from monitor.sources.search_turns import Found, Search
from monitor.sources.search_walk import FIRST_SPAN, Reader

A_WEEK = 30
"""Different hashtags that an account may ask for in 7 days."""
WINDOW = timedelta(days=7)
NEEDS = "Instagram Public Content Access"

_FIELDS = (
    "id,caption,media_type,media_url,permalink,timestamp,like_count,comments_count,"
    "children{media_type,media_url}"
)


@dataclass(slots=True, kw_only=True)
class Hashtags:
    """Reads the recent media of hashtags, each for whom it is a hashtag of."""

    graph: Graph
    account: str
    tags: Sequence[str]
    businesses: Sequence[Business]
    max_pages: int
    ids: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    began_at: datetime | None = None

    async def read(self, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what bears each hashtag; what is kept of the budget is kept of a cut poll too."""
        self._recall(cursor)
        now, reader_cursor = self.graph.session.now, part_at(cursor, "reader")
        reader = Reader(
            ask=self._ask, now=now, since=now - FIRST_SPAN, max_pages=self.max_pages, bounded=False
        )
        searches = [self._search(tag) for tag in self.tags]
        try:
            async for page in reader.read(searches, reader_cursor):
                reader_cursor = page.cursor
                yield Page(
                    entries=page.entries,
                    cursor=self._kept(reader_cursor),
                    problem=page.problem,
                )
        except SourceError:
            yield Page(entries=(), cursor=self._kept(reader_cursor))
            raise
        yield Page(entries=(), cursor=self._kept(reader_cursor))

    def _search(self, tag: str) -> Search:
        """Return a hashtag's search; one that is a business's own proves something."""
        for business in self.businesses:
            if tag.casefold() in {one.casefold() for one in hashtags(business)}:
                return Search(text=tag, business=business.name)
        return Search(text=tag)

    async def _ask(self, search: Search, _: datetime, following: Json) -> Found:
        tag = search.text
        await self._count(tag)
        if tag not in self.ids:
            asked = {"user_id": self.account, "q": tag}
            found = await self.graph.ask("ig_hashtag_search", asked, needs=NEEDS)
            rows = rows_of(found.get("data"), "data")
            if not rows:
                return Found(entries=(), rows=0)  # nobody has used it yet
            self.ids[tag] = text_at(record_of(rows[0], "data[0]"), "id")
        asked_of: dict[str, str | int] = {
            "user_id": self.account,
            "fields": _FIELDS,
            "limit": 50,
            **params_of(following),
        }
        answer = await self.graph.ask(f"{node(self.ids[tag])}/recent_media", asked_of, needs=NEEDS)
        rows = rows_of(answer.get("data"), "data")
        entries, problem = read_each(rows, read_tagged_with, "data")
        return Found(
            entries=entries,
            rows=len(rows),
            following=_numbered(following_of(answer, by_cursor_alone=True), following),
            problem=problem,
        )

    async def _count(self, tag: str) -> None:
        """Count a hashtag before it is asked for. Raises ``FetchError`` when 30 have been."""
        now = self.graph.session.now
        if self.began_at is None or not self.began_at <= now < self.began_at + WINDOW:
            self.began_at, self.asked = now, []
        if tag in self.asked:
            return
        renews_at = self.began_at + WINDOW
        recent = await self._recent() if not self.asked else []
        if len(recent) >= A_WEEK and tag.casefold() not in recent:
            raise FetchError(
                Code.RATE_LIMITED,
                "30 hashtags in 7 days",
                retry_at=renews_at,
                health=Health.BUDGET_SPENT,
                missing=f"{len(recent)}/{A_WEEK} hashtags",
            )
        self.graph.session.spend(
            "instagram hashtags", 1, limit=A_WEEK, renews_at=renews_at, key=self.account
        )
        self.asked.append(tag)

    async def _recent(self) -> list[str]:
        """Return what the account has asked for in the last 7 days, by whatever program."""
        try:
            answer = await self.graph.ask(
                f"{self.account}/recently_searched_hashtags", {"limit": A_WEEK}, needs=NEEDS
            )
        except SourceError as error:
            if error.health is not Health.PERMISSION_MISSING and error.code is not Code.API:
                raise
            return []
        rows = [row for row in list_at(answer, "data") if isinstance(row, Mapping)]
        return [str(row.get("name") or row.get("id")).casefold() for row in rows]

    def _recall(self, cursor: Cursor) -> None:
        ids = part_at(cursor, "ids")
        self.ids = {tag: one for tag in self.tags if isinstance(one := ids.get(tag), str)}
        self.asked = [tag for tag in list_at(cursor, "asked") if isinstance(tag, str)]
        self.began_at = instant_of(cursor.get("began_at"))

    def _kept(self, reader_cursor: Cursor) -> Cursor:
        began_at = None if self.began_at is None else self.began_at.isoformat()
        return {
            "ids": dict(self.ids),
            "asked": list(self.asked),
            "began_at": began_at,
            "reader": reader_cursor,
        }


def _numbered(following: Json, before: Json) -> Json:
    """Return what to go on with, numbered: the cursor of these lists is the same on each page."""
    if not isinstance(following, Mapping):
        return None
    number = part_at({"before": before}, "before").get("page")
    return {**following, "page": number + 1 if isinstance(number, int) else 1}
