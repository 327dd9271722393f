"""The written reports: ``reports/<year>/<name>`` as ``.html``, ``.txt`` and ``.eml``."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path, PurePosixPath

from monitor.delivery.addresses import slug
from monitor.errors import StoreCode, StoreError
from monitor.model import ClosedDigest

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def report_stem(business: str, closed_at_local: datetime, digest_id: str) -> str:
    """Return where a digest's reports go, below the reports folder and without suffix.

    >>> report_stem("Fleurs Bougamont", datetime(2026, 11, 23, 8, 0), "3fa9c1d2e4")
    '2026/2026-11-23-fleurs-bougamont-3fa9c1'
    """
    day = closed_at_local.date()
    return f"{day.year:04}/{day.isoformat()}-{slug(business)}-{slug(digest_id)[:6]}"


def archive(digest: ClosedDigest, reports: Path) -> list[Path]:
    """Write a digest's report files, and return where they are.

    Done again it changes nothing, but clears away what a crash left half written; so one process
    at a time. A file of that name with other content is never overwritten:
    the digest's files then all take the next free number. Raises ``StoreError`` when the folder
    is full or cannot be written to.
    """
    contents = {
        ".html": digest.html.encode("utf-8", "replace"),
        ".txt": digest.text.encode("utf-8", "replace"),
        ".eml": digest.message,
    }
    return write_files(reports, digest.report, contents)


def write_files(reports: Path, report: str, contents: Mapping[str, bytes]) -> list[Path]:
    """Write the files of one report, by their endings, as ``archive`` does; return where.

    ``report`` is the path below ``reports``, without suffix. Raises ``StoreError`` likewise.
    """
    stem = _inside(reports, report)
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        for draft in stem.parent.glob(f".{stem.name}*.tmp"):
            draft.unlink(missing_ok=True)
        for number in count(1):
            named = stem if number == 1 else stem.with_name(f"{stem.name}-{number}")
            files = {named.with_name(named.name + end): body for end, body in contents.items()}
            if all(_write_once(file, body) for file, body in files.items()):
                return list(files)
    except OSError as error:
        raise _unusable(reports, error) from error
    raise AssertionError  # pragma: no cover - count() has no end


def _inside(reports: Path, report: str) -> Path:
    # The name was made by ``report_stem``; whatever else stood there could not leave the folder.
    parts = [slug(part) for part in PurePosixPath(report).parts]
    return reports.joinpath(*(parts or ["report"]))


def _write_once(file: Path, body: bytes) -> bool:
    """Make a file with this content, whole or not at all; False if another content is there."""
    if file.is_symlink() or file.exists():
        return file.is_file() and file.read_bytes() == body
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
    try:
        with draft.open("xb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        return _put_in_place(draft, file, body)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def _put_in_place(draft: Path, file: Path, body: bytes) -> bool:
    try:
        os.link(draft, file)  # unlike a rename it never replaces a file made in between
    except FileExistsError:
        return file.read_bytes() == body
    except OSError as error:
        if error.errno not in _NO_LINKS:  # FAT and some network disks have no hard links
            raise
        draft.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def _unusable(reports: Path, error: OSError) -> StoreError:
    if error.errno in _FULL:
        return StoreError(StoreCode.DISK_FULL, f"no room for reports in {reports}", "make room")
    detail = f"cannot write reports in {reports}: {error.strerror or error}"
    return StoreError(StoreCode.READ_ONLY, detail, "make the folder writable")
