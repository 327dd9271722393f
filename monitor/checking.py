"""Trying everything live without storing or sending: each source, the database, the mail server."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass

from monitor.app import App
from monitor.callers import address_of, is_free
from monitor.deliverability.remarks import Gravity
from monitor.errors import DeliveryError, MailboxError
from monitor.fetching.client import Client
from monitor.model import Entry, FetchMemory, PollError
from monitor.reading import Watched, notice_of, read, tell
from monitor.replies.mailbox import Mailbox
from monitor.text import cut
from monitor.wording import Wording

SAMPLE = 80
"""Characters of a sample title shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one try ended.

    ``what`` is ``source``, ``database``, ``mail``, ``mailbox`` or ``notify``; of a mail's way also
    ``test``, or the topic of a remark, which has a ``code`` and a ``gravity``. ``live`` is what a
    platform lets be shown and not stored.
    """

    what: str
    id: str
    ok: bool
    message: str
    entries: int = 0
    matched: int = 0
    sample: str | None = None
    live: tuple[Entry, ...] = ()
    queries: tuple[str, ...] = ()
    error: PollError | None = None
    code: str | None = None
    gravity: Gravity | None = None


async def check_all(app: App) -> list[Finding]:
    """Try everything; the sources side by side."""
    async with app.client() as client:
        tries = (check_source(app, client, watched) for watched in app.watched.values())
        findings = list(await asyncio.gather(*tries))
    findings.append(check_database(app))
    if app.mailer is not None:
        findings.append(await asyncio.to_thread(check_mail, app))
    if app.mailbox is not None:
        findings.append(await asyncio.to_thread(check_mailbox, app.mailbox, app.words))
    findings += check_channels(app)
    return findings


async def check_source(app: App, client: Client, watched: Watched) -> Finding:
    """Read a source as if never read before; of one that others push to, say where it listens."""
    if not watched.source.is_polled:
        return await asyncio.to_thread(check_hook, app, watched)
    reading = await read(watched, client.session(FetchMemory()), {}, FetchMemory())
    sightings = await asyncio.to_thread(app.pipeline, reading.entries, watched.origin)
    first = sightings[0].entry if sightings else next(iter(reading.entries), None)
    error = tell(reading.error, app.words, watched.source.type) if reading.error else None
    message = app.words("cli.check_entries", n=len(reading.entries), matched=len(sightings))
    if notice := notice_of(reading, app.words, watched.source.type):
        message = f"{message} {notice}"
    return Finding(
        what="source",
        id=watched.id,
        ok=error is None,
        message=f"{error.code}: {error.message}" if error else message,
        entries=len(reading.entries),
        matched=len(sightings),
        sample=cut(first.title or first.text, SAMPLE) if first else None,
        live=reading.live,
        queries=watched.source.queries,
        error=error,
    )


def check_hook(app: App, watched: Watched) -> Finding:
    """Say which address a sender is given, whether we can listen there, and what came so far."""
    words, (host, port) = app.words, app.receives_at
    public = app.config.receiving.address
    root = str(public).rstrip("/") if public else address_of(host, port)
    place = _listening(app, free=is_free(host, port))
    said = [
        words(f"receiving.{place}", port=port),
        *([] if public else [words("receiving.no_address")]),
        *([words("receiving.no_about")] if _lacks_about(watched) else []),
        *_pushes_so_far(app, watched.id),
        words("receiving.give", address=f"{root}{watched.source.address}"),  # last: to be copied
    ]
    is_ok = place in {"listening", "not_running"}
    return Finding(what="source", id=watched.id, ok=is_ok, message=" ".join(said))


def _listening(app: App, *, free: bool) -> str:
    """Tell who listens there: the daemon, nobody, another program."""
    runs = False
    if app.config.database.exists():
        with app.store.hold("daemon") as nobody_runs:
            runs = not nobody_runs
    if runs:
        return "restart" if free else "listening"
    return "not_running" if free else "port_taken"


def _lacks_about(watched: Watched) -> bool:
    options = watched.source.options
    return getattr(options, "form", "mentions") != "mentions" and watched.origin.about is None


def _pushes_so_far(app: App, source_id: str) -> list[str]:
    if not app.config.database.exists():
        return [app.words("receiving.never")]
    state = app.store.source_state(source_id)
    if state.last_ok_at is None:
        return [app.words("receiving.never")]
    from babel.dates import format_datetime  # noqa: PLC0415 - slow to load, seldom needed

    locale = app.words.language
    at = format_datetime(state.last_ok_at, "medium", tzinfo=app.zone, locale=locale)
    skipped = state.cursor.get("skipped")
    counted = skipped if isinstance(skipped, int) else 0
    return [
        app.words("receiving.last", at=at),
        *([app.words("receiving.skipped", n=counted)] if counted else []),
    ]


def check_database(app: App) -> Finding:
    """Check the whole database; one that is not there yet is not made, its folder is tried."""
    file = app.config.database
    if not file.exists():
        ok = os.access(file.parent, os.W_OK | os.X_OK)
        key = "db_absent" if ok else "db_no_folder"
        message = app.words(f"cli.{key}", path=file)
        return Finding(what="database", id=file.name, ok=ok, message=message)
    problems = app.store.check()
    return Finding(
        what="database",
        id=file.name,
        ok=not problems,
        message="; ".join(problems) or app.words("cli.check_database"),
    )


def check_channels(app: App) -> list[Finding]:
    """Tell the channels that alerts are notified by; their addresses are understood, no more."""
    message = app.words("alerts.check_notify")
    names = app.notifier.channels if app.notifier else ()
    return [Finding(what="notify", id=name, ok=True, message=message) for name in names]


def check_mail(app: App) -> Finding:
    """Reach the mail server and log in, without sending."""
    mail = app.config.mail
    if mail is None or app.mailer is None:
        raise ValueError("no mail is configured")
    server = f"{mail.host}:{mail.port}"
    try:
        app.mailer.check()
    except DeliveryError as error:
        return Finding(what="mail", id=server, ok=False, message=str(error))
    return Finding(what="mail", id=server, ok=True, message=app.words("cli.check_mail"))


def check_mailbox(mailbox: Mailbox, words: Wording) -> Finding:
    """Log in to the mailbox of replies and open its folder, reading no mail."""
    settings = mailbox.settings
    place = f"{settings.where}/{settings.folder}"
    try:
        count = mailbox.check()
    except MailboxError as error:
        return Finding(what="mailbox", id=place, ok=False, message=str(error))
    return Finding(what="mailbox", id=place, ok=True, message=words("replies.check_ok", n=count))
