"""Facebook: what is said on and to the owner's own Page. It cannot search Facebook for a name.

https://developers.facebook.com/docs/graph-api/reference/page, read 2026-11 (stored copies). Quota:
about 4,800 calls a day for each engaged user; headers tell how much is used.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from pydantic import Field

from monitor.errors import Code, FetchError
from monitor.fetching.base import Session
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import Source
from monitor.sources.entry_parts import id_of
from monitor.sources.facebook_edges import COMMENT_FIELDS, FEED, POST_FIELDS, RATINGS, TAGGED, Edges
from monitor.sources.facebook_entries import Own, read_comment, read_post
from monitor.sources.json_fields import part_at
from monitor.sources.meta_graph import Graph, MetaOptions, node
from monitor.sources.meta_graph_account import Account, Told, ask_account
from monitor.sources.meta_graph_comments import COUNTS, counts_in, unread
from monitor.sources.meta_graph_errors import fault_of
from monitor.sources.meta_graph_parts import OF_A_PART, Part, Round, day_of
from monitor.sources.meta_graph_token import check_token, token_standings
from monitor.sources.one_by_one import gone, look_again

SERVER = "https://graph.facebook.com"
SCOPES = ("pages_read_engagement", "pages_read_user_content")
_FIGURES = {
    "overall_star_rating": "rating",
    "rating_count": "rating_count",
    "followers_count": "followers",
}
_POST, _COMMENT = {"fields": POST_FIELDS}, {"fields": COMMENT_FIELDS}
_PAGE_FIELDS = "id,name,link,fan_count,followers_count,overall_star_rating,rating_count"


class FacebookOptions(MetaOptions):
    """Whose Page to read, and how far back."""

    page: str = Field(
        default="me",
        pattern=r"^[A-Za-z0-9.]{1,100}$",
        description="The Page's number or name. Default: the Page whose token it is.",
        examples=["104000000000001"],
    )
    version: str = Field(
        default="v26.0",
        pattern=r"^v\d+\.\d+$",
        description="The version of the Graph API; each lives about two years.",
        examples=["v26.0"],
    )
    days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="Posts of so many days are looked at again: edits, counts, new comments.",
        examples=[30],
    )


class Facebook(Source[FacebookOptions]):
    """Reads the wall, tagging posts, comments and recommendations of one Page.

    The cursor holds the Page's identifier, what the token may do, and how far each list is read.
    """

    type: ClassVar[str] = "facebook"
    platform: ClassVar[str] = "facebook"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = FacebookOptions
    is_own: ClassVar[bool] = True
    rechecks: ClassVar[timedelta | None] = timedelta(days=14)
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)
    credentials: ClassVar[str | None] = (
        "A Page access token with pages_read_engagement and pages_read_user_content: "
        "developers.facebook.com › an app of type Business › log in as someone who manages the "
        "Page › change the token for a long-lived one › GET /me/accounts gives the Page's own. "
        "What people without a role in the app write may want Meta's review (advanced access)."
    )
    limits: ClassVar[str] = (
        "Form A: reads the owner's own Page; cannot search Facebook. Posts on its wall, public "
        "posts that tag it, comments below its own posts of `days` days, recommendations where "
        "the version still tells them (not from v22.0 on, says one page of Meta's; then the "
        "overall rating and the number of ratings stay, as figures). Facebook seldom tells who "
        "wrote. The Page's own posts are left out. Of 2,000 entries or 60 requests a poll, or from "
        "75 % of Meta's limit on, the rest waits for the next. A recommendation taken back is "
        "noticed by Meta's webhook alone; a backfill reads no comments. Links to pictures end "
        "within days."
    )

    @property
    def address(self) -> str:
        """The Page, as the Graph API calls it."""
        return f"{self._root}/{self.options.page}"

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield one page of all that is new or changed."""
        graph = self._graph(session)
        account = await self._account(graph, day_of(cursor, "account"))
        token = await check_token(graph, day_of(cursor, "token"))
        edges = self._edges(graph, account.kept)
        edges.counts |= counts_in(cursor)
        comments = edges.comments()
        turn = Round(
            graph=graph,
            before=cursor,
            fixed={"account": account.kept, "token": token},
            standings=[*account.standings, *token_standings(token, SCOPES, session.now)],
            figures=account.figures,
        )
        parts = [Part(name, partial(edges.read, name)) for name in (FEED, TAGGED, RATINGS)]
        async for page in turn.read([*parts, Part("comments", comments.read)]):
            posts = part_at(part_at(part_at(page.cursor, "parts"), "comments"), "posts")
            # The wall may not be read in the poll in which they have their turn.
            left = unread(edges.counts, posts)
            yield replace(page, cursor={**page.cursor, **({COUNTS: left} if left else {})})

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield the wall, tagging posts and recommendations since an instant; not comments."""
        graph = self._graph(session)
        account = (await self._account(graph, day_of(cursor, "account"))).kept
        edges, kept = self._edges(graph, account), dict(cursor) | {"account": account}
        read = 0
        for name in (FEED, TAGGED, RATINGS):
            told = kept.get(name)
            try:
                reading = edges.read_since(name, since, told if isinstance(told, Mapping) else {})
                async for page in reading:
                    kept[name] = page.cursor
                    yield replace(page, cursor=dict(kept))
                read += 1
            except FetchError as error:
                if error.health not in OF_A_PART or (name == RATINGS and not read):
                    raise

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield posts and comments as they are now, and those that are gone, one by one."""
        graph = self._graph(session)
        is_known = self.options.page.isdecimal()
        own = self._edges(graph, {} if is_known else (await self._account(graph, {})).kept).own

        async def look(external_id: str) -> Entry | None:
            prefix = external_id.partition("_")[0]
            try:
                if prefix in own.page_ids:
                    return read_post(await graph.ask(node(external_id), _POST), own)
                return read_comment(await graph.ask(node(external_id), _COMMENT), prefix, own)
            except FetchError as error:
                if (fault := fault_of(error)) is not None and fault.is_no_such_object:
                    raise gone("no such post or comment") from error
                if error.code is not Code.API or prefix in own.page_ids:
                    raise
            # It has no such fields: it is no comment, but a post elsewhere that tags the Page.
            return read_post(await graph.ask(node(external_id), _POST), own)

        # Recommendations have no such mark in their identifiers, and no address to ask.
        ids = [one for one in external_ids if "_" in one]
        async for page in look_again(ids, look, now=session.now):
            yield page

    @property
    def _root(self) -> str:
        return f"{server_root(SERVER, self.options.base_url)}/{self.options.version}"

    def _graph(self, session: Session) -> Graph:
        return Graph(session=session, root=self._root, options=self.options)

    def _edges(self, graph: Graph, account: Mapping[str, Json]) -> Edges:
        ids = (id_of(account.get("name")), self.options.page)
        return Edges(
            graph=graph,
            page=self.options.page,
            own=Own(frozenset(one for one in ids if one is not None and one != "me")),
            max_pages=self.options.max_pages,
            span=timedelta(days=self.options.days),
        )

    async def _account(self, graph: Graph, known: Mapping[str, Json]) -> Told:
        page = self.options.page
        account = Account(
            path=page,
            fields=_PAGE_FIELDS,
            name="id",
            figures=_FIGURES,
            needs="pages_read_engagement",
        )
        otherwise = page if page.isdecimal() else None
        return await ask_account(graph, account, known, otherwise=otherwise)
