"""Accounts of the owner's own: whose they are is told, or there is but one it can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import pytest

from monitor.config.model import Config
from monitor.model import Business
from monitor.sources.base import Source
from monitor.sources.registry import source_types

Faults = Callable[..., list[str]]

TWO = "language: en\nbusinesses: [{name: Chez Léa}, {name: Chez Max}]\n"
OWN = "sources: [{type: feed, url: x"


class Load(Protocol):
    def __call__(self, text: str, env: Mapping[str, str] | None = None) -> Config: ...


@pytest.fixture
def feed(
    fake_types: Mapping[str, type[Source[Any]]], monkeypatch: pytest.MonkeyPatch
) -> type[Source[Any]]:
    """A type that reads the owner's own account."""
    monkeypatch.setattr(fake_types["feed"], "is_own", True)
    return fake_types["feed"]


@pytest.mark.usefixtures("feed")
def test_with_several_businesses_it_has_to_be_told(faults: Faults) -> None:
    (fault,) = faults(f"{TWO}{OWN}}}]\n")
    assert fault == (
        "sources.yaml:3: sources[0]: several businesses are watched, and what is read here names "
        'none; add the one it is about, for instance "about: Chez Léa"'
    )


@pytest.mark.usefixtures("feed")
@pytest.mark.parametrize("more", ["about: Chez Max", "businesses: [Chez Max]"])
def test_either_way_of_telling_will_do(load: Load, more: str) -> None:
    load(f"{TWO}{OWN}, {more}}}]\n")


@pytest.mark.usefixtures("feed")
def test_with_one_business_there_is_nothing_to_tell(load: Load) -> None:
    load(f"businesses: [{{name: Chez Léa}}]\n{OWN}}}]\n")


def test_its_entries_are_about_that_one(
    feed: type[Source[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    lea, max_ = Business(name="Chez Léa"), Business(name="Chez Max")
    options = feed.options_type.model_validate({"type": "feed", "url": "x"})
    told = options.model_copy(update={"about": "Chez Max"})
    assert feed(options, (lea,)).subject == "Chez Léa"
    assert feed(told, (lea, max_)).subject == "Chez Max"
    assert feed(options, (lea, max_)).subject is None
    monkeypatch.setattr(feed, "is_own", False)
    assert feed(options, (lea,)).subject is None


@pytest.mark.parametrize(
    "name",
    ["facebook", "instagram", "google_business", "google_places", "linkedin", "trustpilot"],
)
def test_every_account_of_the_owner_is_one(name: str) -> None:
    assert source_types()[name].is_own
