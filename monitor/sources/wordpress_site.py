"""Where a WordPress site answers: at addresses of its own, or, without rewriting, by the query.

https://wordpress.org/documentation/article/customize-permalinks/ ("plain" permalinks, which is what
a site has whose server rewrites nothing) and
https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias, TypeVar

from monitor.errors import Code, FetchError, Malformed, SourceError
from monitor.fetching.base import Session
from monitor.model import Json, Response
from monitor.sources.feed_parsing import is_page

Params: TypeAlias = Mapping[str, str | int]

_Answer = TypeVar("_Answer")
# The feed of each part: its path, and its name in a query.
_FEEDS = {"posts": ("/feed/", "rss2"), "comments": ("/comments/feed/", "comments-rss2")}
_NO_ROUTE = b'"rest_'  # the API's own errors: it is there


class WordpressSite:
    """Asks one site, and remembers which of the two ways it answers."""

    def __init__(self, root: str) -> None:
        """Take the site's address, without a slash at its end."""
        self._root = root
        self._is_plain: bool | None = None

    async def feed(
        self, session: Session, part: str, params: Params, *, conditional: bool
    ) -> Response:
        """Ask the feed of ``posts`` or ``comments``; of any other part, what ``params`` name.

        Raises ``FetchError``, and ``Malformed(not_a_feed)`` for a page.
        """

        async def ask(*, is_plain: bool) -> Response:
            path, name = _FEEDS.get(part, ("/", None))
            named: Params = {"feed": name} if is_plain and name else {}
            response = await session.get(
                f"{self._root}{'/' if is_plain else path}",
                params={**named, **params},
                conditional=conditional,
            )
            if not response.not_modified and is_page(response):
                raise Malformed(Code.NOT_A_FEED, "a page where a feed was due")
            return response

        return await (self._either(ask) if part in _FEEDS else ask(is_plain=False))

    async def api(self, session: Session, name: str, params: Params) -> tuple[Json, Response]:
        """Ask a collection of the REST API. Raises ``FetchError`` and ``Malformed(api)``."""

        async def ask(*, is_plain: bool) -> tuple[Json, Response]:
            route = f"/wp/v2/{name}"
            if is_plain:
                asked = {"rest_route": route, **params}
                return await session.get_json(f"{self._root}/", params=asked)
            return await session.get_json(f"{self._root}/wp-json{route}", params=params)

        return await self._either(ask)

    async def _either(self, ask: Callable[..., Awaitable[_Answer]]) -> _Answer:
        is_plain = self._is_plain or False
        try:
            answer = await ask(is_plain=is_plain)
        except SourceError as error:
            if self._is_plain is not None or not _is_elsewhere(error):
                raise
            is_plain = True
            try:
                answer = await ask(is_plain=True)
            except SourceError:
                raise error from None
        self._is_plain = is_plain
        return answer


def _is_elsewhere(error: SourceError) -> bool:
    """Tell whether nothing is at an address, or a page that stands for whatever is not there."""
    if isinstance(error, FetchError):
        is_absent = error.http_status == HTTPStatus.NOT_FOUND
        return is_absent and _NO_ROUTE not in error.body
    return error.code in (Code.NOT_A_FEED, Code.API)
