"""Forget a person everywhere: report files first, then the database, so that a cut is made good.

Run again after a crash it does what was not done. What is not ours to touch stays: copies that
the owner made (``ecoute backup``, exports), mails already sent, ``sources.yaml``.
"""

from __future__ import annotations

import mmap
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.delivery.addresses import slug
from monitor.errors import StoreCode, StoreError
from monitor.mails import mail_without
from monitor.model import Json
from monitor.store.base import Store
from monitor.subjects import Removal, Subject, SubjectKind, Trail
from monitor.traces import Traces

_COPIES = ("before-*.bak", "before-restore*")
"""The copies that Écoute itself makes beside the database, before it brings it forward."""
_LOCKS = ("outbox", "reports")
_WAIT_S = 30.0
_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was removed, or would be: of the database, report files cleared or deleted, copies."""

    removal: Removal
    cleared: tuple[Path, ...] = ()
    deleted: tuple[Path, ...] = ()
    copies: tuple[Path, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left of them."""
        return not self.removal.left and self.removal.is_log_empty


@dataclass(frozen=True, kw_only=True)
class Forgetter:
    """Works on one database and the folder of its reports."""

    store: Store
    database: Path
    reports: Path
    sleep: Callable[[float], None] = time.sleep

    def forget(self, subject: Subject, at: datetime, *, dry_run: bool) -> Forgotten:
        """Forget a subject for good; with ``dry_run`` only say what that would do.

        Raises ``StoreError`` where mails or reports are being written all the time.
        """
        with ExitStack() as held:
            if not dry_run:
                for name in _LOCKS:
                    self._hold(held, name)
            trail = self.store.trail(subject)
            cleared, deleted = self._clear_reports(subject, trail, dry_run=dry_run)
            copies = tuple(self._copies(subject, trail))
            for copy in () if dry_run else copies:
                copy.unlink(missing_ok=True)
            removal = self.store.forget(subject, at, dry_run=dry_run)
        return Forgotten(removal=removal, cleared=cleared, deleted=deleted, copies=copies)

    def access(self, subject: Subject) -> dict[str, Json]:
        """Return all that is held of a person, the files that tell them too."""
        held = self.store.held(subject)
        trail = self.store.trail(subject)
        cleared, deleted = self._clear_reports(subject, trail, dry_run=True)
        files = {"reports": (*cleared, *deleted), "copies": tuple(self._copies(subject, trail))}
        named: dict[str, Json] = {name: [str(p) for p in paths] for name, paths in files.items()}
        return held | named

    def _hold(self, held: ExitStack, name: str) -> None:
        until = time.monotonic() + _WAIT_S
        while not held.enter_context(self.store.hold(name)):
            if time.monotonic() > until:
                raise StoreError(
                    StoreCode.DB_LOCKED, f"another process works at the {name}", "try again"
                )
            self.sleep(_PAUSE_S)

    def _clear_reports(
        self, subject: Subject, trail: Trail, *, dry_run: bool
    ) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
        if subject.kind is SubjectKind.BUSINESS:
            whole = tuple(self._reports_of(subject.value, trail))
            for file in () if dry_run else whole:
                file.unlink(missing_ok=True)
            return (), whole
        traces = trail.all
        cleared = [file for file in self._files() if _clear(file, traces, dry_run=dry_run)]
        changed = {file.with_suffix("") for file in cleared}
        # What is printed cannot be read by us: it goes with the page that it was made from, and
        # where that page is gone.
        printed = [
            file
            for file in self.reports.rglob("*.pdf")
            if file.with_suffix("") in changed or not file.with_suffix(".html").exists()
        ]
        for file in () if dry_run else printed:
            file.unlink(missing_ok=True)
        return tuple(cleared), tuple(printed)

    def _files(self) -> Iterator[Path]:
        for file in sorted(self.reports.rglob("*")):
            if file.suffix in {".html", ".txt", ".eml"} and file.is_file():
                yield file

    def _reports_of(self, business: str, trail: Trail) -> Iterator[Path]:
        name = re.escape(slug(business))
        monthly = re.compile(rf"\d{{4}}-\d\d-{name}(?:-\d+)?\.(?:html|pdf)")
        stems = {Path(report).name for report in trail.reports}
        for file in sorted(self.reports.rglob("*")):
            stem = re.sub(r"(?<=-[0-9a-z]{6})-\d+$", "", file.stem)
            if file.is_file() and (monthly.fullmatch(file.name) or {stem, file.stem} & stems):
                yield file

    def _copies(self, subject: Subject, trail: Trail) -> Iterator[Path]:
        """Yield our own copies of the database that hold a subject."""
        for shape in _COPIES:
            for copy in sorted(self.database.parent.glob(f"{self.database.name}.{shape}")):
                if copy.is_file() and _holds(copy, subject, trail):
                    yield copy


def _clear(file: Path, traces: Traces, *, dry_run: bool) -> bool:
    """Write a report file anew without what is looked for; tell whether it had any."""
    before = file.read_bytes()
    if file.suffix == ".eml":
        after = mail_without(before, traces)
    else:
        text = before.decode("utf-8", "replace")
        after = traces.without(text, html=file.suffix == ".html").encode()
    if after == before:
        return False
    if not dry_run:
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
        with draft.open("xb") as out:
            out.write(after)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    return True


def _holds(copy: Path, subject: Subject, trail: Trail) -> bool:
    """Tell whether a copy has a subject in any table, or in what its bytes are otherwise."""
    if copy.stat().st_size == 0:
        return False
    spelled = {subject.value, subject.value.lower(), subject.value.upper()}
    with copy.open("rb") as file, closing(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)) as raw:
        if any(raw.find(form.encode()) >= 0 for form in spelled):
            return True
    person = trail.person
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db,
    ):
        db.text_factory = lambda cell: cell.decode("utf-8", "replace")
        tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if not table.startswith("mention_fts"):
                for row in db.execute(f"SELECT * FROM [{table}]"):  # noqa: S608 - names of a schema
                    if any(isinstance(cell, str) and person.bears(cell) for cell in row):
                        return True
    return False
