"""A mention in English, and one in a language that nobody reads, at every door."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from end_to_end.feeds import BAD, rss
from servers import FeedServer, run_ecoute, write_config

GERMAN = (
    "german",
    "Blumen in Valenciennes",
    "Bei Fleurs Bougamont haben wir einen wunderschönen Strauß bekommen, sehr freundlich!",
)
ENGLISH = (
    "english",
    "Flowers in Valenciennes",
    "We got a gorgeous bouquet at Fleurs Bougamont and the staff were lovely.",
)


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A folder whose database holds a mention in French, one in German, one in English."""
    with FeedServer({"/rss": rss([BAD, GERMAN, ENGLISH])}) as web:
        write_config(tmp_path, feeds=[{"type": "feed", "id": "press", "url": web.url("/rss")}])
        assert run_ecoute("poll", cwd=tmp_path).returncode == 0
    return tmp_path


def test_no_guess_is_made_of_a_language_nobody_reads(filled: Path) -> None:
    [german] = json.loads(
        run_ecoute("mentions", "--sentiment", "unrated", "--json", cwd=filled).stdout
    )
    assert (german["language"], german["scorer"]) == ("de", "other_language")
    assert (german["sentiment"], german["polarity"], german["confidence"]) == (None, None, None)
    [english] = json.loads(run_ecoute("mentions", "--language", "en", "--json", cwd=filled).stdout)
    assert (english["sentiment"], english["scorer"]) == ("positive", "valence-en-1")
    table = csv.DictReader(io.StringIO(run_ecoute("mentions", "--csv", cwd=filled).stdout))
    assert {row["language"]: row["sentiment"] for row in table}["de"] == ""
    rows = run_ecoute("mentions", cwd=filled).stdout.splitlines()
    assert sum("sans avis" in row for row in rows) == 1


def test_it_is_counted_apart_and_told_so(filled: Path) -> None:
    [stats] = json.loads(run_ecoute("stats", "--by", "sentiment", "--json", cwd=filled).stdout)
    assert (stats["total"]["mentions"], stats["total"]["unrated"]) == (3, 1)
    shown = run_ecoute("stats", "--by", "sentiment", cwd=filled)
    assert shown.returncode == 0
    assert "sans avis" in shown.stdout
    digest = run_ecoute("digest", cwd=filled).stdout
    assert "1 sans avis" in digest
    assert "écrit dans une langue que nous ne savons pas juger" in " ".join(digest.split())


def test_explain_says_why(filled: Path) -> None:
    found = json.loads(run_ecoute("mentions", "--json", cwd=filled).stdout)
    ids = {mention["language"]: mention["id"] for mention in found}
    german = run_ecoute("explain", ids["de"], cwd=filled).stdout
    assert "dans une langue que nous ne savons pas juger (de)" in german
    english = json.loads(run_ecoute("explain", ids["en"], "--json", cwd=filled).stdout)
    assert "gorgeous" in english["words"]


def test_a_persons_word_rates_it(filled: Path) -> None:
    [german] = json.loads(
        run_ecoute("mentions", "--sentiment", "unrated", "--json", cwd=filled).stdout
    )
    assert run_ecoute("label", german["id"], "positive", cwd=filled).returncode == 0
    assert run_ecoute("rescore", cwd=filled).returncode == 0
    [after] = json.loads(run_ecoute("mentions", "--language", "de", "--json", cwd=filled).stdout)
    assert (after["sentiment"], after["polarity"], after["corrected"]) == ("positive", 1.0, True)


def test_what_was_scored_as_french_before_is_put_right_by_rescore(filled: Path) -> None:
    with closing(sqlite3.connect(filled / "mentions.db")) as db, db:
        db.execute(
            "UPDATE mention SET sentiment = 'neutral', polarity = 0, confidence = 0.33,"
            " scorer = 'ecoute-1' WHERE language = 'de'"
        )
    dry = run_ecoute("rescore", "--dry-run", cwd=filled)
    assert "neutre → sans avis" in dry.stdout
    assert run_ecoute("rescore", cwd=filled).returncode == 0
    [german] = json.loads(run_ecoute("mentions", "--language", "de", "--json", cwd=filled).stdout)
    assert german["sentiment"] is None


def test_score_answers_in_every_language(tmp_path: Path) -> None:
    lines = "\n".join(
        [
            "Sehr freundliche Leute und gutes Essen",
            json.dumps({"text": "Friendly people and great food", "business": "Léa"}),
            "Heel vriendelijke bediening en lekker gegeten",
            "Cheesecake citron 🍋😋",
            "Bonne adresse",
        ]
    )
    done = run_ecoute("score", "--ndjson", cwd=tmp_path, stdin=lines)
    scores = [json.loads(line) for line in done.stdout.splitlines()]
    assert [s["language"] for s in scores] == ["de", "en", "nl", None, "fr"]
    assert [s["sentiment"] for s in scores][:3] == [None, "positive", "positive"]
    assert scores[0]["scorer"] == "other_language"
    assert set(scores[0]) == {"sentiment", "polarity", "confidence", "language", "scorer"}
    [told] = run_ecoute("score", "Sehr gutes Essen dort", cwd=tmp_path).stdout.splitlines()
    assert told.split("\t")[:2] == ["unrated", "other_language"]
