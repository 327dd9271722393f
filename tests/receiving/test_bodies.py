from __future__ import annotations

import pytest

from monitor.model import Json
from monitor.receiving.base import Unreadable
from monitor.receiving.bodies import read_body

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json"


@pytest.mark.parametrize(
    ("body", "kind", "document"),
    [
        (b'{"a": 1}', JSON, {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', "application/feed+json; charset=utf-8", {"a": 1}),
        (b'{"a": 1}', FORM, {"a": 1}),  # curl -d
        (b'[{"a": 1}]', None, [{"a": 1}]),
        (b"text=Tr%C3%A8s+bon&rating=4", FORM, {"text": "Très bon", "rating": "4"}),
        (b"author__name=J&author__url=u", FORM, {"author": {"name": "J", "url": "u"}}),
        (b"items__1__a=2&items__0__a=1", FORM, {"items": [{"a": "1"}, {"a": "2"}]}),
        (b"a=1&a__b=2", FORM, {"a": {"b": "2"}}),
        (b"", FORM, {}),
    ],
)
def test_json_and_forms_are_read(body: bytes, kind: str | None, document: Json) -> None:
    assert read_body(body, kind) == document


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"<a/>", "text/xml", 415),
        (b"hello", None, 415),
        (b"{}", "text/plain", 415),
        (b'{"a": ', JSON, 422),
        (b'{"a": "\xe9"}', JSON, 422),
        (b"[" * 100_000, JSON, 422),
        (b"1" * 5_000, JSON, 422),
        (b"&".join(b"a=1" for _ in range(5_001)), FORM, 422),
        (b"a=\xe9", FORM, 422),
    ],
)
def test_other_things_are_refused(body: bytes, kind: str | None, status: int) -> None:
    with pytest.raises(Unreadable) as refused:
        read_body(body, kind)
    assert refused.value.status == status
