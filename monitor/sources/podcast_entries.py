"""An episode or a show, from Apple's directory or from its own feed. Pure.

Fields: https://performance-partners.apple.com/search-api and recordings/podcasts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import id_of, instant_of, name_of, text_of, title_of
from monitor.sources.feed_entries import read_entry
from monitor.sources.feed_parsing import ParsedFeed, Record

_EPISODES = ("podcast-episode", "podcastEpisode")
_SHOWS = ("podcast",)


def read_result(result: Mapping[str, Json]) -> Entry | None:
    """Read one result; ``None`` for what is no podcast (music, a film).

    Raises Malformed when it has no identifier.
    """
    kinds = (result.get("kind"), result.get("wrapperType"))
    if any(kind in _EPISODES for kind in kinds):
        return _episode(result)
    return _show(result) if any(kind in _SHOWS for kind in kinds) else None


def read_episodes(feed: ParsedFeed, base: str) -> tuple[Entry, ...]:
    """Read the episodes of a podcast's own feed.

    Many feeds give every episode the show's page as its link (recordings/podcasts): such a link is
    passed over for the sound's own.
    """
    entries = [read_entry(record, feed, base) for record in feed.entries]
    links = Counter(entry.url for entry in entries)
    show = name_of(feed.about.get("title"))
    page = web_url(feed.about.get("link"), base)
    return tuple(
        replace(
            entry,
            external_id=_identity(record, entry, base),
            url=_own_link(entry, links, page) or _sound(record, base) or entry.url,
            kind=Kind.AUDIO,
            outlet=show,
            author=entry.author or show,
        )
        for record, entry in zip(feed.entries, entries, strict=True)
    )


def _identity(record: Record, entry: Entry, base: str) -> str:
    """Return the guid, else the sound's address: a link may be that of every episode."""
    return id_of(record.get("id")) or id_of(_sound(record, base)) or entry.external_id


def _own_link(entry: Entry, links: Mapping[str | None, int], page: str | None) -> str | None:
    return entry.url if links[entry.url] == 1 and entry.url != page else None


def _sound(record: Record, base: str) -> str | None:
    links = (li.get("href") for li in record.get("links", ()) if li.get("rel") == "enclosure")
    return next((url for url in (web_url(link, base) for link in links) if url), None)


def _episode(result: Mapping[str, Json]) -> Entry:
    sound = web_url(result.get("episodeUrl"))
    external_id = id_of(result.get("trackId")) or id_of(result.get("episodeGuid"))
    if external_id is None:
        raise Malformed(Code.API, "trackId is missing")
    show = name_of(result.get("collectionName"))
    return Entry(
        external_id=external_id,
        url=web_url(result.get("trackViewUrl")) or sound,
        title=title_of(result.get("trackName")),
        text=text_of(result.get("description")) or text_of(result.get("shortDescription")),
        kind=Kind.AUDIO,
        author=name_of(result.get("artistName")) or show,
        author_url=web_url(result.get("collectionViewUrl")),
        published_at=instant_of(result.get("releaseDate")),
        media=tuple(url for url in (sound, _picture(result)) if url),
        outlet=show,
    )


def _show(result: Mapping[str, Json]) -> Entry:
    """Read a whole podcast. Its ``releaseDate`` is that of the last episode: it has none here."""
    external_id = id_of(result.get("collectionId")) or id_of(result.get("trackId"))
    if external_id is None:
        raise Malformed(Code.API, "collectionId is missing")
    picture = _picture(result)
    return Entry(
        external_id=external_id,
        url=web_url(result.get("collectionViewUrl")) or web_url(result.get("feedUrl")),
        title=title_of(result.get("collectionName")) or title_of(result.get("trackName")),
        text=text_of(result.get("description")),
        kind=Kind.AUDIO,
        author=name_of(result.get("artistName")),
        author_url=web_url(result.get("artistViewUrl")),
        media=(picture,) if picture else (),
    )


def _picture(result: Mapping[str, Json]) -> str | None:
    names = ("artworkUrl600", "artworkUrl160", "artworkUrl100", "artworkUrl60")
    return next((url for url in map(web_url, map(result.get, names)) if url), None)
