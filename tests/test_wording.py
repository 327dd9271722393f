"""Both languages say the same things."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import pytest

from monitor.errors import Code, StoreCode
from monitor.wording import LANGUAGES, Wording, sentences


def values_of(sentence: str | dict[str, str]) -> set[str]:
    texts = sentence.values() if isinstance(sentence, dict) else [sentence]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def texts_of(language: str) -> Iterator[tuple[str, str]]:
    for key, sentence in sentences(language).items():
        for text in sentence.values() if isinstance(sentence, dict) else [sentence]:
            yield key, text


def test_both_languages_have_the_same_sentences() -> None:
    assert sentences("fr").keys() == sentences("en").keys()


def test_both_languages_take_the_same_values() -> None:
    english, french = sentences("en"), sentences("fr")
    assert {k: values_of(s) for k, s in english.items()} == {
        k: values_of(s) for k, s in french.items()
    }


def test_every_error_code_has_its_sentence() -> None:
    assert {f"errors.{code}" for code in Code} <= sentences("fr").keys()
    assert {f"errors.store_{code}" for code in StoreCode} <= sentences("fr").keys()


@pytest.mark.parametrize(("n", "expected"), [(0, "0 article"), (1, "1 article"), (2, "2 articles")])
def test_french_is_singular_below_two(n: int, expected: str) -> None:
    assert Wording("fr")("cli.entries_read", n=n) == expected


def test_english_is_singular_at_one_only() -> None:
    words = Wording("en")
    assert [words("cli.sources_read", n=n) for n in (0, 1)] == ["0 sources read", "1 source read"]


def test_french_double_signs_have_their_no_break_space() -> None:
    bare = [(key, text) for key, text in texts_of("fr") if re.search(r"[\w)] [:;!?»%]", text)]
    assert bare == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language: str) -> None:
    assert [key for key, text in texts_of(language) if not text.strip()] == []
