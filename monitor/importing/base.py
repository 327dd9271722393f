"""What readers of exports give: entries found, and places that could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Protocol, TypeAlias

from monitor.errors import EcouteError
from monitor.model import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry of an export.

    ``platform`` and ``about`` say where it was said and of whom, where the export itself does;
    ``is_doubted``: how surely is for its words to say. ``is_own``: the account wrote it whose
    export this is. ``stored_id`` is the mention's id in the database that exported it.
    """

    entry: Entry
    platform: str | None = None
    about: str | None = None
    is_doubted: bool = False
    is_own: bool = False
    stored_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Something that says nothing to keep (a picture without a word, a mention withdrawn)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A place that could not be read, or (``is_lost`` false) only in part.

    ``key`` is a sentence of ``importing.toml``; ``where`` the part of the export and the row.
    """

    file: str
    row: int | None
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    is_lost: bool = True


Item: TypeAlias = Found | Passed | Trouble


class ExportUnusable(EcouteError):
    """The file cannot be imported as it is, and nothing was; ``key`` is of ``importing.toml``."""

    def __init__(self, key: str, **values: object) -> None:
        """Keep the facts."""
        super().__init__(key, values)
        self.key = key
        self.values_told = values

    def __str__(self) -> str:
        """Say the facts."""
        return f"{self.key}: {self.values_told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose export it is, as far as it says: handle, name, both or none."""

    handle: str | None = None
    name: str | None = None

    @property
    def author(self) -> str | None:
        """The name that what it wrote is shown under."""
        return self.handle or self.name


NOBODY = Account()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What readers are given beside the bytes.

    ``columns`` are a person's own, by field; ``scale`` what the best mark is; ``zone`` is that of
    times written without one.
    """

    file: str
    zone: tzinfo
    account: Account = NOBODY
    columns: Mapping[str, str] = field(default_factory=dict)
    scale: float | None = None
    dates: str | None = None

    def trouble(
        self,
        row: int | None,
        key: str,
        values: Mapping[str, object] | None = None,
        *,
        is_lost: bool = True,
    ) -> Trouble:
        """Return a trouble of this part of the export."""
        return Trouble(file=self.file, row=row, key=key, values=values or {}, is_lost=is_lost)


class Bytes(Protocol):
    """Bytes read once, from the beginning; ``head`` is what was peeked at."""

    head: bytes

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes; none at the end."""
        ...

    def readline(self, size: int, /) -> bytes:
        """Return bytes to the end of the line, that included, and at most so many."""
        ...


class Reader(Protocol):
    """Reads one part of an export; never raises for what it holds."""

    def __call__(self, stream: Bytes, reading: Reading) -> Iterator[Item]:
        """Yield what it holds, in its order."""
        ...
