"""Kill the command at a thousand moments: ``python bench/crashes.py [--kills N] [--seed N]``.

Shops, two side by side, each with a database of its own, are killed (SIGKILL) as
``tests/promises/crashing.py`` says, which CI does with fewer. Prints how often what was killed
where, and every fault found; the folder of a shop with a fault stays, to be looked at.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1] / "tests")  # in place of bench/

from promises.crashing import crash  # noqa: E402 - found by the line above

KILLS_A_SHOP = 40
"""A database is young for a part of its kills, and has some hundred mentions in the end."""
SIDE_BY_SIDE = 2


def crash_one(seed: int, kills: int) -> tuple[list[str], Counter[str]]:
    """Kill one shop so many times; return its faults, and how often it was killed how."""
    folder = Path(tempfile.mkdtemp(prefix="ecoute-crashes-"))
    faults, counts = crash(folder, seed, kills)
    print(f"shop {seed}: {counts.total()} kills, {len(faults)} faults", flush=True)
    if not faults:
        shutil.rmtree(folder)
    return [f"shop {seed} ({folder}): {fault}" for fault in faults], counts


def main() -> int:
    """Kill all shops; 1 when something was lost, doubled or damaged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="of the first shop")
    told = parser.parse_args()
    print(
        f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    began = time.monotonic()
    shops = -(-told.kills // KILLS_A_SHOP)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        kills = [min(KILLS_A_SHOP, told.kills - n * KILLS_A_SHOP) for n in range(shops)]
        done = list(pool.map(crash_one, range(told.seed, told.seed + shops), kills))
    counts = sum((counts for _, counts in done), Counter[str]())
    for how, times in counts.most_common():
        print(f"{times:>6} {how}")
    faults = [fault for found, _ in done for fault in found]
    print("\n".join(faults))
    took_min = (time.monotonic() - began) / 60
    print(f"{counts.total()} kills in {took_min:.0f} min, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
