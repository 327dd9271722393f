"""Figures of the owner's own accounts, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import DatedFigure
from monitor.reporting.own_figures import figures_line, newest_figures
from monitor.wording import Wording

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def test_the_newest_of_each_stands() -> None:
    days = [
        DatedFigure(source="g", name="rating", day=MONDAY + timedelta(days=n), value=value)
        for n, value in enumerate([4.1, 4.3])
    ]
    assert newest_figures(days) == {"g": {"rating": 4.3}}


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "note moyenne 4,3, avis 1\u202f128, pin saves 2"),
        ("en", "average rating 4.3, reviews 1,128, pin saves 2"),
    ],
)
def test_figures_are_told_in_words(language: str, line: str) -> None:
    told = {"rating": 4.3, "rating_count": 1128.0, "pin_saves": 2.0}
    assert figures_line(Wording(language), told) == line
