"""What a server gives to ask it "changed since?", and what of it is sent back. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model import Validators

_MOST_CHARS = 1024  # real ones stay under 200; a longer one would fill stores and requests


def read_validators(headers: Mapping[str, str]) -> Validators | None:
    """Return the validators of an answer that may be sent back; ``None``: there are none.

    ``headers`` have lower-case names or ignore case.
    """
    found = Validators(
        etag=_harmless(headers.get("etag")), last_modified=_harmless(headers.get("last-modified"))
    )
    return found if found.etag or found.last_modified else None


def conditions(validators: Validators | None) -> dict[str, str]:
    """Return the headers that ask "changed since?" (RFC 9110 §13.1), none without validators."""
    if validators is None:
        return {}
    headers = {
        "if-none-match": _harmless(validators.etag),
        "if-modified-since": _harmless(validators.last_modified),
    }
    return {name: value for name, value in headers.items() if value}


def _harmless(value: str | None) -> str | None:
    """Return a validator if it is printable ASCII of a sane length (promise 4)."""
    if not value or len(value) > _MOST_CHARS or value != value.strip():
        return None
    return value if value.isascii() and value.isprintable() else None
