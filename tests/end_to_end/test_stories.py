"""One story once, through the installed command: feeds on loopback, nothing faked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from end_to_end.feeds import rss
from servers import FeedServer, run_ecoute, write_config

TITLE = "Valenciennes : Fleurs Bougamont offre 500 bouquets aux soignants"
TEXT = "Fleurs Bougamont a livré lundi cinq cents bouquets au personnel de l’hôpital."
ARTICLE = ("bouquets", TITLE, TEXT)
REWRITTEN = (
    "merci",
    "Un fleuriste remercie les soignants de l’hôpital",
    "500 bouquets pour les soignants : Fleurs Bougamont a vidé sa chambre froide lundi.",
)
OTHER = (
    "anzin",
    "Fleurs Bougamont ouvre à Anzin",
    "Une seconde boutique Fleurs Bougamont ouvre rue Jaurès, dans l’ancien tabac.",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def ecoute(folder: Path, *args: str) -> str:
    done = run_ecoute(*args, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def mentions(folder: Path) -> dict[str, dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ecoute(folder, "mentions", "--json"))
    return {mention["external_id"]: mention for mention in found}


def story(folder: Path, *args: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(ecoute(folder, "story", *args, "--json"))
    return told


def test_the_same_article_from_five_feeds_is_one_mention_with_five_places(folder: Path) -> None:
    dresses = ("?utm_source=rss", "?xtor=RSS-3", "#xtor=RSS-1", "/amp", "?at_medium=flux")
    feeds = {
        f"/{number}": rss([(f"bouquets{dress}", TITLE, TEXT)], "lavoixdunord.example")
        for number, dress in enumerate(dresses)
    }
    with FeedServer(feeds) as web:
        write_config(folder, feeds=[web.url(path) for path in feeds])
        ecoute(folder, "poll")
    (mention,) = mentions(folder).values()
    assert len(mention["places"]) == 5


def test_a_rewritten_article_is_one_story_and_another_event_is_not(folder: Path) -> None:
    feeds = {
        "/nord": rss([ARTICLE, OTHER], "lavoixdunord.example"),
        "/observateur": rss([REWRITTEN], "lobservateur.example"),
    }
    with FeedServer(feeds) as web:
        write_config(folder, feeds=[web.url(path) for path in feeds])
        ecoute(folder, "poll")
    found = mentions(folder)
    assert found["bouquets"]["story"] == found["merci"]["story"] != found["anzin"]["story"]
    told = story(folder, found["merci"]["id"])
    assert {m["external_id"]: m["part"] for m in told["mentions"]} in (
        {"bouquets": "first", "merci": "copy"},
        {"bouquets": "copy", "merci": "first"},  # both bear one hour
    )
    ecoute(folder, "digest", "--since", "2026-11-01", "--text", "digest.txt")
    text = (folder / "digest.txt").read_text(encoding="utf-8")
    assert "repris par 1 titre" in text
    assert text.count("500 bouquets") <= 2


def test_a_person_puts_a_story_right_and_takes_it_back(folder: Path) -> None:
    feeds = {
        "/nord": rss([ARTICLE], "lavoixdunord.example"),
        "/observateur": rss([REWRITTEN], "lobservateur.example"),
    }
    with FeedServer(feeds) as web:
        write_config(folder, feeds=[web.url(path) for path in feeds])
        ecoute(folder, "poll")
        one, other = (mentions(folder)[name]["id"] for name in ("bouquets", "merci"))
        assert f"ecoute story {other} --join {one}" in ecoute(folder, "story", other, "--split")
        ecoute(folder, "poll", "--force")
        assert len(story(folder, one)["mentions"]) == 1
        assert f"ecoute story {other} --split" in ecoute(folder, "story", other, "--join", one)
        assert len(story(folder, one)["mentions"]) == 2


def test_what_cannot_be_done_is_said(folder: Path) -> None:
    with FeedServer({"/nord": rss([ARTICLE, OTHER])}) as web:
        write_config(folder, feeds=[web.url("/nord")])
        ecoute(folder, "poll")
    found = mentions(folder)
    one, other = found["bouquets"]["id"], found["anzin"]["id"]
    for args in (
        ("none",),
        (one, "--split"),
        (one, "--join", "none"),
        (one, "--join", one),
        (one, "--split", "--join", other),
    ):
        done = run_ecoute("story", *args, cwd=folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Error" in done.stderr
