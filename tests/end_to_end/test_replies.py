"""Answering the mail, through the installed command: SMTP and IMAP on loopback, nothing faked."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from end_to_end.test_daemon import wait_until
from imap_server import PASSWORD, ImapServer, needs_dovecot
from lxml import html as lxml_html
from servers import (
    LOOPBACK,
    FeedServer,
    MailServer,
    run_ecoute,
    started_ecoute,
    write_config,
)

pytestmark = needs_dovecot

SIMON, ZOE = "simon@example.fr", "zoe@example.fr"
PLAIN = ("simple", "Fleurs Bougamont ouvre dimanche", "La boutique ouvre dimanche de 9 h à 12 h.")
LATER = ("suite", "Fleurs Bougamont change de vitrine", "La vitrine est refaite.")


class Shop:
    """A shop with its feed, mail server and mailbox, and the command run for it."""

    def __init__(self, folder: Path, web: FeedServer, mail: MailServer, imap: ImapServer) -> None:
        self.folder, self.web, self.mail, self.imap = folder, web, mail, imap

    def configure(self, **mailbox: object) -> None:
        """Write the configuration; options of ``mailbox`` replace or are added."""
        section = {**self.imap.section, **mailbox}
        write_config(
            self.folder,
            feeds=[self.web.url("/rss")],
            mail=self.mail,
            to=(SIMON, ZOE),
            mailbox=section,
            network={
                "allow_private_hosts": [
                    self.web.url("/").split("//")[1].rstrip("/"),
                    self.mail.address,
                    f"{LOOPBACK}:{section['port']}",
                ]
            },
        )

    def run(self, code: int = 0) -> str:
        """Do one pass; returns what it said on both channels."""
        done = run_ecoute("run", "--once", cwd=self.folder)
        assert done.returncode == code, done.stdout + done.stderr
        assert PASSWORD not in done.stdout + done.stderr
        return done.stdout + done.stderr

    def digest(self) -> EmailMessage:
        """Return the digest mailed last."""
        return self.mail.received[-1].message

    def mentions(self) -> dict[str, dict[str, Any]]:
        """Return all mentions by their identifier."""
        done = run_ecoute("mentions", "--json", cwd=self.folder)
        return {m["external_id"]: m for m in json.loads(done.stdout)}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with (
        FeedServer({"/rss": rss([GOOD, BAD, PLAIN])}) as web,
        MailServer() as mail,
        ImapServer() as imap,
    ):
        made = Shop(tmp_path, web, mail, imap)
        made.configure()
        made.run()
        yield made


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


def code_of(mail: EmailMessage, title: str) -> int:
    found = re.search(rf"^(\d+)\. \[[^\]]+\] {re.escape(title)}", text_of(mail), re.MULTILINE)
    assert found is not None, text_of(mail)
    return int(found[1])


def reply_to(mail: EmailMessage, text: str, *, sender: str = SIMON, name: str = "r1") -> bytes:
    """Write a reply as a mail program does: threaded, the whole digest quoted below."""
    reply = EmailMessage()
    reply["From"], reply["To"] = sender, str(mail["From"])
    reply["Subject"] = f"Re: {mail['Subject']}"
    reply["Message-ID"] = f"<{name}@phone.example>"
    reply["In-Reply-To"] = mail["Message-ID"]
    reply["References"] = f"{mail['References']} {mail['Message-ID']}"
    quoted = "\n".join(f"> {line}" for line in text_of(mail).splitlines())
    reply.set_content(f"{text}\n\nLe 23/11/2026 à 08:00, Écoute a écrit :\n{quoted}\n")
    return reply.as_bytes()


def answers_to(mail: EmailMessage) -> str:
    bad, good, plain = (
        code_of(mail, entry[1].split(":")[0].strip()) for entry in (BAD, GOOD, PLAIN)
    )
    return f"{bad} traité, {good} hors sujet, {plain} positif\n99 bof\nnote {bad} : rappelée"


def test_a_reply_is_applied_once_and_confirmed_in_the_next_digest(shop: Shop) -> None:
    first = shop.digest()
    reply = reply_to(first, answers_to(first))
    shop.imap.deliver(reply)
    shop.imap.deliver(reply)  # delivered twice, to two addresses of one mailbox
    shop.web["/rss"] = rss([GOOD, BAD, PLAIN, LATER])
    assert "4 réponses prises en compte" in shop.run()
    found = shop.mentions()
    assert (found["mauvais"]["status"], found["mauvais"]["note"]) == ("handled", "rappelée")
    assert (found["bon"]["relevance"], found["bon"]["status"]) == (0.0, "ignored")
    assert (found["simple"]["sentiment"], found["simple"]["corrected"]) == ("positive", True)
    told = text_of(shop.digest())
    assert "4 réponses prises en compte." in told
    assert "« 99 bof »" in told.replace("\u00a0", " ")
    assert "n° 99" not in told
    shop.web["/rss"] = rss([GOOD, BAD, PLAIN, LATER, ("fin", "Fleurs Bougamont, fin", "Voilà.")])
    shop.run()
    assert "prises en compte" not in text_of(shop.digest())
    assert shop.mentions()["simple"]["sentiment"] == "positive"
    with closing(sqlite3.connect(shop.folder / "mentions.db")) as database:
        assert database.execute("SELECT count(*) FROM label").fetchone() == (2,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_same_answer_in_a_new_mail_is_applied_once(shop: Shop) -> None:
    first = shop.digest()
    for name, sender in (("r1", SIMON), ("r2", SIMON), ("r3", ZOE)):
        shop.imap.deliver(reply_to(first, "1 positif", sender=sender, name=name))
    assert "1 réponse prise en compte" in shop.run()
    with closing(sqlite3.connect(shop.folder / "mentions.db")) as database:
        assert database.execute("SELECT count(*) FROM label").fetchone() == (1,)


def test_a_tap_on_a_link_is_an_answer(shop: Shop) -> None:
    tree = lxml_html.document_fromstring(text_of(shop.digest(), "html"))
    links = [a for a in tree.iter("a") if a.get("href").startswith("mailto:")]
    handled = next(a for a in links if a.text_content() == "traité")
    told = urlsplit(handled.get("href"))
    query = parse_qs(told.query)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = ZOE, told.path, "<tap@phone.example>"
    mail["Subject"] = query["subject"][0]
    mail.set_content(query["body"][0] + "\n\nEnvoyé de mon iPhone")
    shop.imap.deliver(mail.as_bytes())
    assert "1 réponse prise en compte" in shop.run()
    assert shop.mentions()["mauvais"]["status"] == "handled"


def test_forged_and_automatic_replies_change_nothing(shop: Shop) -> None:
    first = shop.digest()
    before = shop.mentions()
    genuine = reply_to(first, "1 hors sujet, 2 hors sujet, 3 hors sujet").decode()
    token = re.findall(r"[.-]([a-z2-7]{24})\b", genuine)[0]
    forged = {
        "stranger": genuine.replace(f"From: {SIMON}", "From: eve@example.net"),
        "token": genuine.replace(token, "a" * 24),
        "no token": re.sub(rf"[.-]{token}", "", genuine),
        "automatic": f"Auto-Submitted: auto-replied\n{genuine}",
        "two senders": genuine.replace(f"From: {SIMON}", f"From: {SIMON}, eve@example.net"),
    }
    for number, mail in enumerate(forged.values()):
        shop.imap.deliver(mail.replace("<r1@", f"<f{number}@").encode())
    shop.imap.deliver(shop.mail.received[-1].content)  # our own digest
    assert "en compte" not in shop.run()
    assert shop.mentions() == before
    assert not any(name.startswith("S ") for name in shop.imap.mails())


def test_a_kill_between_applying_and_marking_applies_nothing_twice(shop: Shop) -> None:
    """The mailbox is reached through a relay that never lets the mark through."""
    shop.imap.deliver(reply_to(shop.digest(), "1 positif"))
    with stopping_before(b"STORE", shop.imap.port) as (port, stopped):
        shop.configure(port=port)
        with started_ecoute("run", "--once", cwd=shop.folder) as process:
            assert stopped.wait(timeout=60)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=10)
    assert [name for name in shop.imap.mails() if name.startswith("S")] == []
    # Another port is another mailbox to us: it is read from its start, and the reply known.
    shop.configure()
    assert "en compte" not in shop.run()
    assert [name for name in shop.imap.mails() if name.startswith("S")] == ["S <r1@phone.example>"]
    shop.web["/rss"] = rss([GOOD, BAD, PLAIN, LATER])
    shop.run()
    assert "1 réponse prise en compte." in text_of(shop.digest())
    with closing(sqlite3.connect(shop.folder / "mentions.db")) as database:
        assert database.execute("SELECT count(*) FROM label").fetchone() == (1,)


def test_a_mailbox_that_cannot_be_read_is_told_and_the_rest_goes_on(shop: Shop) -> None:
    shop.imap.stop()
    shop.web["/rss"] = rss([GOOD, BAD, PLAIN, LATER])
    assert "Boîte des réponses illisible" in shop.run(code=1)
    assert LATER[1] in text_of(shop.digest())
    done = run_ecoute("check", "--json", cwd=shop.folder)
    (finding,) = (f for f in json.loads(done.stdout) if f["what"] == "mailbox")
    assert done.returncode == 1
    assert not finding["ok"]
    assert "cannot be reached" in finding["message"]
    shop.imap.start()
    done = run_ecoute("check", cwd=shop.folder)
    assert done.returncode == 0, done.stdout
    assert "la boîte des réponses s’ouvre" in done.stdout
    shop.configure(password="wrong s3cret")
    told = shop.run(code=1)
    assert "refused the login" in told
    assert "s3cret" not in told


def test_the_daemon_takes_a_reply_in(shop: Shop) -> None:
    shop.configure(every="1s", move_to="Ecoute")
    with started_ecoute("run", cwd=shop.folder) as daemon:
        shop.imap.deliver(reply_to(shop.digest(), "1 traité"))
        wait_until(lambda: shop.imap.mails(".Ecoute"))
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=10) == 0
    assert shop.mentions()["mauvais"]["status"] == "handled"


def test_the_key_is_its_owners_and_in_no_mail_log_or_table(shop: Shop) -> None:
    file = shop.folder / "mentions.db.reply-key"
    assert file.stat().st_mode & 0o777 == 0o600
    key = file.read_text().strip()
    written = b"".join(f.read_bytes() for f in shop.folder.rglob("*") if f.is_file() and f != file)
    assert key.encode() not in written
    assert bytes.fromhex(key) not in written
    assert key not in shop.digest().as_string()


def test_without_a_mailbox_no_mail_asks_for_answers(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web, MailServer() as mail:
        write_config(tmp_path, feeds=[web.url("/rss")], mail=mail)
        run_ecoute("run", "--once", cwd=tmp_path)
        sent = mail.received[-1].message
    assert "mailto:" not in text_of(sent, "html")
    assert "Répondez" not in text_of(sent)
    assert not (tmp_path / "mentions.db.reply-key").exists()


@contextmanager
def stopping_before(word: bytes, port: int) -> Iterator[tuple[int, threading.Event]]:
    """Relay to a port, up to the first line that holds a word; tells its own port and when."""
    stopped, listener = threading.Event(), socket.create_server((LOOPBACK, 0))

    def relay() -> None:
        with (
            suppress(OSError),
            listener.accept()[0] as near,
            socket.create_connection((LOOPBACK, port)) as far,
        ):
            threading.Thread(target=_copy, args=(far, near), daemon=True).start()
            while data := near.recv(65536):
                if word in data:
                    stopped.set()
                    near.recv(1)  # until the process is gone
                    return
                far.sendall(data)

    thread = threading.Thread(target=relay, daemon=True)
    thread.start()
    with listener:
        yield listener.getsockname()[1], stopped
        thread.join(timeout=10)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
