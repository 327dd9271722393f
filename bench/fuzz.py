"""Damage what Écoute reads and count what breaks: ``python bench/fuzz.py [MINUTES] [SEED] [NAME]``.

Each target (a reader of feeds, of a network's answers, of queries, of our own files) is given the
feeds and recordings of ``../shared`` and the tests' own payloads, damaged at random from a seed. A
finding is an error that is none of the contract, a run over ``SLOW_S`` seconds or one that takes
``MUCH_MB`` of memory. Each is printed with the number that makes it again.
"""

from __future__ import annotations

import gc
import platform
import random
import resource
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from types import FrameType

sys.path[0] = str(Path(__file__).parents[1] / "tests")  # in place of bench/

from hostile.targets import Target, targets  # noqa: E402 - found by the line above

TOLD = [*sys.argv[1:], "", "", ""]
MINUTES = float(TOLD[0] or 5)
SEED = int(TOLD[1] or 1)
NAME = TOLD[2]
SLOW_S = 10.0
MUCH_MB = 400


class TookTooLong(BaseException):
    """Not an Exception: no target may swallow it."""


def _stop(_: int, __: FrameType | None) -> None:
    raise TookTooLong


def run_once(target: Target, number: int) -> str | None:
    """Run a target once; return where and how it broke."""
    chance = random.Random(f"{SEED} {target.name} {number}")  # noqa: S311 - the same each time
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.setitimer(signal.ITIMER_VIRTUAL, SLOW_S)
    try:
        target.run(chance.choice(target.seeds()), chance)
    except (Exception, TookTooLong) as error:  # noqa: BLE001 - what we look for
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if "/monitor/" in f.filename] or frames
        where = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
        return f"{type(error).__name__} at {where}: {str(error)[:100]!r}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return f"took {grown_mb:.0f} MB" if grown_mb > MUCH_MB else None


def main() -> int:
    """Fuzz all targets in turn; 1 when something was found."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGVTALRM, _stop)
    print(f"{platform.machine()}, Python {platform.python_version()}, seed {SEED}, {MINUTES:g} min")
    chosen = [target for target in targets() if target.name.startswith(NAME)]
    runs: Counter[str] = Counter()
    found: dict[tuple[str, str], int] = {}
    counts: Counter[tuple[str, str]] = Counter()
    ends_at = time.monotonic() + MINUTES * 60
    while time.monotonic() < ends_at:
        for target in chosen:
            turn_ends = time.monotonic() + min(MINUTES * 60 / len(chosen), 2.0)
            while time.monotonic() < turn_ends:
                number = runs[target.name]
                runs[target.name] += 1
                if (finding := run_once(target, number)) is not None:
                    key = (target.name, finding.partition(": ")[0])
                    counts[key] += 1
                    if found.setdefault(key, number) == number:
                        print(f"  {target.name} #{number}: {finding}", flush=True)
        gc.collect()
    for target in chosen:
        bad = sum(n for (name, _), n in counts.items() if name == target.name)
        print(f"{target.name:40} {runs[target.name]:>8} runs {bad:>5} findings")
    print(f"{sum(runs.values())} runs, {len(found)} different findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
