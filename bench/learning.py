"""What twenty corrections of an owner are worth: ``python bench/learning.py``.

Sixteen made-up businesses, each a year of mentions as they repeat themselves (written by us, no
model was trained on them): the first twenty are corrected, the rest is judged with and without what
that taught. Then only mistakes are put right, as most owners do.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from monitor.model import Sentiment
from monitor.sentiment.ecoute import EcouteScorer
from monitor.sentiment.learning import Correction, as_taught, learn_sentiment
from monitor.sentiment.train import Row, passage_of

STREAMS = Path(__file__).parents[1] / "monitor" / "evaluation" / "sentiment" / "streams.ndjson"
MOST = 20
SEEN = 35  # mentions among which the mistakes are put right
SCORER = EcouteScorer()


def later_right(rows: list[Row], *, only_mistakes: bool) -> tuple[int, int, int]:
    """Return of a business's later mentions how many are right without, right with, and all."""
    passages = [passage_of(row) for row in rows]
    wanted = [Sentiment(row["sentiment"]) for row in rows]
    plain = SCORER.score(passages)
    until = SEEN if only_mistakes else MOST
    corrections = [
        Correction(passage, right)
        for passage, right, score in list(zip(passages, wanted, plain, strict=True))[:until]
        if not only_mistakes or score.sentiment is not right
    ][:MOST]
    lesson = learn_sentiment(corrections)
    taught = as_taught(passages, plain, {rows[0]["business"]: lesson})
    counts = [
        sum(
            one.sentiment is right
            for one, right in zip(scores[until:], wanted[until:], strict=True)
        )
        for scores in (plain, taught)
    ]
    return counts[0], counts[1], len(rows) - until


def main() -> None:
    """Print a line each."""
    streams: dict[str, list[Row]] = defaultdict(list)
    for line in STREAMS.read_text("utf-8").splitlines():
        row = json.loads(line)
        streams[row["business"]].append(row)
    for name, only_mistakes in (("the first 20", False), ("mistakes, up to 20", True)):
        results = np.array(
            [later_right(rows, only_mistakes=only_mistakes) for rows in streams.values()]
        )
        without, taught, total = results.sum(axis=0)
        gains = (results[:, 1] - results[:, 0]) / results[:, 2]
        error = gains.std(ddof=1) / np.sqrt(len(gains))
        print(
            f"corrected: {name:20} later mentions {total}, right {without / total:.3f} → "
            f"{taught / total:.3f} ({gains.mean():+.3f} ± {1.96 * error:.3f})"
        )


if __name__ == "__main__":
    main()
