"""Ratings as notices write them: drawn stars, "4/5", "8,5/10", "4 sur 5", "5 étoiles".

Only what is stated counts; an average, a count or a date is none. Ratings are in stars, 1..5.
"""

from __future__ import annotations

import re

from monitor.text import fold

BEST = 5.0
_LEAST = 1.0
_MOST_DRAWN = 5
_FULL, _EMPTY = "★⭐🌟✭✮", "☆✩✰"
_DRAWN = re.compile(rf"(?:[{_FULL}{_EMPTY}]\ufe0f?\s?)+")
_NUMBER = r"(\d{1,3}(?:[.,]\d{1,2})?)"
_SCALE = r"(5|10|20|100)"
_OUT_OF = re.compile(
    rf"(?<![\d/.,]){_NUMBER}\s?(?:/|sur|out of|of|etoiles? sur|stars? out of)\s?{_SCALE}"
    r"(?![\d/]|[.,]\d)"
)
_STARS = re.compile(rf"(?<![\d/.,]){_NUMBER}[\s-]?(?:etoiles?|stars?|bulles?|bubbles?)\b")
_BARE = re.compile(rf"\D*?{_NUMBER}\D*")
_NO_RATING = re.compile(
    r"\b(?:moyenne?|average|global(?:e|ement)?|overall|trustscore|classement|ranking|sur un total"
    r"|le \d{1,2}/\d|du \d{1,2}/\d)\b"
)
_MONTH = re.compile(r"(?<!\d)\d{1,2}/(?:5|10)\b(?!\s*(?:etoile|star|point))")
_OF_RATING = re.compile(
    r"\b(?:not(?:e|es|ee|ation)|avis|rat\w+|review\w*|score|evalu\w+|etoiles?|stars?)\b"
)


def read_rating(text: str, *, out_of: int | None = None) -> float | None:
    """Return the stars that a line states; ``None`` where it states none.

    With ``out_of`` the text is what stands where the rating does, and a bare number is one.

    >>> read_rating("★★★☆☆"), read_rating("Note : 8,5/10"), read_rating("4 sur 5 étoiles")
    (3.0, 4.25, 4.0)
    >>> read_rating("Note moyenne : 4,3/5"), read_rating("le 4/5"), read_rating("6", out_of=10)
    (None, None, 3.0)
    """
    folded = fold(text[:500])
    if _NO_RATING.search(folded) and out_of is None:
        return None
    if (drawn := _drawn(text[:500])) is not None:
        return drawn
    if (stated := _OUT_OF.search(folded)) is not None:
        is_date = out_of is None and not _OF_RATING.search(folded)
        is_alone = _OUT_OF.fullmatch(folded.strip(" .!:-()"))
        if not (is_date and _MONTH.search(stated[0]) and not is_alone):
            return _scaled(stated[1], int(stated[2]))
    if (stars := _STARS.search(folded)) is not None:
        return _scaled(stars[1], 5)
    if out_of is not None and (bare := _BARE.fullmatch(folded)) is not None:
        return _scaled(bare[1], out_of)
    return None


def _drawn(text: str) -> float | None:
    for found in _DRAWN.finditer(text):
        full = sum(found[0].count(sign) for sign in _FULL)
        whole = full + sum(found[0].count(sign) for sign in _EMPTY)
        # One star alone, full ones only, is an ornament more often than a rating.
        if 0 < full < whole == _MOST_DRAWN or 1 < full == whole <= _MOST_DRAWN:
            return float(full)
    return None


def _scaled(number: str, out_of: int) -> float | None:
    value = float(number.replace(",", "."))
    return max(value / out_of * BEST, _LEAST) if value <= out_of else None
