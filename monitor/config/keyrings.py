"""The system keyring (macOS Keychain, Secret Service, KWallet), where ``${NAME}`` is sought last.

Through the package ``keyring`` (the extra ``ecoute[keyring]``), loaded when a name is set nowhere
else: ``keyring set ecoute NAME`` puts it there.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec

SERVICE = "ecoute"
"""Under what the secrets stand in the keyring."""


class KeyringFailed(Exception):
    """The keyring could not be asked; ``detail`` is the kind of its error, never what it said."""

    def __init__(self, detail: str) -> None:
        """Keep the kind of error."""
        super().__init__(detail)
        self.detail = detail


def is_installed() -> bool:
    """Tell whether there is a keyring to ask."""
    try:
        return find_spec("keyring") is not None
    except ValueError:  # something that is no real module bears its name
        return False


def secret_in_keyring(name: str) -> str | None:
    """Return what the keyring holds under a name; ``None``: nothing. Raises KeyringFailed.

    A locked keyring may ask the person for its password.
    """
    try:
        found = importlib.import_module("keyring").get_password(SERVICE, name)
    except Exception as error:  # noqa: BLE001 - backends are anybody's, and raise what they like
        # What it says may hold anything: its kind tells enough.
        raise KeyringFailed(type(error).__name__) from None
    return found if isinstance(found, str) else None
