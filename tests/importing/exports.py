"""Exports written for tests: X archives, zips, and what a reader makes of bytes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from monitor.importing.base import Account, Found, Item, Reader, Reading, Trouble
from monitor.importing.inflating import PartStream
from monitor.importing.members import HEAD


def part(content: bytes | str) -> PartStream:
    """A part of an export, its beginning looked at."""
    raw = content.encode() if isinstance(content, str) else content
    stream = PartStream(io.BytesIO(raw), len(raw))
    stream.peek(HEAD)
    return stream


def read(reader: Reader, content: bytes | str, file: str = "f", **given: Any) -> list[Item]:  # noqa: ANN401 - any field
    """All that a reader makes of bytes."""
    return list(reader(part(content), Reading(**{"file": file, "zone": UTC, **given})))


def found(items: Iterable[Item]) -> list[Found]:
    """What was found."""
    return [one for one in items if isinstance(one, Found)]


def troubles(items: Iterable[Item]) -> list[tuple[int | None, str]]:
    """Where and why something could not be read."""
    return [(one.row, one.key) for one in items if isinstance(one, Trouble)]


def post(number: int, text: str, **more: object) -> dict[str, object]:
    """One post of ``tweets.js``."""
    return {
        "tweet": {
            "id_str": str(1_780_000_000_000_000_000 + number),
            "full_text": text,
            "created_at": "Tue May 03 21:39:59 +0000 2016",
            "lang": "fr",
            "favorite_count": "3",
        }
        | more
    }


def x_file(rows: Iterable[object], name: str = "tweets") -> str:
    """A file of an X archive."""
    return f"window.YTD.{name}.part0 = {json.dumps(list(rows), indent=2)}"


def x_account(handle: str, name: str = "") -> str:
    """``account.js``."""
    return x_file([{"account": {"username": handle, "accountDisplayName": name}}], "account")


def write_zip(path: Path, files: Mapping[str, bytes | str]) -> Path:
    """A zip of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


NOBODYS = Account()
