"""What the labels of other people's classifiers mean: negative, neutral or positive."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from monitor.model import Sentiment
from monitor.text import fold

_NEGATIVE, _NEUTRAL, _POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE

_WORDS: Final[Mapping[str, Sentiment]] = {
    **dict.fromkeys(("negative", "neg", "negatif", "very negative", "tres negatif"), _NEGATIVE),
    **dict.fromkeys(("neutral", "neu", "neutre", "mixed", "mixte"), _NEUTRAL),
    **dict.fromkeys(("positive", "pos", "positif", "very positive", "tres positif"), _POSITIVE),
}
_STARS: Final = re.compile(r"([1-5]) (?:stars?|etoiles?)")
_BY_STARS: Final = (_NEGATIVE, _NEGATIVE, _NEUTRAL, _POSITIVE, _POSITIVE)
_BY_NUMBER: Final[Mapping[int, tuple[Sentiment, ...]]] = {
    2: (_NEGATIVE, _POSITIVE),  # SST-2 and its like
    3: (_NEGATIVE, _NEUTRAL, _POSITIVE),  # cardiffnlp's; a guess for others
    5: _BY_STARS,
}
"""Models without names for their classes number them; nearly all from bad to good."""


def meaning_of(labels: Collection[str], own: Mapping[str, Sentiment]) -> dict[str, Sentiment]:
    """Return what each label means, by the user's own mapping, else by its name.

    ``labels`` are all that the model has: ``LABEL_1`` of two is not ``LABEL_1`` of three. A label
    that cannot be told is left out.

    >>> sorted(meaning_of(["1 star", "4 stars"], {}).values())
    [<Sentiment.NEGATIVE: 'negative'>, <Sentiment.POSITIVE: 'positive'>]
    """
    told = {_plain(label): sentiment for label, sentiment in own.items()}
    numbered = _numbered({_plain(label) for label in labels})
    guesses = {label: _guess(_plain(label), numbered | told) for label in labels}
    return {label: sentiment for label, sentiment in guesses.items() if sentiment is not None}


def _guess(plain: str, told: Mapping[str, Sentiment]) -> Sentiment | None:
    if plain in told:
        return told[plain]
    stars = _STARS.fullmatch(plain)
    return _BY_STARS[int(stars[1]) - 1] if stars else _WORDS.get(plain)


def _numbered(labels: set[str]) -> dict[str, Sentiment]:
    """Return the meanings of ``label 0``, ``label 1``… if the labels are just these."""
    meanings = _BY_NUMBER.get(len(labels), ())
    names = [f"label {number}" for number in range(len(meanings))]
    return dict(zip(names, meanings, strict=True)) if labels == set(names) else {}


def _plain(label: str) -> str:
    return " ".join(fold(label).replace("_", " ").replace("-", " ").split())
