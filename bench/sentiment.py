"""Measure a scorer on labelled French texts, and fit textblob's neutral band and confidence.

    python bench/sentiment.py [DATA_DIR] [--scorer NAME]

DATA_DIR (default ``../shared/data/sentiment``, beside the repository) holds ``dev.jsonl.gz`` and
``business_dev.jsonl``. Of textblob, the figures on dev are made from scores whose band and steps
were fitted on the other four fifths of dev; nothing else is fitted to these texts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.calibration import Calibration, Reading, Step
from monitor.sentiment.lexical import CALIBRATION, TextblobScorer
from monitor.sentiment.registry import DEFAULT_SCORER, make_scorer

DATA = Path(__file__).parents[1].parent / "shared" / "data" / "sentiment"
CLASSES = tuple(Sentiment)
FOLDS = 5
RESAMPLES = 1000
ECE_BINS = 10
STEP_TEXTS = 60  # about so many texts behind one step of confidence: ± 0.13 at worst (95 %)
STEP_GAIN = 0.05  # a step that adds less is joined to the one before it
LOWS = np.arange(-30, 1) / 100  # 0 is always inside: a text that says nothing is neutral
HIGHS = np.arange(0, 41) / 100
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text and what a person said of it."""

    text: str
    label: Sentiment
    source: str


def read_examples(path: Path) -> list[Example]:
    """Read labelled texts, a JSON object a line."""
    packed = path.read_bytes()
    lines = gzip.decompress(packed) if path.suffix == ".gz" else packed
    rows = [json.loads(line) for line in lines.splitlines()]
    return [
        Example(text=row["text"], label=Sentiment(row["label"]), source=row.get("source", "hand"))
        for row in rows
    ]


# --- figures ----------------------------------------------------------------------------------


def macro_f1(told: Ints, true: Ints) -> float:
    """Average the F1 of the three classes; of a class in neither, 0."""
    hits = [np.sum((told == k) & (true == k)) for k in range(len(CLASSES))]
    sizes = [np.sum(told == k) + np.sum(true == k) for k in range(len(CLASSES))]
    return float(np.mean([2 * hit / max(size, 1) for hit, size in zip(hits, sizes, strict=True)]))


def calibration_error(confidence: Floats, right: Floats) -> float:
    """Compute ECE: how far, on average, confidence lies from the share that is right."""
    bins = np.minimum((confidence * ECE_BINS).astype(np.int64), ECE_BINS - 1)
    off = np.bincount(bins, weights=confidence - right, minlength=ECE_BINS)
    return float(np.abs(off).sum() / len(right))


def report(name: str, scores: Sequence[Score], examples: Sequence[Example]) -> None:
    """Print a line of figures with 95 % bootstrap intervals (percentile, over texts)."""
    true = _classes([example.label for example in examples])
    told = _classes([score.sentiment or Sentiment.NEUTRAL for score in scores])
    confidence = np.array([score.confidence or 0.0 for score in scores])

    def measure(pick: Ints) -> tuple[float, float, float]:
        right = (told[pick] == true[pick]).astype(np.float64)
        return (
            float(right.mean()),
            macro_f1(told[pick], true[pick]),
            calibration_error(confidence[pick], right),
        )

    every = np.arange(len(examples))
    rng = np.random.default_rng(0)
    drawn = np.array([measure(rng.choice(every, len(every))) for _ in range(RESAMPLES)])
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    cells = [
        f"{value:.3f} [{a:.3f}, {b:.3f}]"
        for value, a, b in zip(measure(every), low, high, strict=True)
    ]
    print(f"| {name} | {len(examples)} | " + " | ".join(cells) + " |")


def _classes(sentiments: Sequence[Sentiment]) -> Ints:
    return np.array([CLASSES.index(sentiment) for sentiment in sentiments])


# --- fitting ----------------------------------------------------------------------------------


def fit(readings: Sequence[Reading], examples: Sequence[Example]) -> Calibration:
    """Choose the band of the best macro-F1, then read off how often each distance is right."""
    polarity = np.array([reading.polarity for reading in readings])
    known = np.array([reading.known for reading in readings])
    true = _classes([example.label for example in examples])

    def tell(low: float, high: float) -> Ints:
        return np.where(~known | ((polarity >= low) & (polarity <= high)), 1, 2 * (polarity > high))

    low, high = max(product(LOWS, HIGHS), key=lambda band: macro_f1(tell(*band), true))
    told = tell(low, high)
    right = (told == true).astype(np.float64)
    distance = np.minimum(np.abs(polarity - low), np.abs(polarity - high))
    return Calibration(
        low=float(low),
        high=float(high),
        unknown=round(float(right[~known].mean()), 2),
        steps={
            sentiment: _fit_steps(distance[known & (told == k)], right[known & (told == k)])
            for k, sentiment in enumerate(CLASSES)
        },
    )


def _fit_steps(distance: Floats, right: Floats) -> tuple[Step, ...]:
    """Cut into groups of like size, and join neighbours until confidence grows with distance."""
    cuts = np.quantile(distance, np.linspace(0, 1, max(2, len(distance) // STEP_TEXTS)))
    starts = np.unique([0.0, *cuts[1:-1].round(2)]).tolist()
    groups: list[tuple[float, Floats]] = []
    for start, end in pairwise([*starts, float("inf")]):
        first, joined = start, right[(distance >= start) & (distance < end)]
        if len(joined) == 0:
            continue
        while groups and groups[-1][1].mean() > joined.mean() - STEP_GAIN:
            first, before = groups.pop()
            joined = np.concatenate([before, joined])
        groups.append((first if groups else 0.0, joined))
    return tuple(
        Step(distance=first, confidence=round(float(group.mean()), 2)) for first, group in groups
    )


def score_by_others(readings: Sequence[Reading], examples: Sequence[Example]) -> list[Score]:
    """Judge each fifth of the texts by what was fitted on the four others."""
    fold = np.random.default_rng(0).permutation(len(examples)) % FOLDS
    fitted = []
    for k in range(FOLDS):
        others = np.flatnonzero(fold != k).tolist()
        fitted.append(fit([readings[i] for i in others], [examples[i] for i in others]))
    return [
        fitted[fold[i]].judge(reading, TextblobScorer.name) for i, reading in enumerate(readings)
    ]


def describe(fitted: Calibration) -> str:
    """Write a calibration in the way that ``monitor/sentiment/lexical.py`` holds it."""
    lines = [f"low={fitted.low}, high={fitted.high}, unknown={fitted.unknown}"]
    lines += [
        f"{sentiment}: " + ", ".join(f"({s.distance}, {s.confidence})" for s in steps)
        for sentiment, steps in fitted.steps.items()
    ]
    return "\n".join("    " + line for line in lines)


# --- the run ----------------------------------------------------------------------------------


def main() -> None:
    """Print the figures, or one line if the data is not here."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--scorer", default=DEFAULT_SCORER)
    asked = parser.parse_args()
    if not (asked.data / "dev.jsonl.gz").exists():
        print(f"nothing measured: no dev.jsonl.gz in {asked.data}")
        return
    dev = read_examples(asked.data / "dev.jsonl.gz")
    business = read_examples(asked.data / "business_dev.jsonl")
    scorer = make_scorer(asked.scorer)
    passages = [Passage(text=example.text) for example in dev]
    start = time.perf_counter()
    scores = scorer.score(passages)
    speed = len(dev) / (time.perf_counter() - start)

    print(f"scorer {scorer.name} of ecoute {version('ecoute')}; {_machine()}")
    print(f"{speed:,.0f} texts/s, one thread, dev texts\n")
    print("| texts | n | accuracy | macro-F1 | ECE |\n| --- | --- | --- | --- | --- |")
    if isinstance(scorer, TextblobScorer):
        readings = [scorer.read(example.text) for example in dev]
        scores = score_by_others(readings, dev)
    report("dev", scores, dev)
    for source in sorted({example.source for example in dev}):
        of_source = [i for i, example in enumerate(dev) if example.source == source]
        report(f"dev: {source}", [scores[i] for i in of_source], [dev[i] for i in of_source])
    report("business_dev", scorer.score([Passage(text=one.text) for one in business]), business)
    if isinstance(scorer, TextblobScorer):
        best = fit(readings, dev)
        same = "the same as" if describe(best) == describe(CALIBRATION) else "NOT those of"
        print(f"\nfitted on all of dev ({same} monitor/sentiment/lexical.py):\n{describe(best)}")


def _machine() -> str:
    python, textblob = platform.python_version(), version("textblob-fr")
    return f"{_processor()}, Python {python}, textblob-fr {textblob}, numpy {np.__version__}"


def _processor() -> str:
    """Name the processor; Linux tells it in a file only."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
