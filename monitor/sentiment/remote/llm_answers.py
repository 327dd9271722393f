"""What a chat model answers, checked item by item: nothing in it is believed unseen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from monitor.errors import Code, Malformed
from monitor.model import Json, Score, Sentiment
from monitor.sentiment.remote.batches import Verdict

# Taken, not measured: no chat model was at hand. Models overstate what they are sure of, so that
# no more than this is believed; one that does not say is taken for somewhat sure.
MOST_CONFIDENCE: Final = 0.9
UNSAID_CONFIDENCE: Final = 0.7
_LEAST_CONFIDENCE = 1 / 3
"""The best of three classes cannot be less likely."""

# Some models think aloud first, many fence their JSON though told not to.
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"\A```(?:json)?\s*\n(.*)\n\s*```\Z", re.DOTALL)


def read_verdicts(answer: Json, ids: Sequence[str], scorer: str) -> list[Verdict]:
    """Return a verdict an id, in the same order, of a whole chat completion.

    Raises ``Malformed`` when the answer as a whole cannot be read. A judgement that is wrong in
    itself, that names no text asked about, or that comes twice costs no other text its own.
    """
    by_id: dict[str, Verdict] = {}
    for item in _items(_content(answer)):
        name = item.get("id") if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(name, str):
            continue
        by_id[name] = "two judgements of one text" if name in by_id else _verdict(item, scorer)
    return [by_id.get(name, "no judgement of a text") for name in ids]


def used_tokens(answer: Json) -> int | None:
    """Return how many tokens the server counted; ``None`` where it does not say."""
    usage = answer.get("usage") if isinstance(answer, Mapping) else None
    total = usage.get("total_tokens") if isinstance(usage, Mapping) else None
    return total if isinstance(total, int) and total >= 0 else None


def _content(answer: Json) -> str:
    choices = answer.get("choices") if isinstance(answer, Mapping) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, Mapping) else None
    content = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(content, str):
        raise Malformed(Code.API, "choices[0].message.content is missing")
    return content


def _items(content: str) -> Sequence[Json]:
    bare = _THOUGHTS.sub("", content).strip()
    fenced = _FENCE.match(bare)
    try:
        value = json.loads(fenced[1] if fenced else bare, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed(Code.API, "the model's answer is not JSON") from error
    items = value.get("jugements") if isinstance(value, dict) else value
    if not isinstance(items, list):
        raise Malformed(Code.API, "the model's answer holds no list of judgements")
    return items


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _verdict(item: Mapping[str, Json], scorer: str) -> Verdict:
    said, confidence = item.get("sentiment"), item.get("confidence", UNSAID_CONFIDENCE)
    if not isinstance(said, str) or said not in _KNOWN:
        return "a judgement that is none of negative, neutral, positive"
    if isinstance(confidence, bool) or not isinstance(confidence, int | float):
        return "a confidence that is no number"
    if not 0 <= confidence <= 1:
        return "a confidence that is not within 0 and 1"
    sentiment = Sentiment(said)
    believed = round(min(max(float(confidence), _LEAST_CONFIDENCE), MOST_CONFIDENCE), 3)
    return Score(
        sentiment=sentiment,
        polarity=_SIGN[sentiment] * believed,
        confidence=believed,
        scorer=scorer,
    )


_KNOWN: Final = {sentiment.value for sentiment in Sentiment}
_SIGN: Final = {Sentiment.NEGATIVE: -1, Sentiment.NEUTRAL: 0.0, Sentiment.POSITIVE: 1}
