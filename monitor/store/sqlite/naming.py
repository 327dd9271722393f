"""The key beside the database by which persons' names are known again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from monitor.errors import StoreCode, StoreError
from monitor.keys import KeyUnusable, make_key, read_key
from monitor.names import KeyedNames

_WHY = {
    "readable": ("others can read it", "chmod 600 it"),
    "broken": ("it holds no key", "put it back from your backup"),
}


def names_file(database: Path) -> Path:
    """Return where the key of a database stands."""
    return database.with_name(f"{database.name}.names-key")


@dataclass(slots=True)
class KeyedFile:
    """A key file, read when it is first needed."""

    file: Path
    _names: KeyedNames | None = None

    def known(self) -> KeyedNames | None:
        """Return its names; ``None``: there is no key yet. Raises ``StoreError``."""
        return self._names or self._load(make=False)

    def made(self) -> KeyedNames:
        """Return its names, with a new key if there is none. Raises ``StoreError``."""
        names = self._names or self._load(make=True)
        if names is None:
            raise StoreError(StoreCode.READ_ONLY, f"{self.file}: it vanished")
        return names

    def _load(self, *, make: bool) -> KeyedNames | None:
        try:
            key = read_key(self.file)
            if key is None and make:
                key = make_key(self.file)
        except KeyUnusable as error:
            what, hint = _WHY[error.reason]
            raise StoreError(StoreCode.READ_ONLY, f"{self.file}: {what}", hint) from error
        except OSError as error:
            raise StoreError(
                StoreCode.READ_ONLY, f"{self.file}: {error.strerror or error}"
            ) from error
        self._names = None if key is None else KeyedNames(key)
        return self._names
