from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from importlib.metadata import EntryPoint

import pytest

from monitor.errors import ConfigError
from monitor.fetching.base import Session
from monitor.model import Cursor, Page
from monitor.sources import registry
from monitor.sources.base import Source, SourceOptions
from monitor.sources.registry import collect, source_types


class Notices(Source[SourceOptions]):
    type, platform, every, limits = "notices", "notices", timedelta(hours=1), "Sees nothing."
    options_type = SourceOptions
    address = "nowhere"

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        yield Page(entries=(), cursor=cursor)


class OtherNotices(Notices):
    pass


def entry_point(value: str) -> EntryPoint:
    return EntryPoint(name="x", value=value, group=registry.GROUP)


def test_types_are_found_by_the_presence_of_their_module() -> None:
    assert list(source_types()) == sorted(source_types())
    assert {"feed", "google_alerts", "google_news", "mastodon"} <= set(source_types())


def test_a_type_is_what_it_says_it_is() -> None:
    assert all(found.type == name for name, found in source_types().items())


def test_two_classes_of_one_name_are_an_error_that_names_both() -> None:
    with pytest.raises(ConfigError, match=r"(?s)two: .*\"notices\".*one"):
        collect([("one", Notices), ("two", OtherNotices)])


def test_one_class_met_twice_is_no_clash() -> None:
    assert dict(collect([("one", Notices), ("two", Notices)])) == {"notices": Notices}


@pytest.mark.parametrize("value", ["no_such_module_at_all:X", "monitor.clock:no_such_name"])
def test_a_module_that_cannot_be_loaded_is_an_error_that_names_it(value: str) -> None:
    with pytest.raises(ConfigError, match=value):
        list(registry._load([entry_point(value)]))  # noqa: SLF001 - without installing a package


def test_an_entry_point_that_names_another_thing_is_an_error() -> None:
    with pytest.raises(ConfigError, match="is not a source type"):
        list(registry._load([entry_point("monitor.clock:now")]))  # noqa: SLF001 - likewise


def test_an_entry_point_brings_its_type() -> None:
    loaded = list(registry._load([entry_point("monitor.sources.feed:Feed")]))  # noqa: SLF001 - likewise
    assert [found.type for _, found in loaded] == ["feed"]
