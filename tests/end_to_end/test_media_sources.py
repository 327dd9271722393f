"""The press, video and picture platforms at their real paths: faults between pages, then the rest.

One life is lived once: a poll in which every server breaks, one in which none does, one of nothing
new, one of something new, a backfill. Each test looks at a part of it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from end_to_end.media_platforms import ALERT, KEY, SIZE, Platform, Row, at, iso, platforms
from servers import run_ecoute, write_config

PAGED = ("dailymotion", "flickr", "peertube", "tumblr", "vimeo", "youtube")
SEARCHED_BY_DATE = ("dailymotion", "flickr", "youtube")
UNPAGED = ("bing_news", "gdelt", "google_alerts", "google_news", "page", "podcasts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What each run said, by its name, and by how many requests each source was read in it."""

    folder: Path
    sources: dict[str, dict[str, Row]]
    requests: dict[str, dict[str, int]]
    mentions: dict[str, list[Row]]
    written: str


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("media")
    told = platforms()
    with ExitStack() as stack:
        for platform in told.values():
            stack.enter_context(platform.server)
            platform.serve()
            option = "url" if platform.options["type"] == "page" else "base_url"
            path = "/commerces" if option == "url" else ""
            platform.options[option] = platform.server.url(path)
        write_config(
            folder,
            feeds=[platform.options for platform in told.values()],
            businesses=[{"name": "Fleurs Bougamont", "exclude": ["Bougamont Immobilier"]}],
            network={"allow_private_hosts": [p.server.address for p in told.values()]},
        )
        yield lived(folder, told)


def lived(folder: Path, told: Mapping[str, Platform]) -> Life:
    sources: dict[str, dict[str, Row]] = {}
    requests: dict[str, dict[str, int]] = {}
    mentions: dict[str, list[Row]] = {}
    runs: list[subprocess.CompletedProcess[str]] = []

    def run(name: str, *args: str) -> None:
        before = {i: len(platform.server.requests) for i, platform in told.items()}
        runs.append(run_ecoute(*args, "--json", cwd=folder))
        answer = json.loads(runs[-1].stdout)
        rows = answer["sources"] if isinstance(answer, dict) else answer
        sources[name] = {row["id"]: row for row in rows}
        requests[name] = {i: len(p.server.requests) - before[i] for i, p in told.items()}

    for name in ("broken", "whole", "same"):
        run(name, "poll", "--force")
    for name, platform in told.items():
        platform.posts.insert(0, (10, f"Fleurs Bougamont, {name} 10", at(0)))
    run("new", "poll", "--force")
    for name, platform in told.items():
        platform.posts.append((1, f"Fleurs Bougamont, {name} 1", at(24 * 60)))
    run("past", "backfill", "--since", "80d", *(f"--source={name}" for name in SEARCHED_BY_DATE))
    run("check", "check")
    runs.append(run_ecoute("mentions", "--json", "--since", "90d", cwd=folder))
    for mention in json.loads(runs[-1].stdout):
        mentions.setdefault(mention["source"], []).append(mention)
    written = "".join(done.stdout + done.stderr for done in runs)
    return Life(
        folder=folder,
        sources=sources,
        requests=requests,
        mentions=mentions,
        written=written,
    )


def test_each_fault_is_told_apart_and_costs_no_page_before_it(life: Life) -> None:
    faults = {i: row["error"]["code"] for i, row in life.sources["broken"].items()}
    assert faults == {
        "youtube": "truncated",
        "spent": "rate_limited",
        "dailymotion": "api",
        "vimeo": "rate_limited",
        "peertube": "http_status",
        "tumblr": "rate_limited",
        "flickr": "http_status",
        "bing_news": "not_a_feed",
        "gdelt": "api",
        "podcasts": "truncated",
        "google_news": "connect",
        "google_alerts": "http_status",
        "page": "http_status",
    }
    new = {i: row["new"] for i, row in life.sources["broken"].items()}
    assert new == dict.fromkeys(PAGED, SIZE) | dict.fromkeys(("spent", *UNPAGED), 0)


def test_the_next_poll_reads_the_rest_and_no_namesake(life: Life) -> None:
    new = {i: row["new"] for i, row in life.sources["whole"].items()}
    # Of YouTube the comment, too, under a video found before.
    assert new == (dict.fromkeys(PAGED, 2) | {"youtube": 3, "spent": 0} | dict.fromkeys(UNPAGED, 4))


def test_a_days_allowance_that_is_spent_waits_for_the_next(life: Life) -> None:
    spent = life.sources["whole"]["spent"]
    assert spent["status"] == "skipped"
    assert life.requests["whole"]["spent"] == life.requests["new"]["spent"] == 0
    assert spent["error"]["retry_at"][14:] == "00:00Z"


def test_nothing_new_stores_nothing_and_costs_one_request(life: Life) -> None:
    rows = life.sources["same"].values()
    assert [(row["new"], row["updated"]) for row in rows] == [(0, 0)] * len(rows)
    requests = life.requests["same"]
    assert {i: requests[i] for i in PAGED if i not in ("youtube", "tumblr")} == dict.fromkeys(
        ("dailymotion", "flickr", "peertube", "vimeo"), 1
    )
    assert requests["tumblr"] == 2  # "FleursBougamont" and "Fleurs Bougamont"


def test_what_is_new_is_one_mention_each(life: Life) -> None:
    new = {i: row["new"] for i, row in life.sources["new"].items() if i != "spent"}
    assert new == dict.fromkeys((*PAGED, *UNPAGED), 1)


def test_the_past_is_reached_where_the_platform_allows(life: Life) -> None:
    new = {i: row["new"] for i, row in life.sources["past"].items()}
    assert new == dict.fromkeys(SEARCHED_BY_DATE, 1)


def test_check_reads_every_source(life: Life) -> None:
    read = {i for i, row in life.sources["check"].items() if row["ok"] and row["matched"]}
    assert read >= {*PAGED, *UNPAGED}


VIDEO: dict[str, Any] = {
    "kind": "video",
    "text": "Un essai.",
    "author": "Julie",
    "likes": 7,
    "comments": 2,
    "views": 150,
}
EXPECTED: dict[str, Row] = {
    "youtube": VIDEO
    | {
        "url": "https://www.youtube.com/watch?v=video000009",
        "author_url": "https://www.youtube.com/channel/UCjulie",
        "author_followers": 870,
    },
    "dailymotion": VIDEO
    | {
        "text": "Un essai.\nDeux.",
        "comments": None,
        "url": "https://www.dailymotion.com/video/x9",
        "author_followers": 870,
        "language": "fr",
    },
    "vimeo": VIDEO | {"url": "https://vimeo.com/9", "author_url": "https://vimeo.com/julie"},
    "peertube": VIDEO | {"url": "https://tube.example/w/9", "external_id": "uuid-9"},
    "tumblr": {"kind": "post", "text": "Un essai.", "author": "julie", "likes": 7}
    | {"url": "https://julie.tumblr.com/post/9", "external_id": "9"},
    "flickr": VIDEO | {"kind": "image", "url": "https://www.flickr.com/photos/9@N01/9/"},
    "gdelt": {"kind": "article", "author": "echo.example", "language": "fr", "text": ""},
    "podcasts": {"kind": "audio", "author": "Le marché", "external_id": "9"},
    "google_alerts": {"author": "blog.example", "url": "https://blog.example/9"},
    "google_news": {"author": "L’Écho", "url": "https://echo.example/google_news/9"},
    "bing_news": {"url": "https://echo.example/bing_news/9"},
}


@pytest.mark.parametrize("source", EXPECTED)
def test_every_field_is_what_was_served(life: Life, source: str) -> None:
    [mention] = [m for m in life.mentions[source] if f"{source} 9" in (m["title"] or "")]
    assert {name: mention[name] for name in EXPECTED[source]} == EXPECTED[source]
    assert mention["title"].removesuffix(" - L’Écho") == f"Fleurs Bougamont, {source} 9"
    assert mention["published_at"] == iso(at(1))


def test_a_comment_is_read_and_closed_comments_are_no_fault(life: Life) -> None:
    [comment] = [m for m in life.mentions["youtube"] if m["kind"] == "comment"]
    assert (comment["author"], comment["likes"]) == ("@karim", 4)
    assert life.sources["whole"]["youtube"]["status"] == "ok"


def test_no_secret_is_kept_or_told(life: Life) -> None:
    kept = b"".join(f.read_bytes() for f in life.folder.iterdir() if f.suffix != ".yaml")
    assert kept
    for secret in (KEY, ALERT.rpartition("/")[2]):
        assert secret.encode() not in kept
        assert secret not in life.written
