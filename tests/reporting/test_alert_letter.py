from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from reporting.alarms import ALL_RULES, ARTICLE, REVIEW, SILENT, SPIKE, SURGE, TOOT, letter, of

from monitor.model import AlertRule
from monitor.reporting.alert_letter import SHOWN, notice_text
from monitor.reporting.alert_render import render_alert

GOLDEN = Path(__file__).parent / "golden"


def test_the_subject_says_who_and_what() -> None:
    assert letter(of(AlertRule.RATING, REVIEW)).subject == (
        "Alerte Fleurs Bougamont\u00a0: 1\u00a0mauvaise note"
    )
    both = letter(of(AlertRule.RATING, REVIEW), SPIKE)
    assert both.subject == "Alerte Fleurs Bougamont\u00a0: 1\u00a0mauvaise note, 1 autre chose"


def test_one_mention_with_two_reasons_is_shown_once_with_both() -> None:
    told = letter(
        of(AlertRule.NEGATIVE, ARTICLE),
        of(AlertRule.REACH, ARTICLE, measure="outlets", figure=5),
    )
    (notice,) = told.notices
    assert "sûr à" in notice.why
    assert "repris par 5 titres" in notice.why


def test_a_spike_is_told_beside_what_is_usual_and_how_rare_chance_makes_it() -> None:
    (notice,) = letter(SPIKE).notices
    assert notice.why == (
        "14 mentions en sept jours\u00a0; d’habitude 3 environ, rarement plus de 6."
        " Le hasard seul en donne autant moins d’une fois en 10 ans."
    )
    assert len(notice.lines) == 3


def test_a_surge_where_negatives_are_rare_says_less_than_one() -> None:
    (notice,) = letter(SURGE).notices
    assert "d’habitude moins d’une, rarement plus d’une." in notice.why


def test_more_than_fit_are_counted_with_the_way_to_see_them() -> None:
    many = [of(AlertRule.NEGATIVE, replace(TOOT, id=f"m{n}", story=f"s{n}")) for n in range(13)]
    told = letter(*many)
    assert (len(told.notices), told.rest) == (SHOWN, 3)
    assert "… et 3 autres. Pour tout voir\u00a0:" in render_alert(told).text


def test_the_way_to_see_them_can_be_pasted_whatever_the_name() -> None:
    assert letter(SPIKE, business='Le "12"').command == (
        "ecoute mentions --business 'Le \"12\"' --since 7d"
    )


def test_sources_of_all_businesses_are_told_in_the_name_of_the_program() -> None:
    told = letter(SILENT, business="")
    assert told.subject == "Alerte Écoute\u00a0: 1\u00a0source muette"
    assert "au sujet de vos sources" in told.headline
    assert "reprendra" not in render_alert(told).text


def test_the_footer_says_which_digest_tells_the_mentions() -> None:
    """An unusual reach is told even of what a digest held already."""
    told = replace(TOOT, digest_id="d1")
    reach = {"measure": "engagement", "figure": 1240, "record": 38}
    footers = [
        letter(*alarms).digest
        for alarms in (
            [of(AlertRule.NEGATIVE, TOOT)],
            [of(AlertRule.REACH, told, **reach)],
            [of(AlertRule.NEGATIVE, REVIEW), of(AlertRule.REACH, told, **reach)],
            [SILENT],
        )
    ]
    assert footers == [
        "Le prochain résumé reprendra ces mentions, marquées comme déjà signalées.",
        "Un résumé vous a déjà parlé de ces mentions.",
        (
            "Le prochain résumé reprendra les mentions dont aucun ne vous a encore parlé,"
            " marquées comme déjà signalées."
        ),
        None,
    ]


def test_what_a_stranger_wrote_is_text() -> None:
    hostile = replace(
        REVIEW,
        title="<script>alert(1)</script>\r\nBcc: x@example.org",
        text="</p><img src=http://t.example/p.gif onerror=x>\u202e",
        author="=?utf-8?q?x?=",
        url="javascript:alert(1)",
        canonical_url=None,
    )
    shown = render_alert(letter(of(AlertRule.NEGATIVE, hostile)))
    assert "<script" not in shown.html
    assert "<img" not in shown.html
    assert "javascript:" not in shown.html
    assert "\u202e" not in shown.html + shown.text + notice_text(letter(SPIKE))


def test_the_notice_for_a_telephone_is_short_and_has_the_addresses() -> None:
    text = notice_text(letter(*ALL_RULES))
    assert text.startswith("Alerte Fleurs Bougamont")
    assert "https://avis.example.fr/h" in text
    assert len(text) < 1600


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_alert_is_what_people_have_read_and_liked(language: str) -> None:
    """ECOUTE_WRITE_GOLDEN=1 writes it anew, to be read."""
    import os  # noqa: PLC0415 - of this test only

    shown = render_alert(letter(*ALL_RULES, language=language, last_of=5))
    parts = {
        GOLDEN / f"alert.{language}.txt": f"Subject: {shown.subject}\n\n{shown.text}",
        GOLDEN / f"alert.{language}.html": shown.html,
    }
    if os.environ.get("ECOUTE_WRITE_GOLDEN"):
        for file, content in parts.items():
            file.write_text(content, encoding="utf-8")
    assert {file: file.read_text(encoding="utf-8") for file in parts} == parts
