"""What a reader writes, and what is understood of it; above all, what is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Action
from monitor.replies.answers import Understood, understand

CODES = range(1, 13)


def read(text: str) -> Understood:
    return understand(text.split("\n"), CODES)


def said(text: str) -> list[str]:
    return [f"{answer.code} {answer.action}" for answer in read(text).answers]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 hors sujet, 5 positif, 7 traité", ["3 irrelevant", "5 positive", "7 handled"]),
        ("3 off topic, 5 positive, 7 handled", ["3 irrelevant", "5 positive", "7 handled"]),
        ("3 HORS-SUJET", ["3 irrelevant"]),
        ("3 negatif", ["3 negative"]),
        ("N°3 : Négatif. N° 5 : Neutre.", ["3 negative", "5 neutral"]),
        ("nº 3 = neutre ; #5 ignorer", ["3 neutral", "5 ignored"]),
        ("3) hs\n5) pos\n7) fait", ["3 irrelevant", "5 positive", "7 handled"]),
        ("3, 5 et 7 traités", ["3 handled", "5 handled", "7 handled"]),
        ("traités\u00a0: 3, 5 et 7", ["3 handled", "5 handled", "7 handled"]),
        ("3 hors sujet 5 positif", ["3 irrelevant", "5 positive"]),
        ("3-5 traité", ["3 handled", "4 handled", "5 handled"]),
        ("3 à 5 à traiter", ["3 new", "4 new", "5 new"]),
        ("3 négatif et traité", ["3 negative", "3 handled"]),
        ("Bonjour, 3 est hors sujet, merci\u202f!", ["3 irrelevant"]),
        ("«\u00a03 positif\u00a0»", ["3 positive"]),
        ("3 c’est nous, 5 c’est pas nous", ["3 relevant", "5 irrelevant"]),
        ("3 positif 👍", ["3 positive"]),
    ],
)
def test_answers_are_understood(text: str, expected: list[str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 traiter", "3 handled"),  # how half of France spells it
        ("3 a traiter", "3 new"),
        ("3 negatf", "3 negative"),
        ("3 poistif", "3 positive"),
        ("3 hors sujt", "3 irrelevant"),
        ("3 hosr sujet", "3 irrelevant"),
        ("3 traitee", "3 handled"),
        ("3 ignorez", "3 ignored"),
    ],
)
def test_a_phones_spelling_is_understood(text: str, expected: str) -> None:
    assert said(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "3 pas négatif",
        "3 n’est pas hors sujet",
        "3 hors sujet\u202f?",
        "3 traité par erreur",
        "tout est traité",
        "3 faute",
        "12/20 positif",
        "1 avis négatif",
        "0 positif",
        "99 positif",
        "3 positif, 3 négatif",
        "3 hors sujet 5",
        "hors sujet",
        "note 4",
        "Merci, je vais appeler la cliente",
    ],
)
def test_what_is_not_sure_changes_nothing_and_is_told(text: str) -> None:
    understood = read(text)
    assert understood.answers == ()
    assert understood.unclear


def test_what_is_clear_is_kept_beside_what_is_not() -> None:
    understood = read("3 traité, 5 plutôt bof\n99 neutre")
    assert [a.code for a in understood.answers] == [3]
    assert understood.unclear == ("5 plutôt bof", "99 neutre")


def test_a_number_between_two_answers_is_nobodys() -> None:
    understood = read("traité 3, 5, 7 neutre")
    assert [f"{a.code} {a.action}" for a in understood.answers] == ["3 handled", "7 neutral"]
    assert understood.unclear == ("5",)


@pytest.mark.parametrize(
    ("text", "note", "others"),
    [
        ("note 4\u00a0: Rappelé, elle revient lundi", "Rappelé, elle revient lundi", 0),
        ("4 note\u00a0: remboursé, 5 positif", "remboursé", 1),
        ("4 traité, note\u00a0: chèque envoyé", "chèque envoyé", 1),
        ("Note n°4 - vu", "vu", 0),
    ],
)  # fmt: skip
def test_a_note_is_kept_as_it_was_written(text: str, note: str, others: int) -> None:
    answers = read(text).answers
    (kept,) = (a for a in answers if a.action is Action.NOTE)
    assert (kept.code, kept.note, len(answers)) == (4, note, others + 1)


def test_a_signature_below_the_answers_is_no_answer() -> None:
    text = "3 traité\n\nSimon Bougamont\n12 rue de Paris\n06 12 34 56 78"
    assert read(text) == read("3 traité")


def test_a_greeting_alone_is_quoted_back() -> None:
    assert read("Bonjour\u202f!\n\nSuper, merci").unclear == ("Bonjour ! Super, merci",)


def test_a_blank_reply_says_nothing() -> None:
    assert read(" \n…\n") == Understood()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    understood = read(text)
    assert all(answer.code in CODES for answer in understood.answers)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(list(CODES)), st.sampled_from(["hors sujet", "positif", "traité"])
    )
)
def test_the_order_of_answers_does_not_matter(wanted: dict[int, str]) -> None:
    forward = ", ".join(f"{code} {word}" for code, word in wanted.items())
    backward = "\n".join(f"{word.upper()} {code}" for code, word in reversed(wanted.items()))
    assert sorted(said(forward)) == sorted(said(backward))
    assert len(said(forward)) == len(wanted)
