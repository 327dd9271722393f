"""Posts and comments of Lemmy's search: JSON in, Entry out. Pure.

Version 3 (Lemmy 0.19): LemmyNet/lemmy-docs src/contributors/04-api.md; version 4 (Lemmy 1.0):
LemmyNet/lemmy crates/db_views/search_combined, read 2026-11. Version 4 holds the counts in the post
or comment, and its dates end in ``_at``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import count_of, id_of, instant_of, language_of, name_of, title_of
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of, text_at
from monitor.sources.markdown import markdown_text
from monitor.sources.one_by_one import gone
from monitor.sources.search_turns import Found

_ROOT_PATH = 2  # "0.34" is the path of a comment on the post itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What must be known of a server to ask it and to read its answers.

    ``root`` is its public address; ``languages`` are two-letter codes by its own numbers.
    """

    root: str
    version: int
    languages: Mapping[str, str] = field(default_factory=dict)


def read_languages(answer: Json) -> dict[str, str]:
    """Read the languages of a ``/site`` answer: two-letter codes by number."""
    rows = list_at(record_of(answer, "the answer"), "all_languages")
    found = {
        str(row.get("id")): language_of(row.get("code")) for row in rows if isinstance(row, Mapping)
    }
    return {number: code for number, code in found.items() if code and code != "un"}


def is_version_3(answer: Json) -> bool:
    """Tell whether a ``/api/v3/site`` answer is of a server before 1.0."""
    return text_at(record_of(answer, "the answer"), "version").startswith("0.")


def read_page(answer: Json, site: Site, *, number: int, size: int) -> Found:
    """Read one answer of version 3: a page of posts and one of comments. Raises Malformed(api)."""
    whole = record_of(answer, "the answer")
    lists = [rows_of(whole.get(name), name) for name in ("posts", "comments")]
    entries, problem = read_each(
        [row for rows in lists for row in rows], lambda view: read_view(view, site), "results"
    )
    # A list that is not full has ended: only the others tell how far back the page reached.
    going_on = [rows for rows in lists if len(rows) >= size]
    reached = [at for rows in going_on if (at := _instant_at(rows[-1])) is not None]
    return Found(
        entries=entries,
        rows=sum(map(len, lists)),
        reached=max(reached, default=None),
        following=number + 1 if going_on else None,
        problem=problem,
    )


def read_results(answer: Json, site: Site) -> Found:
    """Read one answer of version 4, posts and comments among others. Raises Malformed(api)."""
    whole = record_of(answer, "the answer")
    rows = rows_of(whole.get("search", whole.get("results")), "search")
    views = [row for row in rows if not isinstance(row, Mapping) or "post" in row]
    entries, problem = read_each(views, lambda view: read_view(view, site), "search")
    following = whole.get("next_page")
    return Found(
        entries=entries,
        rows=len(rows),
        reached=_instant_at(rows[-1]) if rows else None,
        following=following if isinstance(following, str) and following else None,
        problem=problem,
    )


def read_found(answer: Json, site: Site) -> Entry:
    """Read the post or comment of a ``/resolve_object`` answer. Raises Malformed(api).

    Raises ``FetchError(gone)`` when it was deleted.
    """
    whole = record_of(answer, "the answer")
    rows = list_at(whole, "search") or list_at(whole, "results")
    told = rows[0] if rows else whole.get("comment") or whole.get("post")
    entry = read_view(record_of(told, "what was found"), site)
    if entry is None:
        raise gone("deleted")
    return entry


def read_view(view: Mapping[str, Json], site: Site) -> Entry | None:
    """Read a post or a comment; ``None`` for one that was deleted or removed.

    Raises Malformed naming a field that must be there.
    """
    post, comment = part_at(view, "post"), part_at(view, "comment")
    said = comment or post
    if any(part.get(gone) is True for part in (post, comment) for gone in ("deleted", "removed")):
        return None
    address = text_at(said, "ap_id")
    creator = part_at(view, "creator")
    counts = {**said, **part_at(view, "counts")}
    return Entry(
        external_id=id_of(address) or address,
        url=web_url(address),
        title=title_of(post.get("name")),
        text=markdown_text(said.get("content" if comment else "body")),
        kind=Kind.COMMENT if comment else Kind.POST,
        author=name_of(creator.get("display_name")) or name_of(creator.get("name")),
        author_url=web_url(creator.get("actor_id") or creator.get("ap_id")),
        published_at=_instant_of(said),
        language=site.languages.get(str(said.get("language_id"))),
        likes=count_of(counts.get("upvotes")),
        comments=count_of(counts.get("child_count" if comment else "comments")),
        parent_url=_parent_url(comment, post, site) if comment else None,
        media=() if comment else _media(post),
    )


def _parent_url(comment: Mapping[str, Json], post: Mapping[str, Json], site: Site) -> str | None:
    path = str(comment.get("path", "")).split(".")
    if len(path) > _ROOT_PATH and path[-2].isdecimal():
        return f"{site.root}/comment/{path[-2]}"
    return web_url(post.get("ap_id"))


def _media(post: Mapping[str, Json]) -> tuple[str, ...]:
    is_picture = str(post.get("url_content_type", "")).startswith("image/")
    links = (post.get("url") if is_picture else None, post.get("thumbnail_url"))
    return tuple(dict.fromkeys(url for url in map(web_url, links) if url))


def _instant_of(said: Mapping[str, Json]) -> datetime | None:
    return instant_of(said.get("published") or said.get("published_at"))


def _instant_at(view: Json) -> datetime | None:
    """Return when the thing of a row was published, whatever thing it is."""
    parts: Sequence[Json] = ()
    if isinstance(view, Mapping):
        # A comment comes with the post it is on, and both with their community.
        names = ("comment", "post", "community", "person", "multi")
        parts = [view[name] for name in names if name in view]
    first = parts[0] if parts else None
    return _instant_of(first) if isinstance(first, Mapping) else None
