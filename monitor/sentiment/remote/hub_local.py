"""A Hugging Face text classifier run on this machine by ``transformers`` (extra ``hub``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from monitor.errors import Code, Malformed, ScorerUnavailable
from monitor.model import Json, Sentiment
from monitor.sentiment.remote.hub_labels import meaning_of

_MOST_TOKENS: Final = 512
"""What most classifiers read. Some do not say, and then fail on longer texts."""


def load_classifier(model: str, labels: Mapping[str, Sentiment]) -> Callable[[Sequence[str]], Json]:
    """Load a model by its name on the hub, or from a folder; the first time it is downloaded.

    Code that comes with a model is not run (``trust_remote_code`` stays off). Raises
    ``ScorerUnavailable`` when it cannot be had, or has labels that nobody told the meaning of.
    """
    pipe = _pipeline(model)
    names = [str(name) for name in pipe.model.config.id2label.values()]
    _check_labels(model, names, labels)
    most = min(int(pipe.tokenizer.model_max_length), _MOST_TOKENS)

    def classify(texts: Sequence[str]) -> Json:
        try:
            answer = pipe(list(texts), truncation=True, max_length=most, top_k=None)
        except (RuntimeError, ValueError, IndexError) as error:  # torch's: memory, shapes
            raise Malformed(Code.API, f"the model failed: {type(error).__name__}") from error
        return [[_plain(pair) for pair in pairs] for pairs in answer]

    return classify


def _pipeline(model: str) -> Any:  # noqa: ANN401 - transformers is no dependency of ours
    try:
        transformers: Any = import_module("transformers")
        return transformers.pipeline("text-classification", model=model)
    except ImportError as error:
        raise ScorerUnavailable(
            "scorer hub needs transformers and torch; install them with: "
            "pip install 'ecoute[hub]' (or give sentiment.url of a server that runs the model)"
        ) from error
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ScorerUnavailable(f"model {model!r} cannot be loaded: {_short(error)}") from error


def _check_labels(model: str, names: Iterable[str], labels: Mapping[str, Sentiment]) -> None:
    known = meaning_of(list(names), labels)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ScorerUnavailable(
            f"model {model!r} has labels that are not known: {', '.join(unknown)}; "
            "say in sentiment.labels what each means: negative, neutral or positive"
        )


def _plain(pair: Mapping[str, object]) -> Json:
    return {"label": str(pair["label"]), "score": float(str(pair["score"]))}


def _short(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200]
