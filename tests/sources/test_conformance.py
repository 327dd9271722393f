"""Every source type is held to the one suite; its payloads stand in ``cases_*.py``."""

from __future__ import annotations

import pytest
from sources import (
    cases_blogs_and_photos,
    cases_feeds,
    cases_mailbox,
    cases_meta,
    cases_paid,
    cases_press_and_forums,
    cases_reviews,
    cases_social,
    cases_video,
    cases_web_search,
)
from sources.conformance import Case, SourceConformance

from monitor.sources.registry import source_types

CASES: dict[str, Case] = {
    **cases_feeds.CASES,
    **cases_press_and_forums.CASES,
    **cases_social.CASES,
    **cases_video.CASES,
    **cases_blogs_and_photos.CASES,
    **cases_web_search.CASES,
    **cases_meta.CASES,
    **cases_mailbox.CASES,
    **cases_paid.CASES,
    **cases_reviews.CASES,
}


def test_every_type_is_held_to_it() -> None:
    polled = {name for name, kind in source_types().items() if kind.is_polled}
    assert {case.kind.type for case in CASES.values()} == polled


class TestConformance(SourceConformance):
    @pytest.fixture(params=CASES)
    def case(self, request: pytest.FixtureRequest) -> Case:
        return CASES[request.param]
