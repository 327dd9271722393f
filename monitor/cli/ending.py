"""How the command line ends: each foreseen error becomes a line and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from enum import IntEnum

import click
import structlog

from monitor.errors import ConfigError, EcouteError, ScorerUnavailable, StoreCode, StoreError
from monitor.log import escape_controls
from monitor.store.query import QueryError

log = structlog.get_logger(__name__)


_NO_NAME = (errno.ENAMETOOLONG, errno.ELOOP)
_MAX_NAME = 300
"""Characters of a file's name that are repeated; Linux takes 255 bytes of one, 4,096 of a path."""


class ExitCode(IntEnum):
    """What the process's exit code says."""

    DONE = 0
    IN_PART = 1
    WRONG = 2
    UNUSABLE = 3
    INTERRUPTED = 130


def run_to_exit_code(command: click.Command) -> int:
    """Run a command; return its exit code, having said on standard error what went wrong."""
    try:
        result = command.main(standalone_mode=False, prog_name="ecoute")
        sys.stdout.flush()
    except (click.exceptions.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the door: no traceback reaches a person unasked
        return _end(error)
    return result if isinstance(result, int) else ExitCode.DONE


def _end(error: Exception) -> int:
    if isinstance(error, click.ClickException):
        error.show()
        return ExitCode.WRONG
    if isinstance(error, BrokenPipeError):
        # The reader of our output went away (`ecoute mentions | head`): nothing to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    if isinstance(error, EcouteError):
        return _end_foreseen(error)
    if isinstance(error, OSError):
        return _end_system(error)
    log.debug("surprise", exc_info=error)
    _say(f"internal: {type(error).__name__}: {error}; please report it (see --verbose)")
    return ExitCode.UNUSABLE


def _end_foreseen(error: EcouteError) -> int:
    if isinstance(error, ConfigError):
        # The door that read the file adds, in its language, how many faults it has.
        _say("\n".join(["config: " + "".join(getattr(error, "__notes__", ())), str(error)]))
        return ExitCode.WRONG
    if isinstance(error, QueryError | ScorerUnavailable):
        _say(f"config: {error}")
        return ExitCode.WRONG
    if isinstance(error, StoreError):
        # The root command adds its sentence in the owner's language; the facts are in English.
        facts = "; ".join(filter(None, (error.detail, error.hint)))
        _say(f"{error.code}: " + " ".join([*getattr(error, "__notes__", ()), f"({facts})"]))
        return ExitCode.UNUSABLE
    _say(str(error))
    return ExitCode.IN_PART


def _end_system(error: OSError) -> int:
    is_no_place = isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError)
    if is_no_place or error.errno in _NO_NAME:
        # Our own files report as StoreError: this is a place that the command line named.
        _say(f"config: {error.strerror} ({str(error.filename)[:_MAX_NAME]})")
        return ExitCode.WRONG
    code = {
        errno.ENOSPC: StoreCode.DISK_FULL,
        errno.EDQUOT: StoreCode.DISK_FULL,
        errno.EFBIG: StoreCode.DISK_FULL,
        errno.EROFS: StoreCode.READ_ONLY,
        errno.EACCES: StoreCode.READ_ONLY,
    }.get(error.errno or 0, "internal")
    where = f" ({error.filename})" if error.filename else ""
    _say(f"{code}: {error.strerror or error}{where}")
    return ExitCode.UNUSABLE


def _say(line: str) -> None:
    click.echo(escape_controls(line, keep="\n\t"), err=True)
