"""Which mentions are about the shop, why, and putting that right: at the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from end_to_end.feeds import rss
from servers import FeedServer, run_ecoute

CONFIG = """
businesses:
  - name: Le Petit Marché
    context: [épicerie, vrac, Uzès]
{more}
sources:
  - type: feed
    id: press
    url: {url}
network:
  allow_private_hosts: ["{host}"]
"""
ENTRIES = [
    ("a", "Une bonne adresse", "L'épicerie Le Petit Marché, à Uzès, a tout en vrac."),
    ("b", "Vacances", "Nous avons flâné dans le petit marché du port, puis mangé une glace."),
    ("c", "Ouverture", "Le Petit Marché ouvre à Quimper, place au Beurre."),
]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    poll(tmp_path, ENTRIES)
    return tmp_path


def poll(folder: Path, entries: list[tuple[str, str, str]], more: str = "") -> None:
    with FeedServer({"/rss": rss(entries)}) as web:
        text = CONFIG.format(url=web.url("/rss"), host=web.address, more=more)
        (folder / "sources.yaml").write_text(text, encoding="utf-8")
        done = run_ecoute("poll", "--force", cwd=folder)
        assert done.returncode == 0, done.stderr


def mentions(folder: Path, *options: str) -> dict[str, dict[str, Any]]:
    done = run_ecoute("mentions", *options, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return {mention["external_id"]: mention for mention in json.loads(done.stdout)}


def test_the_doubtful_are_kept_and_shown_apart(filled: Path) -> None:
    assert set(mentions(filled)) == {"a", "b", "c"}
    assert set(mentions(filled, "--min-relevance", "0.5")) == {"a"}
    assert set(mentions(filled, "--doubtful")) == {"b", "c"}
    shown = run_ecoute("mentions", cwd=filled)
    assert shown.stdout.splitlines()[0].endswith(mentions(filled)["a"]["id"])
    assert "2 mentions douteuses" in shown.stderr


def test_explain_says_what_weighed_in_words(filled: Path) -> None:
    found = mentions(filled)
    kept = run_ecoute("explain", found["a"]["id"], cwd=filled).stdout
    assert "votre ville\u00a0: Uzès" in kept
    doubted = run_ecoute("explain", found["c"]["id"], cwd=filled).stdout
    assert "une autre ville juste à côté\u00a0: Quimper" in doubted
    shape = json.loads(run_ecoute("explain", found["a"]["id"], "--json", cwd=filled).stdout)
    assert shape["relevance"] == found["a"]["relevance"]
    assert {"name", "weight", "detail"} == set(shape["signals"][0])
    assert run_ecoute("explain", "nobody", cwd=filled).returncode == 2


def test_one_word_puts_it_right_for_what_is_like_it(filled: Path) -> None:
    (tray,) = mentions(filled, "Quimper").values()
    assert run_ecoute("label", tray["id"], "--relevant", cwd=filled).returncode == 0
    assert mentions(filled)["c"]["relevance"] == 1
    poll(filled, [*ENTRIES, ("d", "Deux ans", "Le Petit Marché de Quimper, place au Beurre.")])
    assert mentions(filled)["d"]["relevance"] > tray["relevance"]
    said = json.loads(run_ecoute("evaluate", "relevance", "--json", cwd=filled).stdout)
    assert said["own_labels"]["cases"] == 1


def test_a_block_hides_and_its_undo_brings_back(filled: Path) -> None:
    before = mentions(filled)
    done = run_ecoute("block", before["a"]["id"], "--word", "vrac", cwd=filled)
    assert done.returncode == 0, done.stderr
    assert "ecoute unblock 1" in done.stdout
    assert mentions(filled)["a"]["relevance"] == 0
    assert "vrac" in run_ecoute("blocks", cwd=filled).stdout
    assert run_ecoute("unblock", "1", cwd=filled).returncode == 0
    assert mentions(filled)["a"]["relevance"] == before["a"]["relevance"]
    assert run_ecoute("unblock", "1", cwd=filled).returncode == 2


def test_a_block_needs_something_to_hide(filled: Path) -> None:
    mention_id = mentions(filled)["a"]["id"]
    assert run_ecoute("block", mention_id, cwd=filled).returncode == 2
    assert run_ecoute("block", mention_id, "--author", cwd=filled).returncode == 2
    assert run_ecoute("block", mention_id, "--author", "--site", cwd=filled).returncode == 2
    assert run_ecoute("block", "nobody", "--site", cwd=filled).returncode == 2


def test_a_query_decides_in_place_of_the_names(tmp_path: Path) -> None:
    poll(tmp_path, ENTRIES, more="    query: marché AND (glace OR vrac) NOT title:adresse")
    assert set(mentions(tmp_path)) == {"b"}
    assert mentions(tmp_path)["b"]["relevance"] > 0.9


def test_a_query_that_cannot_be_read_is_told_with_line_and_column(tmp_path: Path) -> None:
    text = CONFIG.format(
        url="https://exemple.fr/rss", host="exemple.fr:1", more="    query: a AND (b"
    )
    (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
    done = run_ecoute("config", "validate", cwd=tmp_path)
    assert done.returncode == 2
    assert "sources.yaml:5: businesses[0].query: colonne 7\u00a0: parenthèse jamais" in done.stderr


def test_a_name_that_says_too_little_gets_advice_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("businesses:\n  - name: Soleil\n", encoding="utf-8")
    done = run_ecoute("config", "validate", cwd=tmp_path)
    assert done.returncode == 0
    assert "sources.yaml:2" in done.stderr
    assert "«\u00a0Soleil\u00a0» seul est ambigu" in done.stderr
    (tmp_path / "sources.yaml").write_text('businesses:\n  - name: "🌻"\n', encoding="utf-8")
    assert run_ecoute("config", "validate", cwd=tmp_path).returncode == 2


def test_match_shows_what_it_would_keep_and_what_it_doubts(filled: Path) -> None:
    told = run_ecoute(
        "match",
        "--text",
        "L'épicerie Le Petit Marché d'Uzès",
        "--text",
        "un petit marché",
        "--ndjson",
        cwd=filled,
    )
    sure, doubted = (json.loads(line) for line in told.stdout.splitlines())
    assert [m["business"] for m in sure["matches"]] == ["Le Petit Marché"]
    assert (doubted["matches"], len(doubted["doubtful"])) == ([], 1)


def test_the_projects_cases_are_measured_without_any_configuration(tmp_path: Path) -> None:
    done = run_ecoute("evaluate", "relevance", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["f1"]["low"] <= said["f1"]["value"] <= said["f1"]["high"]
    assert said["precision"]["cases"] > 100


def test_somebodys_own_cases_are_measured_and_a_bad_line_is_named(filled: Path) -> None:
    case = {"business": "Le Petit Marché", "text": "Le Petit Marché, Uzès", "relevant": True}
    file = filled / "cases.ndjson"
    file.write_text(json.dumps(case), encoding="utf-8")
    done = run_ecoute("evaluate", "relevance", str(file), "--json", cwd=filled)
    assert json.loads(done.stdout)["recall"]["value"] == 1
    file.write_text(json.dumps(case) + '\n{"text": "x"}\n', encoding="utf-8")
    done = run_ecoute("evaluate", "relevance", str(file), cwd=filled)
    assert done.returncode == 2
    assert "cases.ndjson:2" in done.stderr


def test_init_asks_five_questions_on_the_name(tmp_path: Path) -> None:
    answers = "Soleil\nRoyan\nopticien\n\n\noui\no\nnon\nn\n\n"
    done = run_ecoute("init", cwd=tmp_path, stdin=answers)
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "sources.yaml").read_text(encoding="utf-8")
    assert "common_word: true\n" in written
    assert "far_customers: false\n" in written
    assert "known_alone" not in written
    assert run_ecoute("config", "validate", cwd=tmp_path).returncode == 0


def test_the_projects_stories_are_measured(tmp_path: Path) -> None:
    said = json.loads(run_ecoute("evaluate", "stories", "--json", cwd=tmp_path).stdout)
    assert said["wrong_merges"] == 0
    assert said["f1"]["value"] > 0.9
    told = run_ecoute("evaluate", "stories", "--errors", cwd=tmp_path).stdout
    assert "different events merged\t0" in told


def test_a_scorer_is_measured_on_the_project_and_on_a_file(tmp_path: Path) -> None:
    done = run_ecoute("evaluate", "sentiment", "--json", cwd=tmp_path)
    said = json.loads(done.stdout)
    assert said["scorer"].startswith("ecoute-")
    assert said["macro_f1"]["low"] > 0.6
    file = tmp_path / "mine.ndjson"
    file.write_text('{"text": "C\'est nul", "label": "negative"}\n', encoding="utf-8")
    told = run_ecoute("evaluate", "sentiment", str(file), "--scorer", "textblob", cwd=tmp_path)
    assert told.stdout.startswith("textblob-1\t1 texts")
    file.write_text("{}\n", encoding="utf-8")
    assert run_ecoute("evaluate", "sentiment", str(file), cwd=tmp_path).returncode == 2


def test_a_new_scorer_is_tried_then_applied_and_a_persons_word_stays(filled: Path) -> None:
    before = mentions(filled)
    run_ecoute("label", before["b"]["id"], "negative", cwd=filled)
    text = (filled / "sources.yaml").read_text(encoding="utf-8")
    (filled / "sources.yaml").write_text(text + "sentiment: {scorer: textblob}\n", encoding="utf-8")
    would = json.loads(run_ecoute("rescore", "--dry-run", "--json", cwd=filled).stdout)
    assert {change["after"]["scorer"] for change in would} == {"textblob-1"}
    assert len(would) == 2
    assert mentions(filled)["a"]["scorer"] == before["a"]["scorer"]
    assert run_ecoute("rescore", cwd=filled).returncode == 0
    after = mentions(filled)
    assert after["a"]["scorer"] == "textblob-1"
    assert (after["b"]["sentiment"], after["b"]["corrected"]) == ("negative", True)
    assert json.loads(run_ecoute("rescore", "--json", cwd=filled).stdout) == []
