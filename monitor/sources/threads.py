"""Threads: public posts that name a business, and those that mention the owner's account.

https://developers.facebook.com/docs/threads (keyword search, mentions), read 2026-11 (stored
copies). Quota: 2,200 searches in 24 hours for each account, those that find nothing not counted.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from monitor.errors import SourceError
from monitor.fetching.base import Session
from monitor.matching.queries import Syntax
from monitor.model import Cursor, Health, Json, Page, Standing
from monitor.sources.addresses import server_root
from monitor.sources.base import Source
from monitor.sources.entry_parts import id_of
from monitor.sources.json_fields import part_at
from monitor.sources.meta_graph import Graph, MetaOptions
from monitor.sources.meta_graph_account import Account, ask_account
from monitor.sources.meta_graph_parts import Part, Round, day_of
from monitor.sources.meta_graph_token import check_token, is_old, token_standings
from monitor.sources.search_turns import Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN
from monitor.sources.threads_lists import MENTIONS, SEARCH, Lists

SERVER = "https://graph.threads.net"
SCOPES = ("threads_basic", SEARCH, MENTIONS)
THREADS = Syntax(quotes=False, most_chars=200)
"""Unquoted: what quotes mean there is not told; what comes is matched again here."""
_COMMON_WORD = "bonjour"
"""Somebody has written it: who finds nobody else's post with it may not search."""


class ThreadsOptions(MetaOptions):
    """Whose token it is, and whether Meta lets it search."""

    user: str = Field(
        default="me",
        pattern=r"^(me|\d{1,30})$",
        description="The account's number. Default: that of the token.",
        examples=["17841400000000001"],
    )
    approved: bool = Field(
        default=False,
        description="Meta has approved `threads_keyword_search`: that nothing is found is no sign.",
        examples=[True],
    )
    version: str = Field(
        default="v1.0",
        pattern=r"^v\d+\.\d+$",
        description="The version of the Threads API.",
        examples=["v1.0"],
    )


class Threads(Source[ThreadsOptions]):
    """Searches for each business's names, and reads who mentions the account.

    The cursor holds how far each is read, and whether a post of somebody else was ever found.
    """

    type: ClassVar[str] = "threads"
    platform: ClassVar[str] = "threads"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = ThreadsOptions
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)
    credentials: ClassVar[str | None] = (
        "A token of the Threads API with threads_basic, threads_keyword_search and "
        "threads_manage_mentions: developers.facebook.com › an app with the use case Threads › "
        "GET /access_token?grant_type=th_exchange_token gives one of 60 days. Search wants Meta's "
        "review of threads_keyword_search."
    )
    limits: ClassVar[str] = (
        "Form B, after review: public posts found by words. Before it Meta shows the account's own "
        "posts only, and of mentions those by testers: the source says review_missing until it has "
        "found somebody else's post, if need be of a common word, looked for once a day. Nothing "
        "of private profiles; no likes or replies are counted; words that Meta calls sensitive "
        "find nothing; deletions are not followed. 2,200 searches a day."
    )

    @property
    def address(self) -> str:
        """The server."""
        return self._root

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a name."""
        return tuple(search.text for search in self._searches())

    @property
    def subject(self) -> None:
        """Nothing: a search finds all sorts; a mention of the account says itself whose it is."""
        return

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield one page of all that is new or changed."""
        graph = self._graph(session)
        told = await ask_account(graph, self._account, day_of(cursor, "account"), may_lack=True)
        token = await check_token(graph, day_of(cursor, "token"))
        lists = self._lists(graph, told.kept)
        seen = dict(part_at(cursor, "seen"))
        turn = Round(
            graph=graph,
            before=cursor,
            fixed={"account": told.kept, "token": token, "seen": seen},
            standings=[*told.standings, *token_standings(token, SCOPES, session.now)],
            figures=told.figures,
        )

        doubt = Standing(health=Health.REVIEW_MISSING, missing=SEARCH)
        if not seen.get("others") and not self.options.approved:
            turn.standings.append(doubt)

        def settle(told: Mapping[str, Json]) -> None:
            seen.update(told)
            if seen.get("others") and doubt in turn.standings:
                turn.standings.remove(doubt)

        async def search(before: Cursor) -> AsyncGenerator[Page, None]:
            async for page in lists.search(self._searches(), before):
                settle({"others": True} if lists.has_met_others else {})
                yield page
            settle(await self._seen(lists, seen))

        parts = [Part("search", search), Part("mentions", lists.mentions)]
        async for page in turn.read(parts):
            yield page

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what the searches find since an instant."""
        graph = self._graph(session)
        told = await ask_account(graph, self._account, day_of(cursor, "account"), may_lack=True)
        lists = self._lists(graph, told.kept)
        async for page in lists.search(self._searches(), part_at(cursor, "search"), since=since):
            yield replace(page, cursor={"account": told.kept, "search": page.cursor})

    async def _seen(self, lists: Lists, known: Mapping[str, Json]) -> Mapping[str, Json]:
        """Return whether somebody else's post was ever found, if need be by a common word."""
        now = lists.graph.session.now
        if known.get("others") or lists.has_met_others:
            return {"others": True}
        if self.options.approved or not is_old(known.get("asked_at"), now):
            return known
        try:
            await lists.ask(Search(text=_COMMON_WORD), now - FIRST_SPAN, None)
        except SourceError as error:
            if error.health is not None:
                raise
        return {"others": lists.has_met_others, "asked_at": now.isoformat()}

    @property
    def _root(self) -> str:
        return f"{server_root(SERVER, self.options.base_url)}/{self.options.version}"

    @property
    def _account(self) -> Account:
        return Account(
            path=self.options.user,
            fields="id,username",
            name="username",
            figures={},
            needs="threads_basic",
        )

    def _graph(self, session: Session) -> Graph:
        return Graph(session=session, root=self._root, options=self.options)

    def _searches(self) -> tuple[Search, ...]:
        return searches_for(self.businesses, THREADS, is_loose=True)

    def _lists(self, graph: Graph, account: Mapping[str, Json]) -> Lists:
        about = self.options.about
        if about is None and len(self.businesses) == 1:
            about = self.businesses[0].name
        return Lists(
            graph=graph,
            user=self.options.user,
            username=id_of(account.get("name")),
            about=about,
            max_pages=self.options.max_pages,
        )
