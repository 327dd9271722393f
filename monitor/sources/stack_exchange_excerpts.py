"""What Stack Exchange's search answers: JSON in, entries and wishes of the server out. Pure.

https://api.stackexchange.com/docs/types/search-excerpt and /docs/wrapper, read 2026-11.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import count_of, id_of, name_of, text_of, title_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import part_at, read_each, rows_of
from monitor.sources.search_turns import Found, second_to_go_on

# Sites with a domain of their own: recordings/stackexchange/sites.json
_OWN_DOMAINS = frozenset(("stackoverflow", "serverfault", "superuser", "askubuntu", "stackapps"))

MAX_BACKOFF_S = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpts:
    """One answer; ``backoff`` is how many seconds to leave the method alone, 0 for none."""

    found: Found
    backoff: int
    quota_remaining: int | None


def read_excerpts(answer: Mapping[str, Json], site: str, *, until: Json = None) -> Excerpts:
    """Read one answer; ``until`` is the second that was asked with.

    Raises Malformed(api), naming what is not there.
    """
    rows = rows_of(answer.get("items"), "items")
    entries, problem = read_each(rows, partial(read_excerpt, site=site), "items")
    found = (count_of(row.get("creation_date")) for row in rows if isinstance(row, Mapping))
    instants = [at for at in found if at is not None]
    return Excerpts(
        found=Found(
            entries=entries,
            rows=len(rows),
            following=second_to_go_on(instants, until) if answer.get("has_more") is True else None,
            problem=problem,
        ),
        backoff=_seconds_of(answer.get("backoff")),
        quota_remaining=count_of(answer.get("quota_remaining")),
    )


def read_excerpt(item: Mapping[str, Json], site: str) -> Entry:
    """Read a question or an answer. Raises Malformed when it has no identifier."""
    question, answer = id_of(item.get("question_id")), id_of(item.get("answer_id"))
    is_answer = answer is not None or item.get("item_type") == "answer"
    number = answer if is_answer else question
    if number is None:
        raise Malformed(Code.API, f"{'answer' if is_answer else 'question'}_id is missing")
    root = site_root(site)
    question_url = None if question is None else web_url(f"{root}/questions/{question}")
    owner = part_at(item, "owner")
    return Entry(
        # Numbers are each site's own.
        external_id=f"{site}:{number}",
        url=web_url(f"{root}/a/{number}") if is_answer else question_url,
        title=title_of(item.get("title")),
        text=text_of(item.get("body")) or text_of(item.get("excerpt")),
        kind=Kind.COMMENT if is_answer else Kind.POST,
        author=name_of(owner.get("display_name")),
        author_url=web_url(owner.get("link")),
        published_at=instant_at(item.get("creation_date")),
        likes=count_of(item.get("score")),
        comments=None if is_answer else count_of(item.get("answer_count")),
        views=count_of(item.get("view_count")),
        parent_url=question_url if is_answer else None,
    )


def read_post_numbers(answer: Mapping[str, Json]) -> frozenset[str]:
    """Return the numbers of the posts that an answer holds. Raises Malformed(api)."""
    rows = rows_of(answer.get("items"), "items")
    numbers = (id_of(row.get("post_id")) for row in rows if isinstance(row, Mapping))
    found = frozenset(number for number in numbers if number is not None)
    if len(found) < len(rows):
        raise Malformed(Code.API, "post_id is missing")
    return found


def site_root(site: str) -> str:
    """Return the address of a site, which the API names by its short name or its domain.

    >>> site_root("french"), site_root("pt.stackoverflow"), site_root("mathoverflow.net")
    ('https://french.stackexchange.com', 'https://pt.stackoverflow.com', 'https://mathoverflow.net')
    """
    if site.endswith((".com", ".net", ".org")):
        return f"https://{site}"
    own = site.rpartition(".")[2] in _OWN_DOMAINS
    return f"https://{site}.com" if own else f"https://{site}.stackexchange.com"


def _seconds_of(backoff: Json) -> int:
    """Return whole seconds, rounded up: recordings/stackexchange/questions_backoff.json has 0.2."""
    if isinstance(backoff, bool) or not isinstance(backoff, int | float):
        return 0
    return math.ceil(backoff) if 0 < backoff < MAX_BACKOFF_S else 0
