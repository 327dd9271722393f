"""The words that readers answer with, in every language at once; see ``wording/*/replies.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache, partial

from monitor.model import Action
from monitor.text import fold
from monitor.wording import LANGUAGES, Wording

_LONG = 6
"""Letters from which a word with one slip is still known: ``faute`` is not ``faite``."""
_LONG_TOGETHER = 4
"""The same for a word of several: ``hors sujt``."""

Words = tuple[str, ...]


@cache
def listed(key: str) -> frozenset[str]:
    """Return the folded words and phrases of ``replies.<key>``, all languages together."""
    lists = (Wording(language)(f"replies.{key}").split(",") for language in LANGUAGES)
    return frozenset(fold(word) for words in lists for word in words)


@cache
def phrases() -> Mapping[Words, Action]:
    """Return what each phrase means, as the words it is made of; hyphens part words."""
    return {
        tuple(phrase.replace("-", " ").split()): action
        for action in Action
        for phrase in listed(f"say_{action}")
    }


def action_at(words: Words, start: int) -> tuple[Action, int] | None:
    """Return the action that stands at a place, and how many words it takes: the longest."""
    known = phrases()
    longest = max(map(len, known))
    for length in range(min(longest, len(words) - start), 0, -1):
        found = words[start : start + length]
        action = known.get(found) or _with_a_slip(found)
        if action is not None:
            return action, length
    return None


@lru_cache(maxsize=4096)
def _with_a_slip(found: Words) -> Action | None:
    """Return the one action meant by words with slips; ``None`` too where it may be two."""
    least = _LONG if len(found) == 1 else _LONG_TOGETHER
    meant = {
        action
        for phrase, action in phrases().items()
        if len(phrase) == len(found) and all(map(partial(_is_near, least=least), found, phrase))
    }
    return meant.pop() if len(meant) == 1 else None


def _is_near(written: str, known: str, *, least: int) -> bool:
    r"""Tell whether a word is another, but for one letter wrong, missing, added or swapped.

    >>> _is_near("negatf", "negatif", least=6), _is_near("tratie", "traite", least=6)
    (True, True)
    >>> _is_near("faute", "faite", least=6), _is_near("mixtes", "fixtes", least=6)
    (False, False)
    """
    if written == known:
        return True
    if len(known) < least or written[0] != known[0]:
        return False
    same = next(
        (n for n, (a, b) in enumerate(zip(written, known, strict=False)) if a != b),
        min(len(written), len(known)),
    )
    here, there = written[same:], known[same:]
    swapped = here[:2] == there[:2][::-1] and here[2:] == there[2:]
    return swapped or here[1:] == there[1:] or here[1:] == there or here == there[1:]
