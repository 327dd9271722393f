"""Where a person stands in a text, by name or address, and the text without them.

A name is a run of folded words, so that case, accents, hyphens and line ends do not hide it. What
is looked for may be known as it is, or only by digests: see ``monitor.names``.
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
        return self._may_bear(text) and next(self._spans(text), None) is not None

    def names(self, author: str | None) -> bool:
        """Tell whether an author is the one looked for: so called, or with more beside the name.

        A single word with others beside it is somebody else: "Marie Dupont" is not "Marie".
        """
        words = words_of(author or "")
        return self._is_run(words) or any(
            self.knows_run(words[start : start + length])
            for length in self.lengths - {1}
            for start in range(len(words) - length + 1)
        )

    def leads_to(self, url: str | None) -> bool:
        """Tell whether an address is one looked for, lies below one, or spells a name out."""
        if not url or not self._may_bear(url):
            return False
        spelled = words_of(unquote_plus(url))
        return any(self.knows_url(one) for one in _with_parents(url)) or any(
            self.knows_run(spelled[start : start + length])
            for length in self.lengths
            for start in range(len(spelled) - length + 1)
        )

    def without(self, text: str, *, html: bool = False) -> str:
        """Return a text without it; the tags of HTML stay whole."""
        if not self._may_bear(text):
            return text
        parts, end = [], 0
        for start, stop, put in self._spans(text, html=html):
            parts += [text[end:start], put]
            end = stop
        return "".join([*parts, text[end:]]) if parts else text

    def without_json(self, text: str) -> str:
        """Return JSON whose strings are without it."""
        return json.dumps(self._within(json.loads(text)), ensure_ascii=False, sort_keys=True)

    def _may_bear(self, text: str) -> bool:
        return self.hint(text) or ("%" in text and self.hint(unquote_plus(text)))

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
        found: list[tuple[int, int, str]] = []
        flow: list[_Token] = []
        for token in _tokens(text, html=html):
            if token.kind == "word":
                flow.append(token)
            elif token.kind == "tag":
                if (clean := self._tag(token.text)) != token.text:
                    found.append((token.start, token.end, clean))
            else:
                found += self._runs(flow, text)
                flow = []
                if self.leads_to(unescape(token.text) if html else token.text):
                    found.append((token.start, token.end, HIDDEN))
        yield from sorted([*found, *self._runs(flow, text)])

    def _runs(self, words: Sequence[_Token], text: str) -> Iterator[tuple[int, int, str]]:
        folded = tuple(fold(word.text) for word in words)
        end = 0
        for first, last in _merged(self._hits(folded)):
            start, end = words[first].start, words[last - 1].end
            if "<" not in text[start:end]:
                yield start, end, HIDDEN
                continue
            for number, word in enumerate(words[first:last]):
                yield word.start, word.end, "" if number else HIDDEN

    def _hits(self, words: Run) -> Iterator[tuple[int, int]]:
        for start in range(len(words)):
            for length in self.lengths:
                if start + length <= len(words) and self.knows_run(words[start : start + length]):
                    yield start, start + length

    def _tag(self, tag: str) -> str:
        """Return a tag whose attributes are without it; a link leads nowhere then."""
        return self.without(tag[1:-1]).join("<>").replace(f'"{HIDDEN}"', '"#"')


def traces_of(runs: Iterable[Run] = (), urls: Iterable[str] = ()) -> Traces:
    """Look for these runs of folded words and these canonical addresses.

    >>> jeanne = traces_of([("jeanne", "canari")])
    >>> jeanne.without("Merci à Jeanne\u00a0CANARI, dit-elle.")
    'Merci à […], dit-elle.'
    """
    wanted, places = frozenset(run for run in runs if run), frozenset(urls)
    return Traces(
        lengths=frozenset(map(len, wanted)),
        knows_run=wanted.__contains__,
        knows_url=places.__contains__,
        hint=_hint(wanted, places),
    )


def words_of(text: str) -> Run:
    """Return the folded words of a text, in order.

    >>> words_of("L’Été de Jeanne_Canari")
    ('l', 'ete', 'de', 'jeanne', 'canari')
    """
    return tuple(fold(found["word"]) for found in re.finditer(_WORD, text))


def runs_of_url(url: str) -> Iterator[Run]:
    """Yield the words of an address, by which it is known where it stands without ``https://``."""
    words = words_of(canonical_url(url).partition("://")[2])
    if len(words) >= _FEW_WORDS:
        yield words


def shingles_of(texts: Iterable[str]) -> Iterator[Run]:
    """Yield runs by which texts are known again in extracts of them."""
    for text in texts:
        words = words_of(re.sub(_URL, " ", text, flags=re.IGNORECASE))
        last = max(len(words) - _SHINGLE, 0)
        yield from (words[start : start + _SHINGLE] for start in range(last + 1))


def _tokens(text: str, *, html: bool) -> Iterator[_Token]:
    for found in (_HTML if html else _PLAIN).finditer(text):
        kind, said = str(found.lastgroup), found[0]
        if kind == "url":
            said = said.rstrip(_BEHIND)
        if kind != "entity":
            yield _Token(kind, found.start(), found.start() + len(said), said)


def _merged(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield ranges of numbers, those that overlap as one."""
    first, last = -1, -1
    for start, end in sorted(ranges):
        if start >= last:
            if last > first:
                yield first, last
            first = start
        last = max(last, end)
    if last > first:
        yield first, last


def _with_parents(url: str) -> Iterator[str]:
    """Yield an address in canonical form and those above it, but for the site itself."""
    whole = canonical_url(url)
    yield whole
    above = whole.partition("?")[0]
    while not is_site_root(above) and above.count("/") > _SLASHES_OF_A_SITE:
        yield above
        above = above.rpartition("/")[0]


def _hint(runs: Iterable[Run], urls: Iterable[str]) -> Callable[[str], bool]:
    """Return what looks for one word of each run, however it is written, at the pace of a regex."""
    words = {max(run, key=len) for run in runs}
    words |= {max(words_of(url), key=len, default="") for url in urls}
    if len(words) > _MOST_HINTS or "" in words:
        return bool
    pattern = re.compile("|".join(_tolerant(word) for word in words) or "(?!)", re.IGNORECASE)
    return lambda text: pattern.search(text) is not None


def _tolerant(word: str) -> str:
    """Return a pattern of all that folds to a word: accents, ligatures, invisible signs."""
    parts, place = [], 0
    while place < len(word):
        found = [key for key in _SPELLINGS if word.startswith(key, place)]
        key = max(found, key=len, default=word[place])
        apart = f"[{_MARKS}]*".join(_sign(sign) for sign in key)
        parts.append(f"(?:{_SPELLINGS[key]}|{apart})" if len(key) > 1 else apart)
        place += len(key)
    return f"[{_MARKS}]*".join(parts)


def _sign(sign: str) -> str:
    written = _SPELLINGS.get(sign)
    return f"(?:{re.escape(sign)}|{written})" if written else re.escape(sign)


def _spellings() -> dict[str, str]:
    """Return patterns of the signs that fold to a letter, or to some together (œ)."""
    found: dict[str, list[str]] = {}
    for code in (*range(0xA0, 0x250), *range(0x1E00, 0x1F00), *range(0xFB00, 0xFB07)):
        sign = chr(code)
        key = fold(sign)
        if sign.isalnum() and key and key.isalnum() and key != sign:
            found.setdefault(key, []).append(sign)
    return {key: f"[{''.join(signs)}]" for key, signs in found.items()}


_SPELLINGS = _spellings()
_SLASHES_OF_A_SITE = 2
_MOST_HINTS = 40
