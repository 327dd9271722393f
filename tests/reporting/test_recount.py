"""Each figure of a digest counts what its command lists, and no other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporting.samples import (
    NOW,
    PARIS,
    WEEK,
    empty_week,
    lively_week,
    material,
    mention,
    review,
    toot,
)

from monitor.model import Period, Sentiment, Status
from monitor.reporting.digest import Digest, build_digest
from monitor.reporting.material import DigestOptions, Material
from monitor.reporting.periods import period_back
from monitor.reporting.recount import Counted, about_theme, counted_as, said_at
from monitor.reporting.render import render

NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE
NUMBER = "3fa9c1d2e4a0b1c2"

MIXED = (
    *lively_week().mentions,
    replace(toot(20, NEUTRAL, "フルール", "作者"), sentiment=None, polarity=None, confidence=None),
    toot(21, NEGATIVE, "Fleurs Bougamont ? Non.", "Zoé", relevance=0.0),
    toot(22, POSITIVE, "Vu chez Fleurs Bougamont", "Léo", views=1200),
    toot(23, POSITIVE, "Vu encore chez Fleurs Bougamont", "Léo", views=0),
    review(24, 3, "Bougamont, correct.", "Ana", relevance=0.3),
)


SOME = st.sets(st.integers(0, len(MIXED) - 1))


def digest_of(made: Material, **options: object) -> Digest:
    return build_digest(made, replace(DigestOptions(digest_id=NUMBER), **options))  # type: ignore[arg-type] # any option


def asked(command: str) -> Counted:
    found = re.search(r"--counted (\w+)$", command)
    assert found is not None
    return Counted(found[1])


@settings(deadline=None)  # the first call reads languages
@given(SOME)
def test_a_figures_command_lists_what_the_figure_counts(chosen: set[int]) -> None:
    mentions = [MIXED[index] for index in chosen]
    digest = digest_of(material(mentions))
    figures = {f"{figure.value} {figure.label}": figure for figure in digest.figures}
    for one in digest.recounts:
        assert one.command.startswith(f"ecoute mentions --digest {NUMBER} --counted ")
        listed = counted_as(mentions, asked(one.command))
        figure = figures[one.what]
        if figure.key == "views":
            assert sum(m.views or 0 for m in listed) == int(re.sub(r"\D", "", figure.value))
        elif figure.key == "reached":
            assert sum(m.reach or 0 for m in listed) == int(re.sub(r"\D", "", figure.value))
        else:
            assert str(len(listed)) == figure.value
    told = {one.what for one in digest.recounts}
    assert told == {words for words, f in figures.items() if f.value != "0" and f.key != "rating"}


@settings(deadline=None)  # the first call reads languages
@given(SOME)
def test_a_themes_figures_and_a_places_can_be_recounted(chosen: set[int]) -> None:
    mentions = [MIXED[index] for index in chosen]
    digest = digest_of(material(mentions))
    for theme in digest.themes:
        for what, count in (
            (Counted.ALL, theme.total),
            (Counted.NEGATIVE, theme.negative),
            (Counted.NEUTRAL, theme.neutral),
            (Counted.POSITIVE, theme.positive),
        ):
            assert len(about_theme(mentions, theme.name, what)) == count
    for bar in digest.by_source:
        if bar.label != "ailleurs":
            count = int(re.match(r"\d+", bar.words)[0])  # type: ignore[index] # it begins with one
            assert len(said_at(mentions, bar.label)) == count


def test_a_place_is_known_by_its_name_in_any_language() -> None:
    found = mention(1, platform="google_news", url="https://news.google.com/a")
    assert said_at([found], "Google Actualités") == said_at([found], "google news") == [found]


def test_a_digest_that_is_only_shown_is_asked_for_by_its_period() -> None:
    digest = digest_of(material([mention(1)]), digest_id=None)
    assert digest.recounts[0].command == (
        'ecoute mentions --business "Fleurs Bougamont" --since 2026-11-16T07:00:00Z'
        " --until 2026-11-23T07:00:00Z --counted all"
    )


def test_an_end_within_a_second_lists_what_was_found_in_it() -> None:
    """The store compares whole seconds."""
    end = NOW + timedelta(microseconds=5)
    made = material([mention(1)], period=Period(start=WEEK.start, end=end))
    assert "--until 2026-11-23T07:00:01Z" in digest_of(made, digest_id=None).recounts[0].command


def test_the_period_before_has_its_command() -> None:
    digest = digest_of(material([mention(1)], totals=((4, 1), (9, 2))))
    last = digest.recounts[-1]
    assert last.what == "9 mentions la semaine précédente"
    before = period_back(WEEK, PARIS)
    assert f"--since {before.start:%Y-%m-%dT%H:%M:%SZ} " in last.command
    assert last.command.endswith("--until 2026-11-16T07:00:00Z --counted all")


def test_an_empty_digest_has_no_figure_to_recount() -> None:
    digest = digest_of(empty_week())
    assert digest.recounts == ()
    assert "Derrière les chiffres" not in render(digest).html


def test_older_ones_that_wait_are_listed_with_those_told_again() -> None:
    since = WEEK.start - timedelta(days=50)
    waiting = [
        review(90 + n, 1, "Fanées.", "N", found_at=WEEK.start - timedelta(days=n + 1))
        for n in range(4)
    ]
    made = replace(lively_week(), reminders=tuple(waiting[:3]), waiting=4, waiting_since=since)
    digest = digest_of(made)
    assert digest.waiting == len(counted_as(waiting, asked(digest.waiting_command))) == 4
    assert digest.waiting_command.startswith(
        'ecoute mentions --business "Fleurs Bougamont" --since 2026-09-27T07:00:00Z'
        " --until 2026-11-16T07:00:00Z"
    )
    text = render(digest).text.replace("\u00a0", " ")
    assert "En tout, 4 mentions négatives plus anciennes attendent encore." in text
    all_told = replace(made, waiting=3)
    assert digest_of(all_told).waiting == 0


def test_what_is_answered_waits_no_more() -> None:
    done = review(1, 1, "Fanées.", "N", status=Status.HANDLED)
    assert counted_as([done, replace(done, status=Status.NEW)], Counted.WAITING) == [
        replace(done, status=Status.NEW)
    ]


@pytest.mark.parametrize(
    ("name", "quoted"),
    [("Chez Léa", '"Chez Léa"'), ('Le "12" $HOME', "'Le \"12\" $HOME'"), ("L’Œil", '"L’Œil"')],
)
def test_a_command_can_be_pasted_whatever_the_name(name: str, quoted: str) -> None:
    made = replace(material([mention(1)]), business=name)
    assert f"--business {quoted} --since" in digest_of(made, digest_id=None).command


def test_no_command_is_broken_over_lines() -> None:
    text = render(digest_of(lively_week())).text
    commands = [line for line in text.splitlines() if line.startswith("  ecoute mentions")]
    assert len(commands) >= 8
    assert all("--counted" in line for line in commands)
    assert '\n  --theme "accueil téléphonique"\n' in text
    assert '\n  --where "Mastodon"\n' in text
