from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest
from pydantic import Field, HttpUrl, SecretStr, ValidationInfo, field_validator

from monitor.config.load import load_config
from monitor.config.model import Config
from monitor.errors import ConfigError
from monitor.fetching.base import Session
from monitor.model import Cursor, Page
from monitor.sources.base import NetworkOptions, PagedOptions, Source


class FeedOptions(NetworkOptions):
    """A feed."""

    url: str = Field(description="Its address.")

    @field_validator("url")
    @classmethod
    def _from_the_file(cls, value: str, info: ValidationInfo) -> str:
        if value == "odd":
            raise ValueError(f'"{value}" is odd')
        if value.startswith("./"):
            return str(Path((info.context or {})["base_dir"], value))
        return value


class InstanceOptions(PagedOptions):
    """An instance."""

    instance: HttpUrl = Field(description="The instance.")
    token: SecretStr | None = Field(default=None, description="A token.")


class _Silent(Source[Any]):
    every: ClassVar = timedelta(minutes=30)
    limits: ClassVar = "none"

    @property
    def address(self) -> str:
        return ""

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        yield Page(entries=(), cursor=cursor)


class FakeFeed(_Silent):
    type: ClassVar = "feed"
    platform: ClassVar = "feed"
    options_type: ClassVar = FeedOptions


class FakeMastodon(_Silent):
    type: ClassVar = "mastodon"
    platform: ClassVar = "mastodon"
    options_type: ClassVar = InstanceOptions


class FakeNews(_Silent):
    type: ClassVar = "google_news"
    platform: ClassVar = "google_news"
    options_type: ClassVar = PagedOptions


SOURCE_TYPES: Mapping[str, type[Source[Any]]] = {
    "feed": FakeFeed,
    "google_news": FakeNews,
    "mastodon": FakeMastodon,
}


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is installed here, a test asks no keyring that it has not made."""
    monkeypatch.setattr("monitor.config.environment.is_installed", lambda: False)


@pytest.fixture
def fake_types() -> Mapping[str, type[Source[Any]]]:
    return SOURCE_TYPES


class Load(Protocol):
    def __call__(self, text: str, env: Mapping[str, str] | None = None) -> Config: ...


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as sources.yaml, in English unless it says otherwise."""

    def load_text(text: str, env: Mapping[str, str] | None = None) -> Config:
        path = tmp_path / "sources.yaml"
        path.write_text(text, encoding="utf-8")
        scorers = ["ecoute", "textblob"]
        return load_config(path, {"LANG": "en", **(env or {})}, SOURCE_TYPES, scorers)

    return load_text


@pytest.fixture
def faults(load: Load) -> Callable[..., list[str]]:
    """Return the faults of a text, one a line."""

    def faults_of(text: str, env: Mapping[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text, env)
        return str(caught.value).splitlines()

    return faults_of
