"""Every scorer by its name: ours, and those that other distributions add.

Those that ask a model elsewhere (``llm``, ``hub``) are made with the settings of the file.
A distribution adds one through the entry-point group ``ecoute.scorers``: the name that
``sentiment.scorer`` takes, and a callable without arguments that makes a ``Scorer``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from typing import Final, TypeAlias

from monitor.errors import ScorerUnavailable
from monitor.sentiment.base import NO_SETTINGS, Scorer, ScorerSettings
from monitor.sentiment.lexical import TextblobScorer

MakeScorer: TypeAlias = Callable[[], Scorer]

GROUP: Final = "ecoute.scorers"
DEFAULT_SCORER: Final = "ecoute"


def _make_ours() -> Scorer:
    from monitor.sentiment.ecoute import EcouteScorer  # noqa: PLC0415 - numpy, that only scoring owes

    return EcouteScorer()


def _make_neural() -> Scorer:
    from monitor.sentiment.neural.scorer import NeuralScorer  # noqa: PLC0415 - only for who names it

    return NeuralScorer()


_OURS: Final[Mapping[str, MakeScorer]] = {
    "ecoute": _make_ours,
    "textblob": TextblobScorer,
    "neural": _make_neural,
}


def _make_llm(settings: ScorerSettings) -> Scorer:
    from monitor.sentiment.remote.llm import make_llm  # noqa: PLC0415 - only for who names it

    return make_llm(settings, _make_ours)


def _make_hub(settings: ScorerSettings) -> Scorer:
    from monitor.sentiment.remote.hub import make_hub  # noqa: PLC0415 - only for who names it

    return make_hub(settings, _make_ours)


_TOLD: Final[Mapping[str, Callable[[ScorerSettings], Scorer]]] = {
    "hub": _make_hub,
    "llm": _make_llm,
}


def scorers(settings: ScorerSettings = NO_SETTINGS) -> Mapping[str, MakeScorer]:
    """Return how to make each scorer, by name; nothing is loaded until one is made.

    Raises ``ScorerUnavailable`` if two of them claim one name.
    """
    found = dict(_OURS) | {name: partial(make, settings) for name, make in _TOLD.items()}
    for entry in entry_points(group=GROUP):
        if entry.name in found:
            raise ScorerUnavailable(
                f"two scorers are called {entry.name!r}; one is {entry.value} "
                f"(entry point of {_distribution(entry)}): remove that package or rename its scorer"
            )
        found[entry.name] = _maker(entry)
    return found


def make_scorer(name: str = DEFAULT_SCORER, settings: ScorerSettings = NO_SETTINGS) -> Scorer:
    """Make a scorer by name.

    Raises ``ScorerUnavailable``, with the nearest name if none is called so, or with what a
    scorer lacks to be made.
    """
    known = scorers(settings)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(sorted(known))}"
        raise ScorerUnavailable(f"no scorer is called {name!r}; {hint}")
    return known[name]()


def _maker(entry: EntryPoint) -> MakeScorer:
    def make() -> Scorer:
        try:
            make_theirs: MakeScorer = entry.load()
        except (ImportError, AttributeError) as error:
            raise ScorerUnavailable(
                f"scorer {entry.name!r} of {_distribution(entry)} cannot be loaded: {error}"
            ) from error
        return make_theirs()

    return make


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unknown distribution"
