"""What a feed wrote stays text, on its line; links go to the web and say where."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reporting.cleaning import one_line, safe_link, shorten


def test_a_sign_that_goes_leaves_one_space() -> None:
    assert one_line("Fleurs \u202e Bougamont\r\U0002fa1e !") == "Fleurs Bougamont !"


@given(st.text())
def test_a_line_is_one_line_without_unseen_signs(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(sign) == "Cc" for sign in line)
    assert one_line(line) == line


@given(st.text(), st.integers(2, 50))
def test_a_shortened_line_is_within_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.fr/a",
        "http:///a",
        "https://exa mple.fr/",
        "https://example.fr/\u202egpj",
        'https://example.fr/"onclick=x',
        "https://[::1",
        "ftp://example.fr/",
        "https://" + "a" * 64 + ".fr/",
    ],
)
def test_what_is_no_web_address_is_no_link(url: str | None) -> None:
    assert safe_link(url) is None


def test_the_host_shown_is_the_host_asked() -> None:
    lure = safe_link("https://www.lavoixdunord.fr@evil.example/a")
    alike = safe_link("https://lavoixdun\u043erd.fr/")
    assert lure is not None
    assert lure.host == "evil.example"
    assert alike is not None
    assert alike.host.startswith("xn--")
