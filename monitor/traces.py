"""Where a person stands in a text, by name or address, and the text without them.

A name is a run of folded words, so that case, accents, hyphens and line ends do not hide it. What is
looked for may be known as it is, or only by digests: see ``monitor.names``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple, TypeAlias
from urllib.parse import unquote_plus

from monitor.text import fold
from monitor.urls import canonical_url, is_site_root

HIDDEN = "[…]"
"""What stands where a person stood."""
_MARKS = "\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff"
_WORD = rf"(?P<word>[^\W_](?:[^\W_]|[{_MARKS}])*)"
_URL = r"(?P<url>https?://[^\s<>\"']+)"
_PLAIN = re.compile(rf"{_URL}|{_WORD}", re.IGNORECASE)
_HTML = re.compile(
    rf"(?P<tag><!--.*?-->|</?[a-z!?][^<>]*>)|(?P<entity>&\#?\w+;)|{_URL}|{_WORD}",
    re.IGNORECASE | re.DOTALL,
)
_BEHIND = ".,;:!?)]}»…"  # what follows an address in a sentence is none of it
_SHINGLE = 5
"""Words in a row by which a text is known again where an extract of it is quoted."""
_FEW_WORDS = 3  # an address without its "https://" is as telling as a name from so many words on

Run: TypeAlias = tuple[str, ...]


class _Token(NamedTuple):
    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Traces:
    """What is looked for: runs of words of these lengths, and addresses in canonical form."""

    lengths: frozenset[int]
    knows_run: Callable[[Run], bool]
    knows_url: Callable[[str], bool]
    hint: Callable[[str], bool] = bool
    """Tells quickly that a text may bear one; never wrong when it says no."""

    def bears(self, text: str) -> bool:
        """Tell whether a text has any of it."""
        spelled = unquote_plus(text) if "%" in text else text
        return (self.hint(text) or self.hint(spelled)) and next(self._spans(text), None) is not None

    def names(self, author: str | None) -> bool:
        """Tell whether an author is the one looked for: so called, or with more beside the name.

        A single word with others beside it is somebody else: "Marie Dupont" is not "Marie".
        """
        words = tuple(words_of(author or ""))
        return self._is_run(words) or any(
            self.knows_run(words[start : start + length])
            for length in self.lengths - {1}
            for start in range(len(words) - length + 1)
        )

    def leads_to(self, url: str | None) -> bool:
        """Tell whether an address is one looked for, lies below one, or spells a name out."""
        if not url:
            return False
        spelled = list(words_of(unquote_plus(url)))
        return any(self.knows_url(one) for one in _with_parents(url)) or any(
            self.knows_run(tuple(spelled[start : start + length]))
            for length in self.lengths
            for start in range(len(spelled) - length + 1)
        )

    def without(self, text: str, *, html: bool = False) -> str:
        """Return a text without it; the tags of HTML stay whole."""
        parts, end = [], 0
        for start, stop, put in self._spans(text, html=html):
            parts += [text[end:start], put]
            end = stop
        return "".join([*parts, text[end:]]) if parts else text

    def without_json(self, text: str) -> str:
        """Return JSON whose strings are without it."""
        return json.dumps(self._within(json.loads(text)), ensure_ascii=False, sort_keys=True)

    def _within(self, value: object) -> object:
        match value:
            case str():
                return self.without(value)
            case list():
                return [self._within(one) for one in value]
            case dict():
                return {self.without(key): self._within(one) for key, one in value.items()}
        return value

    def _is_run(self, words: Run) -> bool:
        return len(words) in self.lengths and self.knows_run(words)

    def _spans(self, text: str, *, html: bool = False) -> Iterator[tuple[int, int, str]]:
        """Yield what to replace, from left to right, and by what."""
        tokens = [*_tokens(text, html=html)]
        words = [token for token in tokens if token.kind == "word"]
        hit = self._hit([word.text for word in words])
        wanted = [token for token in tokens if token.kind != "word" or token.start in hit(words)]
        before: _Token | None = None
        for token in wanted:
            if token.kind == "tag":
                if (clean := self._tag(token.text)) != token.text:
                    yield token.start, token.end, clean
            elif token.kind == "url":
                if self.leads_to(unescape(token.text) if html else token.text):
                    yield token.start, token.end, HIDDEN
            else:
                follows = before is not None and not _has_words(text[before.end : token.start])
                start = before.end if follows and before and not html else token.start
                yield start, token.end, "" if follows else HIDDEN
            before = token if token.kind == "word" else None
