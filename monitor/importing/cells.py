"""What stands in a cell or field of an export: dates and marks, as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from monitor.sources.entry_parts import instant_of
from monitor.sources.epoch import instant_at
from monitor.text import fold

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = r"(?:[\s,t]+(?:a |at |de )?(\d{1,2})[:h](\d{2})?(?::(\d{2}))?(?:[.,]\d+)?\s*(am|pm)?)?"
_ZONE = r"\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?"
_IN_NUMBERS = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}|\d{{2}}){_TIME}{_ZONE}")
_IN_WORDS = re.compile(
    rf"(?:[a-z]+\.?,? )?(\d{{1,2}})(?:er)? ([a-z]+)\.?,? (\d{{4}}){_TIME}{_ZONE}"
)
_MONTH_BEFORE = re.compile(rf"([a-z]+)\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}{_ZONE}")
# "Tue May 03 21:39:59 +0000 2016": X's archives.
_OF_X = re.compile(r"[a-z]{3} ([a-z]{3}) (\d{1,2}) (\d{2}):(\d{2}):(\d{2}) ([+-]\d{4}) (\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ZONE_TOLD = re.compile(r"(z|utc|gmt|[+-]\d{2}:?\d{2})$")
_MILLISECONDS = 100_000_000_000  # seconds of the year 5138
_LONGEST = 80
_FIRST_EPOCH = 9  # digits of seconds since 1970 from 1973 on; fewer are no instant

_STARS = re.compile(r"[★⭐]")
_WORDS_OF_STARS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}
_MARK = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,4})?)\s*(?:(?:/|sur|out of)\s*(\d{1,3}(?:[.,]\d+)?))?"
    r"\s*(?:etoiles?|stars?|points?|pts?)?"
)
BEST = 5.0


def instant_in(value: object, zone: tzinfo, order: str = DAY_FIRST) -> datetime | None:
    """Return a written instant in UTC; ``None`` when it cannot be read.

    A time without a zone is one of ``zone``. A day without a time begins when both it and the UTC
    day of that date have begun, so that its date is shown right. Of 03/04 the day stands first,
    unless ``order`` says otherwise or it cannot be.

    >>> instant_in("22/11/2026", UTC)
    datetime.datetime(2026, 11, 22, 0, 0, tzinfo=datetime.timezone.utc)
    >>> instant_in("1er mars 2024 à 14h05", UTC)
    datetime.datetime(2024, 3, 1, 14, 5, tzinfo=datetime.timezone.utc)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = value.strip() if isinstance(value, str) else value
    if not isinstance(text, str) or text.isdecimal():
        return _counted(text)
    if len(text) > _LONGEST:
        return None
    folded = fold(text)
    try:
        return _written(folded, zone, order) or _with_zone(text, folded, zone)
    except (ValueError, OverflowError):
        return None


def stars_of(value: object, scale: float | None = None) -> float | None:
    """Return a mark in stars, 1 to 5; ``None`` when it is none, or of an unknown scale.

    ``scale`` is what the best mark is, where the mark does not say ("8,5/10"). The lowest mark of
    a scale that begins with 0 is one star.

    >>> stars_of("8,5/10"), stars_of("17", 20), stars_of("★★★★☆"), stars_of("8")
    (4.25, 4.25, 4.0, None)
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = fold(str(value)[:_LONGEST])
    if text in _WORDS_OF_STARS:
        return _WORDS_OF_STARS[text]
    if _STARS.search(str(value)[:_LONGEST]):
        return min(float(len(_STARS.findall(str(value)[:_LONGEST]))), BEST)
    found = _MARK.fullmatch(text)
    if found is None:
        return None
    mark = _decimal(found[1])
    best = _decimal(found[2]) if found[2] else scale or BEST
    if best <= 0 or mark > best:
        return None
    return max(1.0, round(mark * BEST / best, 2))


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))


def _counted(text: str | float) -> datetime | None:
    """Read seconds or thousandths since 1970."""
    try:
        number = int(text) if len(str(text)) <= _LONGEST else -1
    except (ValueError, OverflowError):  # not a number, infinite
        return None
    if number >= _MILLISECONDS:
        number //= 1000
    return instant_at(number) if len(str(number)) >= _FIRST_EPOCH else None


def _written(text: str, zone: tzinfo, order: str) -> datetime | None:
    if found := _OF_X.fullmatch(text):
        month = _MONTHS.get(found[1], 0)
        clock = (int(found[3]), int(found[4]), int(found[5]))
        naive = datetime(int(found[7]), month, int(found[2]), *clock)  # noqa: DTZ001 - zone below
        return _placed(naive, found[6], zone)
    if found := _ISO_DAY.fullmatch(text):
        return _day(datetime(int(found[1]), int(found[2]), int(found[3])), zone)  # noqa: DTZ001 - likewise
    if found := _IN_NUMBERS.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        is_month_first = order == MONTH_FIRST if max(first, second) <= 12 else first <= 12  # noqa: PLR2004 - months
        day, month = (second, first) if is_month_first else (first, second)
        return _at(year, month, day, found.groups()[3:], zone)
    if (found := _IN_WORDS.fullmatch(text)) and found[2] in _MONTHS:
        return _at(int(found[3]), _MONTHS[found[2]], int(found[1]), found.groups()[3:], zone)
    if (found := _MONTH_BEFORE.fullmatch(text)) and found[1] in _MONTHS:
        return _at(int(found[3]), _MONTHS[found[1]], int(found[2]), found.groups()[3:], zone)
    return None


def _at(year: int, month: int, day: int, clock: tuple[str | None, ...], zone: tzinfo) -> datetime:
    hour, minute, second, half, told = clock
    whole_year = year + 2000 if year < 100 else year  # noqa: PLR2004 - two digits
    if hour is None:
        return _day(datetime(whole_year, month, day), zone)  # noqa: DTZ001 - zone added there
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    parts = (hours, int(minute or 0), int(second or 0))
    return _placed(datetime(whole_year, month, day, *parts), told, zone)  # noqa: DTZ001 - likewise


def _day(naive: datetime, zone: tzinfo) -> datetime:
    return max(naive.replace(tzinfo=zone).astimezone(UTC), naive.replace(tzinfo=UTC))


def _placed(naive: datetime, told: str | None, zone: tzinfo) -> datetime:
    if told is None:
        return naive.replace(tzinfo=zone).astimezone(UTC)
    if told in {"z", "utc", "gmt"}:
        return naive.replace(tzinfo=UTC)
    return datetime.fromisoformat(f"{naive:%Y-%m-%dT%H:%M:%S}{told}").astimezone(UTC)


def _with_zone(text: str, folded: str, zone: tzinfo) -> datetime | None:
    """Read ISO 8601 and the dates of mail, in a zone of their own or in ``zone``."""
    bare = re.sub(r"\s*(?:UTC|GMT)$", "+00:00", text) if text[:4].isdecimal() else text
    at = instant_of(bare)
    if at is None or _ZONE_TOLD.search(folded):
        return at
    return at.replace(tzinfo=zone).astimezone(UTC)
