"""A Graph API that answers from memory: lists page after page, refusals, usage headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sources.fake_session import answer

from monitor.model import Json, Response

TOKEN = "EAAB-secret"


def refusal(code: int, subcode: int = 0, message: str = "", **more: Json) -> Response:
    """Return an error as Meta sends it, its message quoting the token."""
    told: dict[str, Json] = {
        "message": message or f"(#{code}) no: {TOKEN}",
        "type": "OAuthException",
        "code": code,
        "error_subcode": subcode,
        "fbtrace_id": "A1",
        **more,
    }
    return answer({"error": told}, status=400)


def used(percent: int) -> Mapping[str, str]:
    """Return the header that tells how much of an app's allowance is used."""
    return {"x-app-usage": f'{{"call_count":{percent},"total_time":1,"total_cputime":1}}'}


@dataclass
class FakeGraph:
    """``routes`` by path without the version; a list of lists of rows is a list in pages."""

    routes: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> Response:
        parts = urlsplit(url)
        path = parts.path.split("/", 2)[2]
        self.asked.append(path)
        told = self.routes.get(path, {"data": []})
        if callable(told):
            told = told({name: one[0] for name, one in parse_qs(parts.query).items()})
        if isinstance(told, Response):
            return told
        if isinstance(told, list):
            told = self._page(told, parse_qs(parts.query).get("after", ["p0"])[0])
        return answer(told, more=self.headers)

    def _page(self, pages: Sequence[Sequence[Json]], after: str) -> Json:
        number = int(after[1:])
        paging: dict[str, Json] = {"cursors": {"before": "b", "after": f"p{number + 1}"}}
        if number + 1 < len(pages):
            paging["next"] = f"https://graph.example/x?access_token={TOKEN}&after=p{number + 1}"
        return {"data": pages[number], "paging": paging}
