"""What the weights of ``monitor/language/detect.py`` were chosen for, kept as floors."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from monitor.language.detect import detect_language

ROOT = Path(__file__).parents[2]
SENTENCES = ROOT / "tests" / "data" / "language" / "sentences.jsonl"
DEV = ROOT.parent / "shared" / "data" / "sentiment" / "dev.jsonl.gz"


def read_sentences() -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    return [(row["text"], row["language"]) for row in rows]


@pytest.mark.parametrize("hints", [(), ("fr", "nl"), ("fr", "nl", "de", "es", "it")])
def test_our_sentences_are_never_taken_for_another_language(hints: tuple[str, ...]) -> None:
    """46 of 47 are told, 45 with every hint; of the others nothing is said."""
    told = [(detect_language(text, hints).code, code) for text, code in read_sentences()]
    assert [pair for pair in told if pair[0] not in {None, pair[1]}] == []
    assert sum(code is None for code, _ in told) <= 2


def test_short_and_phone_french_is_french() -> None:
    """« tro bon merci », « jsuis déçue »: what owners' customers type."""
    french = [text for text, code in read_sentences() if code == "fr"]
    assert [text for text in french if detect_language(text).code != "fr"] == []


def test_french_of_many_kinds_is_not_taken_for_another_language() -> None:
    """Measured 2026-11: of 2,843 texts 2,839 French, 3 unsure, one Catalan, which it is."""
    if not DEV.exists():
        pytest.skip("no ../shared/data/sentiment beside the repository")
    lines = gzip.decompress(DEV.read_bytes()).splitlines()
    codes = [detect_language(json.loads(line)["text"]).code for line in lines]
    assert codes.count("fr") >= 0.995 * len(codes)
    assert [code for code in codes if code not in {"fr", None}] in ([], ["ca"])
