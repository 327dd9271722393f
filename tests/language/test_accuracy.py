"""What the weights of ``monitor/language/detect.py`` were chosen for, kept as floors."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from monitor.language.detect import detect_language, language_of

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus" / "sentiment"
OTHERS = ROOT / "monitor" / "evaluation" / "sentiment" / "other_languages.ndjson"
SENTENCES = ROOT / "tests" / "data" / "language" / "sentences.jsonl"
DEV = ROOT.parent / "shared" / "data" / "sentiment" / "dev.jsonl.gz"


def read_sentences() -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    return [(row["text"], row["language"]) for row in rows]


@pytest.mark.parametrize("hints", [(), ("fr", "nl"), ("fr", "nl", "de", "es", "it")])
def test_our_sentences_are_never_taken_for_another_language(hints: tuple[str, ...]) -> None:
    """All 47 are told but two at most; of those nothing is said."""
    told = [(detect_language(text, hints).code, code) for text, code in read_sentences()]
    assert [pair for pair in told if pair[0] not in {None, pair[1]}] == []
    assert sum(code is None for code, _ in told) <= 2


def test_short_and_phone_french_is_french() -> None:
    """« tro bon merci », « jsuis déçue »: what owners' customers type."""
    french = [text for text, code in read_sentences() if code == "fr"]
    assert [text for text in french if detect_language(text).code != "fr"] == []


def test_french_of_many_kinds_is_not_taken_for_another_language() -> None:
    """Measured 2026-11: of 2,843 texts 2,841 French, 1 unsure, one Catalan, which it is."""
    if not DEV.exists():
        pytest.skip("no ../shared/data/sentiment beside the repository")
    lines = gzip.decompress(DEV.read_bytes()).splitlines()
    codes = [detect_language(json.loads(line)["text"]).code for line in lines]
    assert codes.count("fr") >= 0.995 * len(codes)
    assert [code for code in codes if code not in {"fr", None}] in ([], ["ca"])


def read_records(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("declared", "hints", "most"),
    [(None, (), 1), (None, ("fr", "nl"), 1), ("en", (), 6), (None, ("fr", "nl", "de", "es"), 3)],
)
def test_what_is_written_of_shops_in_french_is_not_read_as_another_language(
    declared: str | None, hints: tuple[str, ...], most: int
) -> None:
    """Of 7,719 texts, many of three words: one, and it is Spanish (« Mi español vuela »).

    Before little words weighed it was 3, and 22 where an account declared English. What stays
    undecided (8) is scored as French.
    """
    rows = [row for file in sorted(CORPUS.glob("part_*.ndjson")) for row in read_records(file)]
    texts = [(f"{r['title'] or ''}\n{r['text']}", r["business"]) for r in rows]
    read = [language_of(text, declared, hints, (name,)) for text, name in texts]
    assert sum(code not in {"fr", None} for code in read) <= most


@pytest.mark.parametrize(
    ("language", "hints", "most"), [("en", (), 4), ("nl", (), 8), ("nl", ("fr", "nl"), 2)]
)
def test_english_and_dutch_on_french_shops_are_read_as_such(
    language: str, hints: tuple[str, ...], most: int
) -> None:
    """Of 252 English texts 4 are not, of 256 Dutch 8, 2 where the business expects Dutch."""
    rows = [row for row in read_records(OTHERS) if row["language"] == language]
    read = [detect_language(row["text"], hints, (row["business"],)).code for row in rows]
    assert sum(code != language for code in read) <= most
