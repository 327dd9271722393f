"""A process that has loaded the command once, and forks for each run that is to be killed.

What is killed is the real command in a real process, without the second that Python takes to load
it. Reads lines ``SECONDS POINT ARG…`` and answers each with the run's wait status. ``POINT`` is
``-``, or a name and a number: the run kills itself the moment it comes there for that time, if it
does before its seconds are over. Names: ``commit`` and ``committed``, before and after one;
``written``, before a file is opened to be written; ``renamed``, before one gets its name; ``said``,
before a word to the mail server.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from typing import Any, Final

_EVENTS: Final = {"os.rename": "renamed", "os.link": "renamed", "smtplib.send": "said"}
_LOOK_S: Final = 0.004


class Trap:
    """Kills this process when it comes to a point for the ``left``-th time.

    It hears of files and mail by audit events, of commits by SQLite's trace: nothing of the command
    is another. https://docs.python.org/3/library/audit_events.html
    """

    def __init__(self, point: str, left: int) -> None:
        """Wait for a point."""
        self._point = point
        self._left = left
        self._is_committing = False

    def set(self) -> None:
        """Listen from now on."""
        sys.addaudithook(self.hear)
        connect = sqlite3.connect

        def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:  # noqa: ANN401 - as the original
            connection: sqlite3.Connection = connect(*args, **kwargs)
            connection.set_trace_callback(self._hear_sql)
            return connection

        sqlite3.connect = traced  # type: ignore[assignment] # no audit event gives a usable one

    def hear(self, event: str, args: tuple[object, ...]) -> None:
        """Hear of what the interpreter does next."""
        if event == "open" and is_to_write(*args[1:]):
            self._come_to("written")
        elif event in _EVENTS:
            self._come_to(_EVENTS[event])

    def _hear_sql(self, sql: str) -> None:
        if self._is_committing:
            self._come_to("committed")
        self._is_committing = sql == "COMMIT"
        if self._is_committing:
            self._come_to("commit")

    def _come_to(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def is_to_write(mode: object, flags: object) -> bool:
    """Tell whether an audited ``open`` may change a file."""
    if isinstance(mode, str):
        return bool(set(mode) & set("wxa+"))
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def load() -> None:
    """Load what every run needs, so that a fork has it."""
    from monitor.cli import polls, root  # noqa: F401, PLC0415 - loaded when this runs, not when read
    from monitor.language.detect import detect_language  # noqa: PLC0415 - likewise
    from monitor.sentiment.base import Passage  # noqa: PLC0415 - likewise
    from monitor.sentiment.registry import make_scorer  # noqa: PLC0415 - likewise

    detect_language("Un texte en français, assez long pour que le modèle soit lu.")
    make_scorer("ecoute").score([Passage(text="Un bon texte", business="x", language="fr")])


def run(point: str, args: list[str]) -> None:
    """Run the command in this process; what it says goes to ``said.log``."""
    from monitor.cli import main  # noqa: PLC0415 - see load

    said = os.open("said.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    sys.argv[1:] = args
    name, _, number = point.partition(":")
    if number:
        Trap(name, int(number)).set()
    main()


def wait_for(child: int, after_s: float) -> int:
    """Kill a run when its time is over; return how it ended."""
    ends_at = time.monotonic() + after_s
    while time.monotonic() < ends_at:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        time.sleep(
            min(_LOOK_S, max(0.0, ends_at - time.monotonic()))
        )  # the moment is what is tried
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def serve() -> None:
    """Fork and kill until nothing more is asked."""
    load()
    while line := sys.stdin.readline():
        after_s, point, *args = line.split()
        child = os.fork()
        if not child:
            run(point, args)
        sys.stdout.write(f"{wait_for(child, float(after_s))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
