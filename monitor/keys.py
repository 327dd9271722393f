"""Keys in files of their own beside the database, for their owner only.

Not in the database: people show that to other programs, and give copies of it away.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

KEY_BYTES = 32
_READABLE_BY_OTHERS = 0o077


class KeyUnusable(Exception):
    """A key file that others can read (``readable``), or that holds no key (``broken``)."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


def read_key(file: Path) -> bytes | None:
    """Return the key of a file; ``None``: there is none. Raises ``KeyUnusable``, ``OSError``."""
    with suppress(FileNotFoundError):
        if file.stat().st_mode & _READABLE_BY_OTHERS:
            raise KeyUnusable("readable")
        with suppress(ValueError):
            key = bytes.fromhex(file.read_text(encoding="ascii").strip())
            if len(key) == KEY_BYTES:
                return key
        raise KeyUnusable("broken")
    return None


def make_key(file: Path) -> bytes:
    """Write a new key, whole or not at all, and return it; of two processes the first one's stays.

    Raises ``KeyUnusable``, ``OSError``.
    """
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(KEY_BYTES) + "\n")
            out.flush()
            os.fsync(out.fileno())
        _put_in_place(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    key = read_key(file)
    if key is None:
        raise FileNotFoundError(2, "the key vanished", str(file))
    return key


def _put_in_place(draft: Path, file: Path) -> None:
    with suppress(FileExistsError):
        try:
            os.link(draft, file)
        except PermissionError:  # FAT and some network disks have no hard links
            if not file.exists():
                draft.rename(file)
