"""Make the models of themes: a part of ``make model`` (``train.py``).

Presence is fitted to the texts and, each for a part of a text, to the words and expressions of
``data/themes.toml``; tone to what each theme of a text is labelled. How sure presence must be, and
how much the whole text counts for the tone, are chosen on texts apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.chances import CLASSES, chances_of
from monitor.sentiment.fitting import Matrix, Settings, fit, sigmoid, softmax
from monitor.sentiment.model import Floats
from monitor.sentiment.theme_features import (
    BUCKETS,
    presence_features,
    read,
    tone_features,
    vector,
)
from monitor.sentiment.theme_model import ThemeModel
from monitor.sentiment.theme_words import THEMES, all_sayings, entries

# Chosen by cross-validation over the businesses of the training part.
_PRESENCE = Settings(buckets=BUCKETS, penalty=3e-5, steps=80)
_TONE = Settings(buckets=BUCKETS, penalty=2e-5, steps=60)
_SAID_ALONE = 0.3
"""How much a word or expression of the tables counts, of a text."""
_SAYING, _OPPOSED = 0.3, 0.2
"""How much an expression said alone counts for the tone, and two opposed in one text."""
_STRIDE = 7  # goes through the other list out of step
_LEAST = tuple(n / 50 for n in range(5, 31))
_WHOLE = tuple(n / 10 for n in range(11))


@dataclass(frozen=True, slots=True)
class Told:
    """A text and its labelled themes."""

    passage: Passage
    themes: Mapping[str, Sentiment]


def make_themes(train: Sequence[Told], dev: Sequence[Told], scores: Sequence[Score]) -> ThemeModel:
    """Return the models; ``scores`` are those of the texts of ``dev``."""
    presence, presence_bias = _presence(train)
    tone, tone_bias = _tone(train)
    model = ThemeModel(presence, presence_bias, tone, tone_bias, least=0.0, whole=0.0)
    return replace(model, least=_least(model, dev), whole=_whole(model, dev, scores))


def _presence(train: Sequence[Told]) -> tuple[Floats, Floats]:
    alone = [
        Told(Passage(text=text), dict.fromkeys(themes, CLASSES[1])) for text, themes in entries()
    ]
    taught = [*train, *alone]
    wanted = np.array([[theme in one.themes for theme in THEMES] for one in taught], np.float32)
    shares = np.array([1.0] * len(train) + [_SAID_ALONE] * len(alone))
    matrix = Matrix(vector(presence_features(read(one.passage))) for one in taught)
    return _as_stored(fit(matrix, wanted, shares, sigmoid, _PRESENCE))


def _tone(train: Sequence[Told]) -> tuple[Floats, Floats]:
    said, opposed = list(_said_alone()), list(_opposed())
    taught = [one for texts in (train, said, opposed) for one in _spoken(texts)]
    alone, joined = len(said), sum(len(one.themes) for one in opposed)
    labelled = len(taught) - alone - joined
    shares = np.array([1.0] * labelled + [_SAYING] * alone + [_OPPOSED] * joined)
    wanted = np.eye(len(CLASSES), dtype=np.float32)[[CLASSES.index(tone) for _, tone in taught]]
    matrix = Matrix(vector(features) for features, _ in taught)
    return _as_stored(fit(matrix, wanted, shares, softmax, _TONE))


def _said_alone() -> Iterator[Told]:
    for saying in all_sayings():
        yield Told(Passage(text=" ".join(saying.words)), {saying.theme: Sentiment(saying.tone)})


def _opposed() -> Iterator[Told]:
    """Yield praise of one theme beside blame of another: each clause has its own tone."""
    praise = [one for one in all_sayings() if one.tone == Sentiment.POSITIVE]
    blame = [one for one in all_sayings() if one.tone == Sentiment.NEGATIVE]
    for number, bad in enumerate(blame):
        good = praise[(number * _STRIDE) % len(praise)]
        if good.theme != bad.theme:
            themes = {good.theme: Sentiment.POSITIVE, bad.theme: Sentiment.NEGATIVE}
            sides = " ".join(good.words), " ".join(bad.words)
            joint = " mais " if number % 2 else ", "
            yield Told(Passage(text=joint.join(sides)), themes)
            yield Told(Passage(text=joint.join(reversed(sides))), themes)


def _spoken(texts: Sequence[Told]) -> Iterator[tuple[list[str], Sentiment]]:
    for one in texts:
        text = read(one.passage)
        for theme, tone in one.themes.items():
            yield tone_features(text, theme), tone


def _as_stored(fitted: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    weights, bias = fitted
    return weights.astype(np.float16).astype(np.float32), bias


def _least(model: ThemeModel, texts: Sequence[Told]) -> float:
    """Return the probability from which presence has the highest F0.5 over all themes.

    A theme that is not there hurts more than one that is not seen: digests name them.
    """
    chances = np.stack([model.presences(presence_features(read(one.passage))) for one in texts])
    wanted = np.array([[theme in one.themes for theme in THEMES] for one in texts])

    def score(least: float) -> float:
        said = chances >= least
        return float(1.25 * (said & wanted).sum() / max(1, said.sum() + 0.25 * wanted.sum()))

    return max(_LEAST, key=score)


def _whole(model: ThemeModel, texts: Sequence[Told], scores: Sequence[Score]) -> float:
    """Return the weight of the whole text with which single themes have likeliest tones."""
    sums, whole, wanted = [], [], []
    for one, score in zip(texts, scores, strict=True):
        chances, text = chances_of(score), read(one.passage)
        if chances is None or len(one.themes) > 1:
            continue
        for theme, tone in one.themes.items():
            sums.append(model.tones(tone_features(text, theme)))
            whole.append(np.log(chances))
            wanted.append(CLASSES.index(tone))

    def loss(weight: float) -> float:
        weighed = np.stack(sums) + weight * np.stack(whole)
        chances = softmax(np.asarray(weighed, dtype=np.float32))
        return float(-np.log(chances[np.arange(len(wanted)), wanted] + 1e-9).mean())

    return min(_WHOLE, key=loss)
