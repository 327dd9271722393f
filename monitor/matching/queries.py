"""Businesses turned into what a platform's search takes: its syntax, its limit of length. Pure.

A query only has to find; what it finds is matched again here, so that it may be wider than the
business but never narrower: ``context`` and doubtful exclusions are left to the matcher.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.model import Business

MAX_GOOGLE_WORDS = 32
"""Words that Google reads of a query: widely reported of its search, unconfirmed for News."""
MAX_MASTODON_QUERY = 200
"""Characters of one search; longer names are no names."""
MAX_HASHTAG = 100
"""Characters of one hashtag (Mastodon's docs name no limit; no real one comes near)."""

_MARKS = ("@", "#")
_OPERATORS = 2  # words that "when:7d" and a lone "OR" may count for


def google_news_query(business: Business, *, when: str | None = None) -> str:
    """Return a search of Google News: any of its names, none of its exclusions.

    Handles and hashtags are left out: no newspaper writes them. What would go beyond Google's
    limit is left out, exclusions first.

    >>> google_news_query(Business(name="Fleurs Bougamont", aliases=("Simon Bougamont", "@fb"),
    ...                            exclude=("Bougamont Immobilier",)), when="7d")
    '("Fleurs Bougamont" OR "Simon Bougamont") -"Bougamont Immobilier" when:7d'
    """
    room = MAX_GOOGLE_WORDS - _OPERATORS
    names, room = _within(room, _plain_names(business), cost=1)
    excluded, _ = _within(room, _unique(_phrase(name) for name in business.exclude), cost=0)
    any_name = " OR ".join(f'"{name}"' for name in names)
    parts = [f"({any_name})" if len(names) > 1 else any_name]
    parts += [f'-"{name}"' for name in excluded]
    return " ".join([*parts, f"when:{when}"] if when else parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """How a platform's search is written; ``None`` where it has no such thing.

    ``either`` joins names of which one is enough, ``without`` stands before what must not be
    there, ``most_chars`` and ``most_names`` limit one query.
    """

    either: str | None = None
    without: str | None = None
    quotes: bool = True
    handles: bool = False
    most_chars: int = 500
    most_names: int = 10


PHRASES = Syntax()
"""One quoted name a query."""
WORDS = Syntax(quotes=False)
"""One name a query, not even quoted: what comes is matched again here."""
BLUESKY = Syntax(quotes=False, handles=True, most_chars=200)
"""Unquoted: the reference AppView takes quotes for signs of the text, and finds nothing
(bluesky-social/atproto packages/bsky/src/data-plane/server/routes/search.ts, read 2026-11); the
live one finds posts that hold all the words (the manual of R's atrrr, search_post, read 2026-11).
"""
LEMMY = Syntax(quotes=False, handles=True, most_chars=200)
"""Unquoted: Lemmy compares with SQL's ILIKE, quotes as such and words in their order
(LemmyNet/lemmy, fuzzy_search, read 2026-11).
"""
BING = Syntax(either=" OR ", without="-", most_chars=1500)
GDELT = Syntax(either=" OR ", without="-", most_chars=250)
REDDIT = Syntax(either=" OR ", without="NOT ", handles=True, most_chars=512)
YOUTUBE = Syntax(either="|", without="-", most_chars=300)
WIKIPEDIA = Syntax(either=" OR ", without="-", most_chars=300)


def search_queries(business: Business, syntax: Syntax) -> tuple[str, ...]:
    """Return the searches that together find a business: as few as the syntax allows.

    Exclusions are told only where all fit beside one name; the matcher tells them anyway.

    >>> shop = Business(name="Fleurs Bougamont", aliases=("Simon Bougamont", "@fb"),
    ...                 exclude=("Bougamont Immobilier",))
    >>> search_queries(shop, YOUTUBE)
    ('"Fleurs Bougamont"|"Simon Bougamont" -"Bougamont Immobilier"',)
    >>> search_queries(shop, BLUESKY)
    ('Fleurs Bougamont', 'Simon Bougamont', 'fb')
    """
    quote = '"{}"' if syntax.quotes else "{}"
    names = [quote.format(name) for name in _plain_names(business)]
    if syntax.handles:
        names += _unique(_phrase(n[1:]) for n in business.aliases if n.startswith("@"))
    longest = max(map(len, names), default=0)
    excluded = _exclusions(business, syntax, room=syntax.most_chars - longest)
    room = syntax.most_chars - len(excluded)
    groups = _grouped([name for name in names if len(name) <= room], syntax, room)
    return tuple(_either(group, syntax) + excluded for group in groups)


def _exclusions(business: Business, syntax: Syntax, *, room: int) -> str:
    if syntax.without is None:
        return ""
    names = _unique(map(_phrase, business.exclude))
    told = "".join(f' {syntax.without}"{name}"' for name in names)
    return told if len(told) <= room // 2 else ""


def _grouped(names: list[str], syntax: Syntax, room: int) -> list[list[str]]:
    """Part names into the fewest queries, in their order."""
    groups: list[list[str]] = []
    for name in names:
        wider = [*groups[-1], name] if groups and syntax.either else [name]
        fits = len(_either(wider, syntax)) <= room and len(wider) <= syntax.most_names
        if groups and syntax.either and fits:
            groups[-1] = wider
        else:
            groups.append([name])
    return groups


def _either(names: list[str], syntax: Syntax) -> str:
    joined = (syntax.either or "").join(names)
    spaced = syntax.either is not None and syntax.either.startswith(" ")
    return f"({joined})" if len(names) > 1 and spaced else joined


def hashtags(business: Business) -> tuple[str, ...]:
    """Return the hashtags, without ``#``, that people may write a business with.

    Its names joined as people join them, with accents and without, and the tags it names itself.
    Networks do not tell capitals apart, so no tag differs from another only by them.

    >>> hashtags(Business(name="Café de l'Église", aliases=("#cafeeglise", "@cafe")))
    ('CaféDeLÉglise', 'CafeDeLEglise', 'cafeeglise')
    """
    names = (business.name, *business.aliases)
    return tuple(
        _unique(tag for name in names if not name.startswith("@") for tag in _tags_of(name))
    )


def mastodon_search_queries(business: Business) -> tuple[str, ...]:
    """Return the searches to send for a business, one a name: Mastodon's has no "or".

    Hashtags are left out: their timelines are read by themselves.

    >>> mastodon_search_queries(Business(name="Fleurs Bougamont", aliases=("@fb", "#fleurs")))
    ('"Fleurs Bougamont"', 'fb')
    """
    handles = (name[1:].strip() for name in business.aliases if name.startswith("@"))
    queries = [*(f'"{name}"' for name in _plain_names(business)), *_unique(map(_phrase, handles))]
    return tuple(query for query in queries if len(query) <= MAX_MASTODON_QUERY)


def _plain_names(business: Business) -> list[str]:
    """Return the name and the aliases that are written as words."""
    names = (business.name, *business.aliases)
    return _unique(_phrase(name) for name in names if not name.startswith(_MARKS))


def _phrase(name: str) -> str:
    """Return a name fit to stand between quotes, which have no escape."""
    return " ".join(re.sub(r'["“”«»\\]', " ", name).split())


def _unique(names: Iterable[str]) -> list[str]:
    """Return names without blanks nor repeats, capitals aside, the first of each."""
    first: dict[str, str] = {}
    for name in names:
        if name:
            first.setdefault(name.casefold(), name)
    return list(first.values())


def _within(room: int, phrases: list[str], *, cost: int) -> tuple[list[str], int]:
    """Return the first phrases that fit in ``room`` words, each costing ``cost`` more.

    And the room that is left. The first always stands: a name alone never fills a query.
    """
    kept: list[str] = []
    for phrase in phrases:
        words = len(phrase.split()) + cost
        if words > room and (kept or not cost):
            break
        kept.append(phrase)
        room -= words
    return kept, room


def _tags_of(name: str) -> list[str]:
    """Return a name as hashtags: ``[with accents, without]``, or none when no letter is in it."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", name.removeprefix("#")))
    is_tag = name.startswith("#")
    tag = "".join(word if is_tag else word[0].upper() + word[1:] for word in words)
    if len(tag) > MAX_HASHTAG or not any(sign.isalpha() for sign in tag):
        return []
    return [tag, _without_accents(tag)]


def _without_accents(tag: str) -> str:
    spelled = tag.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae").replace("Æ", "Ae")
    decomposed = unicodedata.normalize("NFD", spelled)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
