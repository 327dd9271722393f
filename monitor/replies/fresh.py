"""What a reader wrote anew in a reply: without what it quotes, forwards or signs with.

It may stand above the quotation, below it, or between its lines. What a mail program quotes without
marking it is known by the digest's own lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.replies.vocabulary import listed
from monitor.text import fold

MOST_LINES = 5_000
_LONGEST_LINE = 2_000
_QUOTED = re.compile(r"\s*(?:>|\|\s)")
_BARE_RULE = re.compile(r"\s*_{10,}\s*")  # Outlook's, above its headers
_SIGNATURE = re.compile(r"\s*--\s*")  # "-- " alone; its blank is often lost
_OPENS = re.compile(r"(?:le|on|am|el|message|mail|\d{1,4}[-/.]\d)\b|.*[@<]")
_DATED = re.compile(r"[@<]|\d{1,2} ?[:h/.] ?\d\d|\b\d{4}\b")
"""Of a line that introduces a quotation: how it begins, and that it names an address or a time."""
_HEADERS = 2
"""Lines such as ``De :`` and ``Envoyé :`` that begin a quoted message when they stand together."""
_WRAPPED = 3
"""Lines over which ``Le lundi … a écrit :`` may be wrapped."""


def fresh_lines(text: str, original: Iterable[str] = ()) -> list[str]:
    """Return the lines that the reader wrote; ``original`` are the texts that were replied to."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]
    lines = [line[:_LONGEST_LINE] for line in lines]
    known = {fold(line) for part in original for line in part.split("\n")} - {""}
    known |= {f"* {line}" for line in known}
    return [line for line in _unquoted(lines) if fold(line) not in known]


def unflowed(text: str) -> str:
    """Join the lines that a program wrapped by itself: those that end in a blank (RFC 3676)."""
    return re.sub(r"(?<!\n--)(?<=\S) \r?\n(?![> \r\n])", " ", text)


def _unquoted(lines: Sequence[str]) -> Iterator[str]:
    place = 0
    while place < len(lines):
        line = lines[place]
        if _QUOTED.match(line):
            place += 1
            continue
        if _ends_the_answer(lines, place):
            return
        introduced = _introduction(lines, place)
        if introduced:
            place += introduced
            if not _is_quoted_next(lines, place):
                return  # quoted without marks: all that follows is the original
            continue
        if _SIGNATURE.fullmatch(line) or _begins(line, "signatures"):
            place = _next_quotation(lines, place)
            continue
        yield line
        place += 1


def _ends_the_answer(lines: Sequence[str], place: int) -> bool:
    """Tell whether a quoted or forwarded message begins here, with its headers or a rule."""
    line = lines[place]
    if _BARE_RULE.fullmatch(line):
        return True
    if fold(line).strip(" -_=*:") in listed("quote_rules"):
        return True
    headers = 0
    for following in lines[place : place + 2 * _HEADERS]:
        if not following.strip():
            continue
        if not _is_header(following):
            break
        headers += 1
    return headers >= _HEADERS


def _is_header(line: str) -> bool:
    name, colon, _ = fold(line).replace("*", "").partition(":")
    return bool(colon) and name.strip() in listed("quote_headers")


def _introduction(lines: Sequence[str], place: int) -> int:
    """Return over how many lines ``Le … a écrit :`` goes from here, 0 if it does not stand here."""
    first = fold(lines[place])
    if not _OPENS.match(first):
        return 0
    for count in range(1, _WRAPPED + 1):
        part = lines[place : place + count]
        if len(part) < count or not part[-1].strip() or _QUOTED.match(part[-1]):
            return 0
        told = fold(" ".join(part))
        if re.search(_quote_end(), told) and _DATED.search(told):
            # A first line without a time is the reader's, where a later one begins it too.
            later = range(place + 1, place + count) if not _DATED.search(first) else ()
            return 0 if any(_introduction(lines, one) for one in later) else count
    return 0


def _quote_end() -> str:
    return rf"\b(?:{'|'.join(sorted(listed('quote_ends')))}) ?:?$"


def _is_quoted_next(lines: Sequence[str], place: int) -> bool:
    following = next((line for line in lines[place:] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _next_quotation(lines: Sequence[str], place: int) -> int:
    """Return where the next quoted line stands: a signature ends there, or with the mail."""
    later = range(place + 1, len(lines))
    return next((n for n in later if _QUOTED.match(lines[n])), len(lines))


def _begins(line: str, key: str) -> bool:
    folded = fold(line)
    return any(folded.startswith(words) for words in listed(key))
