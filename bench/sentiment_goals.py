"""The figures that the default scorer is held to: ``python bench/sentiment_goals.py [DATA_DIR]``.

On the measured part, on ``business_dev.jsonl``, and on texts of other kinds in DATA_DIR (default
``../shared/data/sentiment``). Also what a build with UMSAB's tweets gets, which is not shipped:
their licence is unclear.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from monitor.evaluation.sentiment import measured
from monitor.model import Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.chances import CLASSES
from monitor.sentiment.features import BUCKETS, features_of
from monitor.sentiment.fitting import Matrix, Settings, fit, softmax
from monitor.sentiment.model import Model, shipped, vector
from monitor.sentiment.train import (
    Row,
    passage_of,
    prior_of,
    read_corpus,
    read_lexicon,
    read_others,
    tenth_of,
)

HERE = Path(__file__).parents[1]
DATA = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "shared" / "data" / "sentiment"


def read(name: str) -> list[dict[str, str]]:
    """Read labelled texts, a JSON object a line."""
    packed = (DATA / name).read_bytes()
    text = gzip.decompress(packed) if name.endswith(".gz") else packed
    return [json.loads(line) for line in text.splitlines()]


def chances(model: Model, passages: Iterable[Passage]) -> np.ndarray:
    """Return the chances of each text by class."""
    return np.stack([model.probabilities(features_of(passage)) for passage in passages])


def macro_f1(judged: np.ndarray, wanted: np.ndarray) -> float:
    """Return the mean F1 of the three classes."""
    scores = []
    for number in range(len(CLASSES)):
        right = ((judged == number) & (wanted == number)).sum()
        scores.append(2 * right / max(1, (judged == number).sum() + (wanted == number).sum()))
    return float(np.mean(scores))


def precision_at(chance: np.ndarray, wanted: np.ndarray, recall: float) -> float:
    """Return the precision of "negative" where that share of the negative is found."""
    order = np.argsort(-chance[:, 0])
    right = np.cumsum(wanted[order] == 0)
    at = int(np.searchsorted(right, recall * (wanted == 0).sum()))
    return float(right[at] / (at + 1))


def numbers(labels: Sequence[str]) -> np.ndarray:
    """Return labels as the numbers of their classes."""
    return np.array([CLASSES.index(Sentiment(label)) for label in labels])


def build(rows: Sequence[Row]) -> Model:
    """Fit a model as ``make model`` does, to these rows."""
    lexicon = read_lexicon()
    matrix = Matrix(vector(features_of(passage_of(row))) for row in [*rows, *lexicon])
    wanted = np.eye(len(CLASSES), dtype=np.float32)[
        numbers([row["sentiment"] for row in [*rows, *lexicon]])
    ]
    shares = np.array([1.0] * len(rows) + [0.3] * len(lexicon))
    settings = Settings(buckets=BUCKETS, penalty=1e-5, steps=120)
    weights, bias = fit(
        matrix, wanted, shares, softmax, settings, prior=prior_of(read_others(DATA))
    )
    return Model(weights, bias, 1.0, "bench", np.zeros(BUCKETS, np.float32))


def main() -> None:
    """Print a line each."""
    ecoute = shipped()
    rows = measured()
    chance = chances(ecoute, (row.passage for row in rows))
    wanted = numbers([row.sentiment for row in rows])
    print(f"measured part ({len(rows)}): macro-F1 {macro_f1(chance.argmax(1), wanted):.3f}")
    for recall in (0.5, 0.8):
        found = precision_at(chance, wanted, recall)
        print(f"  precision of negative at recall {recall}: {found:.3f}")
    dev = read("business_dev.jsonl")
    told = chances(ecoute, (Passage(text=row["text"]) for row in dev)).argmax(1)
    print(f"business_dev ({len(dev)}): {macro_f1(told, numbers([r['label'] for r in dev])):.3f}")
    others = read("dev.jsonl.gz")
    food = [row for row in others if row["domain"] == "restaurant"]
    told = chances(ecoute, (Passage(text=row["text"]) for row in food)).argmax(1)
    right = (told == numbers([row["label"] for row in food])).mean()
    print(f"translated restaurant sentences ({len(food)}): accuracy {right:.3f}")
    tweets = [row for row in others if row["source"] == "umsab-fr"]
    taught = [
        {"title": None, "text": row["text"], "business": "", "sentiment": row["label"]}
        for row in read("train.jsonl.gz")
        if row["source"] == "umsab-fr"
    ]
    ours = [r for r in read_corpus(HERE / "corpus" / "sentiment") if tenth_of(r["business"]) < 7]  # noqa: PLR2004 - as train.py
    for name, model in (("shipped", ecoute), ("with UMSAB", build([*ours, *taught]))):
        told = chances(model, (Passage(text=row["text"]) for row in tweets)).argmax(1)
        value = macro_f1(told, numbers([row["label"] for row in tweets]))
        print(f"UMSAB tweets, dev ({len(tweets)}), {name}: macro-F1 {value:.3f}")


if __name__ == "__main__":
    main()
