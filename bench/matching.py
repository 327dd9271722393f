"""Entries a second through the matcher at 10 to 10,000 businesses, beside one regular expression.

``python bench/matching.py [ENTRIES]``: texts of 80 words (2,000 of them), one in twenty about one
of the businesses. The naive alternative is what one would write first: all names in one pattern,
folded, at word boundaries, which finds names and judges nothing.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable
from itertools import product

from monitor.lexicon.packed import table
from monitor.matching.matcher import Matcher
from monitor.model import Business, Entry, Kind
from monitor.text import fold

ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
SHORT = 5  # letters: shorter family names are often words
SIZES = (10, 100, 1_000, 10_000)
WORDS_EACH = 80
NAMED_ONE_IN = 20
REPEATS = 3
CHANCE = random.Random(1)  # noqa: S311 - the same texts each time


def listed(name: str) -> list[str]:
    """The words of a list of ours with their values, by value."""
    found: list[tuple[int, str]] = []
    for length, shelf in enumerate(table(name).shelves, start=1):
        words = shelf.words.decode()
        found += [
            (value, words[at * length : (at + 1) * length]) for at, value in enumerate(shelf.values)
        ]
    return [word for _, word in sorted(found)]


TRADES = ("Fleurs", "Boulangerie", "Garage", "Coiffure", "Boucherie", "Chez", "Café", "Optique")
TOWNS = ("Valenciennes", "Lille", "Brest", "Uzès", "Royan", "Dinan", "Beaune", "Annecy")
PEOPLE = tuple(name.title() for name in listed("family_names") if len(name) > SHORT)[1_000:3_000]
FILLER = tuple(listed("words")[-20_000:])


def businesses(number: int) -> list[Business]:
    """Shops of many families; the rarest trades and towns come last."""
    pairs = list(product(PEOPLE, TRADES))
    CHANCE.shuffle(pairs)
    return [
        Business(name=f"{trade} {who}", context=(CHANCE.choice(TOWNS), trade.lower()))
        for who, trade in pairs[:number]
    ]


def entry(number: int, shops: list[Business]) -> Entry:
    """A text, now and then about a shop."""
    words = CHANCE.choices(FILLER, k=WORDS_EACH)
    if number % NAMED_ONE_IN == 0:
        shop = CHANCE.choice(shops)
        words[10:10] = [*shop.name.split(), "à", shop.context[0]]
    return Entry(
        external_id=str(number), url=None, text=" ".join(words), kind=Kind.POST, title=words[0]
    )


def naive(shops: list[Business]) -> Callable[[Entry], object]:
    """One pattern of all names."""
    pattern = re.compile(r"\b(?:" + "|".join(re.escape(fold(s.name)) for s in shops) + r")\b")
    return lambda one: pattern.findall(fold(f"{one.title}\n{one.text}"))


def rate(work: Callable[[Entry], object], entries: list[Entry]) -> float:
    """Entries a second, the best of some runs."""
    best = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        for one in entries:
            work(one)
        best = min(best, time.perf_counter() - start)
    return len(entries) / best


def main() -> None:
    """Print a line a size."""
    print(f"{'businesses':>10} {'build s':>9} {'entries/s':>10} {'regex/s':>9} {'us/entry':>9}")
    first = None
    for size in SIZES:
        shops = businesses(size)
        entries = [entry(n, shops) for n in range(ENTRIES)]
        start = time.perf_counter()
        matcher = Matcher(shops)
        built = time.perf_counter() - start
        ours = rate(matcher.match, entries)
        theirs = rate(naive(shops), entries[: 200_000 // size])
        first = first or ours
        print(f"{size:>10} {built:>9.2f} {ours:>10.0f} {theirs:>9.0f} {1e6 / ours:>9.0f}")
    print(f"cost at {SIZES[-1]:,} against {SIZES[0]}: {(first or ours) / ours:.2f} times")


if __name__ == "__main__":
    main()
