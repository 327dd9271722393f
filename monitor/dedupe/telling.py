"""What a text tells, reduced to what its event can be known again by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise

from monitor.dedupe.numerals import tokens_of
from monitor.dedupe.setting import names_in, setting_of
from monitor.dedupe.told_days import dates_in, days_referred_to, weekdays_in
from monitor.dedupe.weights import is_telling, stem_of, trade_stems, weigh
from monitor.text import fold

_MOST_READ = 2000
"""Characters that are read: a press text tells its event in its title and first paragraphs."""

_LIGHT = 0.3
"""What persons, places and words of the trade weigh: all that is told of a business names its
owner, its town and its street, whatever happened."""

_PHRASE = 4
"""Words in a row that two texts hardly share unless one was copied from the other."""

_OUTLET_SIGNS = 40
"""Length of the longest name of a paper behind a headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A text reduced: ``title`` and ``whole`` (title included) hold words with their weights 0..1.

    Words of the ``setting`` (persons, streets, places) and of the trade weigh little in these;
    ``heading`` holds those of the title with their whole weight. ``facts`` are numbers and names.
    ``pairs`` are telling words side by side ("faux sang", "500 bouquets"), none of the setting.
    ``tokens`` are the words of the text alone, in order (of the title where there is no text).

    ``dates`` are days it names, ``weekdays`` those it may mean; it was published on ``day``, and
    what it counts from ("trois jours après") lies between the days ``refers_to``.
    """

    day: date
    title: Mapping[str, float]
    whole: Mapping[str, float]
    heading: Mapping[str, float]
    setting: frozenset[str]
    facts: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    tokens: tuple[str, ...]
    title_tokens: tuple[str, ...]
    phrases: frozenset[tuple[str, ...]]
    dates: frozenset[date]
    weekdays: frozenset[date]
    refers_to: tuple[date, date] | None
    is_headline: bool


# A text is read when it comes, and each time that it is a candidate.
@lru_cache(maxsize=100)
def read_telling(title: str, text: str, published_at: datetime, business: str) -> Telling:
    """Reduce a text of a business. A headline alone loses the outlet behind it."""
    text = text[:_MOST_READ]
    body_tokens = tuple(tokens_of(fold(text)))
    title_tokens = tuple(tokens_of(fold(title)))
    is_headline = set(body_tokens) <= set(title_tokens)
    if is_headline:
        title, text, body_tokens = _without_outlet(title), "", ()
        title_tokens = tuple(tokens_of(fold(title)))
    both = (*title_tokens, ".", *body_tokens)
    names = names_in(f"{title} . {text}")
    setting = setting_of(both, names)
    light = setting | trade_stems(business)
    heading = weigh(title_tokens, business)
    whole = _lightened(weigh(both, business), light)
    tokens = body_tokens or title_tokens
    return Telling(
        day=published_at.date(),
        title=_lightened(heading, light),
        whole=whole,
        heading=heading,
        setting=setting,
        facts=frozenset(
            t for t in both if (t[0].isdigit() or t in names) and is_telling(t, business)
        ),
        pairs=frozenset(_pairs(both, whole.keys() - setting)),
        tokens=tokens,
        title_tokens=title_tokens,
        phrases=phrases_of(tokens),
        dates=dates_in(both, published_at),
        weekdays=weekdays_in(both, published_at),
        refers_to=days_referred_to(both, published_at),
        is_headline=is_headline,
    )


def phrases_of(tokens: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Return all phrases of a row of words."""
    return frozenset(tokens[at : at + _PHRASE] for at in range(len(tokens) - _PHRASE + 1))


def _pairs(tokens: Sequence[str], telling: AbstractSet[str]) -> Iterator[tuple[str, str]]:
    stems = [stem_of(token) for token in tokens]
    return (pair for pair in pairwise(stems) if pair[0] in telling and pair[1] in telling)


def _without_outlet(title: str) -> str:
    """Take away " - La Voix du Nord", as search results have it."""
    headline, dash, tail = title.rpartition(" - ")
    return headline if dash and len(tail) <= _OUTLET_SIGNS else title


def _lightened(weights: Mapping[str, float], light: frozenset[str]) -> dict[str, float]:
    return {stem: weight * _LIGHT if stem in light else weight for stem, weight in weights.items()}
