"""How fast the SQLite store stores, reads a feed again and searches: ``python bench/store.py``.

Texts are made from a few hundred words; each mention has about 60 of them.
"""

from __future__ import annotations

import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

sys.path[0] = str(
    Path(__file__).parents[1] / "tests"
)  # in place of bench/, which hides tests/store

from store.samples import NOW, outcome, sighting, state  # noqa: E402 - found by the line above

from monitor.model import MentionQuery, PollOutcome  # noqa: E402 - found by the line above
from monitor.store.sqlite import SqliteStore  # noqa: E402 - found by the line above

TOTAL = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
FEED = 40
CHANCE = random.Random(1)  # noqa: S311 - the same texts each time
WORDS = [
    f"{start}{end}"
    for start in ("fleur", "bouquet", "accueil", "ruban", "march", "vend", "jardin", "ros")
    for end in ("", "s", "e", "iste", "ier", "ette", "age", "ons", "ait", "ées", "able", "ique")
]


def poll(number: int) -> PollOutcome:
    """A feed of 40 entries, all its own."""
    first = number * FEED
    seen = (
        sighting(n, source_id=f"s{number % 50}", text=" ".join(CHANCE.choices(WORDS, k=60)))
        for n in range(first, first + FEED)
    )
    at = NOW + number * timedelta(minutes=10)
    return outcome(*seen, at=at, state=state(f"s{number % 50}"))


def timed(action: Callable[[], object], times: int) -> float:
    """The median of some runs, in milliseconds."""
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        spans.append((time.perf_counter() - start) * 1000)
    return statistics.median(spans)


QUESTIONS = {
    "one frequent word, 50 shown": MentionQuery(text="fleuriste", limit=50),
    "a phrase": MentionQuery(text='"bouquet accueil"', limit=50),
    "prefix, not, or": MentionQuery(text="fleur* rose OR ruban -jardin", limit=50),
    "one rare word": MentionQuery(text=str(TOTAL // 2), limit=50),
    "no word, 50 shown": MentionQuery(limit=50),
    "not yet in a digest, 50 shown": MentionQuery(undigested=True, limit=50),
}


def main() -> None:
    """Measure and print."""
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    print(f"{machine}, SQLite {sqlite3.sqlite_version}, {TOTAL} mentions")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mentions.db"
        store = SqliteStore.open(path)
        polls = [poll(n) for n in range(TOTAL // FEED)]
        start = time.perf_counter()
        for each in polls:
            store.save_poll(each)
        inserted = time.perf_counter() - start
        print(f"{'insert, 40 a transaction':30}{TOTAL / inserted:8.0f} mentions/s")
        print(f"{'file':30}{path.stat().st_size / 2**20:8.1f} MB")
        show("a feed of 40 read again", lambda: store.save_poll(replace(polls[-1], at=NOW)))
        for name, query in QUESTIONS.items():
            show(name, partial(store.find, query))
        for by in ("day", "source", "all"):
            show(f"count by {by}", partial(store.count, MentionQuery(), by))
        show("source states", store.source_states)
        show("whole check", store.check, times=1)
        store.close()
        show("open and close", lambda: SqliteStore.open(path).close())


def show(name: str, action: Callable[[], object], times: int = 10) -> None:
    """Print the median of some runs."""
    print(f"{name:30}{timed(action, times):8.1f} ms")


if __name__ == "__main__":
    main()
