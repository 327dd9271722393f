"""The themes a French text speaks of (accueil, prix, délai…), each with what is said of it.

Two small linear models (``theme_model.py``) over words, expressions and the clauses about the
business; where a text speaks of one theme only, the judgement of the whole text, an
author's stars included, weighs in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from monitor.model import Score, Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.chances import CLASSES, chances_of
from monitor.sentiment.languages import is_french
from monitor.sentiment.model import Floats
from monitor.sentiment.theme_features import Read, presence_features, read, tone_features
from monitor.sentiment.theme_model import ThemeModel, shipped
from monitor.sentiment.theme_words import THEMES


def with_themes(passages: Sequence[Passage], scores: Sequence[Score]) -> list[Score]:
    """Return the scores with the themes of their passages, in the same order."""
    return [
        replace(score, themes=themes_of(passage, score))
        for passage, score in zip(passages, scores, strict=True)
    ]


def themes_of(
    passage: Passage, score: Score, model: ThemeModel | None = None
) -> Mapping[str, Sentiment]:
    """Return the themes that a passage speaks of, in the order of ``THEMES``.

    None of a text in another language than French, nor of one without words or judgement.
    """
    chances = chances_of(score)
    if chances is None or (passage.language and not is_french(passage.language)):
        return {}
    text = read(passage)
    if not text.words:
        return {}
    model = model or shipped()
    presences = zip(THEMES, model.presences(presence_features(text)), strict=True)
    found = [theme for theme, presence in presences if presence >= model.least]
    # Of several themes each is spoken of in its own way; one alone is what the text is about.
    weight = model.whole if len(found) == 1 else 0.0
    whole = np.asarray(weight * np.log(chances), dtype=np.float32)
    return {theme: _tone(model, text, theme, whole) for theme in found}


def _tone(model: ThemeModel, text: Read, theme: str, whole: Floats) -> Sentiment:
    return CLASSES[int((model.tones(tone_features(text, theme)) + whole).argmax())]
