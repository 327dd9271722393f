"""Podcasts: episodes and shows that Apple's directory finds for each name, and feeds of one's own.

https://developer.apple.com/library/archive/documentation/AudioVideo/Conceptual/iTuneSearchAPI/,
read 2026-11. No account. Quota: about 20 requests a minute.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field, HttpUrl

from monitor.errors import Code, Malformed
from monitor.fetching.base import Session
from monitor.matching.queries import WORDS
from monitor.model import Cursor, Entry, Json, Page, Response
from monitor.sources.addresses import at_server, server_root
from monitor.sources.base import NetworkOptions, Source
from monitor.sources.feed_parsing import is_page, parse_feed
from monitor.sources.json_fields import read_each, record_of, rows_of
from monitor.sources.podcast_entries import read_episodes, read_result
from monitor.sources.readers import read_aside
from monitor.sources.search_turns import in_turn, searches_for, tell

SERVER = "https://itunes.apple.com"
MOST_RESULTS = 200
"""What the documentation allows; 100 were given in August 2026, and ``offset`` was ignored."""
CALLS, MINUTE = 20, timedelta(minutes=1)

Found = Literal["podcastEpisode", "podcast"]


class PodcastsOptions(NetworkOptions):
    """Where to search, for what; which feeds to read besides."""

    country: str = Field(
        default="FR",
        pattern=r"^[A-Z]{2}$",
        description="The country whose directory is searched.",
        examples=["FR", "BE"],
    )
    language: str | None = Field(
        default="fr_fr",
        pattern=r"^[a-z]{2}_[a-z]{2}$",
        description="The language of the answer.",
        examples=["fr_fr", "en_us"],
    )
    find: tuple[Found, ...] = Field(
        default=("podcastEpisode", "podcast"),
        description="What to look for: episodes, whole podcasts, or both.",
        examples=[["podcastEpisode"]],
    )
    feeds: tuple[HttpUrl, ...] = Field(
        default=(),
        description="Podcasts whose every episode is read, by the address of their feed.",
        examples=[["https://radio.example/le-marche/podcast.xml"]],
    )


class Podcasts(Source[PodcastsOptions]):
    """Searches the directory, once for each name and kind, and reads feeds.

    The cursor holds the search that is next: one answer holds all that is ever given.
    """

    type: ClassVar[str] = "podcasts"
    platform: ClassVar[str] = "podcasts"
    every: ClassVar[timedelta] = timedelta(hours=12)
    options_type: ClassVar = PodcastsOptions
    limits: ClassVar[str] = (
        "Finds what is named in titles and descriptions, never what is only spoken. At most 200 "
        "results a search, by Apple's own order, with no further page. About 20 requests a minute. "
        "Of the podcasts in `feeds`, every episode that their feed still holds."
    )

    @property
    def address(self) -> str:
        """The directory."""
        return f"{server_root(SERVER, self.options.base_url)}/search"

    @property
    def queries(self) -> tuple[str, ...]:
        """One search a name."""
        return tuple(search.text for search in searches_for(self.businesses, WORDS))

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield a page for each feed that has changed, then one for each search."""
        for feed in self.options.feeds:
            response = await session.get(at_server(str(feed), self.options.base_url))
            if not response.not_modified:
                entries, problem = await read_aside(read_feed, response)
                yield Page(entries=entries, cursor=cursor, problem=problem)
        ordered = in_turn(searches_for(self.businesses, WORDS), cursor)
        for search, following in zip(ordered, [*ordered[1:], *ordered[:1]], strict=True):
            found, problems = await self._search(session, search.text)
            yield Page(
                entries=tell(_unique(found), search),
                cursor={"first": following.key},
                problem="; ".join(problems) or None,
            )

    async def _search(self, session: Session, text: str) -> tuple[list[Entry], list[str]]:
        entries: list[Entry] = []
        problems: list[str] = []
        for found in self.options.find:
            session.spend(self.type, 1, limit=CALLS, renews_at=session.now + MINUTE)
            # It says text/javascript, and is JSON.
            answer, _ = await session.get_json(self.address, params=self._params(text, found))
            read, problem = read_results(answer)
            entries += read
            problems += [problem] if problem else []
        return entries, problems

    def _params(self, text: str, found: Found) -> dict[str, str | int]:
        params: dict[str, str | int] = {
            "media": "podcast",
            "entity": found,
            "term": text,
            "country": self.options.country,
            "limit": MOST_RESULTS,
        }
        return params | ({"lang": self.options.language} if self.options.language else {})


def read_results(answer: Json) -> tuple[tuple[Entry, ...], str | None]:
    """Read an answer of the search. Raises Malformed(api), naming what is not there."""
    rows: Sequence[Json] = rows_of(record_of(answer, "the answer").get("results"), "results")
    return read_each(rows, read_result, "results")


def read_feed(response: Response) -> tuple[tuple[Entry, ...], str | None]:
    """Read a podcast's feed. Raises ``Malformed`` as ``parse_feed`` does."""
    if is_page(response):
        raise Malformed(Code.NOT_A_FEED, "a page where a podcast's feed was due")
    feed = parse_feed(response)
    return read_episodes(feed, response.url), feed.problem


def _unique(entries: Iterable[Entry]) -> list[Entry]:
    return list({entry.external_id: entry for entry in entries}.values())
