"""Numbers of a French text in one form: "trente et un" is "31", "45.000" is "45 000"."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SMALL = (
    *("zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    *("onze", "douze", "treize", "quatorze", "quinze", "seize"),
)
_TENS = {
    "vingt": 20,
    "vingts": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "septante": 70,
    "huitante": 80,
    "nonante": 90,
}
_UNITS = {word: value for value, word in enumerate(_SMALL)} | {"une": 1} | _TENS
_HUNDREDS = frozenset({"cent", "cents"})
_SCORE = frozenset({"vingt", "vingts"})
_FOUR_SCORE = 76  # "quatre-vingt": the four are counted already
# "un" is an article far more often than a number, "neuf" as often new as nine.
_STARTS = (_UNITS.keys() | _HUNDREDS | {"mille"}) - {"un", "une"}
_TOKEN = re.compile(
    r"\d{1,2} ?h(?:eures?| ?\d{2})?(?![^\W_])"  # an hour: "18 h 15", "17 heures"
    r"|\d{1,3}(?:[ .]\d{3})+(?!\d)|\d+(?:,\d+)?|[^\W\d_]+"
)
_HOUR = re.compile(r"(\d{1,2}) ?h(?:eures?)? ?(\d{2})?")


def tokens_of(folded: str) -> list[str]:
    """Return the words of a folded text, numbers in digits, hours as "18h15".

    >>> tokens_of("trente et un clients a 18 h 15, 45.000 euros, deux cent dix vis, 7,50 le kilo")
    ['31', 'clients', 'a', '18h15', '45000', 'euros', '210', 'vis', '7,50', 'le', 'kilo']
    """
    words = [_compact(token) for token in _TOKEN.findall(folded)]
    found: list[str] = []
    at = 0
    while at < len(words):
        end, value = _spelt_number(words, at)
        found.append(words[at] if value is None else str(value))
        at = end
    return found


def _compact(token: str) -> str:
    if not token[0].isdigit():
        return token
    if hour := _HOUR.fullmatch(token):
        return f"{int(hour[1])}h{hour[2] or ''}"
    return token.replace(" ", "").replace(".", "")


def _spelt_number(words: Sequence[str], at: int) -> tuple[int, int | None]:
    """Read a number in words; returns where it ends, and ``None`` where there is none."""
    if words[at] not in _STARTS:
        return at + 1, None
    total = current = 0
    end = at
    while end < len(words):
        word = words[end]
        if word in _HUNDREDS:
            current = max(current, 1) * 100
        elif word == "mille":
            total, current = total + max(current, 1) * 1000, 0
        elif word in _UNITS:
            four_score = word in _SCORE and current % 10 == 4  # noqa: PLR2004 - "quatre"
            current += _FOUR_SCORE if four_score else _UNITS[word]
        elif not (word == "et" and words[end + 1 : end + 2] in (["un"], ["une"], ["onze"])):
            break
        end += 1
    return end, total + current
