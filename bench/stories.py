"""How fast mentions are put into stories: ``python bench/stories.py [MENTIONS…]``.

Made-up press of 500 businesses: 4 mentions in 10 tell an event of their own, the others tell one
again in other words. Through the store's index, in one file, without full text or digests; the
naive way compares each mention with all that came before, and is stopped after a minute.
"""

from __future__ import annotations

import platform
import random
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from monitor.clock import format_instant
from monitor.dedupe.likeness import NEAR, bond
from monitor.dedupe.telling import Telling, read_telling
from monitor.lexicon import zipf
from monitor.store.sqlite.migrations import MIGRATIONS
from monitor.store.sqlite.story_index import enter_story, index_again

SIZES = [int(size) for size in sys.argv[1:]] or [10_000, 1_000_000]
BUSINESSES = 500
NAIVE_FOR_S = 60
BATCH = 40
MEASURED = 5_000
START = datetime(2024, 1, 1, tzinfo=UTC)
CHANCE = random.Random(1)  # noqa: S311 - the same texts each time

WORDS = [
    f"{start}{middle}{end}"
    for start in ("cav", "lus", "bro", "tap", "cha", "vit", "fer", "maq", "orf", "tis")
    for middle in ("an", "el", "ou", "in", "or", "ar", "et", "ul", "ev", "ob")
    for end in ("ier", "erie", "age", "oir", "une", "ylle")
]
USUAL = (
    "hier",
    "soir",
    "la",
    "ville",
    "a",
    "fait",
    "savoir",
    "que",
    "les",
    "gens",
    "de",
    "ont",
    "pu",
)


def event(business: int) -> list[str]:
    """The words that tell one event: a few rare ones and two figures."""
    return [*CHANCE.sample(WORDS, 14), str(CHANCE.randrange(100, 99_999)), f"x{business}"]


def text_of(told: list[str]) -> tuple[str, str]:
    """A title and a text that tell most of an event, among 40 usual words."""
    kept = CHANCE.sample(told, 11)
    words = kept + CHANCE.choices(USUAL, k=40)
    CHANCE.shuffle(words)
    return " ".join(kept[:5]).capitalize(), " ".join(words).capitalize() + "."


def mentions(total: int) -> Iterator[dict[str, Any]]:
    """Rows of ``mention``, in the order of publication, spread over two years."""
    known: dict[int, list[list[str]]] = defaultdict(list)
    for number in range(total):
        business = CHANCE.randrange(BUSINESSES)
        recent = known[business]
        if not recent or CHANCE.random() < 0.4:  # noqa: PLR2004 - an event of its own
            recent.append(event(business))
            del recent[:-3]
        title, text = text_of(CHANCE.choice(recent))
        at = START + number * timedelta(days=730) / total
        yield row_of(number, f"Maison Bougamont {business}", title, text, at)


def row_of(number: int, business: str, title: str, text: str, at: datetime) -> dict[str, Any]:
    """One row, with what the schema asks for."""
    when, name = format_instant(at), f"m{number}"
    return {
        "number": number + 1, "id": name, "business": business, "competitor_of": None,
        "source": "s", "platform": "feed", "kind": "article", "external_id": name,
        "canonical_url": f"https://exemple.fr/{name}", "title": title, "text": text,
        "author": None, "published_at": when, "found_at": when, "sentiment": "neutral",
        "polarity": 0.0, "confidence": 0.5, "scorer": "none", "relevance": 1.0, "matched": "[]",
        "reason": "", "story": name, "outlet_key": f"o{number % 40}", "follows": 0,
    }  # fmt: skip


def through_the_index(total: int) -> None:
    """Store and group the last of so many mentions; prints the rate.

    Those before are stored and indexed, each a story of its own: what a new one costs depends on
    how many there are, not on how they are grouped.
    """
    rows = mentions(total)
    columns = list(row_of(0, "", "", "", START))
    insert = f"INSERT INTO mention ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our own names
    with tempfile.TemporaryDirectory() as folder:
        db = Database(Path(folder) / "stories.db")
        MIGRATIONS.apply(db)
        db.execute("DROP TRIGGER mention_inserted")  # full text is measured by store.py
        db.conn.isolation_level = None
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA journal_mode = WAL")
        spent = 0.0
        for first in range(0, total, BATCH):
            batch = [row for _, row in zip(range(BATCH), rows, strict=False)]
            enter = enter_story if first >= total - MEASURED else index_again
            start = time.perf_counter()
            db.execute("BEGIN")
            for row in batch:
                db.conn.execute(insert, list(row.values()))
                enter(db, row)
            db.execute("COMMIT")
            spent += time.perf_counter() - start if enter is enter_story else 0.0
        (joined,) = db.execute("SELECT count(*) FROM mention WHERE story <> id").fetchone()
        size = Path(folder, "stories.db").stat().st_size / 2**20
        db.close()
    print(
        f"{total:>9} mentions: {MEASURED / spent:6.0f} a second,"
        f" of the last {MEASURED} {joined} joined a story; {size:.0f} MB"
    )


def pairwise(total: int) -> None:
    """Compare each mention with all before it, until the time is over."""
    known: list[Telling] = []
    start, compared = time.perf_counter(), 0
    for row in mentions(total):
        at = datetime.fromisoformat(row["published_at"])
        told = read_telling(row["title"], row["text"], at, row["business"])
        for other in known:
            bond(other, told, NEAR, same_outlet=False)
        compared += len(known)
        known.append(told)
        if time.perf_counter() - start > NAIVE_FOR_S:
            break
    spent = time.perf_counter() - start
    print(
        f"{len(known):>9} mentions{len(known) / spent:9.0f} a second, naively:"
        f" {compared} comparisons in {spent:.0f} s"
    )


def main() -> None:
    """Measure and print."""
    print(
        f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    zipf("fleur")  # the tables are read at the first question
    for size in SIZES:
        read_telling.cache_clear()
        through_the_index(size)
    for size in (1_000, SIZES[0]):
        pairwise(size)


if __name__ == "__main__":
    main()
