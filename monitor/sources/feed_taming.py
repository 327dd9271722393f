"""What is done to a feed's bytes before feedparser reads them, so that it can and does so quickly.

feedparser 6.0.14 takes time that grows with the square of a few things (measured with it): what
stands before the root, an author's name, the categories of one entry. Expat expands entities to a
hundred times the document. And what precedes the XML declaration hides the charset it declares.

Known limit: a name split by child elements still costs the square of its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from monitor.errors import Code, FetchError, Malformed

MAX_ENTRIES = 5_000
"""Entries of one feed (promises: ``too_large``)."""
MAX_EXPANSION = 1_000_000
"""Bytes that a feed's own entities may add in all."""
MAX_CATEGORIES = 5_000
"""Categories of a whole feed beyond which none is read: nothing here looks at them."""

_MAX_ENTITY = 10_000  # bytes of one entity, those within it included
_MAX_ENTITIES = 500  # HTML has 253 named ones
_MAX_DEPTH = 10  # entities within entities
_MAX_DOCTYPES = 20  # in texts; feedparser's reading of open ones is quadratic

_MAX_DEPTH_OF_TAGS = 10_000  # feedparser keeps 700 bytes an open element
_FEW_TAGS = 2 * _MAX_DEPTH_OF_TAGS  # fewer cannot be that deep
# feedparser takes 11 µs a tag; 5,000 entries of 20 elements have 200,000. What feeds cite of HTML
# counts too when it stands in CDATA, which is rare at that size.
_MAX_TAGS = 500_000

_JUNK_WINDOW = 8_192  # bytes: a server's warning before the feed is shorter
_START = re.compile(
    rb"<\?xml\b|<!DOCTYPE\b|<(?:[\w.-]+:)?(?:rss|feed|RDF|channel|html)\b", re.IGNORECASE
)
_BOM = b"\xef\xbb\xbf"
_HEAD_PART = re.compile(
    rb"\s+|(?P<declaration><\?xml\b[^>]*>)|<\?[^>]*>|<!--.*?-->"
    rb"|<!DOCTYPE[^\[>]*(?:\[(?P<subset>.*?)\]\s*)?>|<!(?!DOCTYPE|--|\[)[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
_ENTITY = re.compile(rb"<!ENTITY\s+([\w.-]+)\s+(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"&([A-Za-z_][\w.-]*);")
# What feedparser takes of a declared entity: plain signs, or one character's number.
_SAFE_VALUE = re.compile(rb"&#\w+;|[^&\"<%]*")
_NAMED = re.compile(
    rb"(<(?:[\w.-]+:)?(?:author|managingEditor|webMaster|creator|publisher|contributor|name|email"
    rb"|owner)\b[^<>]{0,1000}>(?:<!\[CDATA\[)?[^<\]]{300})[^<\]]+",
    re.IGNORECASE,
)
_CATEGORY = re.compile(
    rb"<((?:[\w.-]+:)?(?:category|subject|keywords))\b[^<>]*>"
    rb"(?:[^<]|<!\[CDATA\[[^\]]*\]\]>)*</\1\s*>",
    re.IGNORECASE,
)
_TAG = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    rb"|<(?P<close>/?)[A-Za-z][^<>]*?(?P<empty>/?)>",
    re.DOTALL,
)
# xml.sax takes time that grows with the square of an element's attributes.
_MANY_ATTRIBUTES = re.compile(
    rb"(<[^\s<>/=!?\"'][^\s<>/=\"']*+)"
    rb"(?:\s*+[^\s<>/=\"']++\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+')){100,}+"
)
_CHARACTER = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_TWICE_ENCODED = b"\xc3\x83\xc2"  # "Ã" and what follows it, in UTF-8
# What Windows-1252 shows for bytes 80 to 9f, back to those bytes.
_TO_BYTES = {ord(bytes([b]).decode("cp1252", "ignore") or "\0"): b for b in range(0x80, 0xA0)}
_ENTRY = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>/]")


def tame(body: bytes) -> bytes:
    """Return the bytes to give to feedparser.

    Raises FetchError(too_large) for too many entries or tags, Malformed(parse) for tags nested too
    deep.
    """
    if b"\x00" in body[:64]:  # UTF-16 or UTF-32: rare, and left as it is
        return body
    if sum(1 for _ in _ENTRY.finditer(body)) > MAX_ENTRIES:
        raise FetchError(Code.TOO_LARGE, f"more than {MAX_ENTRIES} entries")
    if body.count(b"<") > _FEW_TAGS:
        _check_tags(body)
    body = _MANY_ATTRIBUTES.sub(rb"\1", _encoded_once(body))
    body = _CHARACTER.sub(_legal_character, _with_short_head(_without_junk(body)))
    if body.count(b"<category") + body.count(b":subject") > MAX_CATEGORIES:
        body = _CATEGORY.sub(b"", body)
    return _NAMED.sub(rb"\1", body)


def _encoded_once(body: bytes) -> bytes:
    """Undo the spare layer of a feed in UTF-8 that was encoded as UTF-8 once more.

    Only when all of it can be: recordings/french-press/lemonde_une_2017_mojibake.xml.
    """
    if _TWICE_ENCODED not in body:
        return body
    try:
        once = body.removeprefix(_BOM).decode().translate(_TO_BYTES).encode("latin-1")
        once.decode()
    except UnicodeError:
        return body
    return once


def _without_junk(body: bytes) -> bytes:
    """Drop what a server wrote before the XML, unless it is only blanks, which are dealt with."""
    found = _START.search(body[:_JUNK_WINDOW])
    if found is None or body[: found.start()].strip() in (b"", _BOM):
        return body
    return body[found.start() :]


def _with_short_head(body: bytes) -> bytes:
    """Leave of what precedes the root only the XML declaration and the entities within budget."""
    at = len(_BOM) if body.startswith(_BOM) else 0
    head, subset = body[:at], b""
    while part := _HEAD_PART.match(body, at):
        head += part["declaration"] or b"" if head in (b"", _BOM) else b""
        subset = subset or part["subset"] or b""
        at = part.end()
    rest = body[at:]
    if rest.count(b"<!DOCTYPE") > _MAX_DOCTYPES:
        rest = rest.replace(b"<!DOCTYPE", b"&lt;!DOCTYPE")
    return head + _doctype(subset, rest) + rest


def _check_tags(body: bytes) -> None:
    tags = depth = 0
    for tag in _TAG.finditer(body):
        if tag["close"] is None:
            continue
        tags += 1
        if tags > _MAX_TAGS:
            raise FetchError(Code.TOO_LARGE, f"more than {_MAX_TAGS} tags")
        if not tag["empty"]:
            depth = max(depth - 1, 0) if tag["close"] else depth + 1
            if depth > _MAX_DEPTH_OF_TAGS:
                raise Malformed(Code.PARSE, f"tags nested deeper than {_MAX_DEPTH_OF_TAGS}")


def _legal_character(reference: re.Match[bytes]) -> bytes:
    """Return a reference to a character, to U+FFFD if there is none that XML allows.

    One of the others makes feedparser give up the whole feed.
    """
    hexadecimal, decimal = reference.groups()
    digits = (hexadecimal or decimal).lstrip(b"0")
    if len(digits) > len("1114111"):
        return b"&#65533;"
    number = int(digits or b"0", 16 if hexadecimal else 10)
    is_legal = (
        number in (0x9, 0xA, 0xD) or 0x20 <= number < 0xD800 or 0xE000 <= number <= 0x10FFFF  # noqa: PLR2004 - XML 1.0 §2.2
    )
    return reference[0] if is_legal else b"&#65533;"


def _doctype(subset: bytes, rest: bytes) -> bytes:
    """Return a document type that declares what may be expanded in ``rest``; empty if nothing."""
    room = MAX_EXPANSION
    kept = []
    for name, value in _entities(subset):
        cost = len(value) * rest.count(b"&" + name + b";")
        if 0 < cost <= room:
            room -= cost
            kept.append(b'<!ENTITY %s "%s">\n' % (name, value))
    return b"\n<!DOCTYPE feed [\n%s]>\n" % b"".join(kept) if kept else b""


def _entities(subset: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the entities that a document declares itself, with those within them expanded."""
    declared: dict[bytes, bytes] = {}
    for name, double, single in _ENTITY.findall(subset)[:_MAX_ENTITIES]:
        declared.setdefault(name, double or single)
    known: dict[bytes, bytes | None] = {}
    for name in declared:
        value = _expand(name, declared, known, _MAX_DEPTH)
        if value is not None and _SAFE_VALUE.fullmatch(value):
            yield name, value


def _expand(
    name: bytes, declared: Mapping[bytes, bytes], known: dict[bytes, bytes | None], depth: int
) -> bytes | None:
    """Return an entity's value; ``None`` when it is too long, too deep, or within itself."""
    if name in known or name not in declared or not depth:
        return known.get(name)
    known[name] = None
    value = b""
    for index, part in enumerate(_REFERENCE.split(declared[name])):
        # split gives text and names in turn
        inner = _expand(part, declared, known, depth - 1) if index % 2 else part
        if inner is None or len(value) + len(inner) > _MAX_ENTITY:
            return None
        value += inner
    known[name] = value
    return value
