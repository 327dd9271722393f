from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.detect import UNKNOWN, detect_language, language_of

any_text = st.text(st.characters(exclude_categories=()))  # surrogates and NUL too

FRENCH = "Les croissants étaient froids et la vendeuse ne disait pas bonjour."
DUTCH = "Heel vriendelijke bediening en lekkere wafels, zeker een aanrader."


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "10/10",
        "😀👏🏽",
        "@salon_emma",
        "#fleurs #bougamont",
        "https://example.org/bonjour",
        "ok",
    ],
)
def test_what_holds_no_words_is_of_no_language(text: str) -> None:
    assert detect_language(text) == UNKNOWN


def test_addresses_mentions_and_hashtags_do_not_speak() -> None:
    around = (
        "@thebestflowershop {} https://example.com/the-best-flower-shop-in-town #bestshopintown"
    )
    assert detect_language(around.format(FRENCH)) == detect_language(FRENCH)


def test_a_shouted_text_is_read_as_one_written_small() -> None:
    assert detect_language(FRENCH.upper()).code == "fr"


def test_composed_and_decomposed_accents_are_the_same() -> None:
    assert detect_language("tre\u0300s e\u0301le\u0301gant").code == "fr"


def test_an_unexpected_language_needs_a_clear_text() -> None:
    assert detect_language(DUTCH).code == "nl"
    assert detect_language("Leuke winkel").code is None


def test_an_expected_language_is_believed_sooner() -> None:
    text = "Nooit meer"
    hinted, plain = detect_language(text, ("nl-BE",)), detect_language(text)
    assert hinted.code == "nl"
    assert plain.code != "nl" or plain.confidence < hinted.confidence


def test_hints_that_name_no_language_are_passed_over() -> None:
    assert detect_language(FRENCH, ("", "??", "und", "klingon", "xx")).code == "fr"


def test_a_french_name_does_not_make_an_english_text_french() -> None:
    text = "Do Fleurs Aubertin deliver to Lille on Sundays?"
    assert detect_language(text, (), ("Fleurs Aubertin", "")).code == "en"


def test_a_dish_with_an_english_name_is_no_english() -> None:
    assert detect_language("Cheesecake citron 🍋😋").code is None
    assert detect_language("Pulled pork 🐷🤌").code is None


@pytest.mark.parametrize(
    "text", ["Todo perfecto, gracias", "Дуже смачно, дякую!", "الطعام لذيذ والخدمة ممتازة"]
)
def test_what_is_surely_none_of_ours_is_named_by_the_likeliest(text: str) -> None:
    assert detect_language(text).code in {"es", "uk", "ar"}


@pytest.mark.parametrize("piece", ["a", "@", "#a", "https://", "merci ", "😀", "\u0301"])
def test_long_monotonous_texts_are_read(piece: str) -> None:
    assert detect_language(piece * 20_000).code in {None, "fr"}


@given(any_text)
def test_any_text_has_a_likelihood_in_range(text: str) -> None:
    language = detect_language(text)
    assert 0 <= language.confidence <= 1 + 1e-6
    assert language.code is None or language.confidence >= 0.5


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (FRENCH, "en", "fr"),  # Mastodon's default on a French post
        (FRENCH, None, "fr"),
        (FRENCH, "fr-FR", "fr"),
        ("jsuis déçue", "en", "fr"),
        (DUTCH, "fr", "nl"),
        ("👏👏", "nl", "nl"),  # nothing to read: the declared one stands
        ("jackpot", "en-GB", "en"),
        ("wifi inexistan, rezo 0, ado en crise mdr", "en", "fr"),
        ("Tarte citron 🍋🥰", "de", "fr"),
        ("👏👏", None, None),
        ("👏👏", "und", None),
        ("👏👏", "", None),
        ("👏👏", "not a language", None),
    ],
)
def test_a_clear_text_wins_over_what_its_platform_declares(
    text: str, declared: str | None, language: str | None
) -> None:
    assert language_of(text, declared) == language
