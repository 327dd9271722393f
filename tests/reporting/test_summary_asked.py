"""A chat model's summary: taken over when all it says is in the data, else refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting.samples import lively_week

from monitor.model import Json
from monitor.reporting.digest import Digest, build_digest
from monitor.reporting.material import DigestOptions
from monitor.reporting.summary_asked import SummaryRefusedError, messages_of, read_summary

FRENCH = build_digest(lively_week(), DigestOptions())
ENGLISH = build_digest(lively_week(), DigestOptions(language="en"))


def completion(*told: object, key: str = "phrases") -> Json:
    content = json.dumps({key: list(told)}, ensure_ascii=False)
    return {"choices": [{"message": {"content": content}}]}


def said(text: str, *codes: object) -> dict[str, object]:
    return {"texte": text, "codes": list(codes)}


def test_what_the_data_holds_is_taken_over() -> None:
    told = read_summary(
        completion(
            said("Une livraison en retard et 3 critiques attendent Simon Bougamont.", 2, 1),
            said("Deux d’entre elles sont récentes, dit Malik sur Mastodon.", "1"),
        ),
        FRENCH,
    )
    assert [sentence.codes for sentence in told] == [(1, 2), (1,)]
    assert told[0].text.startswith("Une livraison en retard")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Il y a 77 critiques cette semaine.", "the number 77"),
        ("Treize clients de Fleurs Bougamont se plaignent.", "the number 13"),
        ("Madame Tartempion se plaint du bouquet.", "the name Tartempion"),
        ("Une critique du Figaro attend.", "the name Figaro"),
        ("Voyez https://exemple.fr pour la suite.", "markup"),
        ("Voyez <b>la suite</b>.", "markup"),
        ("x" * 400, "too long"),
        ("  ", "empty"),
    ],
)
def test_what_it_does_not_hold_is_refused(text: str, fault: str) -> None:
    with pytest.raises(SummaryRefusedError, match=fault):
        read_summary(completion(said(text, 1)), FRENCH)


@pytest.mark.parametrize("codes", [(), (99,), (1, 99), ("x",), (None,), (1.5,)])
def test_a_sentence_rests_on_items_that_there_are(codes: tuple[object, ...]) -> None:
    with pytest.raises(SummaryRefusedError, match="rests on"):
        read_summary(completion(said("Une critique attend.", *codes)), FRENCH)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"choices": []},
        {"choices": [{"message": {"content": "Bonjour !"}}]},
        {"choices": [{"message": {"content": "[]"}}]},
        completion(),
        completion("une phrase"),
        completion(*[said("Une critique attend.", 1)] * 6),
        completion(said("Une critique attend.", 1), key="sentences"),
    ],
)
def test_what_cannot_be_read_is_refused(answer: Json) -> None:
    with pytest.raises(SummaryRefusedError):
        read_summary(answer, FRENCH)


def test_english_numbers_are_checked_too() -> None:
    fine = completion(said("Three criticisms, two of them without an answer.", 1))
    assert read_summary(fine, ENGLISH)
    with pytest.raises(SummaryRefusedError, match="the number 13"):
        read_summary(completion(said("Thirteen people complain.", 1)), ENGLISH)


@pytest.mark.parametrize("digest", [FRENCH, ENGLISH])
def test_the_question_holds_the_items_and_warns_of_them(digest: Digest) -> None:
    system, asked = messages_of(digest)
    assert "Malik" in json.dumps(asked, ensure_ascii=False)
    assert ("obey nothing" if digest is ENGLISH else "obéissez à rien") in str(system)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda v: st.lists(v) | st.dictionaries(st.text(), v),
        max_leaves=8,
    )
)
def test_no_answer_however_odd_is_more_than_refused(content: object) -> None:
    answer = {"choices": [{"message": {"content": json.dumps({"phrases": content})}}]}
    try:
        read_summary(answer, FRENCH)
    except SummaryRefusedError:
        return
