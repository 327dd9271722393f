"""The sentence of a text that says best what its author thinks of the business."""

from __future__ import annotations

import re

from monitor.model import Sentiment
from monitor.sentiment.base import Passage
from monitor.sentiment.chances import CLASSES

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*[»”\"]?")
_FEWEST, _MOST = 12, 160
"""Signs of a sentence that is worth quoting: less says nothing, more is not read."""
_MOST_READ = 30


def telling_sentence(text: str, sentiment: Sentiment | None, business: str) -> str | None:
    """Return the sentence that is likeliest of that sentiment toward the business.

    The first one where the sentiment is neutral or unknown; ``None`` where none is of a length to
    be quoted. French texts: in others the choice is hardly better than chance.
    """
    found = (one.strip() for one in _SENTENCE.findall(text))
    sentences: list[str] = [one for one in found if _FEWEST <= len(one) <= _MOST][:_MOST_READ]
    if not sentences:
        return None
    if sentiment in {None, Sentiment.NEUTRAL} or len(sentences) == 1:
        return sentences[0]
    from monitor.sentiment.features import features_of  # noqa: PLC0415 - numpy, like the next
    from monitor.sentiment.model import shipped  # noqa: PLC0415

    wanted, model = CLASSES.index(sentiment or Sentiment.NEUTRAL), shipped()
    return max(
        sentences,
        key=lambda one: float(
            model.probabilities(features_of(Passage(text=one, business=business)))[wanted]
        ),
    )
