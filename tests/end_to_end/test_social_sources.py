"""Social networks and forums, polled by the installed command at their real paths.

Every post is compared field by field with what was served, through cuts, repeats, edits, deletions
and refusals; no secret may be met anywhere but in the configuration.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from end_to_end.social import (
    CANARY,
    NEWEST,
    Bluesky,
    Discourse,
    HackerNews,
    Lemmy,
    Mastodon,
    OldLemmy,
    Platform,
    Post,
    Reddit,
    RedditFeed,
    StackExchange,
    Telegram,
    posts,
)
from servers import Answer, FeedServer, Said, run_ecoute, write_config

KINDS = (Mastodon, Bluesky, Lemmy, Reddit, Discourse, Telegram, HackerNews, StackExchange)
Reports = dict[str, dict[str, Any]]
BROKEN = Answer(status=500, body=b"boom")
BLOCKED = Answer(
    status=403, headers={"Content-Type": "text/html"}, body=b"<html><h1>whoa there, pardner!</h1>"
)


class Watch:
    """All the platforms, watched by one configuration; remembers all that the command wrote."""

    def __init__(self, folder: Path, platforms: Mapping[str, Platform]) -> None:
        self.folder = folder
        self.platforms = platforms
        self.written = ""
        self.configure({})

    def configure(self, others: Mapping[str, str]) -> None:
        """Write the configuration, secrets replaced."""
        told = json.dumps([platform.source for platform in self.platforms.values()])
        for old, new in others.items():
            told = told.replace(old, new)
        businesses = [{"name": "Fleurs Bougamont"}]
        write_config(self.folder, feeds=json.loads(told), businesses=businesses)

    def run(self, *args: str) -> Any:  # noqa: ANN401 - JSON
        """Run the command, and return what it says in JSON."""
        done = run_ecoute("--verbose", *args, "--json", cwd=self.folder)
        self.written += done.stdout + done.stderr
        return json.loads(done.stdout)

    def poll(self, faults: Mapping[int, Said] | None = None) -> Reports:
        """Poll every source, the answers to some of their searches replaced.

        Without faults, logins expire before the second search.
        """
        for platform in self.platforms.values():
            platform.restart()
            platform.faults.update(faults or {})
            if not faults and isinstance(platform, Bluesky | Reddit):
                platform.faults[2] = platform.expire
        return {report["id"]: report for report in self.run("poll", "--force")["sources"]}

    def mentions(self) -> dict[str, dict[str, Any]]:
        """Return what is stored, by platform and identifier, each once."""
        found = self.run("mentions")
        by_id = {f"{m['source']} {m['external_id']}": m for m in found}
        assert len(by_id) == len(found)
        return by_id

    def assert_stored(self, gone: int = 0) -> dict[str, dict[str, Any]]:
        """Compare what is stored with what is served; ``gone``: posts there that are not here."""
        stored = self.mentions()
        for name, platform in self.platforms.items():
            expected = {
                f"{name} {(row := fields_of(platform, p))['external_id']}": row
                for p in platform.posts
            }
            assert len([key for key in stored if key.startswith(f"{name} ")]) == (
                len(expected) + gone
            ), name
            for key, row in expected.items():
                assert {f: stored[key][f] for f in row} == row
        return stored

    def forget_rechecks(self) -> None:
        """Let the time have come to look at young mentions again."""
        with closing(sqlite3.connect(self.folder / "mentions.db")) as db:
            db.execute("UPDATE source SET rechecked_at = NULL")
            db.commit()

    def assert_no_secret(self) -> None:
        """Look for the secrets in every file beside the configuration, and in what was written."""
        assert CANARY not in self.written
        files = [f for f in self.folder.rglob("*") if f.is_file() and f.name != "sources.yaml"]
        assert files
        assert [f for f in files if CANARY.encode() in f.read_bytes()] == []


def fields_of(platform: Platform, post: Post) -> dict[str, Any]:
    """Return the fields of a post's mention, as JSON has them."""
    told = {"text": post.text, "language": "fr", "published_at": post.at.strftime("%FT%TZ")}
    return told | platform.mention(post)


@contextmanager
def watched(folder: Path, *kinds: type[Platform]) -> Iterator[Watch]:
    with ExitStack() as stack:
        platforms = {kind.type: stack.enter_context(kind()) for kind in kinds}
        for platform in platforms.values():
            platform.posts = posts(14)
        yield Watch(folder, platforms)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with watched(tmp_path, *KINDS) as watch:
        yield watch


def test_nothing_is_lost_or_doubled_from_the_first_poll_to_a_deletion(watch: Watch) -> None:
    cut = watch.poll({2: BROKEN})
    assert {r["error"] and r["error"]["code"] for r in cut.values()} <= {"http_status", None}
    assert all(cut[name]["new"] for name in cut if name != "mastodon")
    watch.poll()
    asked = {name: len(p.server.requests) for name, p in watch.platforms.items()}
    same = watch.poll()
    for name, platform in watch.platforms.items():
        assert (same[name]["new"], same[name]["updated"]) == (0, 0), name
        assert platform.searches == len(platform.queries)
        assert len(platform.server.requests) - asked[name] == platform.searches + platform.overhead

    for platform in watch.platforms.values():
        platform.posts.insert(0, Post(number=15, text="Ouf, Fleurs Bougamont rouvre", at=NEWEST))
        platform.posts[2] = replace(platform.posts[2], text="Fleurs Bougamont, déçu (édité)")
        platform.posts[3] = replace(platform.posts[3], likes=99, comments=98, views=997)
        del platform.posts[5]
    watch.forget_rechecks()
    changed = watch.poll()
    assert {r["new"] for r in changed.values()} == {1}
    assert {r["updated"] for r in changed.values()} == {1}
    stored = watch.assert_stored(gone=1)
    removed = {m["source"] for m in stored.values() if m["removed_at"]}
    assert removed == {name for name, p in watch.platforms.items() if p.rechecks}
    watch.assert_no_secret()


def test_refusals_are_told_by_their_codes_and_store_nothing(watch: Watch) -> None:
    refusals: list[tuple[str, Said]] = [
        ("rate_limited", Answer(status=429, headers={"Retry-After": "120"})),
        ("auth", BLOCKED),
        ("api", replace(BLOCKED, status=200)),
        ("api", Answer(headers={"Content-Type": "application/json"}, body=b'{"posts": [{')),
    ]
    codes = dict(zip(watch.platforms, [*refusals, *reversed(refusals)], strict=True))
    for name, platform in watch.platforms.items():
        platform.faults = dict.fromkeys(range(1, 4), codes[name][1])
    reports = {r["id"]: r for r in watch.run("poll")["sources"]}
    assert {(r["status"], r["new"]) for r in reports.values()} == {("failed", 0)}
    assert {name: r["error"]["code"] for name, r in reports.items()} == {
        name: code for name, (code, _) in codes.items()
    }
    for report in reports.values():
        if report["error"]["code"] == "rate_limited":
            ahead = datetime.fromisoformat(report["error"]["retry_at"]) - datetime.now(UTC)
            assert timedelta(seconds=60) < ahead <= timedelta(seconds=120)
    watch.assert_no_secret()


def test_a_wrong_secret_is_told_and_not_shown(watch: Watch) -> None:
    watch.configure({CANARY: f"wrong-{CANARY}"})
    for platform in watch.platforms.values():
        platform.posts = []
    reports = watch.poll()
    open_to_all = {"lemmy", "telegram", "hacker_news"}
    codes = {name: r["error"] and r["error"]["code"] for name, r in reports.items()}
    assert codes == {name: None if name in open_to_all else "auth" for name in reports}
    watch.assert_no_secret()


def test_the_past_is_read_whole(tmp_path: Path) -> None:
    with watched(tmp_path, Mastodon, Bluesky, Telegram, HackerNews) as watch:
        for platform in watch.platforms.values():
            long_ago = timedelta(days=60)
            platform.posts = [replace(post, at=post.at - long_ago) for post in posts(8)]
        watch.run("backfill", "--since", "90d")
        watch.assert_stored()
        watch.assert_no_secret()


def test_other_ways_to_ask_find_the_same(tmp_path: Path) -> None:
    with watched(tmp_path, OldLemmy, RedditFeed) as watch:
        watch.platforms["lemmy"].posts, watch.platforms["reddit"].posts = posts(78), posts(28)
        assert {r["error"] for r in watch.poll().values()} == {None}
        watch.assert_stored()
        watch.assert_no_secret()


# --- recordings -----------------------------------------------------------------------------------


def test_recorded_answers_become_mentions_field_by_field(tmp_path: Path, shared: Path) -> None:
    recordings = shared / "recordings"

    def recorded(name: str) -> bytes:
        return (recordings / name).read_bytes()

    def served(name: str, kind: str = "application/json") -> Answer:
        return Answer(headers={"Content-Type": kind}, body=recorded(name))

    bluesky = [served(f"bluesky/real-searchPosts-page{n}.json") for n in (1, 2)]
    none = served("bluesky/real-searchPosts-none.json")
    with FeedServer() as server:
        server["/xrpc/com.atproto.server.createSession"] = served("bluesky/createSession.json")
        server["/xrpc/app.bsky.feed.searchPosts"] = lambda request: (
            bluesky[0]
            if "cursor=" not in request.target
            else bluesky[1]
            if "cursor=1795158600000" in request.target
            else none
        )
        server["/xrpc/app.bsky.actor.getProfiles"] = served("bluesky/getProfiles.json")
        server["/api/v1/timelines/tag/FleursBougamont"] = served(
            "mastodon/real-takahe-timeline-public.json"
        )
        server["/api/v1/search_by_date"] = served("hackernews/algolia_search_2026.json")
        server["/search.rss"] = served("reddit/search_rss_2026.xml", "application/atom+xml")
        server["/search.json"] = served("discourse/search_docs.json")
        base = {"base_url": server.url().rstrip("/"), "about": "Fleurs Bougamont"}
        sources = [
            {"type": "bluesky", "identifier": "me.test", "app_password": "x"},
            {"type": "mastodon", "instance": "https://fedi.test"},
            {"type": "hacker_news"},
            {"type": "reddit"},
            {"type": "discourse", "url": "https://forum.example"},
        ]
        feeds = [{"id": s["type"], **s, **base} for s in sources]
        write_config(tmp_path, feeds=feeds, businesses=[{"name": "Fleurs Bougamont"}])
        run_ecoute("backfill", "--since", "2010-01-01", cwd=tmp_path)
    stored = json.loads(run_ecoute("mentions", "--json", cwd=tmp_path).stdout)
    found = {(m["source"], m["external_id"]): m for m in stored}
    assert len(found) == len(stored)

    pages = [json.loads(recorded(f"bluesky/real-searchPosts-page{n}.json")) for n in (1, 2)]
    toots = json.loads(recorded("mastodon/real-takahe-timeline-public.json"))
    hits = json.loads(recorded("hackernews/algolia_search_2026.json"))["hits"]
    counted: dict[str, int] = {}
    for post in [post for page in pages for post in page["posts"]]:
        mention = found["bluesky", post["uri"]]
        assert mention["text"] == post["record"]["text"]
        assert mention["author"] == post["author"]["displayName"]
        assert mention["likes"] == post["likeCount"]
        assert mention["shares"] == post["repostCount"]
        assert mention["comments"] == post["replyCount"]
        assert mention["language"] == post["record"]["langs"][0]
        assert mention["url"].endswith(post["uri"].rpartition("/")[2])
        counted["bluesky"] = counted.get("bluesky", 0) + 1
    for toot in toots:
        mention = found["mastodon", toot["uri"]]
        assert mention["url"] == toot["url"]
        assert mention["author"] == toot["account"]["display_name"]
        assert mention["author_url"] == toot["account"]["url"]
        assert mention["author_followers"] == toot["account"]["followers_count"]
        assert mention["published_at"] == f"{toot['created_at'][:19]}Z"
    for hit in hits:
        mention = found["hacker_news", hit["objectID"]]
        assert mention["title"] == hit["title"]
        assert (mention["likes"], mention["comments"]) == (hit["points"], hit["num_comments"])
        assert mention["author"] == hit["author"]
        assert mention["published_at"] == hit["created_at"]
    counts = {kind: sum(m["source"] == kind for m in stored) for kind, _ in found}
    feed = recorded("reddit/search_rss_2026.xml").count(b"<entry>")
    assert counts == {
        "bluesky": counted["bluesky"],
        "mastodon": len(toots),
        "hacker_news": len(hits),
        "reddit": feed,
        "discourse": 1,
    }
