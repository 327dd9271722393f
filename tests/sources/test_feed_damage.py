"""Feeds that are damaged, hostile, or none: whatever can be read is read, and quickly."""

from __future__ import annotations

import json
import tracemalloc
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources.fake_session import DATA, answer

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Entry
from monitor.sources.feed import read_feed

RSS = (DATA / "feed" / "press.xml").read_bytes()
HEAD = b'<?xml version="1.0"?>'
OPEN, CLOSE = b'<rss version="2.0"><channel><item>', b"</item></channel></rss>"


def read(body: bytes, content_type: str | None = None) -> tuple[Entry, ...]:
    return read_feed(answer(body, content_type=content_type))[0]


def titled(title: bytes, head: bytes = HEAD) -> bytes:
    return head + OPEN + b"<title>" + title + b"</title>" + CLOSE


def code_of(body: bytes) -> Code:
    with pytest.raises((Malformed, FetchError)) as caught:
        read(body)
    return caught.value.code


# --- charsets -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        titled("Éléonore".encode()),
        titled("Éléonore".encode(), head=b""),
        titled("Éléonore".encode("latin-1"), head=b""),
        titled("Éléonore".encode("cp1252"), head=b'<?xml version="1.0" encoding="utf-8"?>'),
        titled("Éléonore".encode("latin-1"), head=b'<?xml version="1.0" encoding="iso-8859-1"?>'),
        titled("Éléonore".encode(), head=b'<?xml version="1.0" encoding="iso-8859-1"?>'),
        titled("Éléonore".encode().decode("latin-1").encode()),
        titled("Éléonore".encode(), head=b"\xef\xbb\xbf" + HEAD),
        titled(b"&#201;l&#xe9;onore"),
        titled(b"&Eacute;l&eacute;onore"),
        b"\n\r\n "
        + titled("Éléonore".encode("latin-1"), head=b'<?xml version="1.0" encoding="iso-8859-1"?>'),
        b"<br>Warning: mysql in /var/www\n" + titled("Éléonore".encode()),
        titled("Éléonore".encode()).decode().encode("utf-16"),
    ],
)
def test_accents_are_read_whatever_the_charset(body: bytes) -> None:
    assert [entry.title for entry in read(body)] == ["Éléonore"]


def test_accents_beside_entities_in_a_file_without_charset() -> None:
    assert read(titled("L’été &#8211; fini".encode(), head=b""))[0].title == "L’été – fini"


@pytest.mark.parametrize("content_type", ["text/xml", "text/plain", "application/octet-stream"])
def test_the_type_sent_with_it_does_not_harm(content_type: str) -> None:
    assert read(titled("été".encode()), content_type)[0].title == "été"


# --- what can be read is read -------------------------------------------------------------------


def test_a_cut_feed_gives_its_entries_and_says_so() -> None:
    cut = RSS[: RSS.index(b"Bouquet superbe") + 7]
    entries, problem = read_feed(answer(cut))
    assert [entry.external_id for entry in entries] == ["gazette-1204", "gazette-1204-77"]
    assert "damaged" in (problem or "")


@pytest.mark.parametrize("bad", [b"&#0;", b"&#xD800;", b"&#99999999999;", b"\x08", b"\x00", b"&"])
def test_a_bad_character_costs_only_itself(bad: bytes) -> None:
    [entry] = read(titled(b"Fleurs " + bad + b" Bougamont"))
    assert "Fleurs" in (entry.title or "")
    assert "Bougamont" in (entry.title or "")
    assert "\x00" not in (entry.title or "")


def test_an_empty_feed_is_no_error() -> None:
    assert read((DATA / "feed" / "empty.xml").read_bytes()) == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Code.EMPTY),
        (b" \n ", Code.EMPTY),
        (b"Bonjour", Code.NOT_A_FEED),
        (b"\x1f\x8b\x08garbage", Code.NOT_A_FEED),
        (b"<opml><body/></opml>", Code.NOT_A_FEED),
        (b'{"items": 3}', Code.NOT_A_FEED),
        (b'{"version": "https://jsonfeed.org/version/1"', Code.PARSE),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>T', Code.PARSE),
        (HEAD + b"<rss><channel>" + b"<item/>" * 5001 + b"</channel></rss>", Code.TOO_LARGE),
        (HEAD + OPEN + b"<a>" * 30_000, Code.PARSE),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, code: Code) -> None:
    assert code_of(body) == code


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(RSS)), st.integers(0, 200))
def test_no_damage_makes_another_error(junk: bytes, at: int, lost: int) -> None:
    try:
        read(RSS[:at] + junk + RSS[at + lost :])
    except (Malformed, FetchError):
        return


# --- hostile ------------------------------------------------------------------------------------


def bomb(last: int, first: bytes = b'"lol"') -> bytes:
    entities = [b"<!ENTITY lol0 " + first + b">"]
    entities += [b'<!ENTITY lol%d "%s">' % (i, b"&lol%d;" % (i - 1) * 10) for i in range(1, 10)]
    doctype = b"<!DOCTYPE lolz [\n" + b"\n".join(entities) + b"\n]>"
    return titled(b"a &lol%d; b" % last, head=HEAD + doctype)


def test_entities_within_entities_are_expanded_within_a_budget() -> None:
    assert read(bomb(1))[0].title == f"a {'lol' * 10} b"
    assert read(bomb(9))[0].title == "a &lol9; b"


def test_an_external_entity_is_not_read() -> None:
    doctype = b'<!DOCTYPE x SYSTEM "file:///etc/passwd" [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    assert "root" not in (read(titled(b"a &e; b", head=HEAD + doctype))[0].title or "")


def test_an_element_with_many_attributes_costs_only_these() -> None:
    many = b" ".join(b"a%d='x'" % i for i in range(200))
    assert [e.title for e in read(titled(b"a<b " + many + b">b</b>"))] == ["ab"]


HOSTILE = {
    "billion laughs": bomb(9),
    "billion laughs of markup": bomb(9, b'"<b>lol</b>"'),
    "quadratic blow-up": titled(
        b"&a;" * 50_000, head=HEAD + b"<!DOCTYPE x [<!ENTITY a '" + b"A" * 50_000 + b"'>]>"
    ),
    "blanks before the root": titled(b"a", head=HEAD + b"\n" * 1_000_000),
    "entities without a document type": titled(b"a", head=HEAD + b'<!ENTITY a "x">\n' * 50_000),
    "document types": titled(b"a", head=HEAD + b"<!DOCTYPE x [" * 50_000),
    "a long author": HEAD + OPEN + b"<author>" + b"a" * 1_000_000 + b"</author>" + CLOSE,
    "categories": HEAD
    + OPEN
    + b"".join(b"<category>c%d</category>" % i for i in range(30_000))
    + CLOSE,
    "a long title": titled(b"a" * 2_000_000),
    "deep tags": HEAD + OPEN + b"<a>" * 300_000 + CLOSE,
    "comments without an end": titled(b"a") + b"<!--" * 50_000,
    "texts without an end": titled(b"a") + b"<![CDATA[" * 50_000,
    "attributes": titled(b"a<b " + b" ".join(b"a%d='>'" % i for i in range(50_000)) + b"/>"),
    "tags": titled(b"a" + b"<b/>" * 1_500_000),
    "a link that seems shortened": titled(b"a&lt;a href='x'&gt;" + b"a." * 50_000),
    "deep JSON": b"[" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_feed_costs_little(name: str) -> None:
    # Without protection each takes minutes or gigabytes; the limits leave room for a slow machine.
    started = process_time()
    tracemalloc.start()
    try:
        read(HOSTILE[name])
    except (Malformed, FetchError):
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert process_time() - started < 10
    assert peak < 100_000_000


# --- JSON ---------------------------------------------------------------------------------------

HALF = "\ud800"
EVIL: dict[str, object] = {
    "id": f"a{HALF}\0",
    "url": f"http://ex.fr/{HALF}\0\u202ea",
    "title": f"Fleurs {HALF}\0",
    "content_text": f"b{HALF}\0",
    "date_published": f"2026-{HALF}",
    "language": f"f{HALF}",
    "authors": [{"name": f"n{HALF}\0", "url": f"http://a.fr/{HALF}"}],
    "image": f"http://ex.fr/{HALF}.png",
    "attachments": [{"url": f"http://ex.fr/{HALF}.mp3", "mime_type": f"audio/{HALF}"}],
}


def json_feed(*items: str) -> bytes:
    return b'{"version":"https://jsonfeed.org/version/1.1","items":[%s]}' % ",".join(items).encode()


def test_halves_of_characters_in_json_reach_no_entry() -> None:
    (entry,) = read(json_feed(json.dumps(EVIL)))
    repr(entry).encode()
    texts = (entry.external_id, entry.url, entry.title, entry.text, entry.author, *entry.media)
    for text in texts:
        assert text is not None
        text.encode()
        assert not set(text) & {"\0", "\u202e"}
    assert entry.external_id == "a\ufffd\ufffd"


@pytest.mark.parametrize(
    "item",
    [
        '{"id": "1", "title": "a", "x": NaN}',
        '{"id": "1", "title": "a", "x": -Infinity}',
        '{"id": "1", "title": "a", "x": %s}' % ("9" * 6_000),
        '{"id": %s, "title": "a"}' % ("9" * 6_000),
        '{"id": "%s", "title": "a"}' % ("x" * 20_000),
        '{"id": 1e999, "title": "a"}',
        '{"id": "1", "title": "a", "date_published": 99999999999999999999}',
        '{"id": "1", "title": "a", "date_published": "9999-12-31T23:59:59-14:00"}',
        '{"id": "1", "title": "a", "summary": "\x00\x07"}',
        '{"id": "1", "title": "a", "url": "http://[::1"}',
    ],
)
def test_absurd_values_cost_only_themselves(item: str) -> None:
    (entry,) = read(json_feed(item))
    assert entry.title == "a"
    assert len(entry.external_id) <= 500
    assert entry.published_at is None


# --- identity -----------------------------------------------------------------------------------


def test_a_guid_that_is_no_address_is_no_link() -> None:
    (entry,) = read(HEAD + OPEN + b"<title>a</title><guid>d0</guid>" + CLOSE)
    assert (entry.external_id, entry.url) == ("d0", None)


@pytest.mark.parametrize("guid", ["https://ex.fr/a", "/a"])
def test_a_guid_that_is_an_address_is_the_link(guid: str) -> None:
    body = HEAD + OPEN + f"<title>a</title><guid>{guid}</guid>".encode() + CLOSE
    assert (read(body)[0].url or "").endswith("/a")
