"""Make the model: ``python -m monitor.sentiment.train CORPUS_FOLDER`` (``make model``).

Multinomial logistic regression, full batch, Adam, L2; numpy only; the same corpus gives the same
file. Businesses are split by their names: the model is fitted to some, its temperature to others,
and measured on the rest, which are written to ``evaluation/sentiment/measured.ndjson``.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.model import Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.features import BUCKETS, features_of
from monitor.sentiment.model import CLASSES, FILE, Floats, Ints, Model, pack, vector

VERSION = "1"
HERE = Path(__file__).parent
MEASURED = HERE.parent / "evaluation" / "sentiment" / "measured.ndjson"

_TENTHS = 10
_DEV, _MEASURED_FROM = 7, 8  # of ten parts of the businesses: seven are trained on
_L2, _STEPS, _RATE = 1e-5, 120, 0.15
_SAID_ALONE = 0.3
"""How much a word of the lexicon counts, of a text."""
_TEMPERATURES = np.arange(0.5, 2.01, 0.05)

Row = Mapping[str, Any]
Shares = NDArray[np.float64]


def read_corpus(folder: Path) -> list[Row]:
    """Read every labelled text, in the order of files and lines."""
    files = sorted(folder.glob("part_*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def read_lexicon() -> list[Row]:
    """Return the plain words and the fixed phrases as texts of their own, each as said alone.

    Praise denied is blame; blame denied is not taught: it is now faint praise, now none.
    """
    words = tomllib.loads((HERE / "data" / "lexicon.toml").read_text("utf-8"))
    phrases = tomllib.loads((HERE / "data" / "phrases.toml").read_text("utf-8"))
    listed = [(tone, text) for tone, texts in words.items() for text in texts.split(",")]
    listed += [
        (tone, text)
        for tones in phrases.values()
        for tone, texts in tones.items()
        for text in texts.splitlines()
    ]
    return [
        {"title": None, "text": said, "business": "", "sentiment": as_}
        for tone, text in listed
        if text.strip()
        for said, as_ in _sayings(text.strip(), tone)
    ]


def _sayings(text: str, tone: str) -> Iterator[tuple[str, str]]:
    yield text, tone
    if tone != "neutral":
        yield f"{text} !", tone
        yield f"Fleuriste {text}", tone
    if tone == "positive" and " " not in text:
        yield f"pas {text}", "negative"
        yield f"très {text}", tone
    if tone == "negative" and " " not in text:
        yield f"très {text}", tone


def tenth_of(business: str) -> int:
    """Return which tenth of the businesses one belongs to, by its name alone."""
    return int(sha256(business.encode()).hexdigest(), 16) % _TENTHS


def passage_of(row: Row) -> Passage:
    """Return a record as the scorer gets it; its rating is left out, so that the words decide."""
    text = f"{row['title']}\n{row['text']}" if row["title"] else row["text"]
    return Passage(text=text, business=row["business"])


class Matrix:
    """The features of many texts, one after the other."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        """Compute them."""
        vectors = [vector(features_of(passage)) for passage in passages]
        self.places: Ints = np.concatenate([places for places, _ in vectors])
        self.values: Floats = np.concatenate([values for _, values in vectors])
        self.sizes = np.array([len(places) for places, _ in vectors])
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])

    def sums(self, weights: Floats, bias: Floats) -> Floats:
        """Return the sums of each text by class."""
        columns = [
            np.add.reduceat(weights[self.places, c] * self.values, self.starts)
            for c in range(len(CLASSES))
        ]
        return np.asarray(np.stack(columns, axis=1) + bias, dtype=np.float32)


def fit(matrix: Matrix, wanted: Ints, shares: Shares) -> tuple[Floats, Floats]:
    """Return weights and bias; each text counts by its share."""
    classes = len(CLASSES)
    target = np.eye(classes, dtype=np.float32)[wanted]
    rows = np.repeat(np.arange(len(wanted)), matrix.sizes)
    weights, bias = np.zeros((BUCKETS, classes), np.float32), np.zeros(classes, np.float32)
    state = [np.zeros_like(weights), np.zeros_like(weights), np.zeros(classes), np.zeros(classes)]
    for step in range(1, _STEPS + 1):
        missed = (_softmax(matrix.sums(weights, bias)) - target) * (shares / shares.sum())[:, None]
        slope = np.stack(
            [
                np.bincount(matrix.places, matrix.values * missed[rows, c], BUCKETS)
                for c in range(classes)
            ],
            axis=1,
        )
        weights -= _adam(state[0], state[1], slope + _L2 * weights, step)
        bias -= _adam(state[2], state[3], missed.sum(axis=0), step)
    return weights, bias


def _adam(mean: Any, square: Any, slope: Any, step: int) -> Floats:  # noqa: ANN401 - arrays of two shapes
    mean *= 0.9
    mean += 0.1 * slope
    square *= 0.99
    square += 0.01 * slope * slope
    corrected = np.sqrt(square / (1 - 0.99**step)) + 1e-8
    return np.asarray(_RATE * (mean / (1 - 0.9**step)) / corrected, dtype=np.float32)


def _softmax(sums: Floats) -> Floats:
    shifted = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def temperature_for(sums: Floats, wanted: Ints) -> float:
    """Return the temperature under which the right classes are likeliest."""

    def loss(temperature: float) -> float:
        chances = _softmax(np.asarray(sums / temperature, dtype=np.float32))
        return float(-np.log(chances[np.arange(len(wanted)), wanted] + 1e-9).mean())

    return min((float(t) for t in _TEMPERATURES), key=loss)


def classes_of(rows: Sequence[Row]) -> Ints:
    """Return the labels as numbers."""
    return np.array([CLASSES.index(Sentiment(row["sentiment"])) for row in rows], dtype=np.int64)


def main(corpus: Path) -> None:
    """Train, write the model and the measured part, print a line."""
    rows = read_corpus(corpus)
    train = [row for row in rows if tenth_of(row["business"]) < _DEV]
    dev = [row for row in rows if tenth_of(row["business"]) == _DEV]
    measured = [row for row in rows if tenth_of(row["business"]) >= _MEASURED_FROM]
    taught = [*train, *read_lexicon()]
    shares = np.array([1.0] * len(train) + [_SAID_ALONE] * (len(taught) - len(train)))
    weights, bias = fit(Matrix(map(passage_of, taught)), classes_of(taught), shares)
    kept = weights.astype(np.float16).astype(np.float32)  # as it is stored
    sums = Matrix(map(passage_of, dev)).sums(kept, bias)
    model = Model(kept, bias, temperature_for(sums, classes_of(dev)), VERSION)
    (HERE / "data" / FILE).write_bytes(pack(model))
    MEASURED.parent.mkdir(exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) for row in measured)
    MEASURED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    right = float((sums.argmax(axis=1) == classes_of(dev)).mean())
    print(  # noqa: T201 - a command
        f"{len(train)} texts trained on, {len(dev)} for the temperature ({model.temperature:.2f},"
        f" {right:.3f} right), {len(measured)} to measure"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
