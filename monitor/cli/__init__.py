"""The command line: a thin door. It parses, calls ``app.py``'s objects, formats; nothing else."""

from __future__ import annotations

import sys

from monitor.lean import hide_drawing


def main() -> None:
    """Run the command line and end the process with the exit code of the contract."""
    hide_drawing()
    from monitor.cli.ending import run_to_exit_code  # noqa: PLC0415 - after the line above
    from monitor.cli.root import cli  # noqa: PLC0415 - likewise

    sys.exit(run_to_exit_code(cli))
