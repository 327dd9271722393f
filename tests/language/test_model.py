"""The packed model answers as py3langid's own does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import Mock

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from monitor.language import detect, model

TEXTS = (
    "",
    "Les croissants étaient froids.",
    "¿Alguien sabe si la panadería abre los domingos?",
    "Çok güzel bir dükkân, teşekkürler.",
    "とても美味しかったです。",
    "خدمة ممتازة وشكرا لكم",
    "\x00\x7f\u0301 😀",
    "SERVICE HORRIBLE " * 100,
)


@pytest.fixture(scope="module")
def whole() -> Any:  # noqa: ANN401 - untyped
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(model.LANGUAGES))
    return identifier


def test_packed_it_gives_the_same_probabilities(whole: Any) -> None:  # noqa: ANN401 - untyped
    packed = model.load_identifier()
    assert [packed.rank(text) for text in TEXTS] == [whole.rank(text) for text in TEXTS]


def test_every_language_is_one_that_the_model_knows() -> None:
    assert set(model.load_identifier().labels) == model.LANGUAGES


def test_texts_that_come_together_load_the_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load = Mock(wraps=model.load_identifier)
    monkeypatch.setattr(model, "load_identifier", load)
    detect._load.cache_clear()  # noqa: SLF001 - as in a process that begins
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(detect.detect_language, TEXTS))
    assert load.call_count == 1
