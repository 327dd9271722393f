from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config.load import load_config
from monitor.config.model import Config
from monitor.config.starter import Answers, starter_yaml
from monitor.matching.words import words_in
from monitor.sources.registry import source_types
from monitor.text import clean, fold


class Load(Protocol):
    def __call__(self, text: str, env: Mapping[str, str] | None = None) -> Config: ...


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as sources.yaml, with the real source types: the starter names many."""

    def load_text(text: str, env: Mapping[str, str] | None = None) -> Config:
        path = tmp_path / "sources.yaml"
        path.write_text(text, encoding="utf-8")
        scorers = ["ecoute", "textblob"]
        return load_config(path, {"LANG": "en", **(env or {})}, source_types(), scorers)

    return load_text


FULL = Answers(
    name='Fleurs & "Œillets" : l\'Été # 1',
    town="Saint-Étienne",
    trade="fleuriste",
    email="lea@example.fr",
    website="www.example.fr",
    aliases=("@lea", "#lea"),
)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_file_loads_and_says_what_was_answered(load: Load, language: str) -> None:
    config = load(starter_yaml(FULL, language))
    (business,) = config.businesses
    assert config.language == language
    assert business.name == FULL.name
    assert business.aliases == FULL.aliases
    assert business.context == ("fleuriste", "Saint-Étienne")
    assert business.website == "https://www.example.fr/"
    assert config.digest.to == ("lea@example.fr",)
    assert config.mail is None
    kinds = [source.options.type for source in config.sources]
    assert {"google_news", "bing_news", "mastodon", "reddit"} <= set(kinds)


def test_a_name_is_enough(load: Load) -> None:
    config = load(starter_yaml(Answers(name="Chez Léa"), "fr"))
    assert config.businesses[0].name == "Chez Léa"
    assert config.digest.to == ()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_mail_block_loads_once_it_is_uncommented(load: Load, language: str) -> None:
    text = starter_yaml(FULL, language)
    block = text[text.index("# mail:") :]
    config = load(text.replace(block, re.sub("^# ", "", block, flags=re.MULTILINE)), SECRETS)
    assert config.mail is not None
    assert config.mail.sender == "lea@example.fr"


SECRETS = {"SMTP_PASSWORD": "hush"}

_TEXTS = st.text(min_size=1, max_size=100).filter(lambda text: bool(_as_one_line(text)))
_NAMES = _TEXTS.filter(lambda text: bool(words_in(fold(text))))  # others are refused


def _as_one_line(text: str) -> str:
    return " ".join(clean(text).split())


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(name=_NAMES, alias=_TEXTS, town=_TEXTS)
def test_any_name_comes_back_as_it_was_given(load: Load, name: str, alias: str, town: str) -> None:
    text = starter_yaml(Answers(name=name, aliases=(alias,), town=town), "fr")
    (business,) = load(text).businesses
    assert business.name == _as_one_line(name)
    assert business.aliases == (_as_one_line(alias),)
    assert business.context == (_as_one_line(town),)
