"""Web search: what a search engine sees of each name, on the whole web or on sites of one's choice.

This is how sites without an API for us keep an honest row (Scribd, SlideShare, Pinterest, TikTok,
LinkedIn, Pages Jaunes, Glassdoor…): their public pages, as far as an engine shows them. No page is
read here but what oEmbed tells; see ``search_backends`` for the engines.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, HttpUrl, SecretStr, model_validator

from monitor.errors import Code, FetchError, SourceError
from monitor.fetching.base import Session
from monitor.matching.queries import Syntax
from monitor.model import Cursor, Entry, Kind, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import PagedOptions, Source
from monitor.sources.budgets import spend_request
from monitor.sources.oembed import enriched, oembed_endpoint
from monitor.sources.one_by_one import look_again
from monitor.sources.search_backends import BACKENDS, Freshness, Hit, Results
from monitor.sources.search_refusals import told_refusal
from monitor.sources.search_turns import Search, in_turn, searches_for
from monitor.sources.web_search_entries import entry_of
from monitor.sources.web_search_turns import Memory, Turn, freshness_of

ENGINES = Syntax(either=" OR ", without="-", most_chars=300, most_names=6)
"""One query holds 400 characters and 50 words at Brave; the site takes its part of them."""


class WebSearchOptions(PagedOptions):
    """Which engine to ask, for which sites, at which cost at most."""

    backend: Literal["brave", "searxng", "mojeek"] = Field(
        description="The search engine: Brave (key), SearXNG (your own server), Mojeek (key).",
        examples=["searxng"],
    )
    instance: HttpUrl | None = Field(
        default=None,
        description="The SearXNG server, with `json` among the formats of its settings.yml.",
        examples=["https://searx.example.fr"],
    )
    key: SecretStr | None = Field(
        default=None,
        description="The key of Brave or Mojeek.",
        examples=["${BRAVE_KEY}"],
    )
    sites: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.[a-z]{2,}(/\S*)?$")], ...] = Field(
        default=(),
        description="Search only on these sites, one query a name and site. Default: everywhere.",
        examples=[["scribd.com", "pagesjaunes.fr"]],
    )
    country: str = Field(
        default="FR",
        pattern=r"^[A-Z]{2}$",
        description="The country whose results are preferred.",
        examples=["FR", "BE"],
    )
    monthly_requests: int = Field(
        default=1_000,
        ge=1,
        description="Requests a calendar month (UTC), counted before each; then the source rests.",
        examples=[1000],
    )
    monthly_dollars: float | None = Field(
        default=None,
        gt=0,
        description="Likewise in dollars, at `dollars_per_1000`.",
        examples=[5],
    )
    dollars_per_1000: float = Field(
        default=5.0,
        ge=0,
        description="What the engine takes for 1,000 requests (Brave, 2026: about 5).",
        examples=[5.0],
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.backend == "searxng" and self.instance is None and self.base_url is None:
            raise ValueError("searxng wants `instance`, the address of the server")
        if self.backend != "searxng" and self.key is None:
            raise ValueError("this search engine wants `key`")
        return self


class WebSearch(Source[WebSearchOptions]):
    """Asks one engine for each name and site; the cursor holds whose turn it is and what was seen.

    Engines sort by their own judgement, so every search is read to its end or to ``max_pages``,
    and what was seen before is left out.
    """

    type: ClassVar[str] = "web_search"
    platform: ClassVar[str] = "web_search"
    every: ClassVar[timedelta] = timedelta(hours=24)
    options_type: ClassVar = WebSearchOptions
    rechecks: ClassVar[timedelta | None] = timedelta(days=30)
    credentials: ClassVar[str | None] = (
        "Brave: a key from https://api-dashboard.search.brave.com (paid by use). Mojeek: a key of "
        "https://www.mojeek.com/services/search/web-search-api/. SearXNG: none, a server of yours."
    )
    limits: ClassVar[str] = (
        "Form C: public pages that the engine shows, nothing of what it does not. An excerpt is "
        "kept, not the whole text; a date only where the engine tells one. Engines drop quotes: "
        "what does not name the business is left out. Counted before each request, by month."
    )

    @property
    def address(self) -> str:
        """The engine's server."""
        return self._root

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a name and site."""
        return tuple(
            f"{turn.query} (news)" if "news" in turn.path else turn.query for turn in self._turns()
        )

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what each search shows that was not seen before."""
        turns = {turn.key: turn for turn in self._turns()}
        memory = Memory(cursor)
        keys = [search.text for search in in_turn([Search(text=key) for key in turns], cursor)]
        for key, following in zip(keys, [*keys[1:], *keys[:1]], strict=True):
            turn = turns[key]
            freshness = freshness_of(turn, memory.read_at(turn), session.now)
            try:
                async for found, ends in self._read(session, turn, freshness):
                    entries, problems = await self._entries(session, found.hits, memory)
                    if ends:
                        memory.note_read(turn, session.now)
                    yield Page(
                        entries=entries,
                        cursor=memory.cursor(following if ends else key, turns),
                        problem="; ".join(filter(None, [found.problem, *problems])) or None,
                    )
            except SourceError as error:
                if error.code is not Code.RATE_LIMITED:
                    # A search that fails each time must not starve the others.
                    yield Page(entries=(), cursor=memory.cursor(following, turns))
                raise

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Ask the platforms that have oEmbed whether what they showed is still there."""

        async def look(url: str) -> Entry | None:
            bare = Entry(external_id=url, url=url, text="", kind=Kind.PAGE)
            await enriched(session, bare, self.options.base_url)
            return None

        known = [url for url in external_ids if oembed_endpoint(url)]
        async for page in look_again(known, look, now=session.now):
            yield page

    @property
    def _root(self) -> str:
        backend = BACKENDS[self.options.backend]
        default = str(self.options.instance or backend.server or "")
        return server_root(default, self.options.base_url)

    def _turns(self) -> list[Turn]:
        searches = searches_for(self.businesses, ENGINES, is_loose=True)
        paths = BACKENDS[self.options.backend].paths
        return [
            Turn(search, site, path)
            for search in searches
            for site in self.options.sites or (None,)
            # A site's news are among its pages.
            for path in (paths[:1] if site else paths)
        ]

    async def _read(
        self, session: Session, turn: Turn, freshness: Freshness
    ) -> AsyncGenerator[tuple[Results, bool], None]:
        backend = BACKENDS[self.options.backend]
        most = min(self.options.max_pages, backend.most_pages)
        shown: set[str] = set()
        for number in range(most):
            found = await self._ask(session, turn, number, freshness)
            urls = {hit.url for hit in found.hits}
            # Some engines answer beyond their last page with the last page again.
            ends = not found.has_more or urls <= shown or number + 1 == most
            shown |= urls
            yield found, ends
            if ends:
                return

    async def _ask(
        self, session: Session, turn: Turn, number: int, freshness: Freshness
    ) -> Results:
        backend, options = BACKENDS[self.options.backend], self.options
        params = backend.params(turn.query, number, options.country, freshness)
        key = options.key.get_secret_value() if options.key else ""
        headers = {backend.key_header: key} if backend.key_header else {}
        if backend.key_param:
            params[backend.key_param] = key
        self._spend(session, key)
        try:
            answer, _ = await session.get_json(
                f"{self._root}{turn.path}", params=params, headers=headers
            )
        except FetchError as error:
            raise told_refusal(error, session.now, backend=options.backend) from error
        return backend.read(answer)

    def _spend(self, session: Session, key: str) -> None:
        options = self.options
        spend_request(
            session,
            options.backend,
            monthly_requests=options.monthly_requests,
            monthly_dollars=options.monthly_dollars,
            dollars_per_1000=options.dollars_per_1000,
            key=key,
        )

    async def _entries(
        self, session: Session, hits: Iterable[Hit], memory: Memory
    ) -> tuple[tuple[Entry, ...], list[str]]:
        entries: list[Entry] = []
        problems: list[str] = []
        for hit in hits:
            entry = entry_of(hit)
            if entry is None or memory.has_seen(entry):
                continue
            memory.note_seen(entry)
            try:
                entries.append(await enriched(session, entry, self.options.base_url))
            except SourceError as error:
                entries.append(entry)
                # What the engine shows is told; a later look withdraws it if it is gone for good.
                if error.code is not Code.GONE:
                    problems.append(f"{entry.outlet}: {error}")
        return tuple(entries), problems
