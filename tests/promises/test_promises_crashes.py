"""Promises 19 to 22: kills, full and locked disks, two daemons, damage: nothing lost or doubled."""

from __future__ import annotations

import json
import resource
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import timedelta
from inspect import signature
from pathlib import Path

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from fakes import NOW, state
from promises.shop import Shop
from servers import DROP, HANG, FeedServer, MailServer, started_ecoute
from store.samples import outcome, sighting

from monitor.due import due_at
from monitor.errors import StoreError
from monitor.store.sqlite import SqliteStore

PATIENCE_S = 30
FAST = {"ECOUTE_FLOOR": "1s"}


def wait_until(is_so: Callable[[], object]) -> None:
    """Return once it is so; the processes watched are real, so we look again and again."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.parametrize("at", ["the feed", "the mail"])
def test_promise_19_a_kill_loses_and_doubles_nothing(shop: Shop, at: str) -> None:
    shop.web["/rss"] = rss([GOOD, BAD])
    with MailServer() as mail:
        shop.configure("/rss", mail=mail)
        mail.answer("DATA", HANG if at == "the mail" else DROP)
        with started_ecoute("run", "--once", cwd=shop.folder) as process:
            wait_until(lambda: mail.seen if at == "the mail" else shop.web.requests)
            process.kill()
        first = [letter.content for letter in mail.seen]
        for _ in range(2):
            shop.ecoute("run", "--once")
        taken = [letter.content for letter in mail.received]
    assert shop.sql("PRAGMA integrity_check") == [("ok",)]
    assert sorted(m["external_id"] for m in shop.mentions()) == [GOOD[0], BAD[0]]
    assert shop.sql("SELECT count(*) FROM digest_mention GROUP BY mention_id") == [(1,), (1,)]
    assert set(first) <= set(taken)
    told = [content for (content,) in shop.sql("SELECT message FROM digest")]
    assert sorted(taken) == sorted(told)


def test_promise_19_a_clock_wrong_by_years_holds_no_source() -> None:
    ahead = NOW + timedelta(days=900)
    held = state(polled_at=ahead, next_poll_at=ahead, retry_at=ahead)
    assert due_at(held, timedelta(minutes=30), NOW) == NOW


def test_promise_20_a_daemon_asks_at_once_is_alone_and_stops_within_seconds(shop: Shop) -> None:
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss")
    began = time.monotonic()
    with started_ecoute("run", cwd=shop.folder) as first:
        wait_until(lambda: shop.web.requests)
        assert time.monotonic() - began < 5
        second = shop.ecoute("run")
        assert second.code == 3
        assert second.err.splitlines()[-1].startswith("already_running: ")
        first.kill()
    with started_ecoute("run", cwd=shop.folder) as third:
        assert third.stderr is not None
        wait_until(lambda: "daemon started" in third.stderr.readline())  # type: ignore[union-attr]
        began = time.monotonic()
        third.send_signal(signal.SIGTERM)
        assert third.wait(timeout=10) == 0
        assert time.monotonic() - began < 10


def fill(disk: Path) -> Path:
    """Take all the room there is; return the file that has it."""
    file = disk / "full"
    with suppress(OSError), file.open("wb", buffering=0) as out:
        while out.write(bytes(4096)):
            pass
    return file


def test_promise_21_on_a_full_disk_it_says_so_and_goes_on_by_itself(
    small_disk: Path, web: FeedServer
) -> None:
    shop = Shop(small_disk, web)
    web["/rss"] = rss([GOOD])
    feed = {"type": "feed", "url": web.url("/rss"), "every": "1s"}
    shop.configure(sources=[feed], network={"allow_private_hosts": [web.address]})
    with started_ecoute("run", cwd=shop.folder, env=FAST) as daemon:
        wait_until(lambda: len(web.requests) > 1)
        full = fill(small_disk)
        web["/rss"] = rss([GOOD, BAD])
        assert daemon.stderr is not None
        wait_until(lambda: "disk_full" in daemon.stderr.readline())  # type: ignore[union-attr]
        full.unlink()
        wait_until(lambda: shop.sql("SELECT count(*) FROM mention") == [(2,)])
    assert shop.sql("PRAGMA integrity_check") == [("ok",)]


def test_promise_21_a_file_that_may_not_grow_is_a_full_disk(shop: Shop) -> None:
    """As where a quota is used up: SQLite calls that an error of the disk."""
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss")
    shop.poll()
    shop.web["/rss"] = rss([GOOD, BAD])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        done = shop.ecoute("poll", "--force")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (done.code, done.err.splitlines()[-1].split(":")[0]) == (3, "disk_full")
    assert shop.poll()["rss"]["new"] == 1


def test_promise_21_a_locked_database_is_waited_for_and_then_named(tmp_path: Path) -> None:
    file = tmp_path / "mentions.db"
    assert signature(SqliteStore.open).parameters["wait"].default == timedelta(seconds=30)
    with (
        closing(SqliteStore.open(file, wait=timedelta(milliseconds=50))) as store,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"^db_locked: "):
            store.save_poll(outcome(sighting(1)))
        other.execute("ROLLBACK")
        assert len(store.save_poll(outcome(sighting(1))).new) == 1


def test_promise_22_damage_is_named_left_alone_and_mended_from_a_backup(shop: Shop) -> None:
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss")
    shop.poll()
    assert shop.ecoute("backup", "copy.db").code == 0
    file = shop.folder / "mentions.db"
    for beside in shop.folder.glob("mentions.db-*"):
        beside.unlink()
    damaged = file.read_bytes()[:100] + b"\xff" * 9000
    file.unlink()  # the poll above still has it open: another file, as to SQLite, in its place
    file.write_bytes(damaged)
    for command in (["poll"], ["mentions"], ["run", "--once"], ["run"], ["db", "check"]):
        done = shop.ecoute(*command)
        assert (done.code, done.err.splitlines()[-1].split(":")[0]) == (3, "db_corrupt"), command
        assert file.read_bytes() == damaged
    (shop.folder / "bad.db").write_bytes(damaged)
    assert shop.ecoute("restore", "bad.db").code == 3
    assert file.read_bytes() == damaged
    assert shop.ecoute("restore", "copy.db").code == 0
    assert len(shop.mentions()) == 1
    assert shop.ecoute("db", "check").code == 0


def test_promise_22_a_backup_says_which_keys_it_is_without(shop: Shop) -> None:
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss")
    shop.poll()
    assert shop.ecoute("backup", "early.db").err == ""
    shop.ecoute("forget", "--author", "Jeanne Martin", "--yes")
    away = shop.folder / "away"
    away.mkdir()
    told = shop.ecoute("backup", "away/copy.db").err
    assert "mentions.db.names-key" in told
    assert [file.name for file in away.iterdir()] == ["copy.db"]
    # Put back where the key is lost, it reads nothing rather than let them come back.
    (shop.folder / "mentions.db.names-key").unlink()
    assert shop.ecoute("restore", "away/copy.db").code == 0
    assert "names-key" in shop.ecoute("poll", "--force").err


def test_promise_19_a_read_only_disk_is_named_and_changes_nothing(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        shop = Shop(tmp_path, web)
        shop.configure("/rss", database="nowhere/mentions.db")
        done = shop.ecoute("poll")
        assert web.requests == []
    assert (done.code, done.err.splitlines()[-1].split(":")[0]) == (3, "read_only")
    assert json.loads(shop.ecoute("mentions", "--json").out or "[]") == []
