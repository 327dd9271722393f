"""What MediaWiki answers: search results and revisions in, entries out. Pure.

https://www.mediawiki.org/wiki/API:Search and /API:Revisions, read 2026-11; both ``formatversion``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlencode

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    id_of,
    instant_of,
    name_of,
    text_of,
    title_of,
    verbatim_text_of,
)
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of, text_at
from monitor.sources.search_turns import Found

# MediaWiki's own search shows the text as it was typed: '''bold''', [[page|words of a link]].
_MARKUP = re.compile(r"'{2,}|\[\[(?:[^\[\]|]*\|)?|\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiki:
    """Where a wiki's pages are: ``pages`` before a title, where it has such addresses."""

    name: str
    script: str
    pages: str | None
    language: str | None

    def page_url(self, title: str) -> str | None:
        """Return the address of a page."""
        if self.pages is None:
            return web_url(f"{self.script}?{urlencode({'title': title.replace(' ', '_')})}")
        return web_url(self.pages + quote(title.replace(" ", "_"), safe="/:"))

    def edit_url(self, revision: str) -> str | None:
        """Return the address that shows what a revision changed."""
        return web_url(f"{self.script}?diff={revision}")


def read_results(answer: Mapping[str, Json], wiki: Wiki) -> Found:
    """Read an answer of a search. Raises Malformed(api)."""
    rows = rows_of(part_at(answer, "query").get("search"), "search")
    entries, problem = read_each(rows, partial(read_result, wiki=wiki), "search")
    return Found(
        entries=entries,
        rows=len(rows),
        following=part_at(answer, "continue") or None,
        problem=problem,
    )


def read_result(result: Mapping[str, Json], wiki: Wiki) -> Entry:
    """Read one search result; its date is that of its last edit."""
    page, title = id_of(result.get("pageid")), text_at(result, "title")
    if page is None:
        raise Malformed(Code.API, "pageid is missing")
    return Entry(
        external_id=f"{wiki.name}:{page}",
        url=wiki.page_url(title),
        title=title_of(title),
        text=_MARKUP.sub("", text_of(result.get("snippet"))),
        kind=Kind.PAGE,
        published_at=instant_of(result.get("timestamp")),
        language=wiki.language,
    )


def read_edits(answer: Mapping[str, Json], wiki: Wiki) -> Found:
    """Read an answer of revisions. Raises Malformed(api).

    That a page is missing is told as a problem: the others are read all the same.
    """
    pages = [record_of(page, "a page") for page in _pages_of(answer)]
    gone = [str(page.get("title")) for page in pages if _is_missing(page)]
    entries: list[Entry] = []
    problems = [f"no such article: {title}" for title in gone]
    rows = 0
    for page in pages:
        read = partial(read_edit, title=str(page.get("title") or ""), wiki=wiki)
        revisions = list_at(page, "revisions")
        found, problem = read_each(revisions, read, "revisions")
        rows += len(revisions)
        entries += found
        problems += [problem] if problem else []
    return Found(
        entries=tuple(entries),
        rows=rows,
        following=part_at(answer, "continue") or None,
        problem="; ".join(problems) or None,
    )


def read_edit(revision: Mapping[str, Json], title: str, wiki: Wiki) -> Entry:
    """Read one revision; its author and summary may be hidden."""
    number = id_of(revision.get("revid"))
    if number is None:
        raise Malformed(Code.API, "revid is missing")
    user = name_of(revision.get("user"))
    return Entry(
        external_id=f"{wiki.name}:edit:{number}",
        url=wiki.edit_url(number),
        title=title_of(title),
        text=verbatim_text_of(revision.get("comment")),
        kind=Kind.PAGE,
        author=user,
        author_url=wiki.page_url(f"User:{user}") if user else None,
        published_at=instant_of(revision.get("timestamp")),
        language=wiki.language,
        parent_url=wiki.page_url(title) if title else None,
    )


def read_missing(answer: Mapping[str, Json]) -> list[str]:
    """Return the numbers of the pages that are no longer there. Raises Malformed(api)."""
    pages = [record_of(page, "a page") for page in _pages_of(answer)]
    numbers = (id_of(page.get("pageid")) for page in pages if _is_missing(page))
    return [number for number in numbers if number is not None]


def _is_missing(page: Mapping[str, Json]) -> bool:
    # ``formatversion=1`` says it with an empty text.
    return page.get("missing") not in (None, False)


def _pages_of(answer: Mapping[str, Json]) -> Sequence[Json]:
    pages = part_at(answer, "query").get("pages")
    # ``formatversion=1``: an object by number.
    return list(pages.values()) if isinstance(pages, Mapping) else rows_of(pages, "pages")
