"""Businesses turned into searches of X: any of the names, one language, no retweets. Pure.

docs.x.com, "Build a query" and "Operators", read 2026-11: "and" binds tighter than "or", so that
names stand in brackets; ``lang:``, ``is:`` and ``from:`` need a stand-alone term beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monitor.matching.queries import PHRASES, search_queries
from monitor.model import Business
from monitor.urls import site_of

MOST_CHARS = 512
"""Characters of one query, except for Enterprise."""

_HANDLE = re.compile(r"@(\w{1,15})", re.ASCII)  # openapi.json: ^[A-Za-z0-9_]{1,15}$
_ACCOUNT = re.compile(r"(?:(?:https?://)?(?:www\.)?(?:x|twitter)\.com/|@)?(\w{1,15})/?", re.ASCII)
_HASHTAG = re.compile(r"#\w{1,100}")


def queries_for(
    business: Business, *, account: str | None, languages: Sequence[str], retweets: bool
) -> tuple[str, ...]:
    """Return the searches that together find a business, as few as fit in 512 characters.

    What its own account and handles write is left out, and what the exclusions name where all of
    them fit; the matcher leaves them out anyway.

    >>> queries_for(Business(name="Pain Dupont", aliases=("@pdupont",), website="https://dupont.fr"),
    ...             account=None, languages=("fr",), retweets=False)
    ('("Pain Dupont" OR @pdupont OR url:"dupont.fr") lang:fr -is:retweet -from:pdupont',)
    """
    handles = [found[1] for name in business.aliases if (found := _HANDLE.fullmatch(name))]
    terms = [
        *search_queries(business, PHRASES),
        *(f"@{handle}" for handle in handles),
        *(name for name in business.aliases if _HASHTAG.fullmatch(name)),
    ]
    if business.website and (site := site_of(business.website)):
        terms.append(f'url:"{site}"')
    own = _unique([*([account] if account else []), *handles])
    limits = "".join(
        [
            _either(f"lang:{language}" for language in languages),
            "" if retweets else " -is:retweet",
            *(f" -from:{name}" for name in own),
        ]
    )
    limits += _exclusions(business, room=(MOST_CHARS - len(limits)) // 2)
    return tuple(_bracketed(group) + limits for group in _grouped(terms, MOST_CHARS - len(limits)))


def _grouped(terms: Iterable[str], room: int) -> list[list[str]]:
    """Part terms into the fewest groups, in their order; what fits nowhere is left out."""
    groups: list[list[str]] = []
    for term in terms:
        if len(term) > room:
            continue
        if groups and len(_bracketed([*groups[-1], term])) <= room:
            groups[-1].append(term)
        else:
            groups.append([term])
    return groups


def _bracketed(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})"


def _either(terms: Iterable[str]) -> str:
    told = list(terms)
    return f" {_bracketed(told)}" if told else ""


def _exclusions(business: Business, *, room: int) -> str:
    named = search_queries(Business(name="", aliases=business.exclude), PHRASES)
    told = "".join(f" -{name}" for name in named)
    return told if len(told) <= room else ""


def _unique(names: Iterable[str]) -> list[str]:
    """Return names once each, capitals aside."""
    return list({name.lower(): name for name in reversed(list(names))}.values())[::-1]


def account_name(value: str) -> str:
    """Take an account's name, however it is written. Raises ValueError."""
    found = _ACCOUNT.fullmatch(value.strip())
    if found is None:
        raise ValueError(f'"{value}" is no account of X; write for instance fleursbougamont')
    return found[1]
