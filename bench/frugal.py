"""What a small machine pays: memory of the daemon, time until a command answers.

``python bench/frugal.py [FEEDS]``: its feeds (50) are of 300 KB, on loopback, and all due at once.
"""

from __future__ import annotations

import platform
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from subprocess import Popen
from typing import IO

sys.path[0] = str(Path(__file__).parents[1] / "tests")  # in place of bench/

from end_to_end.feeds import rss  # noqa: E402 - found by the line above
from servers import FeedServer, ecoute_env, started_ecoute, write_config  # noqa: E402 - likewise

FEEDS = int(sys.argv[1]) if len(sys.argv) > 1 else 50
ENTRIES = 100
WORDS_EACH = 370
ROUND_WITHIN_S = 120
REST_S = 20  # the daemon's heart beats every 15
"""How long after the last poll it is taken to be at rest."""
COMMANDS = ("version", "--help", "mentions", "sources", "digest", "config validate")
CHANCE = random.Random(1)  # noqa: S311 - the same texts each time
WORDS = (
    *("la", "boutique", "fleurs", "bouquet", "accueil", "marché", "vendeuse", "conseil", "prix"),
    *("ouverture", "samedi", "rue", "ville", "superbe", "décevant", "merci", "commande"),
    *("livraison", "retard", "équipe", "agréable", "jamais", "toujours", "roses"),
)


def feed(number: int) -> bytes:
    """A feed of 300 KB; one entry in ten names the business."""
    return rss(
        (
            f"{number}-{entry}",
            f"Nouvelles de {CHANCE.choice(WORDS)} {number}-{entry}",
            ("Fleurs Bougamont : " if entry % 10 == 0 else "")
            + " ".join(CHANCE.choices(WORDS, k=WORDS_EACH)),
        )
        for entry in range(ENTRIES)
    )


def measure_daemon(folder: Path) -> None:
    """Print what the daemon holds after its first round, and held at most."""
    with FeedServer({f"/{n}": feed(n) for n in range(FEEDS)}) as web:
        write_config(folder, feeds=[web.url(f"/{n}") for n in range(FEEDS)])
        start = time.perf_counter()
        with started_ecoute("run", cwd=folder) as daemon:
            seen = _first_round(daemon)
            print(f"{'first round':26}{time.perf_counter() - start:8.1f} s   {seen} polls")
            time.sleep(REST_S)
            print(f"{'daemon at rest':26}{_megabytes(daemon.pid, 'VmRSS'):8.0f} MB")
            print(f"{'daemon at its peak':26}{_megabytes(daemon.pid, 'VmHWM'):8.0f} MB")


def _first_round(daemon: Popen[str]) -> int:
    """Return once each source was polled, or after two minutes: how many were."""
    polls: list[str] = []
    all_polled = threading.Event()

    def read(lines: IO[str]) -> None:
        for line in lines:
            if "poll done" in line:
                polls.append(line)
            if len(polls) == FEEDS:
                all_polled.set()

    assert daemon.stderr is not None  # noqa: S101 - started with a pipe
    threading.Thread(target=read, args=(daemon.stderr,), daemon=True).start()
    all_polled.wait(ROUND_WITHIN_S)
    return len(polls)


def _megabytes(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else float("nan")


def measure_command(command: str, folder: Path, times: int = 5) -> None:
    """Print the median time of a command, from its start to its end."""
    spans = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "monitor", *command.split()],
            cwd=folder,
            env=ecoute_env(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        spans.append(time.perf_counter() - start)
    print(f"{'ecoute ' + command:26}{statistics.median(spans):8.2f} s")


def main() -> None:
    """Measure and print."""
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}")
    print(f"{FEEDS} feeds of {len(feed(0)) // 1000} KB, all polled at once")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure_daemon(folder)
        for command in COMMANDS:
            measure_command(command, folder)


if __name__ == "__main__":
    main()
