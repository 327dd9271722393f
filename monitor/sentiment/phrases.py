"""Fixed French expressions of praise and complaint: evidence beside the words, never a verdict.

They stand in ``data/phrases.toml``, written by us, by kind and tone.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.text import fold

_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Phrase:
    """An expression of a kind ("prix", "attente"…) and its tone: ``+``, ``-`` or ``=``."""

    words: tuple[str, ...]
    tone: str
    kind: str


def phrases_in(words: Sequence[str]) -> Iterator[Phrase]:
    """Yield the expressions in a row of folded words, the longest at each place.

    >>> [p.tone for p in phrases_in("on ne nous y reprendra plus".split())]
    ['-']
    """
    index = _index()
    at = 0
    while at < len(words):
        found = index.get(words[at], {})
        for size in range(min(_LONGEST, len(words) - at), 0, -1):
            phrase = found.get(tuple(words[at : at + size]))
            if phrase is not None:
                yield phrase
                at += size
                break
        else:
            at += 1


@cache
def _index() -> dict[str, dict[tuple[str, ...], Phrase]]:
    file = resources.files(__package__).joinpath("data", "phrases.toml")
    index: dict[str, dict[tuple[str, ...], Phrase]] = defaultdict(dict)
    for kind, tones in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for tone, listed in tones.items():
            for text in listed.strip().splitlines():
                words = tuple(fold(text).replace("'", " ").replace("-", " ").split())
                if words:
                    index[words[0]][words] = Phrase(words, _TONES[tone], kind)
    return dict(index)


_TONES = {"positive": "+", "negative": "-", "neutral": "="}
