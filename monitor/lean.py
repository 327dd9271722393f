"""What imports bring along and a daemon never uses."""

from __future__ import annotations

import sys

_DRAWING = ("rich", "pygments")


def hide_drawing() -> None:
    """Make structlog and httpx do without rich, which they take if it is there.

    They would draw traces with it, and a command line of their own; ours are one line (``log.py``).
    It is 5 MB of a daemon at rest (bench/frugal.py). Who draws calls ``show_drawing`` first.
    """
    for name in _DRAWING:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # makes its import fail


def show_drawing() -> None:
    """Let rich be imported again."""
    for name in _DRAWING:
        if sys.modules.get(name) is None:
            sys.modules.pop(name, None)
