from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Kind, Response
from monitor.sources.feed import Feed, FeedOptions, read_feed

RSS = (DATA / "feed" / "press.xml").read_bytes()
SITE = b"""<!DOCTYPE html><html><head>
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">
<link rel="alternate" type="application/rss+xml" title="Commentaires" href="/comments/feed/">
<link rel="alternate" type="application/rss+xml" title="Articles" href="/feed/">
</head><body></body></html>"""
PAGE = answer(SITE, url="https://gazette.example/", content_type="text/html; charset=utf-8")
FOUND = "https://gazette.example/feed/"


def feed(url: str = "https://gazette.example/", **options: object) -> Feed:
    return Feed(FeedOptions.model_validate({"type": "feed", "url": url, **options}), (BUSINESS,))


def rss(items: str, **options: str) -> Response:
    body = f'<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'
    return answer(body.encode(), url="https://gazette.example/rss", **options)  # type: ignore[arg-type]  # str options only


# --- what an address may be ---------------------------------------------------------------------


def test_a_path_is_taken_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    options = FeedOptions.model_validate(
        {"type": "feed", "url": "./a.xml"}, context={"base_dir": tmp_path}
    )
    assert options.url == str(tmp_path / "a.xml")


def test_an_address_without_scheme_is_refused_with_the_right_one() -> None:
    with pytest.raises(ValidationError, match=r"write https://www\.example\.fr/rss"):
        feed("www.example.fr/rss")


@pytest.mark.parametrize("url", ["ftp://example.fr/a.xml", "javascript:alert(1)", "https://", ""])
def test_what_is_neither_web_nor_file_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        feed(url)


def test_a_local_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "press.xml").write_bytes(RSS)
    [page] = read_pages(feed(str(tmp_path / "press.xml")), FakeSession({}))
    assert [entry.external_id for entry in page.entries] == ["gazette-1204", "gazette-1204-77"]


def test_base_url_stands_for_the_server() -> None:
    session = FakeSession({"http://127.0.0.1:8080/rss?a=1": answer(RSS)})
    source = feed("https://gazette.example/rss?a=1", base_url="http://127.0.0.1:8080")
    assert len(read_pages(source, session)[0].entries) == 2


# --- discovery ----------------------------------------------------------------------------------


def test_a_site_leads_to_its_main_feed() -> None:
    session = FakeSession({"https://gazette.example/": PAGE, FOUND: answer(RSS)})
    [page] = read_pages(feed(), session)
    assert len(page.entries) == 2
    assert page.cursor == {"feed": FOUND}


def test_a_discovered_feed_is_asked_directly() -> None:
    session = FakeSession({FOUND: answer(RSS)})
    read_pages(feed(), session, {"feed": FOUND})
    assert [asked.url for asked in session.asked] == [FOUND]


@pytest.mark.parametrize("lost", [answer(b"", status=404), answer(b"", status=410), PAGE])
def test_a_lost_feed_is_discovered_again(lost: Response) -> None:
    old = "https://gazette.example/old"
    session = FakeSession({old: lost, "https://gazette.example/": PAGE, FOUND: answer(RSS)})
    [page] = read_pages(feed(), session, {"feed": old})
    assert page.cursor == {"feed": FOUND}
    assert not session.asked[1].conditional  # a page "not modified" could not be read


def test_a_discovered_feed_that_only_fails_is_kept() -> None:
    session = FakeSession({FOUND: answer(b"", status=503), "https://gazette.example/": PAGE})
    with pytest.raises(FetchError) as caught:
        read_pages(feed(), session, {"feed": FOUND})
    assert caught.value.http_status == 503


def test_a_site_without_feed_is_not_a_feed() -> None:
    page = answer(b"<html><body>Bonjour</body></html>", content_type="text/html")
    with pytest.raises(Malformed) as caught:
        read_pages(feed(), FakeSession({"https://gazette.example/": page}))
    assert caught.value.code == Code.NOT_A_FEED


def test_a_discovered_page_is_not_followed_further() -> None:
    session = FakeSession({"https://gazette.example/": PAGE, FOUND: replace(PAGE, url=FOUND)})
    with pytest.raises(Malformed) as caught:
        read_pages(feed(), session)
    assert caught.value.code == Code.NOT_A_FEED


def test_comments_are_read_when_there_is_nothing_else() -> None:
    only = SITE.replace(b'title="Articles" href="/feed/"', b'title="x" href="/comments/y/"')
    first = "https://gazette.example/comments/feed/"
    session = FakeSession(
        {"https://gazette.example/": replace(PAGE, body=only), first: answer(RSS)}
    )
    assert read_pages(feed(), session)[0].cursor == {"feed": first}


def test_a_feed_served_as_html_is_a_feed() -> None:
    session = FakeSession({"https://gazette.example/": answer(RSS, content_type="text/html")})
    assert len(read_pages(feed(), session)[0].entries) == 2


def test_not_modified_yields_nothing() -> None:
    session = FakeSession({"https://gazette.example/": answer(b"", status=304)})
    assert read_pages(feed(), session) == []


# --- what an entry becomes ----------------------------------------------------------------------


def test_every_field_of_an_entry_is_read() -> None:
    (article, comment), problem = read_feed(answer(RSS, url="https://gazette.example/rss.xml"))
    assert problem is None
    assert article.title == "Fleurs Bougamont & fils : « 30 ans déjà »"
    assert article.text == "Rue de Mons, Simon Bougamont fête ses trente ans.\nOn y va ?"
    assert article.author == "Camille Wattrelos"
    assert str(article.published_at) == "2026-11-22 08:00:00+00:00"
    assert (article.language, article.comments, article.kind) == ("fr", 4, Kind.ARTICLE)
    assert article.media == ("https://gazette.example/photos/bougamont.jpg",)
    assert comment.kind is Kind.COMMENT
    assert comment.parent_url == "https://gazette.example/2026/11/bougamont"


def test_a_json_feed_is_read() -> None:
    body = (DATA / "feed" / "press.json").read_bytes()
    (article, note), problem = read_feed(answer(body, url="https://gazette.example/feed.json"))
    assert problem is None
    assert (article.external_id, article.author) == ("1204", "La rédaction")
    assert article.url == "https://gazette.example/2026/11/bougamont"
    assert article.text == "Rue de Mons, Simon Bougamont reçoit."
    assert (article.kind, len(article.media)) == (Kind.AUDIO, 2)
    assert (note.text, note.author) == ("a < b, et <c> reste", "Julie")


def test_without_guid_the_canonical_link_identifies() -> None:
    tracked = rss("<item><link>https://gazette.example/a?utm_source=rss</link></item>")
    plain = rss("<item><link>https://gazette.example/a</link></item>")
    assert read_feed(tracked)[0][0].external_id == read_feed(plain)[0][0].external_id


def test_without_guid_and_link_the_content_identifies_not_the_place() -> None:
    one, two = "<item><title>Un</title></item>", "<item><title>Deux</title></item>"
    forward, back = read_feed(rss(one + two))[0], read_feed(rss(two + one))[0]
    assert [e.external_id for e in forward] == [e.external_id for e in reversed(back)]
    assert len({e.external_id for e in forward}) == 2


def test_two_articles_with_one_guid_are_both_read() -> None:
    item = "<item><guid>x</guid><link>https://gazette.example/{}</link></item>"
    entries, _ = read_feed(rss(item.format("a") + item.format("b")))
    assert [entry.url for entry in entries] == [
        "https://gazette.example/a",
        "https://gazette.example/b",
    ]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_a_link_that_is_no_web_address_is_dropped(link: str) -> None:
    assert read_feed(rss(f"<item><title>T</title><link>{link}</link></item>"))[0][0].url is None


@pytest.mark.parametrize("date", ["hier", "", "32 Foo 2026", "0000-00-00"])
def test_an_unreadable_date_is_unknown(date: str) -> None:
    entries, _ = read_feed(rss(f"<item><title>T</title><pubDate>{date}</pubDate></item>"))
    assert entries[0].published_at is None


def test_youtube_stars_are_no_rating() -> None:
    media = 'xmlns:media="http://search.yahoo.com/mrss/"'
    item = f"""<item {media}><title>T</title><link>https://www.youtube.com/watch?v=1</link>
    <media:community><media:starRating count="9" average="5.00"/><media:statistics views="1204"/>
    </media:community></item>"""
    [video] = read_feed(rss(item))[0]
    assert (video.kind, video.rating, video.views) == (Kind.VIDEO, None, 1204)


@pytest.mark.parametrize("sign", ["comment-12", "comment12", "c1204", "forum88", "isso-3"])
def test_a_comment_is_told_by_its_address(sign: str) -> None:
    item = f"<item><title>Comment #3</title><link>https://blog.example/fleurs#{sign}</link></item>"
    [entry] = read_feed(rss(item))[0]
    assert (entry.kind, entry.parent_url) == (Kind.COMMENT, "https://blog.example/fleurs")


@pytest.mark.parametrize("page", ["doku.php?id=commerces:fleurs", "commerces/fleurs"])
def test_a_changed_page_of_a_wiki_stays_one(page: str) -> None:
    def changed(revision: int) -> Response:
        sign = "&amp;" if "?" in page else "?"
        link = f"https://wiki.example/{page}{sign}rev={revision}&amp;do=diff"
        return answer(
            f"""<rdf:RDF xmlns="http://purl.org/rss/1.0/"
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel><title>W</title>
            </channel><item rdf:about="{link}"><title>Fleurs</title><link>{link}</link></item>
            </rdf:RDF>""".encode()
        )

    [before], [after] = read_feed(changed(1795580005))[0], read_feed(changed(1795580023))[0]
    assert before.external_id == after.external_id
    assert after.url == f"https://wiki.example/{page}"


def test_long_titles_and_texts_are_cut() -> None:
    [entry] = read_feed(rss(f"<item><title>{'é' * 900}</title></item>"))[0]
    assert len(entry.title or "") == 300


def test_feedburner_keeps_the_true_link() -> None:
    item = """<item xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><title>T</title>
    <link>https://feedproxy.google.com/~r/x/1</link>
    <feedburner:origLink>https://gazette.example/a</feedburner:origLink></item>"""
    assert read_feed(rss(item))[0][0].url == "https://gazette.example/a"
