from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import HttpUrl, SecretStr

from monitor.config.identity import source_id
from monitor.sources.base import NetworkOptions, PagedOptions

HERE = Path("/home/lea/ecoute")


class FeedOptions(NetworkOptions):
    url: str


class InstanceOptions(PagedOptions):
    instance: HttpUrl
    token: SecretStr | None = None
    local: bool = False


class AlertOptions(NetworkOptions):
    url: SecretStr


def _feed(url: str, base_url: HttpUrl | None = None) -> str:
    return source_id(FeedOptions(type="feed", url=url, base_url=base_url), HERE)


def test_an_id_is_readable_and_short() -> None:
    assert _feed("https://www.lavoix.fr/rss/Été.xml?a=1").startswith("feed-lavoix-fr-rss-ete-xml-")
    assert len(_feed("https://example.org/" + "long/" * 50)) <= len("feed--abcd") + 40
    pattern = r"[a-z0-9][a-z0-9._-]*-[0-9a-f]{4}"
    assert re.fullmatch(pattern, source_id(PagedOptions(type="google_news"), HERE))


@pytest.mark.parametrize(
    "change",
    [
        {"every": "1h"},
        {"max_pages": 3},
        {"businesses": ("Fleurs Bougamont",)},
        {"about": "Fleurs Bougamont"},
        {"token": "one"},
        {"local": False},
    ],
)
def test_an_id_outlasts_what_does_not_change_the_place(change: dict[str, Any]) -> None:
    base: dict[str, Any] = {"type": "mastodon", "instance": "https://mastodon.social"}
    before = InstanceOptions.model_validate(base)
    after = InstanceOptions.model_validate({**base, **change})
    assert source_id(before, HERE) == source_id(after, HERE)


def test_another_place_has_another_id() -> None:
    urls = ["https://a.fr/rss?x=1", "https://a.fr/rss?x=2", "https://a.fr/rss", "/srv/a.xml"]
    assert len({_feed(url) for url in urls}) == len(urls)
    assert _feed("https://a.fr", base_url=HttpUrl("http://localhost:1")) != _feed("https://a.fr")


def test_a_moved_folder_keeps_the_ids_of_its_files() -> None:
    moved = Path("/srv/ecoute")
    there = source_id(FeedOptions(type="feed", url=str(moved / "demo/a.xml")), moved)
    assert _feed(str(HERE / "demo/a.xml")) == there
    assert there.startswith("feed-demo-a-xml-")


def test_an_id_holds_no_password() -> None:
    assert "hush" not in _feed("https://lea:hush@example.org/rss?token=hush")


def test_secret_addresses_differ_and_are_not_readable() -> None:
    secrets = (SecretStr("https://a.fr/feeds/1/2"), SecretStr("https://a.fr/feeds/1/3"))
    ids = {source_id(AlertOptions(type="google_alerts", url=url), HERE) for url in secrets}
    assert len(ids) == 2
    assert all(re.fullmatch(r"google-alerts-[0-9a-f]{4}", name) for name in ids)
