"""``sentiment:`` for the scorers that ask a model elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config.load import load_config
from monitor.config.model import Config
from monitor.errors import ConfigError
from monitor.sources.base import Source

HEAD = "language: en\nbusinesses: [{name: Fleurs Bougamont}]\nsentiment:\n"
Types = Mapping[str, type[Source[Any]]]


def load(folder: Path, lines: str, types: Types, env: Mapping[str, str]) -> Config:
    path = folder / "sources.yaml"
    path.write_text(HEAD + lines, encoding="utf-8")
    return load_config(path, env, types, ["ecoute", "hub", "llm"])


def test_a_chat_model_is_named_with_its_key(tmp_path: Path, fake_types: Types) -> None:
    lines = (
        "  scorer: llm\n  model: mistral-small\n  url: https://api.example.fr/v1\n"
        "  api_key: ${LLM_API_KEY}\n  batch: 4\n  timeout: 30s\n  tokens_per_day: 50000\n"
    )
    config = load(tmp_path, lines, fake_types, {"LLM_API_KEY": "sk-secret"})
    told = config.sentiment
    assert (told.model, str(told.url)) == ("mistral-small", "https://api.example.fr/v1")
    assert told.api_key is not None
    assert told.api_key.get_secret_value() == "sk-secret"
    assert (told.batch, told.timeout, told.tokens_per_day) == (4, timedelta(seconds=30), 50_000)
    assert "sk-secret" in config.secrets
    assert "sk-secret" not in repr(config.sentiment)


def test_labels_are_told_in_the_words_of_the_model(tmp_path: Path, fake_types: Types) -> None:
    lines = '  scorer: hub\n  model: x/y\n  labels: {LABEL_0: negative, "1 star": negative}\n'
    config = load(tmp_path, lines, fake_types, {})
    assert config.sentiment.labels == {"LABEL_0": "negative", "1 star": "negative"}


@pytest.mark.parametrize("lines", ["  scorer: hub\n  url: http://nas:8080/predict\n"])
def test_a_server_needs_no_name_of_its_model(tmp_path: Path, fake_types: Types, lines: str) -> None:
    assert load(tmp_path, lines, fake_types, {}).sentiment.model is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1234/v1", "http://[::1]:1/v1", "http://gpu.local/v1", "http://nas/v1"]
)
def test_a_key_may_travel_plainly_at_home(tmp_path: Path, fake_types: Types, url: str) -> None:
    lines = f"  scorer: llm\n  model: m\n  url: {url}\n  api_key: ${{K}}\n"
    assert load(tmp_path, lines, fake_types, {"K": "secret"}).sentiment.api_key is not None


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (
            "  scorer: llm\n",
            '3: sentiment: the scorer "llm" asks a model: add model: and its name below this line',
        ),
        (
            "  scorer: llm\n  model: m\n  url: http://api.example.fr/v1\n  api_key: ${K}\n",
            (
                "7: sentiment.api_key: the key would travel unprotected; write https:// in url, or "
                "leave the key out"
            ),
        ),
        (
            "  scorer: hub\n  model: m\n  labels:\n    LABEL_0: bad\n",
            (
                '7: sentiment.labels.LABEL_0: "bad" is not accepted; there are: negative, neutral, '
                "positive"
            ),
        ),
        ("  batch: 0\n", "4: sentiment.batch: at least 1"),
        (
            "  url: api.example.fr/v1\n",
            '4: sentiment.url: "api.example.fr/v1" has no scheme; write https://api.example.fr/v1',
        ),
        ("  timeout: 1h\n", "4: sentiment.timeout: the duration must be between 1s and 10m"),
    ],
)
def test_each_fault_names_its_line(
    tmp_path: Path, fake_types: Types, lines: str, fault: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, lines, fake_types, {"K": "secret"})
    assert str(caught.value).splitlines() == [f"sources.yaml:{fault}"]


def test_a_key_in_a_file_that_others_can_read_is_refused(tmp_path: Path, fake_types: Types) -> None:
    lines = "  scorer: llm\n  model: m\n  api_key: sk-secret\n"
    (tmp_path / "sources.yaml").touch(mode=0o644)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, lines, fake_types, {})
    assert "6: sentiment.api_key: there is a secret here" in str(caught.value)
    assert "sk-secret" not in str(caught.value)
