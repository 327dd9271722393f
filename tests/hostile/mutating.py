"""Seeded damage: bytes, JSON and texts as hostile or broken servers and files have them."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Chance: TypeAlias = random.Random

HUGE = "9" * 5_000
"""More digits than Python turns into a number."""
DEEP = 3_000
"""More than Python's stack holds."""
DATES = (
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "2026-13-45T99:99:99Z",
    "Mon, 99 Foo 99999 99:99:99 +9999",
    "Thu, 01 Jan 1970 00:00:00 -2400",
    "-0001-01-01",
    "20261",
    "١٢٣٤-٠١-٠١",
)
TEXTS = (
    "",
    " ",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "\u202e",
    "e\u0301" * 400,
    "\U0001f468\u200d" * 300,
    "<b>",
    "&#99999999;",
    "http://[::1",
    "https://\ud800.example/",
    "javascript:alert(1)",
    "//",
    "https://a:b@c:99999/",
    "%",
    "%ff",
    "{0}",
    "\r\nX: y",
    HUGE,
    "-1",
    "1e999",
    "NaN",
    "²",
    "٣",
    *DATES,
)
TOKENS = tuple(
    token.encode("utf-8", "surrogatepass")
    for token in (
        *TEXTS,
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?xml version='1.0' encoding='utf-16'?>",
        '<?xml version="1.0" encoding="nonsense-7"?>',
        "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>",
        "&b;&a;&nbsp;&nope;",
        "<item>",
        "</item>",
        "<entry>",
        "</entry>",
        "<rss>",
        "</channel>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<content type='xhtml'><div>",
        "<content type='base64'>",
        "<enclosure url='",
        "<guid isPermaLink='x'>",
        "<link href='http://[' rel='alternate'/>",
        "<media:group>",
        "<georss:point>1 2 3</georss:point>",
        "<gml:posList srsName='urn:x'>1 a</gml:posList>",
        "xml:base='http://['",
        "xmlns:a='b'",
        "xml:lang='",
        "<table><tr><td>",
        "<svg><script>",
        "<base href='//'>",
    )
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**63,
    -(2**70),
    10**90,
    1e308,
    -0.0,
    1.5,
    [],
    {},
    [None],
    [[]],
    [{}],
    {"": None},
    ["\ud800"],
    {"text": {"text": {}}},
    "x" * 30_000,
    *TEXTS,
)
ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "latin-1", "cp1252", "cp037", "utf-7", "utf-8-sig")


def damaged(body: bytes, chance: Chance) -> bytes:
    """Return a body with one to four damages."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        body = chance.choice(_DAMAGES)(body, chance)
    return body


def damaged_json(body: bytes, chance: Chance) -> bytes:
    """Return a JSON answer with wrong values in it; now and then with damaged bytes."""
    try:
        tree = json.loads(body)
    except ValueError:
        return damaged(body, chance)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        tree = with_damage(tree, chance)
    written = json.dumps(tree).replace('"HUGE"', HUGE).replace('"INFINITE"', "1e999").encode()
    return damaged(written, chance) if chance.random() < 0.1 else written


def with_damage(tree: Any, chance: Chance) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return a JSON value of which one place is other than it was; it is changed in place."""
    places = list(_places(tree))
    if not places:
        return chance.choice(VALUES)
    holder, key = chance.choice(places)
    kind = chance.random()
    if kind < 0.15 and isinstance(holder, dict):
        del holder[key]
    elif kind < 0.25:
        holder[key] = [holder[key]]
    elif kind < 0.35:
        other, at = chance.choice(places)
        holder[key] = json.loads(json.dumps(other[at])) if at in _keys(other) else None
    elif kind < 0.40:
        holder[key] = chance.choice(("HUGE", "INFINITE"))
    elif kind < 0.43:
        holder[key] = _nested(100)
    else:
        holder[key] = copy.deepcopy(chance.choice(VALUES))
    return tree


def damaged_text(text: str, chance: Chance) -> str:
    """Return a text with one to four damages, still text."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        at, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        kind = chance.random()
        if kind < 0.4:
            text = text[:at] + chance.choice(TEXTS) + text[at:]
        elif kind < 0.6:
            text = text[:at] + text[end:]
        elif kind < 0.8:
            text = text[:at] + text[at:end][:200] * chance.choice((2, 3, 50)) + text[end:]
        else:
            text = text[:at] + chr(chance.choice((9, 10, 13, 34, 0x2028, 0xE9))) + text[at:]
    return text


def _places(tree: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - likewise
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            found += [(holder, key) for key in _keys(holder)]
            waiting += [holder[key] for key in _keys(holder)]
    return found


def _keys(holder: Any) -> Sequence[Any]:  # noqa: ANN401 - likewise
    return list(holder) if isinstance(holder, dict) else range(len(holder))


def _nested(depth: int) -> Any:  # noqa: ANN401 - likewise
    value: Any = "a"
    for number in range(depth):
        value = [value] if number % 2 else {"a": value}
    return value


# --- bytes --------------------------------------------------------------------------------------


def _span(body: bytes, chance: Chance, most: int = 2_000) -> tuple[int, int]:
    at = chance.randint(0, len(body))
    return at, min(len(body), at + chance.randint(0, most))


def _cut(body: bytes, chance: Chance) -> bytes:
    return body[: chance.randint(0, len(body))]


def _flip(body: bytes, chance: Chance) -> bytes:
    flipped = bytearray(body)
    for _ in range(chance.choice((1, 3, 30))):
        if flipped:
            flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def _drop(body: bytes, chance: Chance) -> bytes:
    at, end = _span(body, chance)
    return body[:at] + body[end:]


def _insert(body: bytes, chance: Chance) -> bytes:
    at = chance.randint(0, len(body))
    return body[:at] + chance.choice(TOKENS) + body[at:]


def _repeat(body: bytes, chance: Chance) -> bytes:
    at, end = _span(body, chance, 200)
    return body[:end] + body[at:end] * chance.choice((1, 20, 400)) + body[end:]


def _move(body: bytes, chance: Chance) -> bytes:
    at, end = _span(body, chance)
    to = chance.randint(0, len(body))
    return body[:to] + body[at:end] + body[to:]


def _recode(body: bytes, chance: Chance) -> bytes:
    text = body.decode("utf-8", "replace")
    return text.encode(chance.choice(ENCODINGS), "replace")


def _twice(body: bytes, chance: Chance) -> bytes:
    del chance
    return body.decode("latin-1").encode()


def _nest(body: bytes, chance: Chance) -> bytes:
    at = chance.randint(0, len(body))
    opening = chance.choice((b"<a>", b"<div>", b"[", b'{"a":', b"<item>", b"<table>", b"&lt;b&gt;"))
    return body[:at] + opening * chance.choice((10, 300, DEEP)) + body[at:]


def _odd_number(body: bytes, chance: Chance) -> bytes:
    """Put an odd value in the place of a number or date."""
    digits = [i for i in range(len(body)) if body[i : i + 1].isdigit()][:5_000]
    if not digits:
        return body
    at = end = chance.choice(digits)
    while end < len(body) and body[end : end + 1].isdigit():
        end += 1
    value = chance.choice((HUGE, "-1", "0", "99999999999999999999", "1e999", *DATES)).encode()
    return body[:at] + value + body[end:]


_DAMAGES: tuple[Callable[[bytes, Chance], bytes], ...] = (
    _cut,
    _flip,
    _drop,
    _insert,
    _insert,
    _repeat,
    _move,
    _recode,
    _twice,
    _nest,
    _odd_number,
)
