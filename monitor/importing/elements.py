"""The elements of a long JSON array, one by one, within little memory.

The standard library's decoder reads each element; this only walks from one to the next. A broken
element costs itself: the walk goes on behind it. What stands before the first bracket (the
``window.YTD… =`` of X's files) is passed over.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from monitor.importing.base import Bytes
from monitor.importing.limits import CHUNK
from monitor.model import Json

MAX_ELEMENT = 8_000_000
"""Characters of one element; a post with all that hangs on it has some ten thousand."""
_MAX_HEAD = 64 * 1024  # characters before the first bracket
_MAX_DEPTH = 4  # objects around the array
_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|["\[\]{}]', re.DOTALL)
_BETWEEN = re.compile(r"[\s,\ufeff\x00]*")
_SCALAR_END = re.compile(r"[,\[\]{}]|\Z")
_FIRST_NAME = re.compile(r'\{\s*("[^"\\]{1,80}")')
_OVERLAP = 200
_UNENDED = "Unterminated string"
_CONTROL = "Invalid control character"
_SURE = 64
"""Characters behind a fault from which on it is none of the window's end (``nul``, ``\\ud8``)."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An element that cannot be read: ``key`` is a sentence of ``importing.toml``."""

    key: str


Element: TypeAlias = "Json | Broken"


def elements(stream: Bytes) -> Iterator[tuple[tuple[str, ...], Element]]:
    """Yield each element of the outermost arrays, with the names of the objects around it.

    A file that is one object without arrays yields nothing.
    """
    walk = _Walk(stream)
    if walk.find_start():
        yield from walk.value(())
    elif not walk.is_blank:
        yield (), Broken("no_json")


def lines(stream: Bytes) -> Iterator[Element]:
    """Yield the value of each line that is not empty (NDJSON)."""
    for text in text_lines(stream):
        if not text.strip("\ufeff \t\r\n\x00"):
            continue
        if len(text) >= MAX_ELEMENT:
            yield Broken("too_long")
            continue
        yield decoded(text.strip("\ufeff \t\r\n"))


def decoded(text: str) -> Element:
    """Return one JSON value."""
    try:
        value: Json = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return Broken("broken")
    return value


def text_lines(stream: Bytes) -> Iterator[str]:
    """Yield lines of text, each cut at ``MAX_ELEMENT``: UTF-8, else what Windows wrote (cp1252)."""
    encoding = _wide_encoding(stream)
    if encoding is not None:
        yield from _wide_lines(stream, encoding)
        return
    rest_of_long = False
    while line := stream.readline(MAX_ELEMENT):
        if not rest_of_long:
            yield _text_of(line)
        rest_of_long = not line.endswith(b"\n")


def _text_of(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _wide_encoding(stream: Bytes) -> str | None:
    """Return the encoding of a file of two bytes a sign, as Excel's "Unicode text" is."""
    head = stream.head
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return name
    return None


def _wide_lines(stream: Bytes, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest = ""
    while chunk := stream.read(CHUNK):
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from (f"{line}\n"[:MAX_ELEMENT] for line in whole)
        rest = rest[:MAX_ELEMENT]
    if rest:
        yield rest


class _Walk:
    """A place in a text of which only a window is in memory."""

    def __init__(self, stream: Bytes) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(_wide_encoding(stream) or "utf-8")("replace")
        self._text = ""
        self._at = 0
        self._ended = False
        self._is_cut = False
        self._decode = json.JSONDecoder().raw_decode
        self._decode_leniently = json.JSONDecoder(strict=False).raw_decode

    @property
    def is_blank(self) -> bool:
        """Whether nothing but spaces was there."""
        return not self._text.strip("\ufeff \t\r\n\x00")

    def find_start(self) -> bool:
        """Go to the first bracket; false: there is none near the beginning."""
        while True:
            found = re.search(r"[\[{]", self._text)
            if found:
                self._at = found.start()
                return True
            if len(self._text) > _MAX_HEAD or not self._more():
                return False

    def value(self, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Element]]:
        """Walk through the array or object that begins here."""
        opening = self._text[self._at]
        self._at += 1
        yield from (self._array(path) if opening == "[" else self._object(path))

    def _array(self, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Element]]:
        while (sign := self._peek()) is not None:
            if sign == "]":
                self._at += 1
                return
            if sign == "}":  # one too many
                self._at += 1
                continue
            yield path, self._element()
        yield from self._cut(path)

    def _object(self, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Element]]:
        while (sign := self._peek()) is not None:
            if sign == "}":
                self._at += 1
                return
            name = self._element()
            if isinstance(name, Broken):
                yield path, name
            elif self._peek() == ":":
                self._at += 1
                inner = (*path, str(name))
                if self._peek() in {"[", "{"} and len(inner) <= _MAX_DEPTH:
                    yield from self.value(inner)
                elif self._peek() is not None:
                    self._element()
        yield from self._cut(path)

    def _cut(self, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Element]]:
        if not self._is_cut:
            self._is_cut = True
            yield path, Broken("cut_off")

    def _peek(self) -> str | None:
        """Return the next sign that is not between elements; ``None``: the text ends."""
        while True:
            between = _BETWEEN.match(self._text, self._at)
            self._at = between.end() if between else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return None

    def _element(self) -> Element:
        """Read the element that begins here, and go behind it."""
        decode = self._decode
        while True:
            try:
                value, end = decode(self._text, self._at)
            except json.JSONDecodeError as fault:
                if fault.msg.startswith(_CONTROL) and decode is self._decode:
                    decode = self._decode_leniently
                    continue
                is_sure = fault.pos + _SURE < len(self._text) and not fault.msg.startswith(_UNENDED)
                is_long = len(self._text) - self._at > MAX_ELEMENT
                if is_sure or is_long or not self._more():
                    return self._passed_over("too_long" if is_long else "broken")
            except (ValueError, RecursionError):  # a number of 10,000 digits; brackets 10,000 deep
                return self._passed_over("broken")
            else:
                # A number at the window's end may go on behind it.
                if end < len(self._text) or not self._more():
                    self._at = end
                    found: Json = value
                    return found

    def _passed_over(self, key: str) -> Broken:
        """Go behind an element that cannot be read: to its end, or to the next one like it."""
        if self._text[self._at] not in "{[":
            self._at = _SCALAR_END.search(self._text, self._at + 1).start()  # type: ignore[union-attr] # matches the end too
            return Broken(key)
        alike, is_whole = self._beginning(), True
        while True:
            close = self._closing() if is_whole else None
            following = alike.search(self._text, self._at + 1, close or len(self._text))
            if following is not None or close is not None:
                self._at = following.start(1) if following else close or self._at
                return Broken(key)
            if self._ended:
                self._at = len(self._text)
                self._is_cut = self._is_cut or key == "broken"
                return Broken("cut_off" if key == "broken" else key)
            if not is_whole or len(self._text) - self._at > MAX_ELEMENT:
                self._at, is_whole = max(self._at, len(self._text) - _OVERLAP), False
            self._more_by_half()

    def _beginning(self) -> re.Pattern[str]:
        """Return what the next element begins like: with the same name as this one."""
        name = _FIRST_NAME.match(self._text, self._at)
        start = rf"\{{\s*{re.escape(name[1])}\s*:" if name else r"(?!)"
        return re.compile(rf"[}}\]\"]\s*,?\s*({start})")

    def _closing(self) -> int | None:
        """Return where the bracket that stands here is closed, if that is within the window."""
        depth = 0
        for mark in _MARKS.finditer(self._text, self._at):
            sign = mark[0]
            if sign in {"{", "["}:
                depth += 1
            elif sign in {"}", "]"}:
                depth -= 1
                if depth == 0:
                    after = _BETWEEN.match(self._text, mark.end())
                    behind = self._text[after.end() : after.end() + 1] if after else ""
                    return mark.end() if behind in {"", "{", "[", "]", "}"} else None
        return None

    def _more_by_half(self) -> None:
        """Take in half as much again as there is."""
        wanted = (len(self._text) - self._at) * 3 // 2
        while len(self._text) - self._at < wanted and self._more():
            pass

    def _more(self) -> bool:
        """Take in more text, letting go of what was walked through; false: there is none."""
        if self._ended:
            return False
        chunk = self._stream.read(CHUNK)
        self._ended = not chunk
        self._text = self._text[self._at :] + self._decoder.decode(chunk, final=self._ended)
        self._at = 0
        return not self._ended
