"""Alerts: each link that leads to a page is one thing told, with the words around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monitor.notices.lines import Line, Link
from monitor.notices.links import is_at, real_link
from monitor.notices.patterns import Folded
from monitor.notices.rules import Rule, find, is_whole
from monitor.notices.told import (
    LONGEST_LABEL,
    MOST_OF_TEXT,
    Told,
    author_in,
    is_aside,
    is_end,
    is_of,
    rating_in,
)
from monitor.urls import canonical_url


@dataclass(slots=True)
class _Hit:
    url: str
    title: str
    lines: list[str] = field(default_factory=list)


def read_alert(rule: Rule, lines: Sequence[Line]) -> list[Told]:
    """Return the pages that an alert found, each once."""
    return [_told_of_hit(rule, hit) for hit in _hits(rule, lines)]


def query_of(rule: Rule, subject: str) -> str | None:
    """Return what an alert was set for, without its quotes."""
    found = find(rule.query, Folded(subject))
    return found.strip(" \"'«»“”\u00a0") if found else None


def _hits(rule: Rule, lines: Sequence[Line]) -> list[_Hit]:
    hits: list[_Hit] = []
    known: dict[str, _Hit] = {}
    before: list[str] = []
    for line in lines:
        folded = Folded(line.text)
        if hits and is_end(rule, folded):
            break
        if rule.noise and is_whole(rule.noise, folded):
            continue
        rest = line.text
        for link, url in _counted(rule, line.links):
            rest = rest.replace(link.text, " ", 1).strip(" -–—|:·") if link.text else rest
            title = "" if link.text.lower().startswith("http") else link.text
            if not title and before:
                title = before.pop()
            if hits:
                hits[-1].lines += before
            before = []
            hits.append(_Hit(url, title))
            known.setdefault(canonical_url(url), hits[-1])
        if rest and not (line.links and all(is_aside(rule, one) for one in line.links)):
            before.append(rest)
    if hits:
        hits[-1].lines += before
    return list(known.values())  # of one page that stands there twice, the first


def _counted(rule: Rule, links: Sequence[Link]) -> Iterator[tuple[Link, str]]:
    for link in links:
        url = real_link(link.url)
        if url is None or is_aside(rule, link):
            continue
        if rule.links:
            if is_of(rule.links, link.url, url):
                yield link, url
        elif link.text and not any(is_at(url, one.rpartition("@")[2]) for one in rule.senders):
            yield link, url


def _told_of_hit(rule: Rule, hit: _Hit) -> Told:
    lines, outlet = hit.lines, rule.outlet
    if rule.names_medium and len(lines) > 1 and len(lines[0]) <= LONGEST_LABEL:
        outlet, lines = lines[0], lines[1:]
    folded = Folded(hit.title)
    title = find(rule.title, folded) or hit.title
    text = "\n".join(lines)[:MOST_OF_TEXT]
    return Told(
        key=canonical_url(hit.url),
        kind=rule.kind,
        url=hit.url,
        title=title.strip(" '\"«»“”") or title,
        text=text,
        author=author_in(rule, [hit.title, *lines]) if rule.author else None,
        rating=rating_in(rule, [hit.title, *lines]) if rule.rating else None,
        outlet=outlet,
    )
