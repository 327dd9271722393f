"""What the owner has answered on the platform itself waits for nobody here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from store.samples import NOW, outcome, sighting

from monitor.model import MentionQuery, Status
from monitor.store.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(tmp_path / "mentions.db", clock=lambda: NOW)) as opened:
        yield opened


def _status(store: SqliteStore) -> Status:
    [mention] = store.find(MentionQuery())
    return mention.status


def test_what_comes_with_an_answer_is_handled(store: SqliteStore) -> None:
    store.save_poll(outcome(sighting(1, answered=True)))
    assert _status(store) is Status.HANDLED


def test_an_answer_that_comes_later_is_noted(store: SqliteStore) -> None:
    store.save_poll(outcome(sighting(1)))
    assert _status(store) is Status.NEW
    store.save_poll(outcome(sighting(1, answered=True)))
    assert _status(store) is Status.HANDLED


def test_what_a_person_has_put_aside_stays_so(store: SqliteStore) -> None:
    (mention_id,) = store.save_poll(outcome(sighting(1))).new
    store.set_status(mention_id, Status.IGNORED, None, NOW)
    store.save_poll(outcome(sighting(1, answered=True)))
    assert _status(store) is Status.IGNORED


def test_an_answer_shown_elsewhere_is_not_ours_to_note(store: SqliteStore) -> None:
    store.save_poll(outcome(sighting(1)))
    store.save_poll(outcome(sighting(1, source_id="elsewhere", answered=True)))
    assert _status(store) is Status.NEW
