from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, strict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import LOOPBACK, MailServer

from monitor.delivery.addresses import bare_address, clean_header, slug
from monitor.delivery.compose import MAX_LINE, compose_mail, message_id
from monitor.delivery.mail import Mailer, MailSettings
from monitor.text import clean

SENDER = "Écoute <ecoute@example.fr>"
PARIS_WINTER = timezone(timedelta(hours=1))


def compose(
    *,
    subject: str = "Fleurs Bougamont, semaine 47 : 6 mentions, 1 négative",
    text: str = "Une mention négative.\n",
    html: str = '<p lang="fr">Une mention négative.</p>\n',
    sender: str = SENDER,
    recipients: tuple[str, ...] = ("simon@example.fr",),
    business: str = "Fleurs Bougamont",
    lane: str = "digest",
    digest_id: str = "3fa9c1",
) -> bytes:
    return compose_mail(
        subject=subject,
        text=text,
        html=html,
        sender=sender,
        recipients=recipients,
        message_id=message_id(digest_id, "example.fr"),
        date=datetime(2026, 11, 23, 8, tzinfo=PARIS_WINTER),
        business=business,
        language="fr",
        lane=lane,
    )


def parse(message: bytes) -> EmailMessage:
    """Parse as a strict reader: any defect is an error."""
    parsed = BytesParser(policy=strict + SMTP.clone(raise_on_defect=True)).parsebytes(message)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(message: bytes, kind: str) -> str:
    found = parse(message).get_body((kind,))
    assert isinstance(found, EmailMessage)
    content = found.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def longest_line(message: bytes) -> int:
    return max(len(line) for line in message.split(b"\r\n"))


def test_the_headers_of_a_digest() -> None:
    mail = parse(compose())

    assert dict(mail.items()) == {
        "From": SENDER,
        "To": "simon@example.fr",
        "Subject": "Fleurs Bougamont, semaine 47 : 6 mentions, 1 négative",
        "Date": "Mon, 23 Nov 2026 08:00:00 +0100",
        "Message-ID": "<3fa9c1.ecoute@example.fr>",
        "References": "<thread-fleurs-bougamont@example.fr>",
        "List-Id": "<fleurs-bougamont.digest.example.fr>",
        "List-Unsubscribe": "<mailto:ecoute@example.fr"
        "?subject=unsubscribe%20digest%20Fleurs%20Bougamont>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": mail["Content-Type"],
        "Content-Language": "fr",
    }


def test_text_stands_before_html_in_one_alternative() -> None:
    mail = parse(compose())
    assert mail.get_content_type() == "multipart/alternative"
    kinds = [(p.get_content_type(), p.get_content_charset()) for p in mail.iter_parts()]
    assert kinds == [("text/plain", "utf-8"), ("text/html", "utf-8")]


def test_only_the_accented_word_of_a_subject_is_encoded() -> None:
    message = compose(subject="Fleurs, semaine\u00a047\u00a0: 6\u202fmentions, 1 négative")
    assert b"Subject: Fleurs, semaine 47 : 6 mentions, 1 =?utf-8?q?n=C3=A9gative?=\r\n" in message


def test_the_same_digest_gives_the_same_bytes_and_another_does_not() -> None:
    assert compose() == compose()
    assert compose() != compose(digest_id="000000")


def test_an_alert_has_a_lane_of_its_own() -> None:
    digest, alert = parse(compose()), parse(compose(lane="alert"))
    assert digest["List-Id"] != alert["List-Id"]
    assert digest["References"] != alert["References"]


def test_plain_text_stays_readable_on_the_wire() -> None:
    assert b"\r\nA plain line of a digest.\r\n" in compose(text="A plain line of a digest.\n")


def test_foreign_text_is_not_blown_up() -> None:
    text = "花は美しい。" * 500
    assert len(compose(text=text)) < 2 * len(text.encode())
    assert part(compose(text=text), "plain").strip() == text


def test_several_recipients_are_all_named() -> None:
    mail = parse(compose(recipients=("simon@example.fr", "Zoé <zoe@example.fr>")))
    assert mail["To"] == "simon@example.fr, Zoé <zoe@example.fr>"


def test_an_address_that_needs_utf8_does_not_make_the_mail_need_it() -> None:
    message = compose(recipients=("zoé@example.fr", "simon@example.fr"))
    assert message.isascii()
    assert parse(message)["To"] == "simon@example.fr"


def test_nobody_to_send_to_still_makes_a_mail_for_the_archive() -> None:
    assert parse(compose(recipients=()))["To"] is None


def test_long_names_keep_their_identifiers_whole() -> None:
    message = compose(business="Fleurs " * 40, sender=f"a@{'sub.' * 40}example.fr")
    assert re.search(rb"\r\nList-Id: <[^ \r]+>\r\n", message)
    assert re.search(rb"\r\nReferences: <[^ \r]+>\r\n", message)
    assert longest_line(message) <= MAX_LINE


NASTY = st.text(
    st.one_of(
        st.sampled_from("\r\n\t\0\x1b\x85\u2028\u202e\u2066\u200f\ud800\u00a0=?_<>:\"'é☃"),
        st.characters(),
    ),
    max_size=400,
)


@given(
    subject=st.one_of(NASTY, st.just("a\r\nBcc: x@example.org"), st.just("=?utf-8?b?QQ==?=")),
    business=NASTY,
)
def test_nothing_a_feed_wrote_makes_a_header(subject: str, business: str) -> None:
    message = compose(subject=subject, business=business)
    head = message.partition(b"\r\n\r\n")[0]

    assert set(dict(message_from_bytes(message).items())) == set(dict(parse(compose()).items()))
    assert parse(message)["Subject"] == clean_header(subject)
    assert all(32 <= byte < 127 or byte in b"\r\n" for byte in head)
    assert longest_line(message) <= MAX_LINE


@given(text=NASTY.map(lambda text: text * 5))
def test_the_text_arrives_as_written_in_short_lines(text: str) -> None:
    message = compose(text=text, html=text)
    wanted = re.sub(r"\r\n|\r", "\n", clean(text)).rstrip("\n")
    assert part(message, "plain").rstrip("\n") == wanted
    assert part(message, "html").rstrip("\n") == wanted
    assert longest_line(message.partition(b"\r\n\r\n")[2]) <= 78


@given(NASTY)
def test_a_cleaned_header_is_one_harmless_line(text: str) -> None:
    cleaned = clean_header(text)
    assert clean_header(cleaned) == cleaned
    assert "=?" not in cleaned
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", cleaned)


@given(NASTY)
def test_a_slug_stays_in_its_folder(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,80}", slug(text))


@pytest.mark.parametrize("bad", ["", "simon", "@example.fr", "a b@c d", "Simon <>", "a@\n"])
def test_what_is_no_address_is_an_error(bad: str) -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        bare_address(bad)


def test_a_mail_received_passes_a_strict_check() -> None:
    """Through a real server: what a mail program gets, read as a strict reader does."""
    text = ".\n..\nFrom x\n" + "é" * 3000 + "\nx" * 200
    message = compose(text=text, html=f"<p>{text}</p>")
    with MailServer() as server:
        settings = MailSettings(host=LOOPBACK, port=server.port, security="none")
        mailer = Mailer(settings, allow_private_hosts=frozenset({server.address}))
        mailer.send(message, SENDER, ["simon@example.fr"])

    (received,) = server.received
    assert received.content == message
    assert b"\n" not in received.content.replace(b"\r\n", b"")
    assert part(received.content, "plain").rstrip("\n") == text
    headers = [name.lower() for name, _ in parse(received.content).items()]
    assert len(headers) == len(set(headers))  # RFC 5322 §3.6: at most once each
    sent_at = parse(received.content)["Date"].datetime
    assert sent_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
