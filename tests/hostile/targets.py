"""What is fuzzed, with what it is given to begin with; a target raises what is a finding.

The errors of the contract are none: each target lets its own pass.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from hostile.laws import check_entries, good_ones_lost
from hostile.mutating import Chance, damaged, damaged_json, damaged_text
from hostile.reading import poll, poll_and_look_again
from hostile.storing import restore_from, search, stored
from pydantic import HttpUrl, TypeAdapter, ValidationError
from sources.conformance import Case
from sources.fake_session import DATA, answer
from sources.test_conformance import CASES

from monitor.articles.extract import article_text
from monitor.config.environment import read_variables
from monitor.config.load import load_config
from monitor.errors import ConfigError, SourceError
from monitor.letters import UnreadableLetter, read_letter
from monitor.matching import boolean
from monitor.model import Entry
from monitor.replies.answers import understand
from monitor.replies.fresh import fresh_lines, unflowed
from monitor.replies.markup import text_of_html
from monitor.sentiment.registry import scorers
from monitor.sources.feed import read_feed
from monitor.sources.feed_discovery import discover_feeds, linked_feeds
from monitor.sources.passages import read_page
from monitor.sources.registry import source_types
from monitor.sources.robots import is_allowed
from monitor.text import plain_text
from monitor.urls import canonical_url, shown_url, site_of

Run: TypeAlias = Callable[[bytes, Chance], None]

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
_ALIKE = {"hackernews": "hacker_news", "stackexchange": "stack_exchange", "mediawiki": "wikipedia"}


@dataclass(frozen=True, kw_only=True)
class Target:
    """``seeds`` are read when first asked for; ``run`` damages one and reads it."""

    name: str
    seeds: Callable[[], Sequence[bytes]]
    run: Run


def targets(shared: Path | None = SHARED) -> list[Target]:
    """Return all of them; without the folder of recordings, on what is committed alone."""
    folder = shared if shared and shared.is_dir() else None
    return [
        Target(name="feeds", seeds=lambda: _feeds(folder), run=_feed),
        Target(name="feeds, stored", seeds=lambda: _feeds(folder), run=_stored_feed),
        *(_connector(name, case, folder) for name, case in CASES.items()),
        *(_good_ones(name, case) for name, case in CASES.items()),
        Target(name="pages", seeds=lambda: _pages(folder), run=_page),
        Target(name="robots.txt", seeds=lambda: _ROBOTS, run=_robots),
        Target(name="texts and addresses", seeds=lambda: _pages(folder), run=_texts),
        Target(name="queries of businesses", seeds=lambda: _QUERIES, run=_business_query),
        Target(name="queries of mentions", seeds=lambda: _QUERIES, run=_mention_query),
        Target(name="sources.yaml", seeds=_configurations, run=_configuration),
        Target(name=".env", seeds=lambda: [_DOTENV], run=_dotenv),
        Target(name="replies", seeds=_letters, run=_reply),
        Target(name="restore", seeds=_databases, run=_restore),
    ]


# --- feeds --------------------------------------------------------------------------------------


@cache
def _feeds(shared: Path | None) -> Sequence[bytes]:
    files = [*(DATA / "feed").iterdir()]
    if shared is not None:
        manifest = shared / "corpora" / "feeds" / "MANIFEST.jsonl"
        rows = map(json.loads, manifest.read_text(encoding="utf-8").splitlines())
        files += [manifest.parent / row["file"] for row in rows]
    return [file.read_bytes() for file in files if file.stat().st_size < _MOST_OF_SEED]


_MOST_OF_SEED = 60_000
_TYPES = (
    None,
    "text/xml; charset=utf-8",
    "application/json",
    "text/html",
    "x",
    "text/xml;charset=",
)


def _feed(body: bytes, chance: Chance) -> None:
    whole = (damaged_json if body.lstrip()[:1] in b"{[" else damaged)(body, chance)
    try:
        entries, _ = read_feed(answer(whole, content_type=chance.choice(_TYPES)))
    except SourceError:
        return
    check_entries(entries)


def _stored_feed(body: bytes, chance: Chance) -> None:
    """The way to the database and back: the entries of a damaged feed, about our business."""
    try:
        entries, _ = read_feed(answer(damaged(body, chance)))
    except SourceError:
        return
    stored(entries[:20])


# --- connectors ---------------------------------------------------------------------------------


_ERRORS = (400, 401, 403, 404, 410, 422, 429, 500, 502, 503)


def _connector(name: str, case: Case, shared: Path | None) -> Target:
    def run(body: bytes, chance: Chance) -> None:
        whole = (damaged_json if body.lstrip()[:1] in (b"{", b"[") else damaged)(body, chance)
        status = chance.choice(_ERRORS) if chance.random() < 0.1 else 200
        check_entries(poll_and_look_again(case, whole, status))

    return Target(
        name=name, seeds=lambda: [case.full, *_recordings(case.kind.type, shared)], run=run
    )


@cache
def _recordings(kind: str, shared: Path | None) -> Sequence[bytes]:
    if shared is None:
        return []
    named = _ALIKE.get
    files: Iterable[Path] = (
        file
        for folder in (shared / "recordings").iterdir()
        if folder.is_dir() and named(folder.name, folder.name.replace("-", "_")) == kind
        for file in sorted(folder.iterdir())
    )
    kept = [f for f in files if f.suffix in {".json", ".xml", ".html"} and f.stat().st_size < 10**5]
    return [file.read_bytes() for file in kept]


def _good_ones(name: str, case: Case) -> Target:
    """Bad rows beside good ones: those must come out."""

    def run(body: bytes, chance: Chance) -> None:
        lost = good_ones_lost(lambda one: _polled(case, one), body, chance)
        assert not lost, f"lost good entries: {sorted(lost)[:3]}"

    return Target(name=f"{name}: good ones", seeds=lambda: [case.full], run=run)


def _polled(case: Case, body: bytes) -> Sequence[Entry]:
    return [entry for page in poll(case, body) for entry in page.entries]


# --- pages --------------------------------------------------------------------------------------


@cache
def _pages(shared: Path | None) -> Sequence[bytes]:
    files = [file for file in DATA.rglob("*.html") if file.is_file()]
    if shared is not None:
        files += sorted((shared / "recordings").rglob("*.html"))
    return [file.read_bytes() for file in files if file.stat().st_size < 10**5]


_ROBOTS = (
    b"User-agent: *\nDisallow: /a*b$\nAllow: /\n\nUser-agent: ecoute\nDisallow: /x?*=%20\n",
    b"\xef\xbb\xbfUser-agent: Ecoute/1 # we\nUser-agent: b\nDisallow:\nAllow: /*/*/*/avis\n",
)


def _page(body: bytes, chance: Chance) -> None:
    page = answer(damaged(body, chance), content_type=chance.choice(_TYPES))
    read_page(page)
    discover_feeds(page)
    linked_feeds(page)
    article_text(page)


def _robots(body: bytes, chance: Chance) -> None:
    try:
        address = TypeAdapter(HttpUrl).validate_python(
            "https://ex.example/" + damaged_text("a/b/avis?x=1", chance)
        )
    except ValidationError:
        return
    is_allowed(damaged(body, chance), str(address))


def _texts(body: bytes, chance: Chance) -> None:
    text = damaged_text(body.decode("utf-8", "replace")[:20_000], chance)
    plain_text(text)
    for address in (text[:300], damaged_text("https://a.ex.example:8080/b;c?d=e&f#g", chance)):
        shown_url(address)
        site_of(address)
        assert canonical_url(canonical_url(address)) == canonical_url(address)


# --- queries ------------------------------------------------------------------------------------

_QUERIES = tuple(
    query.encode()
    for query in (
        '"Fleurs Bougamont" -immobilier',
        "« L’Œillet » ET (rose OU tulipe) SAUF site:exemple.fr",
        "fleur* NEAR/3 Valenciennes lang:fr title:(bouquet OR rose)",
        "((a OR b) AND NOT (c d)) -e #tag @name",
        "rose OR tulipe OR NOT lys",
    )
)


def _query(body: bytes, chance: Chance) -> str:
    return damaged_text(body.decode(), chance)


def _business_query(body: bytes, chance: Chance) -> None:
    try:
        query = boolean.parse_query(_query(body, chance))
    except boolean.QueryError as error:
        assert str(error)  # noqa: PT017 - only if it is raised
        return
    assert str(boolean.parse_query(str(query))) == str(query)
    text = damaged_text("Les Fleurs Bougamont à Valenciennes, rose et tulipe", chance)
    title = boolean.Line.of(text[:50])
    query.holds(boolean.Passage(title=title, text=boolean.Line.of(text), url="https://ex.example/"))
    query.needles()


def _mention_query(body: bytes, chance: Chance) -> None:
    search(_query(body, chance))


# --- our own files ------------------------------------------------------------------------------


@cache
def _configurations() -> Sequence[bytes]:
    return [
        file.read_bytes()
        for file in (ROOT / "sources.yaml", *(ROOT / "demo").rglob("*.yaml"))
        if file.is_file()
    ] + [_FULL]


_FULL = b"""\
language: fr
timezone: Europe/Paris
businesses:
  - name: Fleurs Bougamont
    aliases: ["Simon Bougamont", '@fleursbougamont']
    context: [fleuriste, Valenciennes]
    query: '"Fleurs Bougamont" OR bougamont*'
sources:
  - {type: feed, url: "https://ex.example/rss.xml", every: 30m}
  - type: mastodon
    instance: https://piaille.example
    token: ${TOKEN}
digest: {at: "08:00", to: [lea@ex.example]}
alerts: {spike: {factor: 3}}
mail: {host: smtp.ex.example, port: 587, from: "\xc3\x89coute <a@ex.example>", password: ${TOKEN}}
network: {allow_private_hosts: ["127.0.0.1:8080"]}
anchors: &a {x: *a}
"""


def _configuration(body: bytes, chance: Chance) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "sources.yaml")
        text = damaged_text(body.decode(), chance)
        raw = text.encode("utf-8", "replace")
        file.write_bytes(damaged(raw, chance) if chance.random() < 0.5 else raw)
        try:
            load_config(file, {"TOKEN": "hush"}, source_types(), tuple(scorers()))
        except ConfigError as error:
            assert str(error)  # noqa: PT017 - only if it is raised


_DOTENV = b"A=1\nexport B='two words' # c\nC=\"a\\nb\"\n# x\nD\n"


def _dotenv(body: bytes, chance: Chance) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, ".env").write_bytes(damaged(body, chance))
        read_variables(Path(folder), {})


@cache
def _letters() -> Sequence[bytes]:
    return [file.read_bytes() for file in (DATA / "replies").glob("*.eml")] or [_LETTER]


_LETTER = b"""\
From: =?utf-8?q?L=C3=A9a?= <lea@ex.example>
To: a@ex.example
Subject: Re: =?utf-8?b?RGlnZXN0?=
In-Reply-To: <digest.1.x@ex.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_b"

--=_b
Content-Type: text/plain; charset="utf-8"; format=flowed
Content-Transfer-Encoding: quoted-printable

3 et 5 hors sujet, trait=C3=A9 : 7
note 4 : rappel=C3=A9
> 1. Fleurs Bougamont
--=_b
Content-Type: text/html; charset=utf-8

<p>3 positif</p><blockquote>1. Fleurs</blockquote>
--=_b--
"""


def _reply(body: bytes, chance: Chance) -> None:
    try:
        letter = read_letter(damaged(body, chance))
    except UnreadableLetter:
        return
    for text in (letter.plain, text_of_html(letter.html)):
        lines = fresh_lines(unflowed(text), ["1. Fleurs Bougamont"])
        understand(lines, {1, 2, 3, 4, 5, 7})


@cache
def _databases() -> Sequence[bytes]:
    from hostile.storing import database_bytes  # noqa: PLC0415 - makes one

    return [database_bytes()]


def _restore(body: bytes, chance: Chance) -> None:
    restore_from(damaged(body, chance))
