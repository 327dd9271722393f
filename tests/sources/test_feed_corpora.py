"""The 1,889 feeds of other projects' tests, and real recordings."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sources.fake_session import answer

from monitor.errors import FetchError, Malformed
from monitor.model import Entry, Kind, Response
from monitor.sources.entry_parts import instant_of
from monitor.sources.feed import read_feed
from monitor.text import plain_text
from monitor.urls import canonical_url

# Measured 2026-11-25. The 13 others ask for the summary where a whole content stands, markup shown
# as text, an e-mail address in the author's name, or the unknown server of a relative link.
HELD = 4_614


@pytest.fixture(scope="module")
def corpus(shared: Path) -> list[tuple[dict[str, Any], tuple[Entry, ...]]]:
    folder = shared / "corpora" / "feeds"
    rows = (folder / "MANIFEST.jsonl").read_text(encoding="utf-8").splitlines()
    return [(row, _read(folder, row)) for row in map(json.loads, rows)]


def _read(folder: Path, row: dict[str, Any]) -> tuple[Entry, ...]:
    response = Response(
        url=f"https://feeds.example/{row['file']}",
        status=200,
        headers={name.lower(): value for name, value in row["headers"].items()},
        body=(folder / row["file"]).read_bytes(),
    )
    try:
        return read_feed(response)[0]
    except (Malformed, FetchError):
        return ()


def test_as_many_entries_are_read_as_two_lenient_readers_agree_on(
    corpus: list[tuple[dict[str, Any], tuple[Entry, ...]]],
) -> None:
    wrong = {
        row["file"]: (row["entries_consensus"], len(entries))
        for row, entries in corpus
        if row["entries_consensus"] not in (None, len(entries))
    }
    assert wrong == {}


def test_entries_hold_what_the_feeds_authors_say(
    corpus: list[tuple[dict[str, Any], tuple[Entry, ...]]],
) -> None:
    held = Counter(
        _holds(check["path"], check["value"], entries)
        for row, entries in corpus
        for check in row["checks"]
    )
    assert held.total() == 4_627
    assert held[True] >= HELD


def _holds(path: list[Any], value: Any, entries: tuple[Entry, ...]) -> bool:  # noqa: ANN401 - JSON
    if path == ["entries", "length"]:
        return len(entries) == int(value)
    return path[1] < len(entries) and _CHECKS[path[2]](entries[path[1]], value)


def _plain(html: str | None) -> str:
    return " ".join(plain_text(html or "").split())


def _is_title(entry: Entry, value: str) -> bool:
    return _plain(value).startswith(_plain(entry.title).rstrip("…"))


def _is_in_text(entry: Entry, value: str) -> bool:
    text, expected = _plain(entry.text), _plain(value)
    return expected in text or (len(text) > 1000 and text.rstrip("…") in expected)


def _is_link(entry: Entry, value: str) -> bool:
    return entry.url is not None and canonical_url(entry.url) == canonical_url(value)


def _is_date(entry: Entry, value: str | list[int]) -> bool:
    if isinstance(value, str):
        return entry.published_at == instant_of(value)
    return entry.published_at is not None and list(entry.published_at.timetuple()[:6]) == value[:6]


def _is_id(entry: Entry, value: str) -> bool:
    return entry.external_id == value


def _is_author(entry: Entry, value: str) -> bool:
    return _plain(entry.author) == _plain(value)


_CHECKS: dict[str, Callable[[Entry, Any], bool]] = {
    "title": _is_title,
    "content": _is_in_text,
    "description": _is_in_text,
    "summary": _is_in_text,
    "link": _is_link,
    "published": _is_date,
    "published_parsed": _is_date,
    "updated": _is_date,
    "updated_parsed": _is_date,
    "id": _is_id,
    "guid": _is_id,
    "author": _is_author,
}

RECORDINGS = [
    "blogs/atom_bruno_im.xml",
    "blogs/blogger_atom.xml",
    "blogs/blogger_feedburner_atom.xml",
    "blogs/ghost_cloudflare.xml",
    "blogs/items_without_titles.xml",
    "blogs/medium_feed.xml",
    "blogs/medium_publication.xml",
    "blogs/rdf_planete_jquery_fr.xml",
    "blogs/rss_with_comments_element.xml",
    "blogs/spip_jeuxlinux_fr.xml",
    "blogs/trap_no_date.xml",
    "blogs/trap_no_guid.xml",
    "blogs/trap_no_link_guid.xml",
    "blogs/trap_utm_rdf_feedburner.xml",
    "blogs/wordpress_bad_lastbuilddate.xml",
    "blogs/wordpress_derbrutkasten.xml",
    "blogs/wordpress_sametmax_fr.xml",
    "french-press/cercle_psy_fr_latin1_undeclared.xml",
    "french-press/lefigaro_culture_2017.xml",
    "french-press/lejdd_culture_2017.xml",
    "french-press/lemonde_une_2017.xml",
    "french-press/lemonde_une_2017_mojibake.xml",
    "french-press/rue89_fr.xml",
    "french-press/univers_freebox_fr_latin1.xml",
    "mastodon/account_rss_bot.xml",
]
UNDATED = {"blogs/trap_no_date.xml", "blogs/items_without_titles.xml"}


def recorded(shared: Path, name: str) -> tuple[Entry, ...]:
    body = (shared / "recordings" / name).read_bytes()
    return read_feed(answer(body, url="https://feeds.example/rss"))[0]


@pytest.mark.parametrize("name", RECORDINGS)
def test_recordings_are_read_whole(shared: Path, name: str) -> None:
    body = (shared / "recordings" / name).read_bytes()
    entries = recorded(shared, name)
    assert len(entries) == len(re.findall(rb"<(?:item|entry)[\s>]", body))
    assert all(entry.title or entry.text for entry in entries)
    assert name in UNDATED or all(entry.published_at for entry in entries)


@pytest.mark.parametrize("name", [n for n in RECORDINGS if n.startswith("french-press/")])
def test_french_accents_are_right(shared: Path, name: str) -> None:
    text = "".join(f"{entry.title}{entry.text}" for entry in recorded(shared, name))
    assert "é" in text
    assert not re.search("Ã[\u00a0-\u00bf]|â€|\ufffd", text)


def test_feedburner_leads_to_the_true_links(shared: Path) -> None:
    entries = recorded(shared, "blogs/blogger_feedburner_atom.xml")
    assert not any("feedproxy" in (entry.url or "") for entry in entries)


def test_youtube_channels_are_videos_with_views(shared: Path) -> None:
    entries = recorded(shared, "youtube/channel_rss_en.xml")
    assert {entry.kind for entry in entries} == {Kind.VIDEO}
    assert all(entry.views is not None and entry.rating is None for entry in entries)
