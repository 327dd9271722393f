from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.mails import mail_without
from monitor.traces import HIDDEN, shingles_of, traces_of, words_of

NAME = "Zoé Lœuvre-Dupré"
ZOE = traces_of([words_of(NAME)], ["https://forum.example/u/zoe"])


@pytest.mark.parametrize(
    "written",
    [
        "Zoé Lœuvre-Dupré",
        "ZOÉ LŒUVRE DUPRÉ",
        "zoe loeuvre\u00a0dupre",
        "Zoe\u0301 L\u0153u\u00advre\n> Dupré",
        "@zoé_lœuvre_dupré",
        "https://x.example/zo%C3%A9-loeuvre-dupre?p=2",
        "https://forum.example/u/zoe",
        "https://www.forum.example/u/zoe/posts/12?utm_source=a",
    ],
)
def test_a_person_is_found_however_they_are_written(written: str) -> None:
    text = f"Merci à {written}, dit-elle."
    assert ZOE.bears(text)
    assert ZOE.without(text) == f"Merci à {'@' * written.startswith('@')}{HIDDEN}, dit-elle."


@pytest.mark.parametrize(
    "other", ["Zoé Dupré", "Zoélœuvre Dupré", "https://forum.example/u/zoega", "Lœuvre Dupré Zoé"]
)
def test_somebody_else_stays(other: str) -> None:
    assert not ZOE.bears(other)
    assert ZOE.without(other) == other


def test_a_single_word_is_an_author_only_alone() -> None:
    marie = traces_of([("marie",)])
    assert marie.names("@Marie")
    assert not marie.names("Marie Dupont")
    assert ZOE.names("Par Zoé Lœuvre-Dupré, L’Écho")


def test_html_keeps_its_tags_and_a_link_leads_nowhere() -> None:
    html = (
        '<p title="Zoé Lœuvre-Dupré">Par <b>Zoé</b>\n<i>L&#339;uvre</i> ! Zoé <b>Lœuvre</b>-Dupré'
        ' &amp; co <a href="https://forum.example/u/zoe/1">ici</a></p>'
    )
    clean = ZOE.without(html, html=True)
    assert re.findall(r"</?\w+", clean) == re.findall(r"</?\w+", html)
    assert f"{HIDDEN} <b></b>- &amp; co" in clean
    assert 'href="#"' in clean
    assert "Dupré" not in clean


def test_an_extract_is_known_by_a_few_words_in_a_row() -> None:
    said = "Le bouquet livré pour le mariage était fané, je ne reviendrai plus jamais ici."
    traces = traces_of(shingles_of([said]))
    told = "Un client : « …pour le MARIAGE était fané, je ne\n  reviendrai plus… » Et plus loin."
    assert traces.without(told) == f"Un client : « …{HIDDEN}… » Et plus loin."
    assert traces.without("Le mariage de Paul fut beau.") == "Le mariage de Paul fut beau."


def test_json_stays_json() -> None:
    told = '{"a": ["Zoé Lœuvre-Dupré", 1], "Zoé Lœuvre-Dupré": null}'
    assert json.loads(ZOE.without_json(told)) == {"a": [HIDDEN, 1], HIDDEN: None}


def test_a_mail_without_them_is_the_same_mail() -> None:
    long = "x" * 90
    mail = (
        f"From: a@example.fr\r\nMessage-ID: <{long}@example.fr>\r\n"
        "Subject: =?utf-8?q?Zo=C3=A9_L=C5=93uvre-Dupr=C3=A9?= parle\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "Par Zoé Lœuvre-Dupré.\r\n"
    ).encode()
    clean = mail_without(mail, ZOE)
    assert f"Message-ID: <{long}@example.fr>".encode() in clean
    assert b"Dupr" not in clean
    assert mail_without(clean, ZOE) == clean
    assert mail_without(b"", ZOE) == b""


_WORDS = st.lists(st.sampled_from(["zoe", "Lœuvre", "dupré", "x", "<b>", "é", "&amp;", "-"]))


@given(_WORDS, st.booleans())
def test_what_is_without_it_bears_it_no_more(words: list[str], html: bool) -> None:  # noqa: FBT001 - drawn
    clean = ZOE.without(" ".join(words), html=html)
    assert ZOE.without(clean, html=html) == clean
    assert html or not ZOE.bears(clean)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert ZOE.bears(text) or ZOE.without(text) == text
    assert ZOE.leads_to(text) in {True, False}


@given(st.text(alphabet="abcéœßæ ÀŒ-'", min_size=1))
def test_the_hint_never_says_no_to_what_is_there(name: str) -> None:
    words = words_of(name)
    if words:
        assert traces_of([words]).bears(f"dit {name}.")
        assert traces_of([words]).bears(f"dit {' '.join(words)}.")
