"""What GDELT answers: JSON, or a sentence in plain text where JSON was due. Pure.

https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.json_answers import read_json
from monitor.model import Entry, Json, Kind
from monitor.sources.addresses import web_url
from monitor.sources.entry_parts import id_of, instant_of, name_of, title_of
from monitor.sources.json_fields import read_each, record_of, rows_of

_ESCAPE = re.compile(r'\\(["\\/bfnrt]|u[0-9a-fA-F]{4})?')
_LIMIT = re.compile(rb"limit requests|too many requests|rate limit", re.IGNORECASE)
_TAG = re.compile(rb"\s*<")
_MAX_TOLD = 200  # characters of GDELT's sentence
# GDELT parts a title into words: "l ' Église , 30 ans ( Nord )".
_APOSTROPHE = re.compile(r"(?<=\w) (['’]) (?=\w)")
_BEFORE = re.compile(r" +([,.)\]…])")
_AFTER = re.compile(r"([(\[]) +")
# GDELT's names for languages that CLDR calls otherwise.
_OTHER_NAMES = {"bengali": "bn", "farsi": "fa", "sinhalese": "si"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Articles:
    """One answer: its articles, and the newest instant among them."""

    entries: tuple[Entry, ...]
    newest: datetime | None
    problem: str | None


def read_articles(body: bytes, *, retry_at: datetime) -> Articles:
    """Read one answer; no article is told by an object without ``articles``.

    Raises ``FetchError(rate_limited)``, to be tried again at ``retry_at``, and Malformed(api) with
    GDELT's sentence.
    """
    answer = record_of(_json_of(body, retry_at), "the answer")
    if "articles" not in answer:
        return Articles(entries=(), newest=None, problem=None)
    entries, problem = read_each(rows_of(answer["articles"], "articles"), read_article, "articles")
    instants = [entry.published_at for entry in entries if entry.published_at is not None]
    return Articles(entries=entries, newest=max(instants, default=None), problem=problem)


def read_article(article: Mapping[str, Json]) -> Entry:
    """Read one article; its site stands for its author. Raises Malformed when it has no address."""
    url = web_url(article.get("url"))
    external_id = id_of(article.get("url"))
    if url is None or external_id is None:
        raise Malformed(Code.API, "url is missing")
    title = article.get("title")
    site = name_of(article.get("domain"))
    image = web_url(article.get("socialimage"))
    return Entry(
        external_id=external_id,
        url=url,
        title=title_of(tidy_title(title)) if isinstance(title, str) else None,
        text="",
        kind=Kind.ARTICLE,
        author=site,
        outlet=site,
        published_at=instant_of(article.get("seendate")),
        language=code_of(article.get("language")),
        media=(image,) if image else (),
    )


def tidy_title(title: str) -> str:
    """Return a title without the blanks that GDELT puts around its signs.

    >>> tidy_title("Le Café de l ' Église , 30 ans ( Nord )")
    "Le Café de l'Église, 30 ans (Nord)"
    """
    return _AFTER.sub(r"\1", _BEFORE.sub(r"\1", _APOSTROPHE.sub(r"\1", title)))


def code_of(language: Json) -> str | None:
    """Return the two letters of a language that GDELT names in English; ``None`` if unknown.

    >>> code_of("French"), code_of("Norwegian"), code_of("Klingon")
    ('fr', 'no', None)
    """
    return _codes().get(language.casefold()) if isinstance(language, str) else None


def query_name_of(code: str) -> str:
    """Return how a query names a language: its English name; the code itself when unknown.

    >>> query_name_of("fr")
    'french'
    """
    return next((name for name, known in _codes().items() if known == code), code)


@cache
def _codes() -> dict[str, str]:
    from babel import Locale  # noqa: PLC0415 - 4 MB that who asks no GDELT does not need

    english = Locale("en").languages
    codes = {str(name).casefold(): code for code, name in english.items() if len(code) == len("fr")}
    return {**codes, **_OTHER_NAMES}


def _json_of(body: bytes, retry_at: datetime) -> Json:
    try:
        return _loads(body)
    except ValueError:
        pass
    if _TAG.match(body):
        raise Malformed(Code.API, "a page where JSON was due")
    if _LIMIT.search(body[:500]):
        raise FetchError(Code.RATE_LIMITED, "asked too often", retry_at=retry_at)
    told = " ".join(body[:_MAX_TOLD].decode("utf-8", "replace").split())
    raise Malformed(Code.API, f"not JSON: {told}" if told else "the answer is empty")


def _loads(body: bytes) -> Json:
    try:
        return read_json(body, lenient=True)
    except ValueError:
        text = body.decode("utf-8-sig", "replace")
        return read_json(_ESCAPE.sub(_repaired, text).encode(), lenient=True)


def _repaired(escape: re.Match[str]) -> str:
    """Return what JSON knows as it is, an apostrophe's without its backslash, else two of them."""
    if escape[1]:
        return escape[0]
    return "" if escape.string.startswith("'", escape.end()) else r"\\"
