"""What a digest says: order, doubt, bounds, subject and first sentence in every number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporting.samples import (
    NOW,
    SHOP,
    WEEK,
    ailing_sources,
    at,
    crowded_week,
    empty_week,
    healthy_sources,
    lively_week,
    material,
    mention,
    news,
    review,
    source,
)

from monitor.model import Kind, Mention, Period, Sentiment, Status
from monitor.reporting.digest import Digest, build_digest
from monitor.reporting.material import DigestOptions, Material
from monitor.reporting.ordering import arrange
from monitor.reporting.render import render

NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE


def french(made: Material) -> Digest:
    return build_digest(made, DigestOptions())


def english(made: Material) -> Digest:
    return build_digest(made, DigestOptions(language="en"))


@pytest.mark.parametrize(
    ("tones", "subject"),
    [
        ([], "Fleurs Bougamont, semaine 47\u00a0: rien à signaler"),
        ([NEUTRAL], "Fleurs Bougamont, semaine 47\u00a0: 1 mention, 1 neutre"),
        ([NEGATIVE], "Fleurs Bougamont, semaine 47\u00a0: 1 mention, 1 négative"),
        ([NEGATIVE, NEGATIVE], "Fleurs Bougamont, semaine 47\u00a0: 2 mentions, 2 négatives"),
        ([POSITIVE, NEUTRAL], "Fleurs Bougamont, semaine 47\u00a0: 2 mentions, 1 positive"),
        ([NEGATIVE, *[POSITIVE] * 5], "Fleurs Bougamont, semaine 47\u00a0: 6 mentions, 1 négative"),
    ],
)
def test_the_subject_gives_name_period_and_figures_worst_first(
    tones: list[Sentiment], subject: str
) -> None:
    mentions = [mention(number, tone) for number, tone in enumerate(tones)]
    assert french(material(mentions)).subject == subject


def test_an_english_subject() -> None:
    made = material([mention(1, NEGATIVE), mention(2)])
    assert english(made).subject == "Fleurs Bougamont, week 47: 2 mentions, 1 negative"


def test_a_long_name_is_cut_before_a_figure_is() -> None:
    made = replace(
        material([mention(1, NEGATIVE)]),
        business="Établissements Bougamont et Fils, fleuristes et pépiniéristes depuis 1907",
    )
    subject = french(made).subject
    assert subject == "Établissements…, semaine 47\u00a0: 1 mention, 1 négative"


def test_a_day_is_cut_short_before_the_name_is() -> None:
    many = [mention(number, NEGATIVE) for number in range(85)]
    day = Period(start=NOW - timedelta(days=1), end=NOW)
    assert french(material(many, period=day)).subject == (
        "Fleurs Bougamont, dim. 22\u00a0nov.\u00a0: 85 mentions, 85 négatives"
    )
    days = Period(start=NOW - timedelta(days=90), end=NOW)
    assert french(material(many, period=days)).subject == (
        "Fleurs Bougamont, du 25\u00a0août au 22\u00a0nov.\u00a0: 85 mentions, 85 négatives"
    )
    assert french(material([], period=day)).subject == (
        "Fleurs Bougamont, dimanche 22\u00a0novembre\u00a0: rien à signaler"
    )


def test_a_name_with_line_breaks_cannot_break_the_subject() -> None:
    made = replace(material([]), business="Fleurs\r\nBcc: tous@example.fr\u202e")
    assert french(made).subject.startswith("Fleurs Bcc: tous@example.fr, semaine 47")


@pytest.mark.parametrize(
    ("tones", "totals", "end"),
    [
        (
            [POSITIVE],
            [],
            "\u00a0: 1 positive\u00a0; rien d’urgent.",
        ),
        (
            [NEGATIVE, NEGATIVE],
            [(0, 0)],
            ", contre 0 la semaine précédente\u00a0: 2 négatives\u00a0; 2 vous attendent.",
        ),
    ],
)
def test_the_first_sentence_is_complete_by_itself(
    tones: list[Sentiment], totals: list[tuple[int, int]], end: str
) -> None:
    made = material([mention(n, tone) for n, tone in enumerate(tones)], totals=totals)
    counted = "1 mention" if len(tones) == 1 else f"{len(tones)} mentions"
    begin = f"{SHOP} compte {counted} du 16 au 22\u00a0novembre 2026"
    assert french(made).headline == begin + end


def test_an_english_first_sentence() -> None:
    made = material([mention(1, NEGATIVE), mention(2)], totals=[(3, 0)])
    assert english(made).headline == (
        "Fleurs Bougamont had 2 mentions from 16 to 22\u00a0November 2026, against 3 the week"
        " before: 1 negative and 1 neutral; 1 needs you."
    )


def test_an_empty_period_says_so_and_that_all_was_read() -> None:
    digest = french(empty_week())
    assert digest.is_empty
    assert digest.headline.startswith("Rien à signaler\u00a0: personne n’a parlé")
    assert digest.health.read == "14 sources lues, 2\u202f103 articles parcourus."


def test_an_empty_period_with_silent_sources_tells_them() -> None:
    digest = french(empty_week((*healthy_sources(2), *ailing_sources())))
    assert digest.subject.endswith("rien à signaler, 2 sources muettes")
    assert "mais 2 sources ne répondent plus" in digest.headline


def test_silence_is_told_from_a_fault() -> None:
    """When nothing could be read, "nothing was said" would be untrue."""
    down = source("seule", last_ok_at=at(1), polled_at=NOW)
    assert french(empty_week((down,))).headline.startswith("Aucune source n’a pu être lue")


def test_the_subject_of_a_period_in_which_nothing_was_read_says_so() -> None:
    gone = tuple(
        replace(one, last_ok_at=WEEK.start - timedelta(days=2)) for one in ailing_sources()
    )
    assert french(material([], sources=gone)).subject == (
        "Fleurs Bougamont, semaine 47\u00a0: aucune source lue"
    )


def test_a_rating_is_told_by_its_scale() -> None:
    digest = french(material([review(1, 1, "Fanées.", "Zoé")]))
    assert "\n  1/5 note moyenne" in render(digest).text


def test_what_is_uncertain_is_never_counted_as_negative() -> None:
    unsure = mention(1, NEGATIVE, confidence=0.4, kind=Kind.POST)
    namesake = mention(2, NEGATIVE, relevance=0.3)
    digest = french(material([unsure, namesake]))
    assert digest.section("needs_you") == ()
    assert [item.tone_word for item in digest.section("doubtful")] == ["à relire", "à vérifier"]
    assert "négative" not in digest.subject


def test_what_nobody_can_judge_is_counted_apart_and_left_to_be_read() -> None:
    german = replace(
        mention(1, kind=Kind.POST, scorer="other_language", language="de"),
        sentiment=None,
        polarity=None,
        confidence=None,
    )
    digest = french(material([german, mention(2, POSITIVE)]))
    (item,) = digest.section("doubtful")
    assert (item.tone_word, item.tone) == ("sans avis", None)
    assert item.why == "écrit dans une langue que nous ne savons pas juger"
    assert "1 positive et 1 sans avis" in digest.headline
    assert "à relire" not in digest.headline
    (told,) = english(material([german])).section("doubtful")
    assert told.tone_word == "not rated"


def test_what_the_owner_called_irrelevant_is_told_and_counted_nowhere() -> None:
    dismissed = mention(1, NEGATIVE, relevance=0.0, corrected=True, status=Status.IGNORED)
    digest = french(material([dismissed, mention(2, POSITIVE)]))
    assert digest.section("doubtful") == ()
    assert "1 mention" in digest.subject
    assert sum(bar.words.startswith("1") for bar in digest.by_source) == 1
    assert french(material([dismissed])).is_empty


def test_an_article_of_uncertain_tone_stays_with_the_press() -> None:
    digest = french(material([mention(1, NEGATIVE, confidence=0.4)]))
    assert [item.tone_word for item in digest.section("press")] == ["à relire"]
    assert digest.subject.endswith("1 mention, 1 à relire")


def test_a_persons_correction_is_sure() -> None:
    corrected = mention(1, NEGATIVE, confidence=0.2, corrected=True)
    (item,) = french(material([corrected])).section("needs_you")
    assert item.why == "vous l’avez classée négative vous-même"


def test_unanswered_negatives_come_first_then_the_newest() -> None:
    mentions = [
        mention(1, POSITIVE, kind=Kind.POST, published_at=at(22)),
        mention(2, NEGATIVE, published_at=at(17)),
        mention(3, NEGATIVE, published_at=at(22), status=Status.HANDLED),
        mention(4, NEGATIVE, published_at=at(20)),
    ]
    shown = [group[0].id for _, group in arrange(mentions)]
    assert shown == ["m-004", "m-002", "m-003", "m-001"]


def test_a_negative_tells_why_and_since_when() -> None:
    digest = french(material([review(1, 2, "Jamais livré.", "Ana", published_at=at(20, 7))]))
    (item,) = digest.section("needs_you")
    assert (item.why, item.age) == ("note de 2 sur 5", "En attente depuis 3 jours")
    assert (item.stars, item.stars_word) == ("★★☆☆☆", "2 sur 5")


def test_a_story_is_told_once_with_its_other_outlets() -> None:
    told = [
        news(number, NEUTRAL, "Roses d’hiver", outlet, story="s-roses")
        for number, outlet in enumerate(["La Voix du Nord", "Ouest-France", "Le Parisien", "Nord"])
    ]
    (item,) = french(material(told)).section("press")
    assert item.others is not None
    assert item.others.startswith("repris par 3 titres\u00a0:")


def test_an_article_met_twice_at_one_outlet_is_not_retold() -> None:
    twice = mention(1, outlet="L’Observateur")
    (item,) = french(material([twice, replace(twice, id="m-2")])).section("press")
    assert item.others is None


def test_items_then_lines_then_only_a_number() -> None:
    digest = build_digest(crowded_week(80), DigestOptions(items=5, lines=20))
    full = sum(len(section.items) for section in digest.sections)
    assert (full, len(digest.lines), digest.rest) == (5, 20, 55)
    assert digest.command == (
        'ecoute mentions --business "Fleurs Bougamont" --since 2026-11-16T07:00:00Z'
        " --until 2026-11-23T07:00:00Z --counted all"
    )


@given(st.sets(st.integers(0, 13)), st.integers(0, 20))
def test_every_mention_is_shown_or_counted(chosen: set[int], items: int) -> None:
    mentions = [lively_week().mentions[index] for index in chosen]
    digest = build_digest(material(mentions), DigestOptions(items=items, lines=3))
    shown = [item for section in digest.sections for item in section.items] + [*digest.lines]
    assert sum(item.mentions for item in shown) + digest.rest == len(mentions)


@given(st.permutations(lively_week().mentions))
def test_the_order_of_reading_does_not_matter(mentions: list[Mention]) -> None:
    assert french(replace(lively_week(), mentions=tuple(mentions))) == french(lively_week())


def test_under_thirty_there_is_no_percentage() -> None:
    few = french(material([mention(number, NEGATIVE) for number in range(29)]))
    many = french(material([mention(number, NEGATIVE) for number in range(30)]))
    assert {figure.share for figure in few.figures} == {None}
    assert {figure.share for figure in many.figures if figure.key == "negatives"} == {"100\u202f%"}


def test_figures_stand_beside_the_period_before() -> None:
    figures = {figure.key: figure for figure in french(lively_week()).figures}
    assert (figures["mentions"].value, figures["mentions"].before) == ("14", "9")
    assert (figures["rating"].value, figures["rating"].before) == ("3,1", "3,7")


def test_without_a_period_before_nothing_is_compared() -> None:
    digest = french(material([mention(1)]))
    assert {figure.before for figure in digest.figures} == {None}
    assert digest.trend == ()


def test_the_trend_ends_with_this_period() -> None:
    trend = french(lively_week()).trend
    assert [bar.label for bar in trend][-2:] == ["s.\u00a046", "s.\u00a047"]
    assert trend[-1].words == "14, dont 3 négatives"
    assert len(trend) == 8


def test_ailing_sources_are_named_with_their_message() -> None:
    troubles = french(lively_week()).health.troubles
    assert [trouble.source for trouble in troubles] == ["radio-locale", "gazette-du-marche"]
    assert troubles[0].what.startswith("muette depuis 3 jours. Le serveur n’a pas répondu")
    assert troubles[1].what.startswith("en pause, elle n’est plus lue\u00a0; cette adresse")


def test_all_is_well_only_when_all_was_read() -> None:
    assert french(empty_week()).health.is_well
    assert not french(
        empty_week((source("neuve", polled_at=None, last_ok_at=None),))
    ).health.is_well
    assert not french(lively_week()).health.is_well


def test_a_source_that_failed_this_morning_is_not_yet_a_trouble() -> None:
    hiccup = source("presse", last_ok_at=at(22, 20), failures=3, error=ailing_sources()[0].error)
    assert french(empty_week((hiccup,))).health.troubles == ()


def test_the_next_digest_is_announced_in_the_readers_time() -> None:
    options = DigestOptions(next_digest_at=WEEK.end)
    digest = build_digest(empty_week(), options)
    assert (
        digest.health.next_digest
        == "Prochain résumé\u00a0: lundi 23\u00a0novembre 2026 à 8\u00a0h."
    )


def test_an_unknown_platform_is_named_readably() -> None:
    odd = mention(1, platform="my_forum", kind=Kind.POST)
    (item,) = french(material([odd])).section("neutral")
    assert item.place == "My forum"


def test_a_title_that_the_text_repeats_is_left_out_of_the_extract_only_where_it_ends() -> None:
    repeated = mention(1, title="Joli !", text="Joli ! Mais un peu cher.")
    begun = mention(2, title="Joli", text="Joli magasin, un peu cher.")
    extracts = {
        item.title: "".join(part.text for part in item.extract)
        for item in french(material([repeated, begun])).section("press")
    }
    assert extracts == {"Joli !": "Mais un peu cher.", "Joli": "Joli magasin, un peu cher."}


def test_the_business_stands_in_bold_in_the_extract() -> None:
    far = "Rien à voir. " * 40 + f"Puis {SHOP} apparaît enfin. " + "Et ainsi de suite. " * 20
    (item,) = french(material([mention(1, text=far)])).section("press")
    assert [part.text for part in item.extract if part.bold] == [SHOP]
    assert sum(len(part.text) for part in item.extract) <= 240
