"""Posts, comments, reviews, films: each a voice of its own, unless it only passes on another's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from operator import ne

from monitor.text import fold

SHARED_WITHIN = timedelta(days=5)
"""How long a post passes on an article: what is posted again a week later is said anew."""

_MOST_READ = 3000
"""Characters that are read: what passes something on is short."""

_LEAST_WORDS = 8
"""Words from which two equal texts are one: "Très bon accueil" is said by many."""

_MISSPELT = 1
"""Words that a share may write otherwise."""

_LEAST_TITLE = 4
_ADDED = 4
"""Words that one may add without saying anything: "notre article", "à lire ici"."""

_ADDED_SHARE = 1 / 3
_TITLE_REPEATED = 0.8

_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_PASSING = re.compile(r"^(?:(?:rt|via|repost) )?@[\w.@-]+ ?:?|[#@]\w+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


def said_words(text: str) -> tuple[str, ...]:
    """Return the words that a voice says itself: no addresses, hashtags, "RT @who:".

    >>> said_words("RT @lucdmn : Reçu ce bouquet ! https://exemple.fr #fleurs")
    ('recu', 'ce', 'bouquet')
    """
    own = _PASSING.sub(" ", " ".join(_ADDRESS.sub(" ", text[:_MOST_READ]).split()))
    return tuple(_WORD.findall(fold(own)))


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the addresses that a text links to, as they stand there."""
    return tuple(address.rstrip(".,;:!?)»”\"'") for address in _ADDRESS.findall(text[:_MOST_READ]))


def repeats(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two voices say the same words in a row, all but a few around them."""
    short, long = sorted((one, other), key=len)
    extra = len(long) - len(short)
    if len(short) < _LEAST_WORDS or extra > _ADDED:
        return False
    return any(
        sum(map(ne, short, islice(long, start, None))) <= _MISSPELT for start in range(extra + 1)
    )


def passes_on(
    said: Sequence[str], title: Sequence[str], text: Sequence[str], *, linked: bool
) -> bool:
    """Tell whether a voice repeats an article's headline, or what it links to, and adds nothing."""
    if not said:
        return linked
    told = {*title, *text} if linked else {*title}
    added = sum(word not in told for word in said)
    if added > max(_ADDED, len(said) * _ADDED_SHARE):
        return False
    if linked:
        return True
    kept = len(set(title) & set(said))
    return len(title) >= _LEAST_TITLE and kept >= _TITLE_REPEATED * len(set(title))
