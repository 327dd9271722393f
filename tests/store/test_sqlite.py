"""The SQLite store keeps the contract, and is SQLite as its documentation tells."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from store.contract import StoreContract
from store.replies_contract import RepliesContract
from store.samples import DAY, NOW, RIVAL, SHOP, digest, outcome, sighting
from store.stories_contract import StoriesContract
from store.teaching_contract import TeachingContract

from monitor.model import DeliveryResult, DeliveryState, Mention, MentionQuery
from monitor.store.base import Store
from monitor.store.query import QueryError
from monitor.store.sqlite import SqliteStore
from monitor.store.sqlite import store as store_module

DOCS = Path(__file__).parents[2] / "docs" / "database.md"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mentions.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(SqliteStore.open(path, clock=lambda: NOW)) as opened:
        yield opened


class TestReplies(RepliesContract):
    """What readers answer, in a file."""


class TestTeaching(TeachingContract):
    """What persons teach, in a file."""


class TestSqlite(StoreContract):
    """The contract, on a file."""


class TestSqliteStories(StoriesContract):
    """The contract of stories, on a file."""


def test_no_key_of_an_erased_mention_is_left(store: Store, path: Path) -> None:
    store.save_poll(outcome(sighting(1)))
    assert rows(path, "SELECT count(*) > 0 FROM story_key") == [(1,)]
    store.expire(NOW + DAY, timedelta(0))
    assert rows(path, "SELECT count(*) FROM story_key") == [(0,)]


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as other:
        return other.execute(sql).fetchall()


def dump(path: Path, *without: str) -> list[str]:
    with closing(sqlite3.connect(path)) as other:
        return [line for line in other.iterdump() if not any(f'"{t}"' in line for t in without)]


def test_a_feed_read_again_leaves_every_row_as_it_was(store: Store, path: Path) -> None:
    poll = outcome(*(sighting(n, likes=n) for n in range(1, 41)))
    store.save_poll(poll)
    before = dump(path, "poll_hour")
    store.save_poll(replace(poll, at=NOW + DAY))
    assert dump(path, "poll_hour") == before


def test_a_dry_run_tells_what_it_would_store_and_stores_nothing(store: Store, path: Path) -> None:
    before = dump(path)
    assert len(store.save_poll(outcome(sighting(1)), dry_run=True).new) == 1
    assert dump(path) == before


def test_the_first_words_of_an_edited_mention_stay_readable(store: Store, path: Path) -> None:
    first = sighting(1)
    store.save_poll(outcome(first))
    store.save_poll(outcome(sighting(1, text="Deuxième"), at=NOW + DAY))
    store.save_poll(outcome(sighting(1, text="Troisième"), at=NOW + 2 * DAY))
    assert rows(path, "SELECT text, replaced_at FROM revision ORDER BY number") == [
        (first.entry.text, "2026-11-24T07:00:00Z"),
        ("Deuxième", "2026-11-25T07:00:00Z"),
    ]


def test_the_view_has_the_fields_of_a_mention(store: Store, path: Path) -> None:
    store.save_poll(outcome(sighting(1), sighting(2, business=RIVAL, competitor_of=SHOP)))
    names = [column[1] for column in rows(path, "PRAGMA table_info(mentions)")]
    assert names == [field.name for field in fields(Mention)]
    assert rows(path, "SELECT external_id FROM mentions") == [("guid-1",)]
    assert rows(path, "SELECT competitor_of, business FROM competitor_mentions") == [(SHOP, RIVAL)]


def test_every_table_and_column_of_the_views_is_documented(store: Store, path: Path) -> None:
    told = DOCS.read_text(encoding="utf-8")
    columns = [name for _, name, *_ in rows(path, "PRAGMA table_info(mentions)")]
    tables = rows(
        path,
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
        " AND name NOT LIKE 'mention_fts%' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    )
    assert [name for name in columns if f"| `{name}` |" not in told] == []
    assert [name for (name,) in tables if f"`{name}`" not in told] == []


def test_every_example_of_the_documentation_runs(store: Store, path: Path) -> None:
    store.save_poll(outcome(sighting(1), sighting(2, business=RIVAL, competitor_of=SHOP)))
    store.save_poll(outcome(sighting(1, text="Accueil revu"), at=NOW + DAY))
    store.close_digest(digest())
    told = DOCS.read_text(encoding="utf-8")
    examples = re.findall(r"^```sql\n(.*?)^```", told, re.DOTALL | re.MULTILINE)
    assert len(examples) >= 7
    answered = [sql for sql in examples if rows(path, sql)]
    # The one about the last week depends on the day it is asked.
    assert [sql for sql in examples if sql not in answered and "'now'" not in sql] == []


def test_a_mention_in_two_digests_is_refused_by_the_table_itself(store: Store, path: Path) -> None:
    (one,) = store.save_poll(outcome(sighting(1))).new
    store.close_digest(digest(one))
    with closing(sqlite3.connect(path)) as other, pytest.raises(sqlite3.IntegrityError):
        other.execute("INSERT INTO digest_mention VALUES (?, 'd1', 2)", [one])


def test_erased_words_are_in_no_byte_of_the_file(store: Store, path: Path) -> None:
    secret = sighting(1, author="Zerbinette", text="Zerbinettement déçue", title="Zerbinesque")
    (one,) = store.save_poll(outcome(secret, *(sighting(n) for n in range(2, 60)))).new[:1]
    store.save_poll(outcome(sighting(1, text="Zerbinettissime")))
    zerb = b"Subject: Zerbinette"
    store.close_digest(digest(one, recipients=(), text="Zerbinette", html="Zerbi", message=zerb))
    assert store.expire(NOW + 60 * DAY, 30 * DAY) == 59
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"erbi" not in stored


def test_a_question_that_takes_too_long_is_given_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save_poll(outcome(*(sighting(n) for n in range(1, 2001))))
    monkeypatch.setattr(store_module, "READ_LIMIT", timedelta(microseconds=1))
    with pytest.raises(QueryError, match="too long"):
        store.find(MentionQuery(text="fleuriste"))
    assert len(store.find(MentionQuery())) == 2000


def test_what_is_not_tried_again_is_told(path: Path) -> None:
    with closing(SqliteStore.open(path, clock=lambda: NOW)) as store:
        simon, ana = "simon@example.fr", "ana@example.fr"
        store.close_digest(digest(recipients=(simon, ana)))
        refused = DeliveryResult(recipient=ana, state=DeliveryState.REFUSED, error="550")
        waiting = DeliveryResult(recipient=simon, state=DeliveryState.WAITING, error="450")
        store.record_delivery("d1", [refused, waiting], NOW)
        assert store.undelivered(SHOP, NOW) == [refused]
        assert store.undelivered(SHOP, NOW + DAY) == []
        assert store.undelivered(RIVAL, NOW) == []
