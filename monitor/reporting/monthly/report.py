"""What the report of a month says, decided from what was read; pure, worded, not laid out."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Sentiment
from monitor.reporting.cleaning import one_line
from monitor.reporting.figures import Bar
from monitor.reporting.headline import write_headline
from monitor.reporting.health import Trouble, write_health
from monitor.reporting.items import Item
from monitor.reporting.material import Material
from monitor.reporting.monthly.accounts import AccountRow, write_accounts
from monitor.reporting.monthly.comparison import CountRow, FigureRow, compare, write_months
from monitor.reporting.monthly.handling import Handling, write_handling
from monitor.reporting.monthly.material import MONTHS, MonthlyMaterial
from monitor.reporting.monthly.phrasing import told, write_rows
from monitor.reporting.monthly.quotes import Quote, choose_words, write_quote
from monitor.reporting.monthly.ratings import Ratings, write_ratings
from monitor.reporting.monthly.retold import write_stories
from monitor.reporting.monthly.themes import write_themes
from monitor.reporting.monthly.trend import Trend, write_trend
from monitor.reporting.monthly.voices import VoiceRow, write_voices
from monitor.reporting.periods import period_back
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import channel_of
from monitor.reporting.stats import Tally, is_dismissed, tally, tally_by

_CHANNELS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Where we looked: what was read, and what a person should see to."""

    read: str
    is_well: bool
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """A report, complete. ``month`` names it, ``month_short`` within a sentence.

    ``notices`` say what its figures do not hold. ``months`` are the table under the trend;
    ``more_stories`` is how many stories are not shown.
    ``made_on`` is the day that its states are of.
    """

    business: str
    language: str
    timezone: str
    month: str
    month_short: str
    made_on: str
    headline: str
    notices: tuple[str, ...]
    figures: tuple[FigureRow, ...]
    trend: Trend | None
    months: tuple[CountRow, ...]
    by_source: tuple[Bar, ...]
    ratings: Ratings | None
    accounts: tuple[AccountRow, ...]
    themes: tuple[Bar, ...]
    voices: tuple[VoiceRow, ...]
    stories: tuple[Item, ...]
    more_stories: int
    best: tuple[Quote, ...]
    worst: tuple[Quote, ...]
    handling: Handling | None
    looked: Looked

    @property
    def is_empty(self) -> bool:
        """Whether nothing was published in the month."""
        return not self.figures

    @property
    def has_gaps(self) -> bool:
        """Whether some figure has nothing to stand beside."""
        return any(None in {row.before, row.year_ago} for row in self.figures)


def build_report(made_of: MonthlyMaterial, language: str, timezone: str) -> MonthlyReport:
    """Decide what a report says. The same material gives the same report."""
    phrases = Phrases(language, timezone)
    month = made_of.month
    mentions = [mention for mention in month.mentions if not is_dismissed(mention)]
    counted = tally(mentions)
    business = one_line(month.business)
    stories, more_stories = write_stories(month, phrases)
    known_before = month.previous is not None
    return MonthlyReport(
        business=business,
        language=language,
        timezone=timezone,
        month=phrases.period_title(month.period),
        month_short=phrases.period_short(month.period),
        made_on=phrases.day(phrases.local_day(month.now)),
        headline=_headline(business, month, counted, phrases),
        notices=_notices(made_of, counted, phrases),
        figures=compare(counted, month.previous, made_of.year_ago, phrases)
        if counted.total
        else (),
        trend=write_trend(made_of.months, made_of.weeks, phrases),
        months=write_months(made_of.months, phrases),
        by_source=_sources(month, phrases) if counted.total else (),
        ratings=write_ratings(mentions, counted, month.previous, made_of.year_ago, phrases),
        accounts=write_accounts(made_of.accounts, phrases),
        themes=write_themes(mentions, phrases),
        voices=write_voices(
            made_of.voices,
            made_of.voices_before if known_before else None,
            month.business,
            phrases,
        ),
        stories=stories,
        more_stories=more_stories,
        best=tuple(write_quote(m, phrases) for m in choose_words(mentions, Sentiment.POSITIVE)),
        worst=tuple(write_quote(m, phrases) for m in choose_words(mentions, Sentiment.NEGATIVE)),
        handling=write_handling(month, phrases),
        looked=_looked(month, phrases),
    )


def _headline(business: str, month: Material, counted: Tally, phrases: Phrases) -> str:
    if not counted.total and not month.articles_read:
        # Only where something was read is silence known.
        period = phrases.period_full(month.period)
        return phrases.words("digest.headline_nothing_read", business=business, period=period)
    return write_headline(business, month, counted, write_health(month, None, phrases), phrases)


def _notices(made_of: MonthlyMaterial, counted: Tally, phrases: Phrases) -> tuple[str, ...]:
    month, since = made_of.month, made_of.watched_since
    found = []
    if month.now < month.period.end:
        day = phrases.day(phrases.local_day(month.now))
        found.append(phrases.words("report.not_over", day=day))
    counts = [(part.period.start, part.tally) for part in made_of.months]
    if made_of.year_ago:
        counts.append((period_back(month.period, phrases.timezone, MONTHS).start, made_of.year_ago))
    if any(start < since and told_of.total for start, told_of in counts):
        day = phrases.day(phrases.local_day(since))
        found.append(phrases.words("report.found_afterwards", day=day))
    if counted.unsure:
        found.append(told(phrases, "unsure", counted.unsure))
    return tuple(found)


def _sources(month: Material, phrases: Phrases) -> tuple[Bar, ...]:
    kept = (mention for mention in month.mentions if not is_dismissed(mention))
    tallies, left = tally_by(kept, lambda m: channel_of(m, phrases), most=_CHANNELS)
    return write_rows(tallies, left, phrases)


def _looked(month: Material, phrases: Phrases) -> Looked:
    health = write_health(month, None, phrases)
    was_read = month.articles_read > 0
    return Looked(
        read=health.read if was_read else phrases.words("report.nothing_read"),
        is_well=was_read and health.is_well,
        troubles=health.troubles,
    )
