"""A post of Bluesky as its AppView shows it: JSON in, Entry out. Pure.

bluesky-social/atproto lexicons/app/bsky/{feed,embed,richtext,actor}, as of 2026-08.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from monitor.errors import Code, Malformed
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import (
    MAX_MEDIA,
    count_of,
    id_of,
    instant_of,
    language_of,
    name_of,
    verbatim_text_of,
)
from monitor.sources.json_fields import list_at, part_at, read_each, record_of, rows_of, text_at
from monitor.sources.search_turns import Found
from monitor.text import fold

SITE = "https://bsky.app"

# Not for people who are not signed in, hidden or taken down by moderators, spam:
# app.bsky/com.atproto.label.defs, global labels.
_NOT_SHOWN = frozenset(("!no-unauthenticated", "!hide", "!takedown", "spam"))
_NO_HANDLE = "handle.invalid"
_SHORTENED = re.compile(r"\S+\.\S+(?:…)?|\S+…")
"""What stands for a link's address, not for words that lead to it."""


def read_search(answer: Json, names: Sequence[str]) -> Found:
    """Read one answer of ``searchPosts``. Raises Malformed(api). See ``read_post``."""
    whole = record_of(answer, "the answer")
    rows = rows_of(whole.get("posts"), "posts")
    entries, problem = read_each(rows, lambda post: read_post(post, names), "posts")
    following = whole.get("cursor")
    last = rows[-1] if rows else None
    return Found(
        entries=entries,
        rows=len(rows),
        reached=_published_at(last) if isinstance(last, Mapping) else None,
        following=following if isinstance(following, str) and following else None,
        problem=problem,
    )


def read_posts(answer: Json, names: Sequence[str]) -> tuple[tuple[Entry, ...], set[str]]:
    """Read one answer of ``getPosts``: its entries, and the addresses of all posts that are there.

    Raises Malformed(api).
    """
    rows = rows_of(record_of(answer, "the answer").get("posts"), "posts")
    entries, _ = read_each(rows, lambda post: read_post(post, names), "posts")
    uris = (row.get("uri") for row in rows if isinstance(row, Mapping))
    return entries, {uri for uri in uris if isinstance(uri, str)}


def read_followers(answer: Json) -> dict[str, int]:
    """Read one answer of ``getProfiles``: followers by the author's page. Raises Malformed(api)."""
    found: dict[str, int] = {}
    for row in rows_of(record_of(answer, "the answer").get("profiles"), "profiles"):
        profile = row if isinstance(row, Mapping) else {}
        count = count_of(profile.get("followersCount"))
        if isinstance(did := profile.get("did"), str) and count is not None:
            found[profile_url(did)] = count
    return found


def read_post(post: Mapping[str, Json], names: Sequence[str]) -> Entry | None:
    """Read one post; ``None`` for what is not to be shown. Raises Malformed naming a field.

    Its text is what its author wrote, then pictures' descriptions and the link's card, a line each.
    The text of a quoted post is another's: it is added, between « », only when it alone holds one
    of ``names``.
    """
    author, record = part_at(post, "author"), part_at(post, "record")
    if _labels(post) & _NOT_SHOWN or _labels(author) & _NOT_SHOWN:
        return None
    uri, did = text_at(post, "uri"), text_at(author, "did")
    written = record.get("text")
    if not isinstance(written, str):
        raise Malformed(Code.API, "record.text is missing")
    embed = part_at(post, "embed")
    return Entry(
        external_id=id_of(uri) or uri,
        url=_post_url(uri, author.get("handle")),
        text=_text(with_whole_links(written, list_at(record, "facets")), record, embed, names),
        kind=Kind.POST,
        author=name_of(author.get("displayName")) or name_of(author.get("handle")),
        author_url=profile_url(did),
        published_at=_published_at(post),
        language=next(filter(None, map(language_of, list_at(record, "langs"))), None),
        likes=count_of(post.get("likeCount")),
        shares=count_of(post.get("repostCount")),
        comments=count_of(post.get("replyCount")),
        parent_url=_post_url(part_at(part_at(record, "reply"), "parent").get("uri")),
        media=_media(embed),
    )


def with_whole_links(text: str, facets: Sequence[Json]) -> str:
    """Return a text with each shortened link written whole; facets count UTF-8 bytes.

    >>> with_whole_links("Été : bouga.fr/bou…", [{"index": {"byteStart": 8, "byteEnd": 23},
    ...     "features": [{"uri": "https://bouga.fr/bouquets"}]}])
    'Été : https://bouga.fr/bouquets'
    """
    raw = text.encode("utf-8", "surrogatepass")
    before = len(raw)
    for start, end, uri in sorted(_links(facets), reverse=True):
        if not 0 <= start < end <= before or _cuts_a_sign(raw, start) or _cuts_a_sign(raw, end):
            continue
        before = start
        shown = raw[start:end].decode("utf-8", "replace")
        whole = uri if _SHORTENED.fullmatch(shown) else f"{shown} ({uri})"
        raw = raw[:start] + whole.encode("utf-8", "surrogatepass") + raw[end:]
    return raw.decode("utf-8", "replace")


def _cuts_a_sign(raw: bytes, at: int) -> bool:
    return at < len(raw) and raw[at] & 0xC0 == 0x80  # noqa: PLR2004 - UTF-8's 10xxxxxx


def profile_url(did: str) -> str:
    """Return the page of an account, the same whatever handle it takes."""
    return f"{SITE}/profile/{did}"


def _links(facets: Sequence[Json]) -> Iterator[tuple[int, int, str]]:
    for facet in facets:
        if not isinstance(facet, Mapping):
            continue
        index = part_at(facet, "index")
        start, end = index.get("byteStart"), index.get("byteEnd")
        uris = (f.get("uri") for f in list_at(facet, "features") if isinstance(f, Mapping))
        uri = next((web_url(uri) for uri in uris if uri), None)
        if uri and isinstance(start, int) and isinstance(end, int):
            yield start, end, uri


def _text(
    written: str, record: Mapping[str, Json], embed: Mapping[str, Json], names: Sequence[str]
) -> str:
    tags = " ".join(f"#{tag}" for tag in list_at(record, "tags") if isinstance(tag, str))
    own = "\n".join(part for part in (written, *_captions(embed), tags) if part.strip())
    quoted = _quoted_text(embed)
    if quoted and not _is_named(own, names) and _is_named(quoted, names):
        own = f"{own}\n« {quoted} »"
    return verbatim_text_of(own)


def _is_named(text: str, names: Sequence[str]) -> bool:
    folded = fold(text)
    return any(fold(name) in folded for name in names)


def _captions(embed: Mapping[str, Json]) -> Iterator[str]:
    """Yield what a post shows beside its words: descriptions of pictures, the card of its link."""
    for media in (embed, part_at(embed, "media")):
        card = part_at(media, "external")
        texts = [part.get("alt") for part in _pictures(media)]
        texts += [media.get("alt"), card.get("title"), card.get("description")]
        yield from (text for text in texts if isinstance(text, str))


def _pictures(media: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    # A gallery has "media", in some versions of its lexicon "items".
    parts = (part for name in ("images", "media", "items") for part in list_at(media, name))
    return [part for part in parts if isinstance(part, Mapping)]


def _quoted_text(embed: Mapping[str, Json]) -> str:
    quoted = part_at(embed, "record")
    # With pictures of its own, a quoting post holds the quoted one a level deeper.
    quoted = part_at(quoted, "record") or quoted
    text = part_at(quoted, "value").get("text")
    return text if isinstance(text, str) and not _labels(quoted) & _NOT_SHOWN else ""


def _media(embed: Mapping[str, Json]) -> tuple[str, ...]:
    links: list[Json] = []
    for media in (embed, part_at(embed, "media")):
        links += [part.get("fullsize") for part in _pictures(media)]
        links += [media.get("thumbnail"), part_at(media, "external").get("thumb")]
    urls = (web_url(link) for link in links)
    return tuple(url for url in urls if url)[:MAX_MEDIA]


def _published_at(post: Mapping[str, Json]) -> datetime | None:
    """Return when it was written, or met if that is earlier: authors' software may write any."""
    instants = (instant_of(part_at(post, "record").get("createdAt")), _indexed_at(post))
    return min((at for at in instants if at is not None), default=None)


def _indexed_at(post: Mapping[str, Json]) -> datetime | None:
    return instant_of(post.get("indexedAt"))


def _post_url(uri: Json, handle: Json = None) -> str | None:
    """Return the page of a post from its ``at://did/collection/key``."""
    parts = uri.split("/") if isinstance(uri, str) else []
    if len(parts) != len(("at:", "", "did", "collection", "key")):
        return None
    is_known = isinstance(handle, str) and handle not in ("", _NO_HANDLE)
    return web_url(f"{SITE}/profile/{handle if is_known else parts[2]}/post/{parts[4]}")


def _labels(of: Mapping[str, Json]) -> frozenset[str]:
    labels = [label for label in list_at(of, "labels") if isinstance(label, Mapping)]
    values = (label.get("val") for label in labels if label.get("neg") is not True)
    return frozenset(value for value in values if isinstance(value, str))
