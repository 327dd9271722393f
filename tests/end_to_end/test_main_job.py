"""The main job through the installed command: feeds and mail server on loopback, nothing faked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from end_to_end.feeds import BAD, GOOD, OTHER, rss
from servers import (
    Answer,
    FeedServer,
    MailServer,
    Route,
    run_ecoute,
    truncated,
    with_etag,
    write_config,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def mentions(folder: Path, *args: str) -> list[dict[str, Any]]:
    done = run_ecoute("mentions", "--json", *args, cwd=folder)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def poll(folder: Path, *args: str, code: int = 0) -> dict[str, Any]:
    done = run_ecoute("poll", "--json", *args, cwd=folder)
    assert done.returncode == code, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_a_feed_becomes_scored_mentions(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD, BAD, OTHER])}) as web:
        write_config(folder, feeds=[web.url("/rss")])
        report = poll(folder)
    assert (report["new"], report["sources"][0]["fetched"]) == (2, 3)
    found = {m["external_id"]: m for m in mentions(folder)}
    assert found["bon"]["sentiment"] == "positive"
    assert found["mauvais"]["sentiment"] == "negative"
    assert found["bon"]["published_at"] == "2026-11-22T09:00:00Z"
    assert found["bon"]["language"] == "fr"


def test_a_feed_read_again_changes_nothing(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(folder, feeds=[web.url("/rss")])
        poll(folder)
        before = mentions(folder)
        report = poll(folder, "--force")
    assert (report["new"], report["updated"], report["sources"][0]["duplicates"]) == (0, 0, 1)
    assert mentions(folder) == before


def test_an_unchanged_feed_is_not_sent_again(folder: Path) -> None:
    with FeedServer({"/rss": with_etag(rss([GOOD]))}) as web:
        write_config(folder, feeds=[web.url("/rss")])
        poll(folder)
        report = poll(folder, "--force")
        assert web.requests_for("/rss")[1].headers["if-none-match"] == '"v1"'
    assert report["sources"][0]["status"] == "not_modified"


def test_an_edited_entry_is_updated_and_not_new(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(folder, feeds=[web.url("/rss")])
        poll(folder)
        web["/rss"] = rss([(GOOD[0], BAD[1], "Finalement très déçu, horrible.")])
        report = poll(folder, "--force")
    assert (report["new"], report["updated"]) == (0, 1)
    [mention] = mentions(folder)
    assert mention["text"] == "Finalement très déçu, horrible."
    assert mention["sentiment"] == "negative"


def test_a_new_alias_is_looked_for_in_what_was_already_read(folder: Path) -> None:
    with FeedServer({"/rss": with_etag(rss([OTHER]))}) as web:
        write_config(folder, feeds=[web.url("/rss")])
        poll(folder)
        shop = {"name": "Fleurs Bougamont", "aliases": ["Valenciennes s’incline"]}
        write_config(folder, feeds=[web.url("/rss")], businesses=[shop])
        report = poll(folder)
    assert report["new"] == 1


def test_one_bad_source_costs_the_others_nothing(folder: Path) -> None:
    routes: dict[str, Route] = {
        "/good": rss([GOOD]),
        "/gone": Answer(status=410),
        "/broken": Answer(status=500),
        "/cut": truncated(rss([BAD])),
        "/page": "<html><body>Bonjour</body></html>",
    }
    with FeedServer(routes) as web:
        feeds = [{"type": "feed", "id": p[1:], "url": web.url(p)} for p in routes]
        write_config(folder, feeds=feeds)
        report = poll(folder, code=1)
        again = poll(folder, "--force", code=1)
    codes = {s["id"]: (s["error"] or {}).get("code") for s in report["sources"]}
    assert codes == {
        "good": None,
        "gone": "gone",
        "broken": "http_status",
        "cut": "truncated",
        "page": "not_a_feed",
    }
    assert report["new"] == 1
    assert {s["id"]: s["status"] for s in again["sources"]}["gone"] == "skipped"


def test_a_private_address_is_refused_unless_allowed(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(folder, feeds=[web.url("/rss")], network={"allow_private_hosts": []})
        report = poll(folder, code=1)
        assert web.requests == []
    assert report["sources"][0]["error"]["code"] == "blocked"


def test_a_pass_mails_each_mention_once(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web, MailServer() as mail:
        write_config(folder, feeds=[web.url("/rss")], mail=mail)
        first = run_ecoute("run", "--once", cwd=folder)
        web["/rss"] = rss([GOOD, BAD])
        second = run_ecoute("run", "--once", cwd=folder)
        received = [letter.message for letter in mail.received]
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert received[0]["Message-ID"] != received[1]["Message-ID"]
    texts = [str(m.get_body(("plain",)).get_content()) for m in received]  # type: ignore[union-attr]
    assert "excellent" in texts[0]
    assert "excellent" not in texts[1]
    assert "très déçu" in texts[1]
    assert len(list((folder / "reports").rglob("*.eml"))) == 2


def test_a_refusing_mail_server_loses_nothing(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web, MailServer() as mail:
        write_config(folder, feeds=[web.url("/rss")], mail=mail)
        mail.answer("DATA", "451 try later")
        first = run_ecoute("run", "--once", cwd=folder)
        assert first.returncode == 1
        assert "451" in first.stderr
        second = run_ecoute("run", "--once", cwd=folder)
        ids = [letter.message["Message-ID"] for letter in mail.received]
    assert second.returncode == 0, second.stderr
    texts = [str(letter.message.get_body(("plain",))) for letter in mail.received]
    assert sum("excellent" in text for text in texts) == 1
    assert len(set(ids)) == len(ids)


def test_without_mail_the_digest_is_written_and_said(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(folder, feeds=[web.url("/rss")])
        done = run_ecoute("run", "--once", cwd=folder)
    assert done.returncode == 0, done.stderr
    [page] = (folder / "reports").rglob("*.html")
    assert str(page.relative_to(folder)) in done.stdout
    assert "excellent" in page.read_text(encoding="utf-8")


def test_a_preview_changes_nothing(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(folder, feeds=[web.url("/rss")])
        poll(folder)
    done = run_ecoute("digest", "--text", "out.txt", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "excellent" in (folder / "out.txt").read_text(encoding="utf-8")
    assert not (folder / "reports").exists()
    assert run_ecoute("digest", "--send", cwd=folder).returncode == 0
    [page] = (folder / "reports").rglob("*.html")
    assert "excellent" in page.read_text(encoding="utf-8")


def test_a_dry_run_stores_nothing(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(folder, feeds=[web.url("/rss")])
        assert poll(folder, "--dry-run")["new"] == 1
        assert mentions(folder) == []
        assert poll(folder)["new"] == 1


def test_check_tries_all_and_stores_nothing(folder: Path) -> None:
    with FeedServer({"/rss": rss([GOOD, OTHER])}) as web, MailServer() as mail:
        write_config(folder, feeds=[web.url("/rss"), web.url("/404")], mail=mail)
        web["/404"] = Answer(status=404)
        done = run_ecoute("check", "--json", cwd=folder)
        assert mail.received == []
    findings = json.loads(done.stdout)
    assert done.returncode == 1
    assert [f["ok"] for f in findings] == [True, False, True, True]
    assert (findings[0]["entries"], findings[0]["matched"]) == (2, 1)
    assert mentions(folder) == []


def test_a_competitor_is_counted_and_not_told(folder: Path) -> None:
    rival = ("rival", "Interflora Valenciennes ouvre", "Une boutique de plus.")
    shop = {"name": "Fleurs Bougamont", "competitors": ["Interflora Valenciennes"]}
    with FeedServer({"/rss": rss([GOOD, rival])}) as web:
        write_config(folder, feeds=[web.url("/rss")], businesses=[shop])
        poll(folder)
    assert [m["external_id"] for m in mentions(folder)] == ["bon"]
    done = run_ecoute("stats", "--json", cwd=folder)
    [stats] = json.loads(done.stdout)
    voices = {voice["name"]: voice["mentions"] for voice in stats["share_of_voice"]}
    assert voices == {"Fleurs Bougamont": 1, "Interflora Valenciennes": 1}
