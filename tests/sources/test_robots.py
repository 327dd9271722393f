from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.robots import is_allowed

URL = "https://exemple.fr/avis/page.html?tri=date"


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /", False),
        ("user-agent: *\r\nDISALLOW: /avis # non", False),
        ("User-agent: *\nDisallow: /\nAllow: /avis/", True),
        ("User-agent: *\nAllow: /avis\nDisallow: /avis", True),
        ("User-agent: *\nDisallow: /*.html", False),
        ("User-agent: *\nDisallow: /*.html$", True),
        ("User-agent: *\nDisallow: /*?tri=", False),
        ("User-agent: *\nDisallow: /avis$", True),
        ("User-agent: *\nDisallow: /%61vis/", False),
        ("User-agent: Googlebot\nDisallow: /", True),
        ("User-agent: Googlebot\nUser-agent: Ecoute\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: ecoute\nDisallow:", True),
        ("User-agent: ecoute/1.0\nDisallow: /\nUser-agent: *\nDisallow:", False),
        ("Disallow: /", True),
        ("<!doctype html><html><body>Introuvable</body></html>", True),
    ],
)
def test_the_longest_rule_of_our_group_counts(rules: str, allowed: bool) -> None:  # noqa: FBT001 - a table
    assert is_allowed(rules.encode(), URL) is allowed


@given(st.binary(max_size=300), st.text(max_size=50))
def test_nothing_written_there_is_an_error(robots: bytes, path: str) -> None:
    rules = b"User-agent: *\nDisallow: " + robots
    assert is_allowed(rules, f"https://exemple.fr/{path}") in (True, False)


def test_many_stars_cost_little() -> None:
    rules = b"User-agent: *\nDisallow: /" + b"*a" * 10_000 + b"$"
    assert is_allowed(rules, "https://exemple.fr/" + "a" * 2_000) in (True, False)
