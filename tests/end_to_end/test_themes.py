"""Themes on their way: found at the poll, stored, shown, renewed by ``rescore``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from end_to_end.feeds import rss
from servers import FeedServer, run_ecoute, write_config

DEAR = (
    "cher",
    "Hors de prix",
    "Chez Fleurs Bougamont les prix sont exagérés, bien trop cher pour ce que c'est.",
)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A folder whose database holds one mention, about prices."""
    with FeedServer({"/rss": rss([DEAR])}) as web:
        write_config(tmp_path, feeds=[{"type": "feed", "id": "press", "url": web.url("/rss")}])
        assert run_ecoute("poll", cwd=tmp_path).returncode == 0
    return tmp_path


def only(folder: Path) -> dict[str, object]:
    [mention] = json.loads(run_ecoute("mentions", "--json", cwd=folder).stdout)
    assert isinstance(mention, dict)
    return mention


def test_a_mention_tells_its_themes(filled: Path) -> None:
    mention = only(filled)
    assert mention["themes"] == {"prix": "negative"}
    assert (
        "Thèmes\u00a0: prix (négatif)"
        in run_ecoute("explain", str(mention["id"]), cwd=filled).stdout
    )
    told = json.loads(run_ecoute("explain", str(mention["id"]), "--json", cwd=filled).stdout)
    assert told["themes"] == {"prix": "negative"}


def test_mentions_of_before_get_their_themes_by_rescore(filled: Path) -> None:
    with closing(sqlite3.connect(filled / "mentions.db")) as db, db:
        db.execute("UPDATE mention SET themes = '{}'")
    [change] = json.loads(run_ecoute("rescore", "--dry-run", "--json", cwd=filled).stdout)
    assert (change["before"]["themes"], change["after"]["themes"]) == ({}, {"prix": "negative"})
    assert only(filled)["themes"] == {}
    assert run_ecoute("rescore", cwd=filled).returncode == 0
    assert only(filled)["themes"] == {"prix": "negative"}
    assert json.loads(run_ecoute("rescore", "--json", cwd=filled).stdout) == []
