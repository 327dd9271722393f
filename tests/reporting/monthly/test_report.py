"""What the report of a month says: each figure, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from reporting.monthly.shelf import NOW, RIVAL, Shelf, lively, on, told
from reporting.samples import SHOP, ailing_sources, mention, review

from monitor.model import DatedFigure, Sentiment, Status
from monitor.reporting.monthly.quotes import QUOTES, choose_words


def test_the_month_is_told_in_one_sentence() -> None:
    assert told(lively()).headline == (
        "Fleurs Bougamont compte 9 mentions en octobre 2026, contre 6 le mois précédent\u00a0:"
        " 2 négatives, 2 à relire, 2 positives et 3 neutres\u00a0; 1 vous attend."
    )


def test_figures_stand_beside_the_month_before_and_the_year_before() -> None:
    rows = {row.label: (row.value, row.before, row.year_ago) for row in told(lively()).figures}
    assert rows == {
        "mentions": ("9", "6", "2"),
        "négatives": ("2", "2", "0"),
        "neutres": ("3", "3", "0"),
        "positives": ("2", "1", "2"),
        "à relire": ("2", "0", "0"),
        "note moyenne": ("3", "3", "4"),
        "nouveaux avis": ("2", "1", "2"),
    }


def test_months_of_which_nothing_is_known_are_left_open() -> None:
    report = told(Shelf([mention(1, published_at=on(4))], created=on(15)))
    assert {(row.before, row.year_ago) for row in report.figures} == {(None, None)}
    assert report.has_gaps


@pytest.mark.parametrize(("count", "share"), [(29, None), (30, "100\u202f%")])
def test_a_share_stands_from_thirty_mentions_on(count: int, share: str | None) -> None:
    mentions = [mention(n, published_at=on(4), story=f"s-{n}") for n in range(count)]
    rows = {row.label: row.share for row in told(Shelf(mentions)).figures}
    assert rows["neutres"] == share


def test_a_month_that_is_not_over_says_so() -> None:
    report = told(lively(), date(2026, 11, 1), NOW)
    assert report.notices[0].startswith("Ce mois n’est pas fini\u00a0: ses chiffres s’arrêtent au")


def test_what_was_found_afterwards_is_told_to_be_perhaps_incomplete() -> None:
    assert any("depuis le lundi 10\u00a0août 2026" in notice for notice in told(lively()).notices)
    recent = Shelf([mention(1, published_at=on(4))])
    assert told(recent).notices == ()


def test_what_is_unsure_is_told_and_never_counted_as_negative() -> None:
    notice = told(lively()).notices[-1]
    assert notice.startswith("2 mentions sont à relire\u00a0: ")
    assert "jamais parmi les négatives" in notice


def test_silence_is_told_from_not_having_looked() -> None:
    looked = told(Shelf([]))
    blind = told(Shelf([], reads=0))
    assert looked.headline.startswith("Rien à signaler\u00a0: personne n’a parlé")
    assert blind.headline.startswith("Aucune source n’a pu être lue en octobre 2026")
    assert blind.looked.read == "Aucun article n’a été lu pendant ce mois."
    assert not blind.looked.is_well
    assert looked.is_empty
    assert looked.trend is None


def test_the_trend_counts_each_week_and_names_the_busiest() -> None:
    trend = told(lively()).trend
    assert trend is not None
    assert trend.words == (
        "15 mentions entre août 2026 et octobre 2026. Semaine la plus bavarde, du 31\u00a0août au"
        " 6\u00a0septembre 2026\u00a0: 5 mentions (2 négatives, 2 neutres et 1 positive)."
    )
    assert trend.scale[2] == "0"
    assert len(trend.columns) == len(trend.weeks)


def test_themes_are_counted_by_what_is_said_of_them() -> None:
    bars = {bar.label: bar.words for bar in told(lively()).themes}
    assert bars == {
        "accueil": "2\u00a0: 1 négative et 1 positive",
        "délai": "1\u00a0: 1 négative",
        "livraison": "1\u00a0: 1 négative",
        "qualité": "1\u00a0: 1 positive",
    }


def test_a_theme_of_an_unsure_mention_or_of_a_namesake_is_not_counted() -> None:
    themes = {"prix": "negative"}
    unsure = mention(1, Sentiment.NEGATIVE, confidence=0.3, themes=themes, published_at=on(4))
    namesake = mention(2, relevance=0.3, themes=themes, published_at=on(4))
    assert told(Shelf([unsure, namesake])).themes == ()


def test_sources_are_counted_by_verdict() -> None:
    bars = {bar.label: bar.words for bar in told(lively()).by_source}
    assert bars["Mastodon"] == "4\u00a0: 1 négative, 1 à relire, 1 neutre et 1 positive"
    assert sum(int(words.partition("\u00a0:")[0]) for words in bars.values()) == 9


def test_what_several_told_is_one_story() -> None:
    [story] = told(lively()).stories
    assert (story.mentions, story.place) == (2, "Ouest-France, via Google Actualités")
    assert story.others == "repris par 1 titre\u00a0: nordlittoral.fr"


def test_the_harshest_words_come_first_with_their_link() -> None:
    worst = told(lively()).worst
    assert ["".join(part.text for part in quote.words)[:7] for quote in worst] == [
        "Livrée ",
        "@fleurs",
    ]
    assert worst[0].link is not None
    assert worst[0].link.url == "https://avis.example.fr/fleurs-bougamont/1"
    assert worst[0].date == "vendredi 2\u00a0octobre 2026"


def test_words_taken_back_or_erased_are_not_quoted() -> None:
    bad = mention(1, Sentiment.NEGATIVE)
    gone = [replace(bad, removed_at=NOW), replace(bad, text=" ")]
    assert choose_words(gone, Sentiment.NEGATIVE) == []


def test_a_story_is_quoted_once_and_few_in_all() -> None:
    same = [mention(n, Sentiment.POSITIVE, story="s") for n in range(3)]
    others = [mention(n, Sentiment.POSITIVE) for n in range(10, 20)]
    assert len(choose_words(same, Sentiment.POSITIVE)) == 1
    assert len(choose_words(others, Sentiment.POSITIVE)) == QUOTES


def test_what_was_handled_and_what_waits_is_told() -> None:
    handling = told(lively()).handling
    assert handling is not None
    assert handling.summary == "2 mentions négatives ce mois-ci\u00a0: 1 en attente et 1 traitée."
    assert [item.id for item in handling.waiting] == ["m-001"]
    assert [item.id for item in handling.handled] == ["m-002"]
    assert handling.older == ("2 mentions négatives des douze mois précédents attendent encore.")


def test_many_that_wait_are_counted_beyond_the_first() -> None:
    bad = [mention(n, Sentiment.NEGATIVE, published_at=on(3)) for n in range(13)]
    handling = told(Shelf(bad)).handling
    assert handling is not None
    assert len(handling.waiting) == 10
    assert handling.rest == "… et 3 autres en attente."


def test_nothing_negative_is_nothing_to_handle() -> None:
    assert told(Shelf([mention(1, published_at=on(3))])).handling is None
    ignored = mention(1, Sentiment.NEGATIVE, published_at=on(3), status=Status.IGNORED)
    handling = told(Shelf([ignored])).handling
    assert handling is not None
    assert handling.summary == "1 mention négative ce mois-ci\u00a0: 1 mise de côté."


def test_reviews_are_told_by_their_mean_and_by_their_stars() -> None:
    ratings = told(lively()).ratings
    assert ratings is not None
    assert ratings.sentences == (
        "3 sur 5 en moyenne pour 2 nouveaux avis ce mois-ci.",
        "Le mois précédent\u00a0: 3 sur 5 pour 1 avis.",
        "Un an plus tôt\u00a0: 4 sur 5 pour 2 avis.",
    )
    assert [(bar.label, bar.words) for bar in ratings.bars] == [
        ("5 étoiles", "1"),
        ("4 étoiles", "0"),
        ("3 étoiles", "0"),
        ("2 étoiles", "0"),
        ("1 étoile", "1"),
    ]


def test_a_month_without_a_review_says_so_only_where_there_were_some_before() -> None:
    assert told(Shelf([mention(1, published_at=on(3))])).ratings is None
    ratings = told(Shelf([review(1, 4, "Bien.", "Al", published_at=on(3, 9))])).ratings
    assert ratings is not None
    assert ratings.sentences[0] == "Aucun nouvel avis ce mois-ci."


def test_voices_are_counts_beside_the_month_before() -> None:
    rows = [(row.bar.label, row.bar.words, row.before) for row in told(lively()).voices]
    assert rows == [(SHOP, "9", "6"), (RIVAL, "2", "1")]


def test_a_voice_has_a_share_from_thirty_mentions_on() -> None:
    mentions = [mention(n, published_at=on(4)) for n in range(20)]
    rows = told(Shelf(mentions, voices=[(RIVAL, on(4))] * 20)).voices
    assert {row.bar.words for row in rows} == {"20 (50\u202f%)"}


def test_ailing_sources_are_told() -> None:
    shelf = Shelf([mention(1, published_at=on(4))], sources=list(ailing_sources()))
    looked = told(shelf, now=on(23, 11)).looked
    assert [trouble.source for trouble in looked.troubles] == ["radio-locale", "gazette-du-marche"]
    assert not looked.is_well


def test_a_report_in_english_is_english() -> None:
    report = told(lively(), language="en")
    assert report.month == "October 2026"
    assert report.headline.startswith("Fleurs Bougamont had 9 mentions in October 2026")
    assert report.worst[0].date == "Friday 2\u00a0October 2026"


def test_what_accounts_count_is_told_from_its_first_day_to_its_last() -> None:
    def figure(day: int, name: str, value: float, source: str = "presse") -> DatedFigure:
        return DatedFigure(source=source, name=name, day=on(day), value=value)

    counted = [
        figure(2, "rating", 4.1),
        figure(30, "rating", 4.3),
        figure(5, "rating_count", 1128),
        figure(5, "rating", 1.0, source="another-shop"),
    ]
    report = told(replace(lively(), accounts=counted))
    assert [(row.label, row.first, row.last) for row in report.accounts] == [
        ("note moyenne", "4,1", "4,3"),
        ("avis", "1\u202f128", "1\u202f128"),
    ]
