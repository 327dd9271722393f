"""The sentences that owners read, by language: ``<language>/<topic>.toml``, one key a sentence.

A sentence is a ``str.format`` template; one that counts is a table with ``one`` and ``other``,
chosen by the value ``n``. Both languages have the same keys and the same values (a test holds it).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TypeAlias

LANGUAGES = ("fr", "en")

_FRENCH_PLURAL = 2
_Sentence: TypeAlias = "str | dict[str, str]"


class Wording:
    """The sentences of one language: ``words("digest.mentions", n=3)``."""

    def __init__(self, language: str) -> None:
        """Load the language's sentences; only those of ``LANGUAGES`` exist."""
        self.language = language
        self._sentences = sentences(language)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence of ``topic.key`` with its values; a missing key is a KeyError."""
        sentence = self._sentences[key]
        if isinstance(sentence, dict):
            sentence = sentence["one" if self._is_singular(values["n"]) else "other"]
        return sentence.format(**values)

    def has(self, key: str) -> bool:
        """Tell whether there is such a sentence."""
        return key in self._sentences

    def _is_singular(self, n: object) -> bool:
        # CLDR: French is singular below 2 (0 mention, 1,5 mention), English at exactly 1.
        if not isinstance(n, int | float):
            raise TypeError(n)
        return abs(n) < _FRENCH_PLURAL if self.language == "fr" else n == 1


@cache
def sentences(language: str) -> Mapping[str, _Sentence]:
    """Return every sentence of a language by ``topic.key``."""
    found: dict[str, _Sentence] = {}
    for file in sorted(resources.files(__name__).joinpath(language).iterdir(), key=str):
        if file.name.endswith(".toml"):
            topic = file.name.removesuffix(".toml")
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            found.update({f"{topic}.{key}": sentence for key, sentence in table.items()})
    return found
