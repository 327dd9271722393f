"""The command line: a thin door. It parses, calls ``app.py``'s objects, formats; nothing else."""

from __future__ import annotations

import sys

from monitor.cli.ending import run_to_exit_code
from monitor.cli.root import cli


def main() -> None:
    """Run the command line and end the process with the exit code of the contract."""
    sys.exit(run_to_exit_code(cli))
