"""A digest through a real mail system: Postfix takes it, Dovecot gives it to its reader."""

from __future__ import annotations

import imaplib
import json
import os
import pwd
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from imap_server import PASSWORD, USER, ImapServer, needs_dovecot
from postfix_server import PostfixServer, needs_postfix
from ruamel.yaml import YAML
from servers import LOOPBACK, FeedServer, Tls, make_tls, run_ecoute, write_config

pytestmark = [needs_dovecot, needs_postfix]

LONG = ("long", "Fleurs Bougamont " + "très " * 400, "🌷 " * 300 + "x" * 3000)


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A shop whose mail goes by a real system."""

    folder: Path
    imap: ImapServer
    smtp: PostfixServer
    tls: Tls

    def run(self) -> None:
        ca_file = str(self.folder / "ca.pem")
        done = run_ecoute("run", "--once", cwd=self.folder, env={"SSL_CERT_FILE": ca_file})
        assert done.returncode == 0, done.stderr + self.smtp.log

    def write(self, mail: EmailMessage) -> None:
        """Send a mail as a reader does."""
        with smtplib.SMTP(LOOPBACK, self.smtp.port, timeout=20) as client:
            client.starttls(context=self.tls.client)
            client.send_message(mail)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder, tls = tmp_path_factory.mktemp("shop"), make_tls()
    (folder / "ca.pem").write_bytes(tls.ca_pem)
    owner = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
    with (
        FeedServer({"/rss": rss([GOOD, BAD, LONG])}) as feeds,
        ImapServer() as imap,
        PostfixServer(imap.maildir, owner, tls) as smtp,
    ):
        configure(folder, feeds, imap, smtp)
        yield Shop(folder=folder, imap=imap, smtp=smtp, tls=tls)


@pytest.fixture(scope="module")
def received(shop: Shop) -> tuple[bytes, bytes]:
    """The digest as it was written to ``reports/``, and as its reader got it."""
    shop.run()
    shop.smtp.wait_for_mails(1)
    [written] = (shop.folder / "reports").rglob("*.eml")
    return written.read_bytes(), fetch(shop.imap)


def configure(folder: Path, feeds: FeedServer, imap: ImapServer, smtp: PostfixServer) -> None:
    file = write_config(
        folder,
        feeds=[feeds.url("/rss")],
        digest={"to": ["simon@example.fr"]},
        alerts={"negative": "digest", "reach": False, "sources": False},
        mailbox=imap.section,
        network={"allow_private_hosts": [feeds.address, imap.address, smtp.address]},
    )
    yaml = YAML()
    config = yaml.load(file)
    config["mail"] = {"host": LOOPBACK, "port": smtp.port, "from": "Écoute <ecoute@example.fr>"}
    yaml.dump(config, file)


def fetch(imap: ImapServer) -> bytes:
    """Read the only mail as a mail program does."""
    client = imaplib.IMAP4(LOOPBACK, imap.port, timeout=20)
    client.login(USER, PASSWORD)
    client.select("INBOX", readonly=True)
    _, found = client.fetch("1", "(BODY.PEEK[])")
    client.logout()
    assert isinstance(found[0], tuple)
    return bytes(found[0][1])


def parsed(content: bytes) -> EmailMessage:
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.mark.parametrize(
    "header",
    [
        *("Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted", "References", "Subject"),
        *("From", "To", "Date", "Content-Type", "Content-Language"),
    ],
)
def test_a_header_arrives_as_it_was_written(received: tuple[bytes, bytes], header: str) -> None:
    written, got = map(parsed, received)
    assert written[header] is not None
    assert got.get_all(header) == written.get_all(header)


def test_the_parts_arrive_byte_for_byte(received: tuple[bytes, bytes]) -> None:
    written, got = (content.partition(b"\r\n\r\n")[2].strip() for content in received)
    assert got == written


def test_it_arrives_as_seven_bit_lines_of_a_legal_length(received: tuple[bytes, bytes]) -> None:
    got = received[1]
    assert got.isascii()
    assert max(map(len, got.split(b"\r\n"))) <= 998
    assert {part["Content-Transfer-Encoding"] for part in parsed(got).iter_parts()} <= {
        "quoted-printable",
        "base64",
    }


def test_it_says_the_envelope_and_that_it_came_by_tls(received: tuple[bytes, bytes]) -> None:
    got = parsed(received[1])
    assert got["Return-Path"] == "<ecoute@example.fr>"
    assert "with ESMTPS" in got["Received"]


def test_an_answer_by_the_same_way_is_taken_in(shop: Shop, received: tuple[bytes, bytes]) -> None:
    digest = parsed(received[1])
    answer = EmailMessage()
    answer["From"], answer["To"] = "Simon <simon@example.fr>", digest["From"]
    answer["Subject"] = f"Re: {digest['Subject']}"
    answer["In-Reply-To"] = digest["Message-ID"]
    answer["Message-ID"] = "<answer@example.fr>"
    answer.set_content("1 traité\n\nLe lundi 23 novembre, Écoute a écrit :\n> 2 ignorer\n")
    shop.write(answer)
    shop.smtp.wait_for_mails(2)
    shop.run()
    told = run_ecoute("mentions", "--json", "--status", "handled", cwd=shop.folder)
    assert [mention["external_id"] for mention in json.loads(told.stdout)] == [BAD[0]]
