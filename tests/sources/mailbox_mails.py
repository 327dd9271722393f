"""Notices for the tests of the mailbox, and folders that hold them."""

from __future__ import annotations

from typing import Any

from sources.fake_session import BUSINESS, DATA, FakeFolder, FakeSession, read_pages

from monitor.model import Business, Entry, Page
from monitor.sources.mailbox import Mailbox

GMAIL = {"host": "imap.gmail.com", "username": "simon@example.fr", "password": "s3cret"}
OTHER = Business(name="Garage Martin", aliases=("Martin Auto",))


def eml(name: str) -> bytes:
    return (DATA / "mailbox" / f"{name}.synthetic.eml").read_bytes()


def box(*businesses: Business, **options: Any) -> Mailbox:  # noqa: ANN401 - whatever YAML holds
    told = Mailbox.options_type.model_validate({"type": "mailbox", **GMAIL, **options})
    return Mailbox(told, businesses or (BUSINESS,))


def read(source: Mailbox, *mails: bytes) -> list[Entry]:
    return [entry for page in pages_of(source, *mails) for entry in page.entries]


def pages_of(source: Mailbox, *mails: bytes) -> list[Page]:
    folder = FakeFolder(dict(enumerate(mails, start=1)))
    return read_pages(source, FakeSession({}, folders={"INBOX": folder}))


def mail(
    text: str = "Fleurs Bougamont : bravo",
    *,
    sender: str = "Avis <x@avis.example.fr>",
    subject: str = "Nouvel avis",
    results: str | None = "mx.google.com; dkim=pass header.d=avis.example.fr",
    more: str = "Message-ID: <m1@avis.example.fr>\n",
) -> bytes:
    top = f"Authentication-Results: {results}\n" if results else ""
    head = f"{top}From: {sender}\nSubject: {subject}\nDate: Mon, 23 Nov 2026 07:00:00 +0100\n{more}"
    return f"{head}Content-Type: text/html; charset=utf-8\n\n{text}\n".encode()


FROM = {"from": "avis.example.fr"}


def numbered(n: int) -> bytes:
    return mail(
        f"<p>texte {n}</p>", subject=f"Avis {n}", more=f"Message-ID: <{n}@avis.example.fr>\n"
    )
