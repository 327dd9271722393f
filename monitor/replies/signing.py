"""The token that shows that whoever answers has the digest: what nobody can make who has it not.

It stands in the digest's Message-ID, which every mail program repeats in ``In-Reply-To``, and in
its text, for programs that do not. It is of the digest and all its recipients together, since all
get the same bytes. It proves that its bearer has seen that mail, not who they are.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from monitor.errors import ConfigError, Fault, StoreCode, StoreError
from monitor.keys import KeyUnusable, make_key, read_key
from monitor.wording import Wording

_TOKEN_BYTES = 15  # 120 bits, and 24 letters of base32 without padding
# A program that quotes may break a line within it.
_REFERENCE = re.compile(
    r"(?<![0-9a-z])([0-9a-f]{16})[-.][\s>]{0,4}([a-z2-7]{24})(?![0-9a-z])", re.IGNORECASE
)


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
        key = read_key(file) or make_key(file)
    except KeyUnusable as error:
        message = words(f"replies.key_{error.reason}", file=file.name)
        raise ConfigError([Fault(file.name, None, "", message)]) from error
    except OSError as error:
        raise StoreError(
            StoreCode.READ_ONLY,
            f"{file}: {error.strerror or error}",
            "make the folder writable: the key that signs digests is kept there",
        ) from error
    return Signer(key)
