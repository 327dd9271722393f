"""Tune the transformer: ``python -m monitor.sentiment.neural.train corpus/sentiment [FILE]``.

Needs torch (CPU is enough; some twenty minutes on one core) and the extra ``neural``; the scorer
needs neither torch nor this. Businesses are split by their names, as for the default scorer: tuned
on some, the best epoch, share and temperature chosen on others, the rest left to measure. FILE
holds further texts to choose on (JSON lines, ``text`` and ``label``), of no known business. Run
``make model`` first: the default scorer's opinion is a part of the judgement.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitor.sentiment.base import Passage
from monitor.sentiment.model import Floats
from monitor.sentiment.model import shipped as shipped_linear
from monitor.sentiment.neural.base_file import BaseFile
from monitor.sentiment.neural.choosing import Trial
from monitor.sentiment.neural.encoder import MATRICES, Encoder, base_layer
from monitor.sentiment.neural.package import base_path, checksum
from monitor.sentiment.neural.reading import Reader
from monitor.sentiment.neural.scorer import NeuralScorer
from monitor.sentiment.neural.tuned import FILE, Tuned, blocks_of, pack
from monitor.sentiment.train import (
    Row,
    classes_of,
    passage_of,
    read_corpus,
    read_lexicon,
    tenth_of,
)

VERSION: Final = "1"
HERE: Final = Path(__file__).parent

_LAYERS, _FIRST = 12, 6
"""Layers that run, and the first that is tuned."""
_DEV: Final = 7
_BATCH: Final = 16
_UNNAMED_EACH: Final = 3
"""Of so many texts one is taught a second time without its business, unless it tells of two."""
_OF_TWO: Final = frozenset({"two_parties", "comparison"})


def main(corpus: Path, further: Path | None = None) -> None:
    """Tune, write the file, print a line an epoch and one at the end."""
    rows = read_corpus(corpus)
    trial = _trial(rows, _read_further(further) if further else [])
    base = BaseFile(base_path())
    layers, head = _tune(base, _lessons(rows), trial)
    tuned = Tuned(
        version=VERSION,
        base=checksum(base_path()),
        layers=_LAYERS,
        first=_FIRST,
        moved=moves(base, layers),
        head=head,
        share=0.0,
        temperature=1.0,
    )
    sums = NeuralScorer(tuned).sums(trial.passages)  # as it is stored
    share, temperature = trial.choose(sums)
    packed = pack(replace(tuned, share=share, temperature=temperature))
    (HERE / "data" / FILE).write_bytes(packed)
    _say(f"as stored: {trial.tell(sums)}; temperature {temperature:.2f}, {len(packed)} bytes")


def moves(base: BaseFile, layers: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """Return how far the matrices moved, in blocks, and the small arrays as they are now."""
    found: dict[str, NDArray[Any]] = {}
    for number in range(_FIRST, _LAYERS):
        for name, before in base_layer(base, number).arrays.items():
            now = layers[f"l{number}.{name}"]
            is_matrix = name.endswith(".w") and name.removesuffix(".w") in MATRICES
            found[f"l{number}.{name}"] = blocks_of(now - before) if is_matrix else now
    return found


def _trial(rows: Sequence[Row], others: Sequence[Row]) -> Trial:
    dev = [row for row in rows if tenth_of(row["business"]) == _DEV]
    every = [*dev, *others]
    parts = [slice(0, len(dev))] + [slice(len(dev), None)] * bool(others)
    passages = [passage_of(row) for row in every]
    return Trial(passages, classes_of(every), parts, shipped_linear())


def _lessons(rows: Sequence[Row]) -> list[Row]:
    """Return what is tuned on: texts, some of them again without a business, plain expressions."""
    named = [row for row in rows if tenth_of(row["business"]) < _DEV]
    again = [row for row in named[::_UNNAMED_EACH] if not _OF_TWO.intersection(row["tags"])]
    expressions = [row for row in read_lexicon() if " " in row["text"].strip(" !")]
    return [*named, *({**row, "business": None} for row in [*again, *expressions])]


def _tune(
    base: BaseFile, lessons: Sequence[Row], trial: Trial
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return layers and head as they were after the best epoch."""
    try:
        from monitor.sentiment.neural.net import Net, Plan  # noqa: PLC0415 - torch, only to train
    except ImportError as error:
        raise SystemExit(f"training needs torch ({error}): pip install torch") from error
    taught = _states(base, [passage_of(row) for row in lessons])
    tried = _states(base, trial.passages)
    tuned = {number: base_layer(base, number) for number in range(_FIRST, _LAYERS)}
    net = Net(base.settings, tuned, Plan())
    best, kept = -1.0, net.snapshot()

    def after_epoch(epoch: int, loss: float) -> None:
        nonlocal best, kept
        sums = net.sums(tried)
        _say(f"epoch {epoch}: loss {loss:.3f}, {trial.tell(sums)}")
        if trial.rightness(sums) > best:
            best, kept = trial.rightness(sums), net.snapshot()

    net.tune(taught, classes_of(lessons), after_epoch)
    return kept


def _states(base: BaseFile, passages: Sequence[Passage]) -> list[NDArray[np.float16]]:
    """Return what the tuned layers are given of each text."""
    reader = Reader(base.vocabulary)
    below = Encoder(base, [base_layer(base, number) for number in range(_FIRST)])
    numbers = [reader.numbers(passage) for passage in passages]
    order = sorted(range(len(numbers)), key=lambda n: len(numbers[n]))
    found: dict[int, NDArray[np.float16]] = {}
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        states, _ = below.states([numbers[n] for n in batch])
        for n, one in zip(batch, states, strict=True):
            found[n] = one[: len(numbers[n])].astype(np.float16)
    return [found[n] for n in range(len(numbers))]


def _read_further(file: Path) -> list[Row]:
    read = map(json.loads, file.read_text("utf-8").splitlines())
    return [
        {"title": None, "text": row["text"], "business": None, "sentiment": row["label"]}
        for row in read
    ]


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
