"""Which mails are replies of recipients, and why others are not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replies.letters import DIGEST, EVE, OF_DIGEST, REFERENCE, SIGNER, SIMON, ZOE, letter

from monitor.letters import UnreadableLetter, read_letter
from monitor.model import RepliedDigest, Reply
from monitor.replies.accepting import Desk, Ignored
from monitor.replies.signing import Signer

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def look_up(digest_id: str) -> RepliedDigest | None:
    return DIGEST if digest_id == DIGEST.id else None


def judge(content: bytes, signer: Signer = SIGNER) -> Reply | Ignored:
    return Desk(look_up, signer).judge(read_letter(content), AT)


def said(content: bytes) -> list[str]:
    outcome = judge(content)
    assert isinstance(outcome, Reply), outcome
    return [f"{answer.code} {answer.action}" for answer in outcome.answers]


def test_a_reply_is_known_by_what_it_answers() -> None:
    reply = judge(letter("1 traité, 9 bof"))
    assert isinstance(reply, Reply)
    assert (reply.digest_id, reply.sender, reply.read_at) == (DIGEST.id, SIMON, AT)
    assert reply.unclear == ("9 bof",)


@pytest.mark.parametrize(
    "content",
    [
        letter(answers=None, references=f"<thread@example.fr> {OF_DIGEST}"),
        letter(answers=None, subject=f"Ecoute {REFERENCE}"),
        letter(f"1 traité\n\n> Référence : {REFERENCE}\n", answers=None),
        letter(html=f"<p>1 traité</p><blockquote>{REFERENCE}</blockquote>", answers=None),
    ],
    ids=["references", "tapped", "quoted", "html"],
)  # fmt: skip
def test_a_program_that_drops_in_reply_to_costs_nothing(content: bytes) -> None:
    assert said(content) == ["1 handled"]


def test_a_tapped_answer_with_the_reference_in_the_body_is_read() -> None:
    text = f"1 traité\n\n{REFERENCE}\n\nEnvoyé de mon iPhone\n"
    assert said(letter(text, answers=None)) == ["1 handled"]


def test_an_html_only_reply_is_read() -> None:
    mail = MIMEText("<div>1 hors sujet</div><blockquote>2 positif</blockquote>", "html", "utf-8")
    for name, value in (("From", SIMON), ("In-Reply-To", OF_DIGEST), ("Message-ID", "<h@x>")):
        mail[name] = value
    assert said(mail.as_bytes()) == ["1 irrelevant"]


def test_a_quoted_digest_answers_nothing_by_itself() -> None:
    quoted = "".join(f"{line}\n" for line in DIGEST.text.split("\n"))
    assert said(letter(f"2 neutre\n\n{quoted}")) == ["2 neutral"]
    html = f"<p>2 neutre</p>{DIGEST.html}"
    assert said(letter(" ", html=html)) == ["2 neutral"]


@pytest.mark.parametrize("sender", [f"ZOE <{ZOE.upper()}>", ZOE])
def test_any_recipient_may_answer(sender: str) -> None:
    assert said(letter(sender=sender)) == ["1 handled"]


FORGED = OF_DIGEST.replace(REFERENCE.token, "a" * 24)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (letter(sender=EVE), Ignored.STRANGER),
        (letter(sender=f'"{SIMON}" <{EVE}>'), Ignored.STRANGER),
        (letter(sender=f"{SIMON}, {EVE}"), Ignored.SENDERS),
        (letter(answers=FORGED), Ignored.FORGED),
        (letter(answers=f"<{DIGEST.id}.ecoute@example.fr>"), Ignored.NO_DIGEST),
        (letter(answers=f"<{'f' * 16}-{'a' * 24}.ecoute@example.fr>"), Ignored.NO_DIGEST),
        (letter(answers=None), Ignored.NO_DIGEST),
        (letter(auto_submitted="auto-replied"), Ignored.AUTOMATIC),
        (letter(subject="Réponse automatique : Fleurs Bougamont"), Ignored.AUTOMATIC),
        (letter(subject="Out of Office: Fleurs"), Ignored.AUTOMATIC),
        (letter(x_autoreply="yes"), Ignored.AUTOMATIC),
        (letter(precedence="bulk"), Ignored.LIST),
        (letter(list_id="<fleurs.digest.example.fr>"), Ignored.LIST),
        (letter(return_path="<>"), Ignored.BOUNCE),
        (letter(sender="MAILER-DAEMON@example.fr"), Ignored.BOUNCE),
        (letter(message_id=OF_DIGEST), Ignored.OURS),
        (letter(" \n\n> 1 traité\n"), Ignored.EMPTY),
        (letter("---------- Forwarded message ---------\n1 traité"), Ignored.EMPTY),
    ],
)
def test_what_is_no_recipients_own_reply_is_ignored(content: bytes, why: Ignored) -> None:
    assert judge(content) is why


def test_a_bounce_that_holds_our_digest_is_ignored() -> None:
    mail = MIMEMultipart("report")
    mail["From"], mail["In-Reply-To"] = SIMON, OF_DIGEST
    mail.attach(MIMEText("1 traité"))
    assert judge(mail.as_bytes()) is Ignored.BOUNCE


def test_another_key_makes_every_token_worthless() -> None:
    assert judge(letter(), Signer(b"l" * 32)) is Ignored.FORGED


def test_what_is_attached_or_forwarded_within_is_not_read() -> None:
    mail = MIMEMultipart()
    mail["From"], mail["In-Reply-To"], mail["Message-ID"] = SIMON, OF_DIGEST, "<m@x>"
    mail.attach(MIMEText("2 neutre"))
    attached = MIMEText("1 traité")
    attached["Content-Disposition"] = "attachment; filename=a.txt"
    mail.attach(attached)
    mail.attach(MIMEMessage(message_from_bytes(letter("3 positif"))))
    assert said(mail.as_bytes()) == ["2 neutral"]


def identity(content: bytes) -> str:
    reply = judge(content)
    assert isinstance(reply, Reply)
    return reply.id


def test_copies_of_one_mail_are_one_reply() -> None:
    """Redirected, delivered to two addresses, fetched again: the Message-ID stays."""
    first = letter()
    assert identity(first) == identity(b"Received: from x\r\n" + first)
    assert identity(first) != identity(letter(message_id="<a2@phone.example>"))
    bare = first.replace(b"Message-ID: <a1@phone.example>\n", b"")
    assert identity(bare) == identity(bare)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "deep": lambda: b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)
    ),
    "many parts": lambda: (
        b'Content-Type: multipart/mixed; boundary="x"\n\n' + b"--x\n\n1 traite\n" * 20_000
    ),
    "many addresses": lambda: letter(sender=", ".join(f"a{n}@example.org" for n in range(200))),
    "comments": lambda: b"From: " + b"(" * 9000 + b" a@b.fr\nSubject: x\n\n1",
    "long line": lambda: letter().replace("1 traité".encode(), b"1 trait " * 100_000),
    "long reference": lambda: b"References: " + b"<a@b> " * 100_000 + letter(),
    "odd charset": lambda: letter().replace(b"utf-8", b"punycode"),
    "no such charset": lambda: letter().replace(b"utf-8", b"x-\x00klingon"),
    "broken base64": lambda: letter().replace(b"8bit", b"base64"),
    "nothing": lambda: b"",
    "noise": lambda: bytes(range(256)) * 50,
    "rules": lambda: letter("-" * 2000 + "\n" + ("=" * 1900 + "\n") * 200),
    "html": lambda: letter(" ", html="<div>" * 20_000 + "1 traité"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_costs_nothing_but_itself(name: str) -> None:
    with suppress(UnreadableLetter):
        judge(HOSTILE[name]())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    with suppress(UnreadableLetter):
        judge(b"From: simon@example.fr\nSubject: x\n" + content)
