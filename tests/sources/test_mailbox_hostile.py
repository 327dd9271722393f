"""Mails that were made to break their reader: none costs another."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.mailbox_mails import FROM, box, mail, numbered, pages_of, read

from monitor.sources.mailbox import MOST_BYTES

DEEP = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(1_000))


def hostile(body: bytes, head: bytes = b"") -> bytes:
    bare = mail("", more="Message-ID: <h@x>\n").partition(b"Content-Type:")[0]
    return bare + head + body


HTML = b"Content-Type: text/html\n"
HOSTILE = {
    "deep": hostile(f"{DEEP}Content-Type: text/plain\n\nfond\n".encode()),
    "punycode": hostile(b"Content-Type: text/plain; charset=punycode\n\nabc-"),
    "charset": hostile(b'Content-Type: text/plain; charset="\xff\x00"\n\n\xff\xfe\x00'),
    "base64": hostile(HTML + b"Content-Transfer-Encoding: base64\n\n%%%=A"),
    "uuencode": hostile(HTML + b"Content-Transfer-Encoding: x-uuencode\n\nbegin 6 x\n\xff"),
    "long header": hostile(b"\n\nrien", b"X-Long: " + b"a" * 1_000_000 + b"\n"),
    "many headers": hostile(b"\n\nrien", b"X: y\n" * 20_000),
    "tags": hostile(HTML + b"\n" + b"<b>" * 300_000),
    "parts": hostile(
        b'Content-Type: multipart/alternative; boundary="x"\n\n' + b"--x\n\n" * 30_000
    ),
    "nested": hostile(b"Content-Type: message/rfc822\n\n" * 500),
    "nothing": hostile(b""),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_mail_costs_no_other(content: bytes) -> None:
    started_s = time.perf_counter()
    pages = pages_of(box(**FROM), numbered(1), content, numbered(3))
    titles = [entry.title for page in pages for entry in page.entries]
    assert titles[0] == "Avis 1"
    assert titles[-1] == "Avis 3"
    assert len(titles) == 3  # kept, by its subject at least
    assert time.perf_counter() - started_s < 5


def test_a_mail_without_message_id_date_or_subject_is_known_again() -> None:
    results = b"Authentication-Results: mx.google.com; dkim=pass header.d=avis.example.fr\n"
    bare = results + b"From: x@avis.example.fr\n\n"
    first, other = bare + b"Fleurs Bougamont", bare + b"autre"
    ids = [entry.external_id for entry in read(box(**FROM), first, other, first)]
    assert ids[0] == ids[2] != ids[1]
    assert read(box(**FROM), first)[0].published_at is None


def test_one_message_id_on_different_mails_hides_none() -> None:
    rule = {"name": "x", "from": "avis.example.fr", "gives": "links"}
    one, two = (
        mail(f'<a href="https://{host}/1">Titre de {host}</a>', subject=host)
        for host in ("a.fr", "b.fr")
    )
    first, second = read(box(rules=[rule]), one, two)
    assert first.external_id != second.external_id


def test_signs_that_turn_or_break_lines_do_not_reach_titles() -> None:
    subject = "=?utf-8?q?Avis=0A=E2=80=AE_de=00_Zo=C3=A9?="
    [entry] = read(box(**FROM), mail(subject=subject))
    assert entry.title is not None
    assert not {"\n", "\x00", "\u202e"} & set(entry.title)


def test_a_mail_above_the_limit_is_read_to_it_and_told() -> None:
    long = mail("<p>5/5</p><p>Parfait.</p>" + "<!-- x -->" * 300_000)
    rule = {"name": "x", "from": "avis.example.fr"}
    [page] = pages_of(box(rules=[rule]), long)
    assert [entry.rating for entry in page.entries] == [5]
    assert len(long) > MOST_BYTES
    assert "first part was read" in (page.problem or "")


@given(st.binary(max_size=400))
def test_no_bytes_raise(content: bytes) -> None:
    top = mail().partition(b"Content-Type:")[0]
    for whole in (
        content,
        top + content,
        top + b"Content-Type: multipart/mixed; boundary=a\n" + content,
    ):
        for page in pages_of(box(**FROM), whole):
            assert all(entry.external_id for entry in page.entries)
