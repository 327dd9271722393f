"""What every source type must do, whatever it reads. A type brings its payloads as a ``Case``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sources.fake_session import BUSINESS, FakeSession, answer, read_pages

from monitor.errors import Malformed
from monitor.model import Entry, Page, Response
from monitor.sources.base import Source, SourceOptions
from monitor.text import MAX_TEXT, MAX_TITLE

_TAG = re.compile(r"</?(?:p|b|a|br|span|div|script|li|ol|font)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A type with what it is told, a payload that holds entries and one that holds none."""

    kind: type[Source[Any]]
    full: bytes
    empty: bytes
    options: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = "application/xml"
    reads_pages: bool = False

    def source(self) -> Source[Any]:
        options = self.kind.options_type(type=self.kind.type, **self.options)
        return self.kind(options, (BUSINESS,))

    def read(self, body: bytes) -> list[Page]:
        """Read with every request answered by one payload."""
        session = FakeSession(lambda url: replace(self.response(body), url=url))
        return read_pages(self.source(), session)

    def response(self, body: bytes) -> Response:
        return answer(body, content_type=self.content_type)

    def entries(self, body: bytes) -> list[Entry]:
        return [entry for page in self.read(body) for entry in page.entries]


class SourceConformance:
    """The suite; a test class inherits it and gives the fixture ``case``."""

    def test_entries_are_whole(self, case: Case) -> None:
        entries = case.entries(case.full)
        assert entries
        for entry in entries:
            assert entry.external_id
            assert entry.url is None or entry.url.startswith(("https://", "http://"))
            assert entry.published_at is None or entry.published_at.utcoffset() == timedelta(0)
            assert entry.language is None or re.fullmatch("[a-z]{2}", entry.language)
            assert len(entry.text) <= MAX_TEXT
            assert entry.title is None or 0 < len(entry.title) <= MAX_TITLE

    def test_texts_are_plain(self, case: Case) -> None:
        for entry in case.entries(case.full):
            for text in (entry.text, entry.title, entry.author, entry.outlet):
                assert not _TAG.search(text or "")
                assert not re.search(r"&(?:amp|lt|#39|nbsp|\w+circ);", text or "")

    def test_the_same_payload_gives_the_same_entries(self, case: Case) -> None:
        assert case.entries(case.full) == case.entries(case.full)

    def test_a_missing_field_is_malformed_or_unknown(self, case: Case) -> None:
        for body in without_each_field(case.full):
            try:
                entries = case.entries(body)
            except Malformed:
                continue
            assert all(entry.external_id for entry in entries)

    def test_a_payload_without_entries_ends(self, case: Case) -> None:
        assert case.entries(case.empty) == []

    def test_a_page_of_html_is_no_result(self, case: Case) -> None:
        if case.reads_pages:
            return  # a page is what this type reads
        page = answer(b"<!DOCTYPE html><html><body>Stop</body></html>", content_type="text/html")
        with pytest.raises(Malformed) as caught:
            read_pages(case.source(), FakeSession(lambda _: page))
        assert caught.value.code in {"not_a_feed", "api"}

    def test_the_cursor_survives_json(self, case: Case) -> None:
        for page in case.read(case.full):
            assert json.loads(json.dumps(page.cursor)) == page.cursor
            read_pages(case.source(), FakeSession(lambda _: case.response(case.empty)), page.cursor)

    def test_options_are_documented(self, case: Case) -> None:
        for name, option in case.kind.options_type.model_fields.items():
            assert option.description, name
            assert option.examples or name in SourceOptions.model_fields, name

    def test_the_type_says_what_it_needs_and_misses(self, case: Case) -> None:
        assert len(case.kind.limits) > 40
        assert case.kind.credentials is None or len(case.kind.credentials) > 40
        assert case.kind.every >= timedelta(minutes=1)

    def test_the_address_shows_no_secret(self, case: Case) -> None:
        shown = f"{case.source().address} {case.source().queries}"
        assert "secret" not in shown
        assert "?" not in case.source().address


def without_each_field(body: bytes) -> Iterator[bytes]:
    """Yield the payload without one of its elements or keys, each in turn."""
    if body.lstrip()[:1] in (b"{", b"["):
        value = json.loads(body)
        for key in sorted(_keys(value)):
            yield json.dumps(_without(value, key)).encode()
            yield json.dumps(_without(value, key, instead=None)).encode()
            yield json.dumps(_without(value, key, instead={"odd": [1]})).encode()
        return
    for name in sorted(set(re.findall(rb"<([A-Za-z][\w:]*)", body))):
        element = rb"<" + name + rb"\b[^>]*?(?:/>|>.*?</" + name + rb">)"
        yield re.sub(element, b"", body, flags=re.DOTALL)
        yield re.sub(rb"</?" + name + rb"\b[^>]*>", b"", body)


def _keys(value: Any) -> set[str]:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, dict):
        return set(value).union(*(_keys(part) for part in value.values()))
    return set().union(*(_keys(part) for part in value)) if isinstance(value, list) else set()


_ABSENT = object()


def _without(value: Any, key: str, instead: Any = _ABSENT) -> Any:  # noqa: ANN401 - likewise
    if isinstance(value, list):
        return [_without(part, key, instead) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _without(part, key, instead) for name, part in value.items() if name != key}
    return kept if instead is _ABSENT or key not in value else {**kept, key: instead}
