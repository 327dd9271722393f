"""The comments below an account's own posts: read again where their number has changed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from monitor.errors import Code, FetchError, SourceError
from monitor.model import Cursor, Entry, Json, Page
from monitor.sources.entry_parts import count_of
from monitor.sources.json_fields import part_at, rows_of
from monitor.sources.meta_graph import Graph, following_of, is_node, params_of
from monitor.sources.meta_graph_errors import fault_of
from monitor.sources.search_progress import mark_of, with_known

MOST_POSTS = 200
"""Posts whose number of comments is remembered."""

COUNTS = "counts"
"""Where a cursor keeps how many comments the posts have whose own are still to be read."""

_OF_ONE_POST = (Code.API, Code.HTTP_STATUS)

Read = Callable[[Sequence[Json], str], tuple[tuple[Entry, ...], str | None]]
"""Reads the rows of a page of comments below a post, given by its identifier; and what it could
not read of them."""


@dataclass(slots=True, kw_only=True)
class Comments:
    """Reads comments; ``counts`` is how many of them each post has, as seen in this poll.

    ``asked`` are the parameters of the list, ``needs`` is the scope it wants.
    """

    graph: Graph
    asked: Mapping[str, str | int]
    needs: str
    read_rows: Read
    max_pages: int
    counts: dict[str, int | None]

    async def read(self, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield new and changed comments, post by post, on from where the last poll was cut.

        A post that cannot be read costs itself only: its error is raised after the others.
        """
        posts = {key: part_at(part_at(cursor, "posts"), key) for key in part_at(cursor, "posts")}
        known = {mark: at for mark, at in part_at(cursor, "known").items() if isinstance(at, int)}
        failed: SourceError | None = None
        due = self._due(posts)
        if any(not is_node(post_id) for post_id in due):
            due = [post_id for post_id in due if is_node(post_id)]
            yield Page(entries=(), cursor=cursor, problem="a post's identifier is none")
        for post_id in due:
            try:
                async for rows, following in self._pages(post_id, posts.get(post_id, {})):
                    entries, problem = self.read_rows(rows, post_id)
                    fresh = tuple(entry for entry in entries if mark_of(entry) not in known)
                    known = with_known(known, entries, self.graph.session.now)
                    posts[post_id] = self._progress(post_id, posts.get(post_id, {}), following)
                    kept = {key: posts[key] for key in list(posts)[-MOST_POSTS:]}
                    yield Page(
                        entries=fresh, cursor={"posts": kept, "known": known}, problem=problem
                    )
            except SourceError as error:
                if isinstance(error, FetchError) and _is_deleted(error):
                    posts[post_id] = self._progress(post_id, {}, None)
                    self.counts.pop(post_id, None)
                    continue
                if error.code not in _OF_ONE_POST or error.health is not None:
                    raise
                failed = failed or error
        if failed is not None:
            raise failed

    def _progress(
        self, post_id: str, told: Mapping[str, Json], following: Json
    ) -> Mapping[str, Json]:
        """Return how far a post is read; ``of`` is how many comments it had when that began.

        What came meanwhile may stand on a page that was read before: the post is read again then.
        """
        count = told["of"] if "of" in told else self.counts.get(post_id)
        return {"read": count} if following is None else {"following": following, "of": count}

    def _due(self, posts: Mapping[str, Mapping[str, Json]]) -> list[str]:
        """Return the posts to read: those cut first, then those that count otherwise than then."""
        cut = [key for key, told in posts.items() if told.get("following") is not None]
        changed = [
            key
            for key, count in self.counts.items()
            if count is None or count != (count_of(posts.get(key, {}).get("read")) or 0)
        ]
        return list(dict.fromkeys([*cut, *changed]))

    async def _pages(
        self, post_id: str, told: Mapping[str, Json]
    ) -> AsyncGenerator[tuple[Sequence[Json], Json], None]:
        following = told.get("following")
        for _ in range(self.max_pages):
            before = following
            answer = await self.graph.ask(
                f"{post_id}/comments",
                {**self.asked, **params_of(following)},
                needs=self.needs,
            )
            following = following_of(answer)
            if following == before:
                following = None
            yield rows_of(answer.get("data"), "data"), following
            if following is None:
                return


def unread(counts: Mapping[str, int | None], posts: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the counts of posts whose comments are still to be read, for the next poll."""
    left: dict[str, Json] = {}
    for key, count in counts.items():
        told = part_at(posts, key)
        if count and count != told.get("read") and told.get("following") is None:
            left[key] = count
    return dict(list(left.items())[:MOST_POSTS])


def counts_in(cursor: Cursor) -> dict[str, int]:
    """Return the counts that a cursor keeps."""
    told = part_at(cursor, COUNTS).items()
    return {key: count for key, count in told if isinstance(count, int)}


def _is_deleted(error: FetchError) -> bool:
    fault = fault_of(error)
    is_told = fault is not None and fault.is_no_such_object
    return is_told or error.http_status == HTTPStatus.NOT_FOUND
