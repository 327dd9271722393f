"""Print what the corpus holds: counts, balance, near-duplicates, agreement of two labels."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "corpus" / "sentiment"
NEAR = 0.6
"""Share of common words from which two texts of one business are near-duplicates."""


def read(pattern: str) -> list[dict[str, Any]]:
    """Return the records of some files."""
    files = sorted(FOLDER.glob(pattern))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def words_of(text: str) -> list[str]:
    """Return the words of a text."""
    return re.findall(r"\w+", text.casefold())


def kappa(pairs: list[tuple[str, str]]) -> float:
    """Return Cohen's κ of two labellers."""
    total = len(pairs)
    agreed = sum(one == other for one, other in pairs) / total
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(first[label] * second[label] for label in first) / total**2
    return (agreed - chance) / (1 - chance)


def near_duplicates(rows: list[dict[str, Any]]) -> int:
    """Count pairs of one business that share most of their words."""
    found = 0
    by_business: dict[str, list[set[str]]] = {}
    for row in rows:
        by_business.setdefault(row["business"], []).append(set(words_of(row["text"])))
    for texts in by_business.values():
        found += sum(len(a & b) > NEAR * len(a | b) for a, b in combinations(texts, 2) if a and b)
    return found


def main() -> None:
    """Print a line each."""
    rows = read("part_*.ndjson")
    first = {row["id"]: row.get("first", row["sentiment"]) for row in rows}
    texts = {row["text"] for row in rows}
    print(f"{len(rows)} texts, {len(texts)} different, {len(first)} ids")
    names, trades = ({row[key] for row in rows} for key in ("business", "trade"))
    print(f"{len(names)} businesses, {len(trades)} trades")
    for name in ("sentiment", "kind"):
        print(name, dict(Counter(row[name] for row in rows).most_common()))
    print("tags", dict(Counter(tag for row in rows for tag in row["tags"]).most_common()))
    openings = Counter(" ".join(words_of(row["text"])[:3]) for row in rows)
    print("commonest openings", openings.most_common(5))
    print("near-duplicates within a business", near_duplicates(rows))
    second = read("second_*.ndjson")
    pairs = [(first[row["id"]], row["sentiment"]) for row in second]
    apart = sum(one != other for one, other in pairs)
    settled = sum("settled" in row for row in rows)
    print(
        f"two labels: {len(pairs)} texts, κ {kappa(pairs):.3f}, {apart} disputed, {settled} settled"
    )
    themes = {row["id"]: set(row["themes"]) for row in rows}
    both, one, other = (
        sum(len(count(themes[row["id"]], set(row["themes"]))) for row in second)
        for count in (set.intersection, lambda a, _: a, lambda _, b: b)
    )
    print(f"themes: the two labels agree on presence with an F1 of {2 * both / (one + other):.2f}")


if __name__ == "__main__":
    main()
