"""A folded text as a matcher sees it: its words, its tags (``@name``, ``#name``) and sites.

Every pattern here is read from left to right once: no text, however hostile, takes more than
linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Letters with dots between them are one word: "S.O.S. Plomberie" is "SOS Plomberie".
_WORD = re.compile(r"(?:[^\W_]\.){2,}[^\W_]?(?![^\W_])|(?<![^\W_])p'tite?s?(?![^\W_])|[^\W_]+|[&+]")
_HASHTAG = re.compile(r"(?<![\w#&])#(\w+)")
_HANDLE = re.compile(r"(?:(?<![\w@.-])|(?<=^[.])|(?<=\s[.]))@([\w.-]*\w)(@[\w.-]*\w)?")
_SITE = re.compile(r"(?<![\w.-])[\w-]++(?:\.[\w-]++)+")
_PROFILE = re.compile(
    r"(?<![\w-])(?:instagram|facebook|twitter|threads|tiktok|linkedin|pinterest|x|t|bsky)\.(?:com|net|fr|me|app)"
    r"/(?:company/|in/|profile/)?@?([\w.-]*\w)"
)
_INSTANCES = (".bsky.social",)  # the network's own server, left out as often as not
_MAX_LABELS = 5  # of a host that are looked at: shop.fleurs.exemple.co.uk

# One word, written in several ways.
_SAME = {"&": "et", "+": "et", "and": "et", "st": "saint", "ste": "sainte", "dr": "docteur"}
_SAME |= {"ptit": "petit", "ptits": "petits", "ptite": "petite", "ptites": "petites"}


def word_set(text: str) -> frozenset[str]:
    """Return the words of a list that is written as one text."""
    return frozenset(text.split())


class Word(NamedTuple):
    """A word and where it stands in the folded text."""

    text: str
    start: int
    end: int


def words_in(folded: str) -> list[Word]:
    """Return the words: ``&`` and "and" as "et", "St" as "saint".

    >>> [word.text for word in words_in("l'atelier st-marc & fils")]
    ['l', 'atelier', 'saint', 'marc', 'et', 'fils']
    """
    return [Word(_plain(m[0]), m.start(), m.end()) for m in _WORD.finditer(folded)]


def tags_in(folded: str) -> Iterator[Word]:
    """Yield hashtags, handles, the names of linked profiles, and sites with those above them.

    A handle with its instance is yielded with and without it.

    >>> sorted({tag.text for tag in tags_in("#fleurs_b. @lea@exemple.fr, www.exemple.fr/a")})
    ['#fleursb', '@lea', '@lea@exemple.fr', 'exemple.fr', 'www.exemple.fr']
    """
    if "#" in folded:
        for found in _HASHTAG.finditer(folded):
            yield Word("#" + found[1].replace("_", ""), found.start(), found.end())
    if "@" in folded:
        for found in _HANDLE.finditer(folded):
            yield Word("@" + handle_name(found[1]), found.start(), found.end())
            if found[2]:
                yield Word(f"@{found[1]}{found[2]}", found.start(), found.end())
    if "." in folded:
        yield from _sites_in(folded)
        for found in _PROFILE.finditer(folded):
            yield Word("@" + handle_name(found[1]), found.start(1), found.end())


def handle_name(handle: str) -> str:
    """Return a handle without ``@`` and without the network's own server behind it."""
    name = handle.removeprefix("@")
    for instance in _INSTANCES:
        name = name.removesuffix(instance)
    return name


def _sites_in(folded: str) -> Iterator[Word]:
    for found in _SITE.finditer(folded):
        labels = found[0].split(".")[-_MAX_LABELS:]
        for index in range(len(labels) - 1):
            yield Word(".".join(labels[index:]), found.start(), found.end())


def _plain(word: str) -> str:
    word = word.replace(".", "").replace("'", "")
    return _SAME.get(word, word)
