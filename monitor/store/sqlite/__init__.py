"""The store in one SQLite file, on sqlite-utils: the embedded default."""

from monitor.store.sqlite.restoring import restore
from monitor.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore", "restore"]
