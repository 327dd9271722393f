"""Correcting the sentiment of mentions: what is like them follows at once, and it can be undone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from end_to_end.feeds import rss
from servers import FeedServer, run_ecoute

CONFIG = """
businesses:
  - name: Vertigo Escape
sources:
  - type: feed
    id: avis
    url: {url}
network:
  allow_private_hosts: ["{host}"]
"""
TITLE = "Vertigo Escape"
ENTRIES = [
    ("a", TITLE, "La salle du manoir est flippante, on a hurlé"),
    ("b", TITLE, "Flippante à souhait, la salle du manoir"),
    ("c", TITLE, "Ma fille en a fait des cauchemars, flippante cette salle"),
    ("d", TITLE, "La salle du manoir, flippante du début à la fin"),
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    poll(tmp_path, ENTRIES)
    return tmp_path


def poll(folder: Path, entries: list[tuple[str, str, str]]) -> None:
    with FeedServer({"/rss": rss(entries)}) as web:
        text = CONFIG.format(url=web.url("/rss"), host=web.address)
        (folder / "sources.yaml").write_text(text, encoding="utf-8")
        assert run_ecoute("poll", "--force", cwd=folder).returncode == 0


def mentions(folder: Path) -> dict[str, dict[str, Any]]:
    shown = run_ecoute("mentions", "--json", cwd=folder).stdout
    return {one["external_id"]: one for one in json.loads(shown)}


def label(folder: Path, *words: str) -> None:
    done = run_ecoute("label", *words, cwd=folder)
    assert done.returncode == 0, done.stderr


def test_what_is_like_a_correction_follows_and_comes_back(shop: Path) -> None:
    before = mentions(shop)
    for key in "abc":
        label(shop, before[key]["id"], "positive")
    after = mentions(shop)
    assert before["d"]["polarity"] < after["d"]["polarity"]
    assert after["d"]["sentiment"] == "positive"
    assert not after["d"]["corrected"]
    told = run_ecoute("explain", before["d"]["id"], "--json", cwd=shop)
    assert json.loads(told.stdout)["learnt"] > 0
    for key in "abc":
        label(shop, before[key]["id"], "--undo")
    assert mentions(shop) == before


def test_what_comes_later_is_judged_by_it(shop: Path) -> None:
    for one in mentions(shop).values():
        label(shop, one["id"], "positive")
    poll(shop, [("e", TITLE, "Encore plus flippante que la salle du manoir")])
    assert mentions(shop)["e"]["sentiment"] == "positive"
    done = run_ecoute("rescore", "--dry-run", "--json", cwd=shop)
    assert json.loads(done.stdout) == []


def test_nothing_said_cannot_be_taken_back(shop: Path) -> None:
    some = next(iter(mentions(shop).values()))
    done = run_ecoute("label", some["id"], "--undo", cwd=shop)
    assert done.returncode == 2
    assert some["id"] in done.stderr
