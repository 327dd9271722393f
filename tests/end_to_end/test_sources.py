"""Adding sources, trying one, reading articles and the past, through the installed command."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from end_to_end.feeds import BAD, GOOD, rss
from servers import Answer, FeedServer, run_ecoute, write_config

PAGE = """<html><head>
<link rel="alternate" type="application/rss+xml" href="/feed">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
</head><body>Un blog</body></html>"""

ARTICLE = """<html><head><title>Noël</title></head><body><article><h1>Les vitrines de Noël</h1>
<p>Comme chaque année, la rue de Famars s’est parée de lumières, et les passants ne s’y trompent
pas. Le jury a visité trente boutiques en une matinée.</p>
<p>Le premier prix revient à Fleurs Bougamont, pour un décor tout de houx.</p></article></body>
</html>"""


def test_a_site_is_added_by_its_feed_and_the_file_kept_as_it_was(tmp_path: Path) -> None:
    with FeedServer({"/": PAGE, "/feed": rss([GOOD]), "/comments/feed": rss([])}) as web:
        file = write_config(tmp_path, feeds=[web.url("/other")])
        before = file.read_text(encoding="utf-8")
        done = run_ecoute("sources", "add", web.url("/"), cwd=tmp_path)
        again = run_ecoute("sources", "add", web.url("/"), cwd=tmp_path)
        polled = run_ecoute("poll", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    after = file.read_text(encoding="utf-8")
    assert [line for line in after.splitlines() if line not in before.splitlines()] == [
        f"  url: {web.url('/feed')}"
    ]
    assert "/comments/feed" in done.stderr
    assert again.returncode == 0
    assert file.read_text(encoding="utf-8") == after
    assert json.loads(polled.stdout)["new"] == 1


def test_an_address_without_a_feed_adds_nothing(tmp_path: Path) -> None:
    with FeedServer({"/": "<html><body>Rien</body></html>"}) as web:
        file = write_config(tmp_path, feeds=[web.url("/other")])
        before = file.read_bytes()
        done = run_ecoute("sources", "add", web.url("/"), cwd=tmp_path)
    assert done.returncode == 1
    assert "not_a_feed" in done.stderr
    assert file.read_bytes() == before


def test_pages_that_announce_one_feed_add_it_once(tmp_path: Path) -> None:
    with FeedServer({"/": PAGE, "/tag/fleurs/": PAGE, "/feed": rss([GOOD])}) as web:
        file = write_config(tmp_path, feeds=[web.url("/other/")])
        urls = [web.url(path) for path in ("/", "/tag/fleurs/", "/feed")]
        done = run_ecoute("sources", "add", *urls, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert file.read_text(encoding="utf-8").count(web.url("/feed")) == 1


def test_a_feed_that_a_page_only_links_to_is_added(tmp_path: Path) -> None:
    links = ("/flux-rss/", "/comments/rss", "/spip.php?page=backend", "/a", "//b.example/feed")
    page = f"<html><body>{''.join(f'<a href={link}>RSS</a>' for link in links)}</body></html>"
    pages = {"/": page, "/flux-rss/": "<html><body>Nos flux</body></html>"}
    with FeedServer({**pages, "/spip.php": rss([GOOD])}) as web:
        file = write_config(tmp_path, feeds=[web.url("/other")])
        done = run_ecoute("sources", "add", web.url("/"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert web.url("/spip.php?page=backend") in file.read_text(encoding="utf-8")
    assert [asked.path for asked in web.requests] == ["/", "/flux-rss/", "/spip.php"]


def test_the_press_of_a_departement_is_added(tmp_path: Path) -> None:
    file = write_config(tmp_path)
    done = run_ecoute("sources", "add", "--departement", "59300", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "lavoixdunord.fr" in file.read_text(encoding="utf-8")
    wrong = run_ecoute("sources", "add", "--departement", "99", cwd=tmp_path)
    assert wrong.returncode == 2


def test_one_source_is_tried_alone(tmp_path: Path) -> None:
    with FeedServer({"/a": rss([GOOD]), "/b": Answer(status=500)}) as web:
        feeds = [{"type": "feed", "id": i, "url": web.url(f"/{i}")} for i in ("a", "b")]
        write_config(tmp_path, feeds=feeds)
        good = run_ecoute("sources", "test", "a", cwd=tmp_path)
        bad = run_ecoute("sources", "test", "b", cwd=tmp_path)
        assert len(web.requests) == 2
    assert good.returncode == 0
    assert bad.returncode == 1
    assert "http_status" in bad.stdout


def bing(*links: str) -> bytes:
    items = "".join(
        f"<item><title>Les vitrines de Noël récompensées {n}</title><link>{link}</link>"
        "<description>Le jury a visité trente boutiques...</description></item>"
        for n, link in enumerate(links)
    )
    return f"<rss version='2.0'><channel><title>b</title>{items}</channel></rss>".encode()


def test_the_article_is_read_once_for_the_name_that_the_extract_lacks(tmp_path: Path) -> None:
    with FeedServer({"/article": ARTICLE}) as web:
        wrapped = f"http://www.bing.com/news/apiclick.aspx?url={quote(web.url('/article'))}"
        web["/news/search"] = bing(wrapped)
        source = {"type": "bing_news", "id": "bing", "base_url": web.url("/").rstrip("/")}
        write_config(tmp_path, feeds=[source])
        first = run_ecoute("poll", "--json", cwd=tmp_path)
        second = run_ecoute("poll", "--json", "--force", cwd=tmp_path)
        assert len(web.requests_for("/article")) == 1
    assert json.loads(first.stdout)["new"] == 1
    assert json.loads(second.stdout)["new"] == json.loads(second.stdout)["updated"] == 0
    [mention] = json.loads(run_ecoute("mentions", "--json", cwd=tmp_path).stdout)
    assert "Le premier prix revient à Fleurs Bougamont" in mention["text"]
    assert mention["relevance"] > 0.5


def test_the_past_is_read_apart_from_the_news(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD, BAD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss")])
        done = run_ecoute("backfill", "--since", "2026-01-01", "--json", cwd=tmp_path)
        assert json.loads(done.stdout)[0]["new"] == 2
        run_ecoute("poll", cwd=tmp_path)
        run_ecoute("digest", "--send", cwd=tmp_path)
    assert len(json.loads(run_ecoute("mentions", "--json", cwd=tmp_path).stdout)) == 2
    [text] = (tmp_path / "reports").rglob("*.txt")
    assert "excellent" not in text.read_text(encoding="utf-8")


def test_what_is_older_than_asked_is_left_in_the_past(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss")])
        done = run_ecoute("backfill", "--since", "2026-11-23", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)[0]["new"] == 0
