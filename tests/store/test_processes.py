"""Several processes on one database, and one killed at any moment."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from monitor.model import MentionQuery
from monitor.store.sqlite import SqliteStore

TESTS = Path(__file__).parents[1]

SAVE = """
import sys
from pathlib import Path
from monitor.store.sqlite import SqliteStore
from store.samples import outcome, sighting, state

path, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store = SqliteStore.open(path)
for poll in range(first, last):
    numbers = range(poll * 10, poll * 10 + 10)
    of = state(f"source-{first}", cursor={"poll": poll})
    store.save_poll(outcome(*(sighting(n + 1, source_id=of.id) for n in numbers), state=of))
    print(poll, flush=True)
"""
HOLD = """
import sys
from pathlib import Path
from monitor.store.sqlite.locks import hold

with hold(Path(sys.argv[1]), "daemon") as held:
    print(held, flush=True)
    sys.stdin.read()
"""


def started(script: str, *args: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - this interpreter, a script above
        [sys.executable, "-c", script, *map(str, args)],
        env={"PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("polls_before", [0, 1, 7, 20])
def test_a_process_killed_at_work_leaves_whole_polls_only(
    tmp_path: Path, polls_before: int
) -> None:
    path = tmp_path / "mentions.db"
    with started(SAVE, path, 0, 100_000) as process:
        for _ in range(polls_before):
            line_of(process)
        process.kill()
    if not polls_before:
        with started(SAVE, path, 0, 1) as after:
            assert line_of(after) == "0"
    with closing(SqliteStore.open(path)) as store:
        assert store.check() == []
        (state,) = store.source_states()
        told = state.cursor["poll"]
        assert isinstance(told, int)
        assert told >= polls_before - 1
        assert state.mentions == (told + 1) * 10
        assert len(store.find(MentionQuery(text="fleuriste"))) == state.mentions


def test_two_processes_make_and_fill_one_database_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    with started(SAVE, path, 0, 15) as one, started(SAVE, path, 100, 115) as two:
        assert [p.wait(timeout=60) for p in (one, two)] == [0, 0]
    with closing(SqliteStore.open(path)) as store:
        assert {state.id: state.mentions for state in store.source_states()} == {
            "source-0": 150,
            "source-100": 150,
        }
        assert store.check() == []


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "mentions.db"
    with closing(SqliteStore.open(path)) as store:
        with started(HOLD, path) as process:
            assert line_of(process) == "True"
            with store.hold("daemon") as held:
                assert not held
            with store.hold("outbox") as other:
                assert other
            process.kill()
        with store.hold("daemon") as held:
            assert held
            with started(HOLD, path) as second:
                assert line_of(second) == "False"
                second.kill()
