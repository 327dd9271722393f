"""What a part of an export is, by what it holds; its name helps where that says little."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from monitor.importing import facebook, google_plus, google_reviews, own_export, records, x_archive
from monitor.importing.base import Account, Bytes, Reader
from monitor.importing.columns import ANY, SiteColumns, is_readable, mapping_for, mappings
from monitor.importing.members import Member
from monitor.importing.tables import column_key, header_in, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a part is: ``format`` names it to people and its source, ``platform`` where it was said.

    ``is_about``: every entry is about the business whose account exported it.
    """

    format: str
    platform: str
    reader: Reader
    is_about: bool = False


X = Kind(format="x", platform="x", reader=x_archive.read_posts)
X_LIKES = Kind(format="x", platform="x", reader=x_archive.read_likes)
FACEBOOK = Kind(format="facebook", platform="facebook", reader=facebook.read_activity)
GOOGLE_PLUS = Kind(format="google-plus", platform="google_plus", reader=google_plus.read_json)
GOOGLE_PLUS_PAGE = Kind(format="google-plus", platform="google_plus", reader=google_plus.read_html)
GOOGLE_REVIEWS = Kind(
    format="google-business",
    platform="google_business",
    reader=google_reviews.read_reviews,
    is_about=True,
)
OWN = Kind(format="ecoute", platform="import", reader=own_export.read_objects)
OWN_TABLE = Kind(format="ecoute", platform="import", reader=own_export.read_table)
OBJECTS = Kind(format="ndjson", platform="import", reader=records.read_objects)

FORMATS = (
    "x", "facebook", "google-plus", "google-business", "linkedin", "trustpilot", "avis-verifies",
    "booking", "thefork", "google", "pagesjaunes", "ecoute", "csv", "ndjson",
)  # fmt: skip
"""What ``--format`` takes."""

_YTD = re.compile(rb"\s*window\.YTD\.(\w+)\.part\d+\s*=")
_GRAILBIRD = re.compile(rb"\s*Grailbird\.data\.tweets_\w+\s*=")
_POSTS = frozenset({"tweet", "tweets", "community_tweet"})
_LIKES = frozenset({"like"})
_TABLES = frozenset({".csv", ".tsv", ".txt"})
_JSON = frozenset({".json", ".ndjson", ".jsonl"})


def kind_of(member: Member, head: bytes, *, told: str | None, is_single: bool) -> Kind | None:
    """Return what a part is; ``None``: nothing that is imported.

    ``told`` is what the person said it is. Of an archive's parts only those are taken that are
    known: a folder holds much that is no entry.
    """
    found = _script(head) or _json(member, head) or _page(member, head) or _table(member, head)
    if told is None:
        return found or (_anything(member, head) if is_single else None)
    if found is not None and found.format == told:
        return found
    if not is_single and (found is not None or told in {"x", "facebook", "linkedin"}):
        return None
    return _as_told(told, head)


def account_in(member: Member, head: bytes) -> Callable[[Bytes], Account | None] | None:
    """Return what reads whose export it is from a part; ``None``: that part does not say."""
    script = _YTD.match(head)
    if (script and script[1] == b"account") or member.base == "user_details.js":
        return x_archive.read_account
    if member.base.startswith("profile_information") and member.suffix == ".json":
        return facebook.read_profile
    if member.base == "profile.csv" and {"first name", "last name"} <= _keys(head):
        return _linkedin_profile
    return None


def _script(head: bytes) -> Kind | None:
    script = _YTD.match(head)
    if script:
        name = script[1].decode()
        return X if name in _POSTS else X_LIKES if name in _LIKES else None
    return X if _GRAILBIRD.match(head) else None


def _json(member: Member, head: bytes) -> Kind | None:
    if not _begins_json(head):
        return None
    if all(f'"{sign}"'.encode() in head for sign in own_export.SIGNS):
        return OWN
    if b'"starRating"' in head and (b'"reviews"' in head or b'"reviewer"' in head):
        return GOOGLE_REVIEWS
    if b'"creationTime"' in head and (b'"postAcl"' in head or b"plus.google.com" in head):
        return GOOGLE_PLUS
    keys = (b'"comments_v2"', b'"wall_posts_sent_to_you"', b'"status_updates"')
    is_posts = b'"timestamp"' in head and (b'"post"' in head or b'"attachments"' in head)
    is_comments = b'"comment"' in head and b'"timestamp"' in head and b'"data"' in head
    is_named = re.search(r"post|comment", member.base) is not None
    if any(key in head for key in keys) or ((is_posts or is_comments) and is_named):
        return FACEBOOK
    return None


def _page(member: Member, head: bytes) -> Kind | None:
    is_page = member.suffix in {".html", ".htm"} and b"main-content" in head
    is_google = b"plus.google.com" in head or "google+" in member.name.lower()
    return GOOGLE_PLUS_PAGE if is_page and is_google else None


def _table(member: Member, head: bytes) -> Kind | None:
    if member.suffix not in _TABLES or _begins_json(head):
        return None
    keys = _keys(head)
    if {column_key(sign) for sign in own_export.SIGNS} <= keys:
        return OWN_TABLE
    mapping = mapping_for(keys)
    return None if mapping is None else _of_columns(mapping)


def _anything(member: Member, head: bytes) -> Kind | None:
    """Return what a file given alone may be, by its form only."""
    if _begins_json(head):
        return OBJECTS
    if member.suffix in {".html", ".htm", ".js"}:
        return None
    header = header_in(_text(head))
    return _of_columns(mappings()[ANY]) if is_readable(header) else None


def _as_told(told: str, head: bytes) -> Kind | None:
    if told in {"csv", "ndjson"}:
        is_json = _begins_json(head)
        if is_json != (told == "ndjson"):
            return None
        return OBJECTS if is_json else _of_columns(mappings()[ANY])
    if told in mappings():
        return _of_columns(mappings()[told])
    by_format = {
        "x": X,
        "facebook": FACEBOOK,
        "google-plus": GOOGLE_PLUS if _begins_json(head) else GOOGLE_PLUS_PAGE,
        "google-business": GOOGLE_REVIEWS,
        "ecoute": OWN if _begins_json(head) else OWN_TABLE,
    }
    return by_format.get(told)


def _of_columns(mapping: SiteColumns) -> Kind:
    name = "csv" if mapping.name == ANY else mapping.name.partition("-")[0]
    return Kind(
        format="linkedin" if name == "linkedin" else "csv" if name == "csv" else mapping.name,
        platform=mapping.platform or "import",
        reader=records.table_reader(mapping),
        is_about=mapping.is_site,
    )


def _begins_json(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n\x00")[:1] in {b"{", b"["}


def _keys(head: bytes) -> frozenset[str]:
    return frozenset(map(column_key, header_in(_text(head))))


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def _linkedin_profile(stream: Bytes) -> Account | None:
    for row in rows(stream):
        cells: Mapping[str, str] = {column_key(name): cell for name, cell in row.cells.items()}
        name = f"{cells.get('first name', '')} {cells.get('last name', '')}".strip()
        return Account(name=name) if name else None
    return None
