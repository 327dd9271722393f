"""The figures of a daemon, from a real store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from store.samples import NOW, SHOP, digest, outcome, sighting, state

from monitor.errors import StoreCode, StoreError
from monitor.model import MentionQuery, PollStatus, SourceReport, SourceState
from monitor.operations.figures import Figures
from monitor.operations.prometheus import exposition
from monitor.operations.vitals import Vitals
from monitor.store.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(tmp_path / "mentions.db")) as opened:
        opened.register_sources([state()])
        yield opened


def told(figures: Figures) -> dict[str, float]:
    lines = (line for line in exposition(figures()).splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def of(store: SqliteStore, folder: Path, **more: object) -> Figures:
    return Figures(
        vitals=Vitals(),
        store=store,
        businesses=(SHOP,),
        database=folder / "mentions.db",
        **more,  # type: ignore[arg-type] # a clock
    )


def test_sources_mentions_and_outbox_are_told(store: SqliteStore, tmp_path: Path) -> None:
    store.save_poll(outcome(sighting(1), sighting(2), state=state(last_ok_at=NOW)))
    ids = [mention.id for mention in store.find(MentionQuery())]
    store.close_digest(digest(*ids))
    figures = of(store, tmp_path)
    figures.vitals.beat()
    figures.vitals.count(SourceReport(id="local-press", type="feed", status=PollStatus.OK))
    seen = told(figures)
    assert seen[f'ecoute_mentions_total{{business="{SHOP}"}}'] == 2
    assert seen['ecoute_polls_total{source="local-press",status="ok"}'] == 1
    assert seen['ecoute_polls_total{source="local-press",status="failed"}'] == 0
    assert seen['ecoute_source_last_success_timestamp_seconds{source="local-press"}'] > 1.7e9
    assert seen['ecoute_outbox_pending{kind="digest"}'] >= 1
    assert seen['ecoute_outbox_pending{kind="notice"}'] == 0
    assert seen['ecoute_outbox_oldest_timestamp_seconds{kind="digest"}'] > 1.7e9
    assert seen["ecoute_store_usable"] == 1
    assert seen["ecoute_healthy"] == 1
    assert seen["ecoute_database_bytes"] > 0
    assert seen["process_resident_memory_bytes"] > 1e6


def test_nothing_that_people_wrote_is_among_them(store: SqliteStore, tmp_path: Path) -> None:
    store.save_poll(outcome(sighting(1)))
    text = exposition(of(store, tmp_path)())
    assert "Journaliste" not in text
    assert "bouquets" not in text
    assert "lobservateur" not in text


def test_counts_of_mentions_are_given_again_for_a_minute(
    store: SqliteStore, tmp_path: Path
) -> None:
    passing = [0.0]
    figures = of(store, tmp_path, passing=lambda: passing[0])
    name = f'ecoute_mentions_total{{business="{SHOP}"}}'
    assert told(figures)[name] == 0
    store.save_poll(outcome(sighting(1)))
    assert told(figures)[name] == 0
    passing[0] = 61.0
    assert told(figures)[name] == 1


def test_a_store_that_cannot_be_read_is_told_by_a_figure(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> list[SourceState]:
        raise StoreError(StoreCode.DB_LOCKED, "another program has it")

    monkeypatch.setattr(store, "source_states", locked)
    seen = told(of(store, tmp_path))
    assert seen["ecoute_store_usable"] == 0
    assert "process_cpu_seconds_total" in seen
