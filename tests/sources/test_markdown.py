from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.markdown import markdown_text
from monitor.text import MAX_TEXT


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Fermé** le *lundi*, ~~mardi~~", "Fermé le lundi, mardi"),
        ("[chez Odile](https://exemple.fr/o)", "chez Odile"),
        ("![un bouquet](https://exemple.fr/b.png)", "un bouquet"),
        ("https://exemple.fr/un_deux_trois", "https://exemple.fr/un_deux_trois"),
        ("> une citation\n\nUne réponse", "une citation\nUne réponse"),
        ("une ligne\nune autre", "une ligne\nune autre"),
        ("# Titre\n\n1. un\n2. deux", "Titre\nun\ndeux"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a\nb\n1\n2"),
        ("prix < 10 € & 3 * 2", "prix < 10 € & 3 * 2"),
        ("<b>gras</b> &amp; &#x200B;fin", "gras & fin"),
        ("chat_noir_et_blanc", "chat_noir_et_blanc"),
        (None, ""),
        (3, ""),
    ],
)
def test_markdown_becomes_plain_text(markdown: object, text: str) -> None:
    assert markdown_text(markdown) == text


@given(st.text(alphabet="*_`[]()<>!#|~-> \n\\ab&;", max_size=200))
def test_any_text_is_read(markdown: str) -> None:
    assert len(markdown_text(markdown)) <= MAX_TEXT
