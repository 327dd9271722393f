"""Hostile texts on the way through matching and scoring into a database, and out again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

from fakes import NOW, SHOP, entry, state

from monitor.errors import StoreCode, StoreError
from monitor.exchange.shapes import dump, mention_json
from monitor.matching.matcher import Matcher
from monitor.model import Entry, MentionQuery, PollOutcome
from monitor.pipeline import Origin, Pipeline
from monitor.sentiment.registry import make_scorer
from monitor.store.query import QueryError
from monitor.store.sqlite import SqliteStore, restore

_ORIGIN = Origin(
    source_id="fake", platform="fake", businesses=frozenset([SHOP.name]), about=SHOP.name
)


@cache
def _pipeline() -> Pipeline:
    return Pipeline(matcher=Matcher([SHOP]), scorer=make_scorer("textblob"), businesses=(SHOP,))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="ecoute-hostile-")


@cache
def _store() -> SqliteStore:
    return _filled(Path(_folder().name, "mentions.db"))


def _filled(file: Path) -> SqliteStore:
    store = SqliteStore.open(file, clock=lambda: NOW)
    store.register_sources([state()])
    save([entry(number) for number in range(3)], store)
    return store


def save(entries: Iterable[Entry], store: SqliteStore) -> None:
    """Match, score and store entries, all about one business."""
    sightings = _pipeline()(entries, _ORIGIN)
    store.save_poll(PollOutcome(state=state(), at=NOW, fetched=1, sightings=sightings))


def stored(entries: Iterable[Entry]) -> None:
    """Store entries and read them again; a good one among them must come out."""
    store = _store()
    good = replace(entry(7), title="Fleurs Bougamont est là")
    save([*entries, good], store)
    found = store.find(MentionQuery(limit=50))
    dump([mention_json(mention) for mention in found]).encode()
    assert store.known_ids("fake", ["e7"]) == {"e7"}


def search(text: str) -> None:
    """Search the database; ``QueryError`` is the only way to say no."""
    try:
        _store().find(MentionQuery(text=text, limit=5))
    except QueryError as error:
        assert str(error)  # noqa: PT017 - only if it is raised


def database_bytes() -> bytes:
    """Return a small database of ours, as a backup writes it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy.db")
        with closing(_filled(Path(folder, "mentions.db"))) as store:
            store.backup(copy)
        return copy.read_bytes()


def restore_from(content: bytes) -> None:
    """Restore from a file; the database that is there must live on whatever it holds."""
    with tempfile.TemporaryDirectory() as folder:
        backup, database = Path(folder, "backup.db"), Path(folder, "mentions.db")
        backup.write_bytes(content)
        database.write_bytes(database_before := _good())
        try:
            restore(backup, database)
        except StoreError as error:
            assert str(error)  # noqa: PT017 - only if it is raised
            assert database.read_bytes() == database_before
            return
        try:
            with closing(SqliteStore.open(database)) as store:
                store.find(MentionQuery(limit=5))
                store.source_states()
        except StoreError as error:
            assert error.code is StoreCode.DB_CORRUPT  # noqa: PT017 - only if it is raised


@cache
def _good() -> bytes:
    return database_bytes()
