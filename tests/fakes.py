"""Fakes that several tests share."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from monitor.fetching.base import Session
from monitor.model import Business, Cursor, Entry, Kind, Page, SourceState
from monitor.pipeline import Origin
from monitor.reading import Watched
from monitor.sources.base import Source, SourceOptions

SHOP = Business(name="Fleurs Bougamont")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def entry(number: int, text: str = "Un accueil excellent.") -> Entry:
    """An entry that names the shop."""
    return Entry(
        external_id=f"e{number}",
        url=f"https://echo.example/{number}",
        title=f"Fleurs Bougamont, article numéro {number}",
        text=text,
        kind=Kind.ARTICLE,
    )


class FakeSource(Source[SourceOptions]):
    """A source whose pages a test decides; an exception among them is raised."""

    type: ClassVar[str] = "fake"
    platform: ClassVar[str] = "fake"
    every: ClassVar[timedelta] = timedelta(minutes=30)
    options_type: ClassVar = SourceOptions
    limits: ClassVar[str] = "none"

    def __init__(self, *script: Page | Exception) -> None:
        super().__init__(SourceOptions(type="fake"), (SHOP,))
        self.script = script
        self.asked: list[Cursor] = []

    @property
    def address(self) -> str:
        return "fake"

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        self.asked.append(cursor)
        for step in self.script:
            if isinstance(step, Exception):
                raise step
            yield step


def page(*numbers: int, cursor: Cursor | None = None) -> Page:
    """A page of entries that name the shop."""
    return Page(entries=tuple(entry(n) for n in numbers), cursor=cursor or {"last": max(numbers)})


def watched(source: FakeSource, source_id: str = "fake", max_pages: int = 5) -> Watched:
    """A source ready to be polled for the shop."""
    return Watched(
        id=source_id,
        source=source,
        origin=Origin(
            source_id=source_id, platform="fake", businesses=frozenset([SHOP.name]), about=None
        ),
        every=timedelta(minutes=30),
        max_pages=max_pages,
    )


def state(**changes: object) -> SourceState:
    """A source's state, never polled unless told otherwise."""
    fresh = SourceState(
        id="fake", type="fake", address="fake", businesses=(SHOP.name,), options_hash="1"
    )
    make: Callable[..., SourceState] = replace
    return make(fresh, **changes)
