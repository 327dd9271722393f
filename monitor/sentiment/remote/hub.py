"""The scorer ``hub``: a Hugging Face text classifier that the user names, here or on a server.

The model is run by ``transformers`` where no address is given. An address is that of
text-embeddings-inference (it ends in ``/predict``) or of anything that answers as the Hugging Face
inference API does. Such models judge a text as such, not toward a business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from monitor.errors import ScorerUnavailable
from monitor.model import Json, Sentiment
from monitor.sentiment.base import Passage, Post, Scorer, ScorerSettings
from monitor.sentiment.remote.batches import BatchScorer, Verdict
from monitor.sentiment.remote.hub_answers import read_verdicts
from monitor.sentiment.remote.hub_local import load_classifier
from monitor.text import cut

Classify: TypeAlias = Callable[[Sequence[str]], Json]
"""From texts to ``[[{"label": …, "score": …}, …], …]``. Raises ``SourceError``."""

MOST_SIGNS: Final = 1_500
"""Of a text: under the 512 tokens that most classifiers read; not all servers cut by themselves."""

_PREDICT = "/predict"
_MOST_LABELS = 10


def make_hub(settings: ScorerSettings, make_fallback: Callable[[], Scorer]) -> Scorer:
    """Make the scorer; loads the model, or downloads it, where no server runs it.

    Raises ``ScorerUnavailable`` when neither a model nor a server is named, or cannot be had.
    """
    if settings.url is not None and settings.post is not None:
        name = settings.model or "server"
        classify = _server(settings.url, settings.api_key, settings.post)
    elif settings.model is not None:
        name = settings.model
        classify = load_classifier(settings.model, settings.labels)
    else:
        raise ScorerUnavailable(
            "scorer hub needs a model: set sentiment.model in sources.yaml, "
            "or sentiment.url of a server that runs one"
        )
    judge = ClassifierJudge(f"hub-1/{name}", classify, settings.labels)
    return BatchScorer(judge, make_fallback, batch=settings.batch, clock=settings.clock)


class ClassifierJudge:
    """Reads a classifier's labels as sentiments."""

    def __init__(self, name: str, classify: Classify, labels: Mapping[str, Sentiment]) -> None:
        self.name = name
        self._classify = classify
        self._labels = labels

    def judge(self, passages: Sequence[Passage]) -> Sequence[Verdict]:
        """Return a verdict a passage. Raises ``SourceError``."""
        answer = self._classify([cut(passage.text, MOST_SIGNS) for passage in passages])
        return read_verdicts(answer, len(passages), self._labels, self.name)


def _server(url: str, key: str | None, post: Post) -> Classify:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}

    def classify(texts: Sequence[str]) -> Json:
        return post(url, _question(url, texts), headers)

    return classify


def _question(url: str, texts: Sequence[str]) -> Json:
    """Return what a server of either kind is asked.

    text-embeddings-inference takes a flat list of two for a pair to compare: each text stands in a
    list of its own (router/src/http/types.rs, ``PredictInput``).
    """
    if url.partition("?")[0].rstrip("/").endswith(_PREDICT):
        return {"inputs": [[text] for text in texts], "truncate": True}
    return {"inputs": list(texts), "parameters": {"top_k": _MOST_LABELS}}
