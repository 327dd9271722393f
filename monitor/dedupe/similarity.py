"""Whether two titles or texts tell the same, by their words."""

from __future__ import annotations

from functools import lru_cache

from monitor.dedupe.fingerprint import words_of

SIMILAR = 0.8
"""Share of common words from which two texts are one, edited. A corrected sentence in an article
leaves more; two reviews, or two articles on one subject, share a third at most."""

CONTAINED = 0.9
"""Share of the shorter one's words that stand in the longer: a teaser and its article."""

_MIN_TEASER_WORDS = 6


def are_equal(one: str | None, other: str | None) -> bool:
    """Tell whether both are there and have the same words in the same order."""
    words = _words(one or "")
    return bool(words) and words == _words(other or "")


def are_similar(one: str | None, other: str | None) -> bool:
    """Tell whether both are there and one may be an edit or the beginning of the other.

    Numbers must agree: "Avis 12" is no edit of "Avis 13".
    """
    few, many = sorted((_vocabulary(one or ""), _vocabulary(other or "")), key=len)
    if not few:
        return False
    common = len(few & many)
    if common >= SIMILAR * len(few | many):
        return _numbers(few) == _numbers(many)
    is_teaser = len(few) >= _MIN_TEASER_WORDS and common >= CONTAINED * len(few)
    return is_teaser and _numbers(few) <= _numbers(many)


def contradict(one: str | None, other: str | None) -> bool:
    """Tell whether both have words and do not tell the same."""
    return bool(_words(one or "") and _words(other or "")) and not are_similar(one, other)


# One text is compared with many candidates, and its own with each of its places.
@lru_cache(maxsize=200)
def _words(text: str) -> tuple[str, ...]:
    return tuple(words_of(text))


@lru_cache(maxsize=200)
def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(_words(text))


def _numbers(words: frozenset[str]) -> set[str]:
    return {word for word in words if any(sign.isdigit() for sign in word)}
