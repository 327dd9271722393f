"""What search engines with an API are asked, and how their answers are read. Pure.

Brave: https://api-dashboard.search.brave.com/app/documentation (web and news search, response
headers). SearXNG: https://docs.searxng.org/dev/search_api.html. Mojeek:
https://www.mojeek.com/services/search/web-search-api/. Read in stored copies, 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.errors import Code, Malformed
from monitor.model import Json
from monitor.sources.entry_parts import instant_of, text_of, title_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import list_at, part_at, record_of, rows_of

Freshness = Literal["any", "year", "month", "week", "day"]
Params = dict[str, str | int]

_MOJEEK_ROWS = 10
_BRAVE = {"year": "py", "month": "pm", "week": "pw", "day": "pd"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result: an excerpt of a page, ``published_at`` only where the engine tells it."""

    url: str
    title: str | None
    text: str
    published_at: datetime | None
    is_news: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """One page of results; ``problem`` says which engines or rows could not be read."""

    hits: tuple[Hit, ...]
    has_more: bool
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One engine: its server, paths, page size, and the two halves of a request.

    ``params`` takes the query, the number of a page from 0, the country, and the freshness.
    """

    server: str | None
    paths: tuple[str, ...]
    most_pages: int
    params: Callable[[str, int, str, Freshness], Params]
    read: Callable[[Json], Results]
    key_header: str | None = None
    key_param: str | None = None


def _brave_params(query: str, page: int, country: str, freshness: Freshness) -> Params:
    params: Params = {
        "q": query,
        "country": country,
        "search_lang": "fr" if country in {"FR", "BE", "CH", "LU"} else "en",
        "count": 20,
        "offset": page,
        "safesearch": "off",
        # On, it may replace a rare business's name.
        "spellcheck": "false",
        "text_decorations": "false",
        "extra_snippets": "true",
    }
    return params | ({"freshness": _BRAVE[freshness]} if freshness != "any" else {})


def read_brave(answer: Json) -> Results:
    """Read an answer of the web or the news search. Raises Malformed(api)."""
    told = record_of(answer, "the answer")
    if not isinstance(told.get("type"), str):
        raise Malformed(Code.API, "no type in the answer")
    is_news = told["type"] == "news"
    parts = [told] if is_news else [part_at(told, name) for name in ("web", "news", "discussions")]
    rows = [row for part in parts for row in list_at(part, "results")]
    hits, problem = _read_rows(rows, lambda row: _brave_hit(row, is_news=is_news))
    more = part_at(told, "query").get("more_results_available") is True
    return Results(hits=hits, has_more=more and bool(rows), problem=problem)


def _brave_hit(row: Mapping[str, Json], *, is_news: bool) -> Hit | None:
    url = row.get("url")
    if not isinstance(url, str):
        return None
    snippets = [row.get("description"), *list_at(row, "extra_snippets")]
    return Hit(
        url=url,
        title=title_of(row.get("title")),
        text="\n".join(dict.fromkeys(text for text in map(text_of, snippets) if text)),
        # Without a zone: read as UTC.
        published_at=instant_of(row.get("page_age")),
        is_news=is_news,
    )


def _searxng_params(query: str, page: int, country: str, freshness: Freshness) -> Params:
    params: Params = {
        "q": query,
        "format": "json",
        "categories": "general,news",
        "language": "fr" if country in {"FR", "BE", "CH", "LU"} else "en",
        "pageno": page + 1,
        "safesearch": 0,
    }
    return params | ({"time_range": freshness} if freshness != "any" else {})


def read_searxng(answer: Json) -> Results:
    """Read an answer. Raises Malformed(api) when none of its engines answered."""
    told = record_of(answer, "the answer")
    rows = rows_of(told.get("results"), "results")
    hits, problem = _read_rows(rows, _searxng_hit)
    silent = [
        f"{one[0]}: {one[1]}"
        for one in list_at(told, "unresponsive_engines")
        if isinstance(one, list | tuple) and len(one) > 1
    ]
    if silent and not rows:
        raise Malformed(Code.API, f"no engine answered ({', '.join(silent)})")
    problems = [*([problem] if problem else []), *silent]
    return Results(hits=hits, has_more=bool(rows), problem="; ".join(problems) or None)


def _searxng_hit(row: Mapping[str, Json]) -> Hit | None:
    url = row.get("url")
    if not isinstance(url, str):
        return None
    return Hit(
        url=url,
        title=title_of(row.get("title")),
        text=text_of(row.get("content")),
        published_at=instant_of(row.get("publishedDate")) or instant_of(row.get("pubdate")),
        is_news=row.get("category") == "news",
    )


def _mojeek_params(query: str, page: int, country: str, freshness: Freshness) -> Params:
    params: Params = {"q": query, "fmt": "json", "t": _MOJEEK_ROWS, "s": page * _MOJEEK_ROWS + 1}
    params |= {"lb": country, "lbb": 100}
    return params | ({"since": freshness} if freshness != "any" else {})


def read_mojeek(answer: Json) -> Results:
    """Read an answer. Raises Malformed(api)."""
    response = part_at(record_of(answer, "the answer"), "response")
    rows = rows_of(response.get("results"), "results")
    hits, problem = _read_rows(rows, _mojeek_hit)
    return Results(hits=hits, has_more=len(rows) >= _MOJEEK_ROWS, problem=problem)


def _mojeek_hit(row: Mapping[str, Json]) -> Hit | None:
    url, second = row.get("url"), row.get("timestamp")
    if not isinstance(url, str):
        return None
    return Hit(
        url=url,
        title=title_of(row.get("title")),
        text=text_of(row.get("desc")),
        published_at=instant_at(second),
    )


def _read_rows(
    rows: Sequence[Json], read: Callable[[Mapping[str, Json]], Hit | None]
) -> tuple[tuple[Hit, ...], str | None]:
    found = [read(row) if isinstance(row, Mapping) else None for row in rows]
    hits = tuple(hit for hit in found if hit is not None)
    lost = len(found) - len(hits)
    return hits, f"{lost} results without an address" if lost else None


BACKENDS: Mapping[str, Backend] = {
    "brave": Backend(
        server="https://api.search.brave.com",
        paths=("/res/v1/web/search", "/res/v1/news/search"),
        most_pages=10,
        params=_brave_params,
        read=read_brave,
        key_header="X-Subscription-Token",
    ),
    "searxng": Backend(
        server=None,
        paths=("/search",),
        most_pages=20,
        params=_searxng_params,
        read=read_searxng,
    ),
    "mojeek": Backend(
        server="https://api.mojeek.com",
        paths=("/search",),
        most_pages=20,
        params=_mojeek_params,
        read=read_mojeek,
        key_param="api_key",
    ),
}
