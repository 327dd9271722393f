"""What the command line says and how it ends, by the contract."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from servers import FeedServer, run_ecoute, write_config


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A folder whose database holds two mentions."""
    with FeedServer({"/rss": rss([GOOD, BAD])}) as web:
        write_config(tmp_path, feeds=[{"type": "feed", "id": "press", "url": web.url("/rss")}])
        assert run_ecoute("poll", cwd=tmp_path).returncode == 0
    return tmp_path


def test_every_fault_of_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "businesses:\n  - nom: X\nsources:\n  - type: mastodont\n  - type: feed\n"
        "    url: https://echo.example/rss\n    evry: 5m\n    id: ${NOT_SET}\n"
    )
    done = run_ecoute("poll", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0].startswith("config:")
    assert any(line.startswith("sources.yaml:4: sources[0].type:") for line in lines)
    assert any("mastodon" in line for line in lines)
    assert any(line.startswith("sources.yaml:7: sources[1].evry:") for line in lines)
    assert any("NOT_SET" in line for line in lines)
    assert not (tmp_path / "mentions.db").exists()


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    done = run_ecoute("poll", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("config:")
    assert "init" in done.stderr


def test_init_writes_a_file_that_works_and_never_overwrites(tmp_path: Path) -> None:
    first = run_ecoute("init", "--name", 'Chez L\'Éa & "Fils"', "--yes", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    written = (tmp_path / "sources.yaml").read_text(encoding="utf-8")
    assert run_ecoute("config", "validate", cwd=tmp_path).returncode == 0
    again = run_ecoute("init", "--name", "Autre", "--yes", cwd=tmp_path)
    assert again.returncode == 2
    assert (tmp_path / "sources.yaml").read_text(encoding="utf-8") == written


def test_init_with_a_wrong_answer_leaves_nothing_behind(tmp_path: Path) -> None:
    done = run_ecoute("init", "--name", "X", "--email", "simon chez moi", "--yes", cwd=tmp_path)
    assert done.returncode == 2
    assert "simon@example.fr" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_init_asks_again_what_was_no_address(tmp_path: Path) -> None:
    answers = "Fleurs\n\n\n\nsimon chez moi\nsimon@example.fr\npas un site\n\n"
    done = run_ecoute("init", cwd=tmp_path, stdin=answers)
    assert done.returncode == 0, done.stderr
    assert 'to: ["simon@example.fr"]' in (tmp_path / "sources.yaml").read_text(encoding="utf-8")


def test_init_asks_what_it_is_not_given(tmp_path: Path) -> None:
    done = run_ecoute("init", cwd=tmp_path, stdin="Fleurs Bougamont\nValenciennes\nfleuriste\n\n\n")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "sources.yaml").read_text(encoding="utf-8")
    assert "Valenciennes" in written
    assert "lavoixdunord.fr" in written


def test_mentions_are_found_whatever_the_accents(filled: Path) -> None:
    done = run_ecoute("mentions", "DECU OR introuvable", "--json", cwd=filled)
    assert [m["external_id"] for m in json.loads(done.stdout)] == ["mauvais"]


def test_mentions_come_as_lines_and_as_a_table(filled: Path) -> None:
    lines = run_ecoute("mentions", "--ndjson", cwd=filled).stdout.splitlines()
    assert {json.loads(line)["external_id"] for line in lines} == {"bon", "mauvais"}
    rows = run_ecoute("mentions", "--csv", cwd=filled).stdout.splitlines()
    assert rows[0].startswith("id,business,source,platform,kind")
    assert len(rows) == 3


def test_a_query_that_cannot_be_read_is_a_wrong_command_line(filled: Path) -> None:
    done = run_ecoute("mentions", "--since", "someday", cwd=filled)
    assert done.returncode == 2
    assert "monday" in done.stderr


def test_a_label_wins_and_a_status_is_kept(filled: Path) -> None:
    [mention] = json.loads(run_ecoute("mentions", "déçu", "--json", cwd=filled).stdout)
    assert run_ecoute("label", mention["id"], "neutral", cwd=filled).returncode == 0
    done = run_ecoute("status", mention["id"], "handled", "--note", "appelé", cwd=filled)
    assert done.returncode == 0
    [after] = json.loads(run_ecoute("mentions", "déçu", "--json", cwd=filled).stdout)
    assert (after["sentiment"], after["corrected"]) == ("neutral", True)
    assert (after["status"], after["note"]) == ("handled", "appelé")


def test_sources_show_their_health(filled: Path) -> None:
    [source] = json.loads(run_ecoute("sources", "--json", cwd=filled).stdout)
    assert (source["id"], source["type"], source["status"]) == ("press", "feed", "ok")
    assert (source["mentions"], source["failures"], source["paused"]) == (2, 0, False)
    assert source["state"] == "ok"
    assert source["error"] is None


def test_score_reads_lines_and_answers_in_order(tmp_path: Path) -> None:
    lines = 'Un accueil excellent\n{"text": "Nul et sale", "rating": 1}\n'
    done = run_ecoute("score", "--ndjson", cwd=tmp_path, stdin=lines)
    scores = [json.loads(line) for line in done.stdout.splitlines()]
    assert [s["sentiment"] for s in scores] == ["positive", "negative"]
    assert set(scores[0]) == {"sentiment", "polarity", "confidence", "language", "scorer"}


def test_an_unknown_scorer_is_a_wrong_command_line(tmp_path: Path) -> None:
    done = run_ecoute("score", "--scorer", "textblb", "bon", cwd=tmp_path)
    assert done.returncode == 2
    assert "textblob" in done.stderr


def test_match_says_why(filled: Path) -> None:
    text = "Un bouquet de chez fleurs bougamont"
    done = run_ecoute("match", "--ndjson", text, "Une fleur", cwd=filled)
    first, second = (json.loads(line)["matches"] for line in done.stdout.splitlines())
    assert first[0]["business"] == "Fleurs Bougamont"
    assert first[0]["reason"]
    assert second == []


def test_a_backup_is_whole_and_never_overwrites(filled: Path) -> None:
    assert run_ecoute("backup", "copy.db", cwd=filled).returncode == 0
    assert run_ecoute("backup", "copy.db", cwd=filled).returncode == 2
    assert run_ecoute("backup", "nowhere/copy.db", cwd=filled).returncode == 2
    (filled / "mentions.db").unlink()
    assert run_ecoute("restore", "copy.db", cwd=filled).returncode == 0
    assert len(json.loads(run_ecoute("mentions", "--json", cwd=filled).stdout)) == 2
    assert run_ecoute("db", "check", cwd=filled).returncode == 0


def test_a_damaged_database_is_named_and_left_alone(filled: Path) -> None:
    damaged = b"not a database at all, but long enough to be one" * 100
    for leftover in filled.glob("mentions.db*"):
        leftover.unlink()
    (filled / "mentions.db").write_bytes(damaged)
    done = run_ecoute("poll", cwd=filled)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("db_corrupt:")
    assert "Traceback" not in done.stderr
    assert (filled / "mentions.db").read_bytes() == damaged


def test_the_schema_and_the_version_are_printed(tmp_path: Path) -> None:
    schema = json.loads(run_ecoute("config", "schema", cwd=tmp_path).stdout)
    assert "sources" in schema["properties"]
    assert run_ecoute("version", cwd=tmp_path).stdout.startswith("ecoute 0.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(tmp_path: Path, shell: str) -> None:
    done = run_ecoute("completion", shell, cwd=tmp_path)
    assert "_ECOUTE_COMPLETE" in done.stdout


def test_an_english_owner_is_spoken_to_in_english(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss")], language="en")
        assert "1 new mention" in run_ecoute("poll", cwd=tmp_path).stdout


def test_what_people_read_is_in_lines_and_columns(filled: Path) -> None:
    """A line break of ours is one; a control character of a feed never is."""
    digest = run_ecoute("digest", cwd=filled).stdout
    assert len(digest.splitlines()) > 20
    rows = run_ecoute("mentions", cwd=filled).stdout.splitlines()
    assert [len(row.split("\t")) for row in rows] == [5, 5]
    [scored] = run_ecoute("score", "Un accueil\nexcellent", cwd=filled).stdout.splitlines()
    assert scored.split("\t")[3] == "Un accueil excellent"


def test_check_is_one_line_each_and_makes_no_database(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD, BAD])}) as web:
        write_config(
            tmp_path,
            feeds=[web.url("/rss"), {"type": "mastodon", "instance": web.url("")}],
        )
        done = run_ecoute("check", cwd=tmp_path)
    feed, mastodon, database = done.stdout.splitlines()
    assert "2 articles lus, 2 à votre sujet" in feed
    assert "Par exemple" in feed
    assert "Recherche\u00a0: #FleursBougamont" in mastodon
    assert database.startswith("ok  mentions.db:")
    assert [file.name for file in tmp_path.iterdir()] == ["sources.yaml"]


def test_a_failed_source_is_not_said_to_be_read(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([GOOD])}) as web:
        write_config(tmp_path, feeds=[web.url("/rss"), web.url("/nowhere")])
        done = run_ecoute("poll", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("1 source lue, ")
    assert done.stdout.rstrip().endswith("1 source en échec")


def test_stats_tell_the_period_before(filled: Path) -> None:
    first, *rows = run_ecoute("stats", "--by", "source", cwd=filled).stdout.splitlines()
    assert first == "Fleurs Bougamont\u00a0: 2 mentions, contre 0 sur la période précédente."
    assert [row.split("\t")[:2] for row in rows] == [
        ["press", "2"],
        ["en tout", "2"],
        ["avant", "0"],
    ]


def test_what_a_person_called_irrelevant_is_said_to_be(filled: Path) -> None:
    [mention] = json.loads(run_ecoute("mentions", "déçu", "--json", cwd=filled).stdout)
    assert run_ecoute("label", mention["id"], "--irrelevant", cwd=filled).returncode == 0
    [row] = run_ecoute("mentions", "déçu", cwd=filled).stdout.splitlines()
    assert row.split("\t")[1] == "hors sujet"
    assert "déçu" not in run_ecoute("digest", cwd=filled).stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("mentions", "--business", "Fleur"), "vous suivez\u00a0: Fleurs Bougamont"),
        (("mentions", "--since", "demain"), "n’est pas une date"),
        (("stats", "--since", "2026-11-02", "--until", "2026-11-01"), "doit précéder"),
        (("poll", "--source", "presse"), "les vôtres\u00a0: press"),
        (("label", "rien", "neutral"), "aucune mention"),
        (("status", "rien", "new"), "aucune mention"),
        (("label", "rien"), "--irrelevant"),
        (("digest", "--send", "--since", "7d"), "--send"),
        (("digest", "--html", "nowhere/digest.html"), "nowhere"),
    ],
)
def test_a_wrong_command_line_is_told_in_the_owners_language(
    filled: Path, args: tuple[str, ...], told: str
) -> None:
    done = run_ecoute(*args, cwd=filled)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_faults_are_counted_in_the_language_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("language: fr\nbusinesses: []\nmail:\n  from: a@b.fr\n")
    lines = run_ecoute("poll", cwd=tmp_path).stderr.splitlines()
    assert lines[0] == "config: 2 fautes\u00a0; rien n’a été fait."
    assert [line.split(": ")[1] for line in lines[1:]] == ["businesses", "mail.host"]


def test_a_single_pass_erases_what_is_past_its_time(filled: Path) -> None:
    """Who runs by cron has no daemon that does it."""
    with closing(sqlite3.connect(filled / "mentions.db")) as database, database:
        database.execute("UPDATE mention SET found_at = '2020-01-01T00:00:00Z'")
    run_ecoute("run", "--once", cwd=filled)
    kept = json.loads(run_ecoute("mentions", "--json", cwd=filled).stdout)
    assert [mention["text"] for mention in kept] == ["", ""]
