"""The token that shows that whoever answers has the digest: what nobody can make who has it not.

It stands in the digest's Message-ID, which every mail program repeats in ``In-Reply-To``, and in
its text, for programs that do not. It is of the digest and all its recipients together, since all
get the same bytes. It proves that its bearer has seen that mail, not who they are.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from base64 import b32encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from monitor.errors import ConfigError, Fault, StoreCode, StoreError
from monitor.wording import Wording

_KEY_BYTES = 32
_TOKEN_BYTES = 15  # 120 bits, and 24 letters of base32 without padding
# A program that quotes may break a line within it.
_REFERENCE = re.compile(
    r"(?<![0-9a-z])([0-9a-f]{16})[-.][\s>]{0,4}([a-z2-7]{24})(?![0-9a-z])", re.IGNORECASE
)
_READABLE_BY_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reply says it answers, not believed yet."""

    digest_id: str
    token: str

    def __str__(self) -> str:
        """Write it as it stands in a mail's text."""
        return f"{self.digest_id}-{self.token}"


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and checks tokens with one key."""

    key: bytes = field(repr=False)

    def refer(self, digest_id: str, recipients: Iterable[str]) -> Reference:
        """Return the reference that a digest to these recipients bears."""
        whom = "\n".join(sorted({recipient.casefold() for recipient in recipients}))
        mac = hmac.digest(self.key, f"reply\n{digest_id}\n{whom}".encode(), "sha256")
        return Reference(digest_id, b32encode(mac[:_TOKEN_BYTES]).decode().lower())

    def is_genuine(self, reference: Reference, recipients: Iterable[str]) -> bool:
        """Tell whether a reference is ours, for a digest that went to these."""
        expected = self.refer(reference.digest_id, recipients)
        return hmac.compare_digest(expected.token, reference.token)


def references_in(*texts: str) -> Iterator[Reference]:
    """Yield what looks like a reference, each once, in the order of the texts."""
    found = (Reference(a.lower(), b.lower()) for text in texts for a, b in _REFERENCE.findall(text))
    yield from dict.fromkeys(found)


def load_signer(file: Path, words: Wording) -> Signer:
    """Return the signer of a key file, made at first, for its owner only.

    Not in the database, which people show to other programs. Raises ``ConfigError`` when others
    can read it, ``StoreError`` when it cannot be made or read.
    """
    try:
        key = _read(file, words) or _make(file, words)
    except OSError as error:
        raise StoreError(
            StoreCode.READ_ONLY,
            f"{file}: {error.strerror or error}",
            "make the folder writable: the key that signs digests is kept there",
        ) from error
    return Signer(key)


def _read(file: Path, words: Wording) -> bytes | None:
    with suppress(FileNotFoundError):
        if file.stat().st_mode & _READABLE_BY_OTHERS:
            message = words("replies.key_readable", file=file.name)
            raise ConfigError([Fault(file.name, None, "", message)])
        with suppress(ValueError):
            key = bytes.fromhex(file.read_text(encoding="ascii").strip())
            if len(key) == _KEY_BYTES:
                return key
        raise ConfigError([Fault(file.name, None, "", words("replies.key_broken"))])
    return None


def _make(file: Path, words: Wording) -> bytes:
    """Write a new key, whole or not at all; of two processes the first one's stays."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(_KEY_BYTES) + "\n")
            out.flush()
            os.fsync(out.fileno())
        _put_in_place(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    key = _read(file, words)
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
