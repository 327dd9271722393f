"""What a query asks of all but the text: the site, the author, the language, the source."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.matching.boolean_errors import Kind, QueryError
from monitor.matching.boolean_passage import Passage
from monitor.matching.boolean_phrase import Phrase, read_phrase, unquoted
from monitor.text import fold
from monitor.urls import site_of


class FieldName(StrEnum):
    """The fields, as a query shows them."""

    SITE = "site"
    AUTHOR = "author"
    LANGUAGE = "lang"
    TITLE = "title"
    SOURCE = "source"


FIELDS = {name.value: name for name in FieldName} | {
    "auteur": FieldName.AUTHOR,
    "langue": FieldName.LANGUAGE,
    "titre": FieldName.TITLE,
}
"""By what may be typed before the colon, in French too."""

_SITE = re.compile(r"(?:https?://)?([^/?#@:*\s]+)/?", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Field:
    """One question about an entry; ``value`` is folded, ``phrase`` is for an author's name."""

    name: FieldName
    spelling: str
    value: str
    phrase: Phrase | None = None

    def holds(self, passage: Passage) -> bool:
        """Tell whether the entry is of that site, author, language or source."""
        if self.name is FieldName.SITE:
            return f".{passage.host or ''}".endswith(f".{self.value}")
        if self.name is FieldName.LANGUAGE:
            language = fold(passage.language or "").replace("_", "-")
            return f"{language}-".startswith(f"{self.value}-")
        if self.name is FieldName.SOURCE:
            known = (passage.source_id, passage.platform)
            return any(fold(one) == self.value for one in known if one is not None)
        name = passage.author_line
        is_same = name.folded.removeprefix("@") == self.value
        return is_same or (self.phrase is not None and self.phrase.stands_in(name))


def read_field(name: FieldName, spelling: str, column: int) -> Field:
    """Read the value of a field but ``title``. Raises ``QueryError``.

    >>> read_field(FieldName.SITE, "https://www.Exemple.fr/", 1).value
    'exemple.fr'
    """
    if name is FieldName.SITE and "*" in spelling:
        raise QueryError(column, Kind.SITE, spelling)
    body, is_stem = unquoted(spelling, column)
    value = fold(body)
    if not value.removeprefix("@"):
        raise QueryError(column, Kind.FIELD_VALUE, spelling)
    if name is FieldName.AUTHOR:
        phrase = _author(spelling, column, body)
        return Field(name, spelling, value.removeprefix("@"), phrase)
    if name is FieldName.SITE:
        return Field(name, spelling, _site(spelling, column, body))
    if is_stem:
        raise QueryError(column, Kind.STAR, spelling)
    if name is FieldName.LANGUAGE:
        value = value.replace("_", "-")
        if not _LANGUAGE.fullmatch(value):
            raise QueryError(column, Kind.LANGUAGE, spelling)
    return Field(name, spelling, value)


def _author(spelling: str, column: int, body: str) -> Phrase | None:
    """Return the words to find within the name; ``None`` for a name of signs only."""
    if not any(sign.isalnum() for sign in fold(body)):
        return None
    return replace(read_phrase(spelling, column), tags=())


def _site(spelling: str, column: int, body: str) -> str:
    given = _SITE.fullmatch(body.strip())
    site = site_of(f"https://{given[1]}") if given else None
    if site is None or not _HOST.fullmatch(site):
        raise QueryError(column, Kind.SITE, spelling)
    return site
