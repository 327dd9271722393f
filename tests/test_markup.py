"""Pages made to cost time or memory: read quickly, or refused."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.fake_session import answer

from monitor.articles.extract import article_text
from monitor.errors import Code, FetchError, SourceError
from monitor.markup import MOST_TAGS, in_eight_bits, with_few_attributes
from monitor.replies.markup import text_of_html
from monitor.sources.feed_discovery import discover_feeds
from monitor.sources.passages import read_page
from monitor.sources.telegram_preview import read_preview
from monitor.text import plain_text

MANY = 60_000
PLAIN = b" ".join(b"a%d=1" % i for i in range(MANY))
HOSTILE = {
    "attributes": b"<p " + PLAIN + b">x",
    "attributes that hold the end of a tag": b"<p "
    + b" ".join(b"a%d='>'" % i for i in range(MANY))
    + b">x",
    "attributes without a blank between": b"<p "
    + b"".join(b"a%d=''" % i for i in range(MANY))
    + b">x",
    "attributes after quotes that are none": b"<p a=b' c='>' " + PLAIN + b">x",
    "attributes after a quote without an end": b"<p a=\" b='>' " + PLAIN + b">x",
    "attributes of a tag without an end": b"<p " + PLAIN,
    "attributes parted by slashes": b"<p/" + PLAIN.replace(b" ", b"/") + b">x",
    "attributes in UTF-16": ("<p " + PLAIN.decode() + ">x").encode("utf-16"),
    "bold in bold": b"<html><body>" + b"<p><b>" * 500_000,
    "tables": b"<table><tr><td>" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_costs_little(name: str) -> None:
    # Without protection some take minutes, or gigabytes.
    page = answer(b"<html><body>" + HOSTILE[name])
    if name.endswith("16"):
        page = answer(HOSTILE[name])
    started = process_time()
    for read in (read_page, discover_feeds, article_text, read_preview):
        try:
            read(page)
        except SourceError:
            continue
    text = HOSTILE[name].decode("utf-8", "replace")
    plain_text(text)
    text_of_html(text[:1_000_000])
    assert process_time() - started < 15


def test_a_page_of_too_many_tags_is_too_large() -> None:
    page = answer(b"<p>" * (MOST_TAGS + 1))
    with pytest.raises(FetchError) as failed:
        read_page(page)
    assert failed.value.code is Code.TOO_LARGE


def test_a_page_in_utf_16_is_read() -> None:
    html = "<html lang='fr'><body><p>Été à Valenciennes</p></body></html>"
    for encoding in ("utf-16", "utf-8", "utf-8-sig"):
        page = read_page(answer(html.encode(encoding), content_type="text/html"))
        assert (page.passages, page.language) == (("Été à Valenciennes",), "fr")


def test_a_long_picture_within_a_tag_stays() -> None:
    html = b"<img alt='a' src='data:image/png;base64," + b"A" * 100_000 + b"'><a href='/f'>b</a>"
    assert with_few_attributes(html) == html


@given(st.binary(max_size=200))
def test_short_markup_is_left_as_it_is(html: bytes) -> None:
    assert with_few_attributes(html) == html
    in_eight_bits(html)
