"""Wikipedia, and other wikis of MediaWiki: articles that name a business, edits of some articles.

https://www.mediawiki.org/wiki/API:Search, /API:Revisions and /API:Etiquette, read 2026-11. No
account; one request at a time.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from pydantic import Field, HttpUrl

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.base import Session
from monitor.matching.queries import PHRASES, WIKIPEDIA, Syntax
from monitor.model import Cursor, Json, Page
from monitor.sources.addresses import at_server
from monitor.sources.base import PagedOptions, Source
from monitor.sources.json_fields import part_at, record_of
from monitor.sources.search_turns import Found, Search, searches_for
from monitor.sources.search_walk import FIRST_SPAN, Reader
from monitor.sources.wikipedia_entries import Wiki, read_edits, read_missing, read_results
from monitor.urls import shown_url

PAGE_SIZE = 50
BEGINNING = datetime(2001, 1, 15, tzinfo=UTC)
"""Of Wikipedia: a search is read whole at first, edits are from the first poll's month on."""
MAX_LAG_S = 5
"""Seconds that the wiki's copies may be behind; beyond, it refuses. The etiquette's own figure."""
PAUSE = timedelta(minutes=1)

# CirrusSearch, Wikipedia's, looks at texts and titles at once.
_NO_TITLES = "search-title-disabled"
_TITLES: Mapping[str, Json] = {"srwhat": "title"}
_BUSY = ("maxlag", "ratelimited", "readonly")


class WikipediaOptions(PagedOptions):
    """Which wiki to search, which articles to watch."""

    language: str = Field(
        default="fr",
        pattern=r"^[a-z]{2,3}$",
        description="The language of the Wikipedia to search.",
        examples=["fr", "nl"],
    )
    api: HttpUrl | None = Field(
        default=None,
        description="The address of another wiki's api.php, to ask in Wikipedia's place.",
        examples=["https://wiki.valenciennois.example/api.php"],
    )
    articles: tuple[str, ...] = Field(
        default=(),
        description="Articles whose every edit is an entry, by their titles.",
        examples=[["Valenciennes"]],
    )
    sort: str | None = Field(
        default="last_edit_desc",
        pattern=r"^[a-z_]+$",
        description="The order of search results; a wiki that does not know it is asked without.",
        examples=["create_timestamp_desc"],
    )


class Wikipedia(Source[WikipediaOptions]):
    """Searches articles for each business, and reads the edits of those to watch."""

    type: ClassVar[str] = "wikipedia"
    platform: ClassVar[str] = "wikipedia"
    every: ClassVar[timedelta] = timedelta(days=1)
    options_type: ClassVar = WikipediaOptions
    rechecks: ClassVar[timedelta | None] = timedelta(days=7)
    limits: ClassVar[str] = (
        "A small business is rarely named there. Another wiki's own search is asked for one name "
        "at a time, in texts and in titles. An article that a search finds is told with the line "
        "that names the business, and with the date of its last edit; an edit of a watched "
        "article with its summary, not with what was changed. That an article was deleted is seen "
        "for a week. Texts are CC BY-SA: name the source where you quote them."
    )

    @property
    def address(self) -> str:
        """The wiki's interface."""
        return shown_url(self._api)

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a business, where its names fit; of another wiki, one a name."""
        return tuple(search.text for search in self._searches)

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what each search finds, the last edited first, then the edits of each article."""
        sort = self.options.sort

        async def ask(search: Search, after: datetime, following: Json) -> Found:
            nonlocal sort
            if search.business is None:
                return await self._ask_edits(session, search.text, after, following)
            try:
                return await self._ask_results(session, search.text, sort, following)
            except Malformed as refusal:
                if sort is None or not refusal.detail.startswith("badvalue"):
                    raise
            sort = None
            return await self._ask_results(session, search.text, sort, following)

        edits = tuple(Search(text=title) for title in self.options.articles)
        reader = Reader(ask=ask, now=session.now, since=BEGINNING, max_pages=self.options.max_pages)
        async for page in reader.read(self._searches + edits, cursor):
            yield page

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield which of these articles are no longer there; of edits nothing is asked."""
        name = self._wiki.name
        numbers = [i.removeprefix(f"{name}:") for i in external_ids if i.startswith(f"{name}:")]
        numbers = [number for number in numbers if number.isdigit()]
        for start in range(0, len(numbers), PAGE_SIZE):
            batch = numbers[start : start + PAGE_SIZE]
            answer = await self._ask(session, {"pageids": "|".join(batch)})
            gone = tuple(f"{name}:{number}" for number in read_missing(answer))
            yield Page(entries=(), cursor={}, removed=gone)

    @property
    def _searches(self) -> tuple[Search, ...]:
        # MediaWiki's own search, which most other wikis have, knows neither "or" nor "not".
        syntax: Syntax = WIKIPEDIA if self.options.api is None else PHRASES
        return searches_for(self.businesses, syntax)

    @property
    def _api(self) -> str:
        own = f"https://{self.options.language}.wikipedia.org/w/api.php"
        return at_server(str(self.options.api or own), self.options.base_url)

    @property
    def _wiki(self) -> Wiki:
        if self.options.api is None:
            return Wiki(
                name=self.options.language,
                script=f"https://{self.options.language}.wikipedia.org/w/index.php",
                pages=f"https://{self.options.language}.wikipedia.org/wiki/",
                language=self.options.language,
            )
        script = str(self.options.api).rpartition("/")[0] + "/index.php"
        return Wiki(name=str(self.options.api.host), script=script, pages=None, language=None)

    async def _ask_results(
        self, session: Session, text: str, sort: str | None, following: Json
    ) -> Found:
        asked: dict[str, str | int] = {
            "list": "search",
            "srsearch": text,
            "srlimit": PAGE_SIZE,
            "srprop": "timestamp|snippet|size",
            # Unless told, MediaWiki's own search looks at titles alone.
            "srwhat": "text",
        }
        asked |= {"srsort": sort} if sort else {}
        try:
            found = read_results(await self._ask(session, asked, following), self._wiki)
        except Malformed as refusal:
            if not refusal.detail.startswith(_NO_TITLES):
                raise
            return Found(entries=(), rows=0)
        # Only in the order of edits is what follows known to be older still.
        found = replace(found, is_sorted=sort == "last_edit_desc")
        return found if sort else _then_titles(found, following)

    async def _ask_edits(
        self, session: Session, title: str, after: datetime, following: Json
    ) -> Found:
        since = session.now - FIRST_SPAN if after == BEGINNING else after
        asked: dict[str, str | int] = {
            "prop": "revisions",
            "titles": title,
            "rvprop": "ids|timestamp|user|comment",
            "rvlimit": PAGE_SIZE,
            "rvend": f"{since:%Y-%m-%dT%H:%M:%SZ}",
        }
        return read_edits(await self._ask(session, asked, following), self._wiki)

    async def _ask(
        self, session: Session, asked: Mapping[str, str | int], following: Json = None
    ) -> Mapping[str, Json]:
        going_on = following if isinstance(following, Mapping) else {}
        answer, _ = await session.get_json(
            self._api,
            params={
                "action": "query",
                "format": "json",
                "formatversion": 2,
                "maxlag": MAX_LAG_S,
                **asked,
                # The whole of it, as the API says: https://www.mediawiki.org/wiki/API:Continue
                **{name: v for name, v in going_on.items() if isinstance(v, str | int)},
            },
        )
        record = record_of(answer, "the answer")
        if error := part_at(record, "error"):
            code = str(error.get("code") or "unknown")
            if code in _BUSY:
                raise FetchError(Code.RATE_LIMITED, code, retry_at=session.now + PAUSE)
            raise Malformed(Code.API, f"{code}: {str(error.get('info') or '')[:200]}")
        return record


def _then_titles(found: Found, following: Json) -> Found:
    """Go on, after the last page of texts, with titles: MediaWiki's own search parts the two."""
    is_titles = isinstance(following, Mapping) and "srwhat" in following
    if isinstance(found.following, Mapping):
        return replace(found, following={**found.following, **(_TITLES if is_titles else {})})
    if is_titles:
        return found
    # A page of none would end the reading.
    return replace(found, rows=max(found.rows, 1), following=dict(_TITLES))
