"""What holds of every entry, and of good ones among bad ones, whatever a server said."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from hostile.mutating import Chance, with_damage

from monitor.errors import SourceError
from monitor.model import Entry
from monitor.text import MAX_TEXT, MAX_TITLE

_ROW = re.compile(rb"<(item|entry)\b.*?</\1\s*>", re.DOTALL)
_PART = re.compile(rb"<([A-Za-z][\w:]*)\b[^<>]*>([^<>]*)</\1>")
_ODD = (b"", b"x" * 20_000, b"9" * 5_000, b"&#0;", b"&nope;", b"\xff\xfe", b"9999-99-99T99:99:99Z")


def check_entries(entries: Iterable[Entry]) -> None:
    """Assert that entries are whole, cut, plain, and can be written as UTF-8."""
    for entry in entries:
        assert entry.external_id
        assert len(entry.external_id) <= 2_100
        repr(entry).encode()
        assert len(entry.text) <= MAX_TEXT
        assert entry.title is None or 0 < len(entry.title) <= MAX_TITLE
        for text in (entry.external_id, entry.title, entry.text, entry.author, entry.url):
            (text or "").encode()
            assert "\x00" not in (text or "")
        for url in (entry.url, entry.author_url, entry.parent_url, *entry.media):
            assert url is None or url.startswith(("https://", "http://")), url
        at = entry.published_at
        assert at is None or at.utcoffset() == timedelta(0)
        for count in (entry.likes, entry.shares, entry.comments, entry.views):
            assert count is None or 0 <= count < 2**63


def good_ones_lost(
    read: Callable[[bytes], Sequence[Entry]], body: bytes, chance: Chance
) -> set[str]:
    """Put a damaged copy of a row beside the rows of an answer; return which of these are lost."""
    bad = _with_bad_json(body, chance) or _with_bad_xml(body, chance)
    if bad is None:
        return set()
    good = {entry.external_id for entry in read(body)}
    try:
        return good - {entry.external_id for entry in read(bad)}
    except SourceError as error:
        return {str(error)}


def _with_bad_json(body: bytes, chance: Chance) -> bytes | None:
    if body.lstrip()[:1] not in (b"{", b"["):
        return None
    tree = json.loads(body)
    lists = [rows for rows in _lists(tree) if rows and isinstance(rows[0], dict)]
    if not lists:
        return None
    rows = chance.choice(lists)
    row = copy.deepcopy(chance.choice(rows))
    for _ in range(chance.choice((1, 3))):
        row = with_damage(row, chance)
    if chance.random() < 0.1:
        row = chance.choice((None, 3, "x", [], {}, [[]]))
    rows.insert(chance.randint(0, len(rows)), row)
    return json.dumps(tree).encode()


def _lists(tree: Any) -> Iterable[list[Any]]:  # noqa: ANN401 - JSON of any shape
    if isinstance(tree, list):
        yield tree
        if tree and isinstance(tree[0], dict):
            return  # what stands within a row is a part of it, not rows
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for part in parts:
        yield from _lists(part)


def _with_bad_xml(body: bytes, chance: Chance) -> bytes | None:
    rows = list(_ROW.finditer(body))
    parts = [part for row in rows for part in _PART.finditer(row[0])]
    if not parts:
        return None
    row = chance.choice([row for row in rows if _PART.search(row[0])])
    part = chance.choice(list(_PART.finditer(row[0])))
    bad = row[0][: part.start(2)] + chance.choice(_ODD) + row[0][part.end(2) :]
    if chance.random() < 0.2:
        bad = row[0][: part.start()] + row[0][part.end() :]
    at = row.start() if chance.random() < 0.5 else row.end()
    return body[:at] + bad + body[at:]
