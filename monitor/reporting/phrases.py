"""Numbers, dates and periods in the reader's language and time zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from monitor.model import Period
from monitor.reporting.periods import Days, Span, to_days
from monitor.wording import Wording

_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_NNBSP = "\u202f"
_HOUR, _DAY = 3600, 86400


class Phrases:
    """How one reader is spoken to: ``words`` holds the sentences, the methods fill them."""

    def __init__(self, language: str, timezone: str) -> None:
        self.words = Wording(language)
        self.language = language
        self.timezone = timezone
        self._locale = _LOCALES[language]
        self._zone = ZoneInfo(timezone)

    # --- numbers ---

    def number(self, value: float) -> str:
        """Write a number with its thousands apart."""
        return format_decimal(value, locale=self._locale)

    def decimal(self, value: float) -> str:
        """Write a number to one decimal, none when whole."""
        return format_decimal(value, format="#,##0.#", locale=self._locale)

    def percent(self, value: float) -> str:
        """Write a share of 0..1 as a whole percentage."""
        # CLDR has a no-break space here; French typography a narrow one.
        return format_percent(value, locale=self._locale).replace("\u00a0", _NNBSP)

    def counted(self, key: str, n: int, **values: object) -> str:
        """Return a sentence that counts, ``count`` being the number written out."""
        return self.words(f"digest.{key}", n=n, count=self.number(n), **values)

    def listed(self, parts: Sequence[str]) -> str:
        """Join parts as a sentence does."""
        return format_list(parts, locale=self._locale)

    # --- instants ---

    def local_day(self, at: datetime) -> date:
        """Return the day an instant falls on for the reader."""
        return at.astimezone(self._zone).date()

    def day(self, day: date, *, year: bool = True) -> str:
        """Write a day in words: ``lundi 23 novembre 2026``."""
        return self._date(day, "EEEE d\u00a0MMMM y" if year else "EEEE d\u00a0MMMM")

    def moment(self, at: datetime, *, year: bool = True) -> str:
        """Write a day and an hour in words."""
        day = self.day(self.local_day(at), year=year)
        return self.words("digest.moment", day=day, time=self.time(at))

    def time(self, at: datetime) -> str:
        """Write an hour: ``14 h 05``, ``8 h``."""
        local = at.astimezone(self._zone)
        if self.language != "fr":
            return format_time(local, "HH:mm", tzinfo=self._zone, locale=self._locale)
        hour = f"{local.hour}\u00a0h"
        return f"{hour}\u00a0{local.minute:02}" if local.minute else hour

    def lapse(self, span: timedelta) -> str:
        """Write how long something lasts, in whole days or hours: ``3 jours``."""
        seconds = max(0, int(span.total_seconds()))
        if seconds < _HOUR:
            return self.words("digest.lapse_minutes")
        if seconds < _DAY:
            return self.counted("lapse_hours", seconds // _HOUR)
        return self.counted("lapse_days", seconds // _DAY)

    # --- periods ---

    def period_short(self, period: Period, *, cut: bool = False) -> str:
        """Name a period in a subject: ``semaine 47``; ``cut`` shortens weekdays and months."""
        days = to_days(period, self.timezone)
        if days.span is Span.WEEK:
            return self.words("digest.week", number=days.first.isocalendar().week)
        if days.span is Span.MONTH:
            return self._date(days.first, "MMMM y")
        if days.span is Span.DAYS:
            return self._range(days, year=False, month="MMM" if cut else "MMMM")
        if cut:
            return self._date(days.first, "EEE d\u00a0MMM")
        return self.day(days.first, year=False)

    def period_full(self, period: Period) -> str:
        """Name a period in a sentence: ``du 16 au 22 novembre 2026``."""
        days = to_days(period, self.timezone)
        if days.span is Span.MONTH:
            return self.words("digest.in_month", month=self._date(days.first, "MMMM y"))
        if days.span is Span.DAY:
            return self.words("digest.on_day", day=self.day(days.first))
        if days.span is Span.HOURS:
            return self.words(
                "digest.between_hours",
                day=self.day(days.start.date()),
                start=self.time(period.start),
                end=self.time(period.end),
            )
        return self._range(days, year=True)

    def period_title(self, period: Period) -> str:
        """Name a period under a heading: ``Semaine 47, du 16 au 22 novembre 2026``."""
        days = to_days(period, self.timezone)
        title = self.period_full(period)
        if days.span is Span.WEEK:
            title = f"{self.period_short(period)}, {title}"
        elif days.span is Span.MONTH:
            title = self.period_short(period)
        elif days.span is Span.DAY:
            title = self.day(days.first)
        return title[:1].upper() + title[1:]

    def period_label(self, period: Period) -> str:
        """Name a period in the narrow column of a chart: ``s. 47``."""
        days = to_days(period, self.timezone)
        if days.span is Span.WEEK:
            return self.words("digest.week_label", number=days.first.isocalendar().week)
        if days.span is Span.HOURS:
            return self.time(period.start)
        pattern = {Span.DAY: "EEE d", Span.MONTH: "MMM"}.get(days.span, "d\u00a0MMM")
        return self._date(days.first, pattern)

    def _range(self, days: Days, *, year: bool, month: str = "MMMM") -> str:
        same_year = days.first.year == days.last.year
        same_month = same_year and days.first.month == days.last.month
        tail = " y" if year else ""
        last = self._date(days.last, f"d\u00a0{month}{tail}")
        first_pattern = "d" if same_month else f"d\u00a0{month}{'' if same_year else tail}"
        key = "digest.range_full" if year else "digest.range"
        return self.words(key, first=self._date(days.first, first_pattern), last=last)

    def _date(self, day: date, pattern: str) -> str:
        # The first of a month is an ordinal in French, which no CLDR pattern writes.
        if self.language == "fr" and day.day == 1 and "d" in pattern:
            pattern = pattern.replace("d", "'1er'")
        return format_date(day, pattern, locale=self._locale)
