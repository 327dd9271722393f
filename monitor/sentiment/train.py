"""Make the model: ``python -m monitor.sentiment.train CORPUS DATA`` (``make model``).

Multinomial logistic regression, full batch, Adam, L2; numpy only; the same texts give the same
file. It starts from what other people's texts teach (DATA: reviews and subtitles), and is then
fitted to the corpus. Businesses are split by their names: the model is fitted to some, its
temperature to others, and measured on the rest, which are written to
``evaluation/sentiment/measured.ndjson``.
"""

from __future__ import annotations

import gzip
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from monitor.model import Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.chances import CLASSES
from monitor.sentiment.ecoute import EcouteScorer
from monitor.sentiment.features import BUCKETS, features_of
from monitor.sentiment.fitting import Matrix, Settings, fit, softmax
from monitor.sentiment.model import FILE, Floats, Ints, Model, pack, vector
from monitor.sentiment.theme_model import FILE as THEMES_FILE
from monitor.sentiment.theme_model import pack as pack_themes
from monitor.sentiment.train_themes import Told, make_themes

VERSION = "1"
HERE = Path(__file__).parent
MEASURED = HERE.parent / "evaluation" / "sentiment" / "measured.ndjson"

_TENTHS = 10
_DEV, _MEASURED_FROM = 7, 8  # of ten parts of the businesses: seven are trained on
_FIT = Settings(buckets=BUCKETS, penalty=1e-5, steps=120)
_PRIOR_FIT = Settings(buckets=BUCKETS, penalty=1e-5, steps=80)
_PRIOR_SOURCES = frozenset({"m-absa-fr", "allocine-sample", "xed-fr"})
"""Those whose licences let weights made from them be passed on."""
_PRIOR_SHARE = 0.5
"""How much of what they teach is kept, chosen on dev: they are not about small shops."""
_SAID_ALONE = 0.3
"""How much a word of the lexicon counts, of a text."""
_LEAST_TOLD = 0.02
"""What a text tells at least: that the model is sure of it comes of having learnt it by heart."""
_TEMPERATURES = np.arange(0.5, 2.01, 0.05)

Row = Mapping[str, Any]


def read_corpus(folder: Path) -> list[Row]:
    """Read every labelled text, in the order of files and lines."""
    files = sorted(folder.glob("part_*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def read_others(folder: Path) -> list[Row]:
    """Read texts of other kinds, those plainly labelled, as said of nobody."""
    lines = gzip.decompress((folder / "train.jsonl.gz").read_bytes()).splitlines()
    return [
        {"title": None, "text": row["text"], "business": "", "sentiment": row["label"]}
        for row in map(json.loads, lines)
        if row["source"] in _PRIOR_SOURCES and not row.get("orig")
    ]


def prior_of(rows: Sequence[Row]) -> Floats:
    """Return the weights that other texts teach, each class of them counting alike."""
    classes = classes_of(rows)
    shares = 1 / np.bincount(classes, minlength=len(CLASSES))[classes]
    wanted = np.eye(len(CLASSES), dtype=np.float32)[classes]
    weights, _ = fit(_matrix(rows), wanted, shares, softmax, _PRIOR_FIT)
    return np.asarray(weights * _PRIOR_SHARE, dtype=np.float32)


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


def temperature_for(sums: Floats, wanted: Ints) -> float:
    """Return the temperature under which the right classes are likeliest."""

    def loss(temperature: float) -> float:
        chances = softmax(np.asarray(sums / temperature, dtype=np.float32))
        return float(-np.log(chances[np.arange(len(wanted)), wanted] + 1e-9).mean())

    return min((float(t) for t in _TEMPERATURES), key=loss)


def known_of(matrix: Matrix, chances: Floats) -> Floats:
    """Return what texts told of each bucket: their Fisher information, summed."""
    told = np.maximum((chances * (1 - chances)).mean(axis=1), _LEAST_TOLD)
    rows = np.repeat(told, matrix.sizes)
    return np.bincount(matrix.places, matrix.values**2 * rows, BUCKETS).astype(np.float32)


def classes_of(rows: Sequence[Row]) -> Ints:
    """Return the labels as numbers."""
    return np.array([CLASSES.index(Sentiment(row["sentiment"])) for row in rows], dtype=np.int64)


def _matrix(rows: Sequence[Row]) -> Matrix:
    return Matrix(vector(features_of(passage_of(row))) for row in rows)


def _told(rows: Sequence[Row]) -> list[Told]:
    return [
        Told(passage_of(row), {name: Sentiment(tone) for name, tone in row["themes"].items()})
        for row in rows
    ]


def main(corpus: Path, data: Path) -> None:
    """Train, write the model and the measured part, print a line."""
    rows = read_corpus(corpus)
    train = [row for row in rows if tenth_of(row["business"]) < _DEV]
    dev = [row for row in rows if tenth_of(row["business"]) == _DEV]
    measured = [row for row in rows if tenth_of(row["business"]) >= _MEASURED_FROM]
    taught = [*train, *read_lexicon()]
    shares = np.array([1.0] * len(train) + [_SAID_ALONE] * (len(taught) - len(train)))
    wanted = np.eye(len(CLASSES), dtype=np.float32)[classes_of(taught)]
    matrix = _matrix(taught)
    prior = prior_of(read_others(data))
    weights, bias = fit(matrix, wanted, shares, softmax, _FIT, prior=prior)
    kept = weights.astype(np.float16).astype(np.float32)  # as it is stored
    sums = _matrix(dev).sums(kept, bias)
    temperature = temperature_for(sums, classes_of(dev))
    known = known_of(matrix, softmax(matrix.sums(kept, bias)) * shares[:, None].astype(np.float32))
    model = Model(kept, bias, temperature, VERSION, known)
    (HERE / "data" / FILE).write_bytes(pack(model))
    scores = EcouteScorer(model).score([passage_of(row) for row in dev])
    themes = make_themes(_told(train), _told(dev), scores)
    (HERE / "data" / THEMES_FILE).write_bytes(pack_themes(themes))
    MEASURED.parent.mkdir(exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) for row in measured)
    MEASURED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    right = float((sums.argmax(axis=1) == classes_of(dev)).mean())
    print(  # noqa: T201 - a command
        f"{len(train)} texts trained on, {len(dev)} for the temperature ({model.temperature:.2f},"
        f" {right:.3f} right), {len(measured)} to measure"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
