"""The summary in sentences and the themes: every figure counted, every quotation word for word."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting.samples import (
    SHOP,
    at,
    crowded_week,
    empty_week,
    lively_week,
    material,
    mention,
    news,
)

from monitor.model import Kind, Mention, Sentiment
from monitor.reporting.digest import Digest, build_digest
from monitor.reporting.material import DigestOptions
from monitor.sentiment.quoting import telling_sentence

NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE


def digest(*mentions: Mention, language: str = "fr") -> Digest:
    return build_digest(material(mentions), DigestOptions(language=language))


def sentences(made: Digest) -> list[str]:
    return [sentence.text.replace("\u00a0", " ") for sentence in made.summary]


def opinion(number: int, tone: Sentiment, text: str, **themes: str) -> Mention:
    return mention(number, tone, title=None, text=text, themes=dict(themes))


def test_one_criticism_is_quoted_and_pointed_to() -> None:
    made = digest(opinion(1, NEGATIVE, "Nous étions six. Bouquet fané, accueil odieux, à fuir."))
    assert sentences(made)[0].startswith("Une critique attend votre réponse : « Bouquet fané")
    assert made.summary[0].codes == (1,)


def test_several_are_counted_and_their_themes_named() -> None:
    made = digest(
        opinion(1, NEGATIVE, "Livré trop tard, rien à faire.", livraison="negative"),
        opinion(2, NEGATIVE, "Livraison oubliée, personne ne répond.", livraison="negative"),
        opinion(3, POSITIVE, "Un bouquet superbe, merci.", qualité="positive"),
    )
    first, second, third = sentences(made)[:3]
    assert first.startswith("2 critiques attendent votre réponse, surtout sur livraison ;")
    assert second.startswith("Un bon mot : « Un bouquet superbe, merci »")
    assert (
        third == "Le sujet qui revient le plus, dans 2 mentions, est « livraison » : 2 négatives."
    )
    assert made.summary[2].codes == (1, 2)


def test_a_sentence_points_to_all_that_it_counts() -> None:
    made = digest(
        *(opinion(n, NEGATIVE, "Bouquet fané, accueil odieux, à fuir.") for n in range(1, 9)),
        *(opinion(n, POSITIVE, "Un bouquet superbe, merci.") for n in range(9, 12)),
    )
    critics, praise = made.summary[:2]
    assert critics.text.startswith("8 critiques")
    assert (critics.codes, praise.codes) == (tuple(range(1, 9)), (9, 10, 11))


def test_what_is_only_counted_is_counted_and_not_quoted() -> None:
    """Of 60 bad and 60 good ones the mail has room for 72: the sentences count them all."""
    made = digest(
        *(opinion(n, NEGATIVE, "Bouquet fané, accueil odieux, à fuir.") for n in range(100)),
        *(opinion(n, POSITIVE, "Un bouquet superbe, merci.") for n in range(100, 160)),
        *(news(n, NEUTRAL, f"La rue {n}", "nordlittoral.fr") for n in range(160, 170)),
    )
    told = sentences(made)
    assert told[0].startswith("100 critiques attendent votre réponse")
    assert told[1] == "60 mentions vous font honneur."
    assert [one.codes for one in made.summary] == [tuple(range(1, 73)), ()]


def test_the_latest_is_called_so_only_where_it_is_quoted() -> None:
    recent, older = (
        mention(1, NEGATIVE, title=None, text=".", published_at=at(21)),
        mention(2, NEGATIVE, title=None, text="Bouquet fané, à fuir.", published_at=at(20)),
    )
    assert "; par exemple : « Bouquet fané, à fuir »" in sentences(digest(recent, older))[0]
    newest = opinion(3, NEGATIVE, "Vendeuse odieuse, à fuir.")
    newest = replace(newest, published_at=at(22))
    assert "; la plus récente : « Vendeuse" in sentences(digest(older, newest))[0]


def test_the_press_is_counted_with_what_was_quoted_as_praise() -> None:
    good = "Un fleuriste superbe, un accueil merveilleux."
    made = digest(
        news(1, POSITIVE, "Un prix", "nordlittoral.fr", text=good),
        news(2, NEUTRAL, "La rue en travaux", "lavoixdunord.fr"),
    )
    press = next(text for text in sentences(made) if text.startswith("La presse"))
    assert press.startswith("La presse en parle 2 fois, notamment : « La rue en travaux »")


def test_what_is_left_to_check_is_as_many_as_the_figure_says() -> None:
    """An article of uncertain tone stands with the press, and is to be checked all the same."""
    made = digest(
        news(1, NEGATIVE, "La rue", "nordlittoral.fr", confidence=0.3),
        mention(2, NEGATIVE, kind=Kind.POST, confidence=0.3),
    )
    assert [figure.value for figure in made.figures if figure.key == "unsures"] == ["2"]
    assert sentences(made)[-1] == "2 mentions restent à vérifier."
    assert made.summary[-1].codes == (1, 2)


def test_an_answered_criticism_waits_no_more() -> None:
    from monitor.model import Status  # noqa: PLC0415 - here alone

    answered = mention(1, NEGATIVE, text="Bouquet fané, à fuir.", status=Status.HANDLED)
    assert not sentences(digest(answered))


def test_an_empty_period_has_no_summary() -> None:
    made = build_digest(empty_week(), DigestOptions())
    assert (made.summary, made.themes) == ((), ())


@pytest.mark.parametrize("week", [lively_week, crowded_week])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_quotations_and_codes_are_those_of_the_items(week: object, language: str) -> None:
    made_of = week()  # type: ignore[operator]
    made = build_digest(made_of, DigestOptions(language=language))
    assert made.summary
    texts = " ".join(f"{m.title} {m.text}" for m in made_of.mentions)
    plain = re.sub(r"\s+", " ", re.sub(r"[«“]\s*", "‘", re.sub(r"\s*[»”]", "’", texts)))
    for sentence in made.summary:
        for quote in re.findall(r"[«“]\s?(.+?)\s?[»”]", sentence.text):
            words = quote.rstrip("…").strip("\u00a0 ")
            assert words in plain or words in {theme.name for theme in made.themes}
        assert set(sentence.codes) <= set(made.codes)


def test_themes_are_counted_by_tone_and_lead_to_their_items() -> None:
    made = digest(
        opinion(1, NEGATIVE, "Accueil froid.", accueil="negative", prix="neutral"),
        opinion(2, POSITIVE, "Accueil charmant.", accueil="positive"),
        mention(3, POSITIVE, text="Peut-être", confidence=0.3, themes={"accueil": "positive"}),
    )
    welcome, price = made.themes
    assert (welcome.name, welcome.negative, welcome.positive, welcome.total) == ("accueil", 1, 1, 2)
    assert (welcome.codes, price.codes) == ((1, 2), (1,))


def test_the_press_is_told_once_a_story() -> None:
    made = digest(
        news(1, NEUTRAL, "La rue de Paris en travaux", "nordlittoral.fr", story="s-1"),
        news(2, NEUTRAL, "Travaux rue de Paris", "lavoixdunord.fr", story="s-1"),
    )
    assert sentences(made) == [
        (
            "La presse en parle : « La rue de Paris en travaux »"
            " (nordlittoral.fr, via Google Actualités, repris par 1 titre)."
        )
    ]


def test_the_sentence_that_tells_is_chosen() -> None:
    text = (
        "Nous y allons le samedi. Le pain est immonde et la vendeuse odieuse. Il pleuvait ce jour."
    )
    told = telling_sentence(text, NEGATIVE, SHOP)
    assert told == "Le pain est immonde et la vendeuse odieuse."


@given(st.text(max_size=300), st.sampled_from([None, *Sentiment]))
def test_a_quotation_stands_in_its_text(text: str, tone: Sentiment | None) -> None:
    told = telling_sentence(text, tone, SHOP)
    assert told is None or told in text
