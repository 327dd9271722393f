"""Facebook's "Download your information", as JSON: posts and comments, of a person or a Page.

Folders were renamed over the years, so files are known by what they hold: a list of posts,
``status_updates``, ``comments_v2`` (or ``comments``), ``wall_posts_sent_to_you`` (what others wrote
on the wall). Its text is UTF-8 read as Latin-1 ("trÃ¨s"). There are no ids and no links. What
others wrote is on the wall and in comments under another's name; the rest is the account's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.importing.account_of import are_same
from monitor.importing.base import Account, Bytes, Found, Item, Passed, Reading
from monitor.importing.elements import Broken, decoded, elements
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import hash_of, name_of, title_of, verbatim_text_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import list_at, part_at

OF_OTHERS = "wall_posts_sent_to_you"
_MAX_PROFILE = 4_000_000


def read_activity(stream: Bytes, reading: Reading) -> Iterator[Item]:
    """Yield posts and comments."""
    for row, (path, element) in enumerate(elements(stream), start=1):
        if isinstance(element, Broken):
            yield reading.trouble(row, element.key)
        elif not isinstance(element, Mapping):
            yield reading.trouble(row, "no_post")
        else:
            yield from _activity(element, path, reading, row)


def read_profile(stream: Bytes) -> Account | None:
    """Read whose download it is from ``profile_information.json``; ``None``: it does not say."""
    whole = bytearray()
    while (chunk := stream.read(_MAX_PROFILE)) and len(whole) < _MAX_PROFILE:
        whole += chunk
    value = decoded(whole.decode("utf-8", "replace"))
    record = value if isinstance(value, Mapping) else {}
    profile = part_at(record, "profile_v2") or part_at(record, "profile")
    name = profile.get("name")
    whole_name = name.get("full_name") if isinstance(name, Mapping) else name
    found = name_of(repaired(whole_name)) if isinstance(whole_name, str) else None
    return Account(name=found) if found else None


def repaired(text: str) -> str:
    """Undo UTF-8 that was read as Latin-1; other text stays as it is.

    >>> repaired("trÃ¨s bien"), repaired("très bien")
    ('très bien', 'très bien')
    """
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _activity(
    element: Mapping[str, Json], path: tuple[str, ...], reading: Reading, row: int
) -> Iterator[Item]:
    comments = [
        part_at(one, "comment")
        for one in list_at(element, "data")
        if isinstance(one, Mapping) and isinstance(one.get("comment"), Mapping)
    ]
    if comments:
        yield from (_comment(one, element, reading) for one in comments)
    elif "timestamp" not in element and "data" not in element:
        yield reading.trouble(row, "no_post")
    else:
        yield _post(element, reading, is_others=OF_OTHERS in path)


def _comment(comment: Mapping[str, Json], around: Mapping[str, Json], reading: Reading) -> Item:
    text = _text(comment.get("comment"))
    if not text:
        return Passed()
    author = _name(comment.get("author"))
    account = reading.account.name
    stamp = comment.get("timestamp") or around.get("timestamp")
    return Found(
        is_own=author is None or are_same(author, account),
        entry=Entry(
            external_id=hash_of("facebook", "comment", str(stamp), author or "", text),
            url=None,
            text=text,
            kind=Kind.COMMENT,
            author=author or account,
            published_at=instant_at(stamp),
        ),
    )


def _post(element: Mapping[str, Json], reading: Reading, *, is_others: bool) -> Item:
    written = [one for one in list_at(element, "data") if isinstance(one, Mapping)]
    text = "\n".join(filter(None, (_text(one.get("post")) for one in written)))
    if not text:
        return Passed()
    links = [link for link in _links(element) if link not in text]
    stamp = element.get("timestamp")
    headline = element.get("title")
    return Found(
        is_own=not is_others,
        entry=Entry(
            external_id=hash_of("facebook", "post", str(stamp), text),
            url=None,
            text=verbatim_text_of("\n".join([text, *links])),
            kind=Kind.POST,
            # "Marie Dupont wrote on your timeline.": who it was stands only in this sentence.
            title=title_of(repaired(headline)) if is_others and isinstance(headline, str) else None,
            author=None if is_others else reading.account.name,
            published_at=instant_at(stamp),
        ),
    )


def _links(element: Mapping[str, Json]) -> Iterator[str]:
    for attachment in list_at(element, "attachments"):
        for one in list_at(attachment, "data") if isinstance(attachment, Mapping) else ():
            context = part_at(one, "external_context") if isinstance(one, Mapping) else {}
            if (link := web_url(context.get("url"))) is not None:
                yield link


def _text(value: Json) -> str:
    return verbatim_text_of(repaired(value)) if isinstance(value, str) else ""


def _name(value: Json) -> str | None:
    return name_of(repaired(value)) if isinstance(value, str) else None
