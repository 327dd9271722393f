"""``score`` and ``match``: what the rooms say of any text, for people and for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.exchange.shapes import match_json, score_json
from monitor.language.detect import language_of
from monitor.matching.lessons import judge
from monitor.matching.relevance import RELEVANT_FROM
from monitor.model import Entry, Kind, Score
from monitor.sentiment.base import Passage
from monitor.sentiment.registry import DEFAULT_SCORER, make_scorer
from monitor.sentiment.scoring import score_all
from monitor.text import clean

T = TypeVar("T")

BATCH = 64
"""Texts scored at once: lines of a pipe are answered as they come."""


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option("--scorer", metavar="NAME", help="Default: the configured one.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line.")
@pass_door
def score(door: Door, texts: Sequence[str], *, scorer: str | None, ndjson: bool) -> None:
    """Say how good or bad texts are.

    With no TEXT, reads lines from standard input: plain text, or JSON objects with "text" and,
    where known, "business", "rating", "language".
    """
    # A text can be scored without a configuration; a broken one is still said.
    if door.file.exists():
        chosen = door.app.scorer_called(scorer) if scorer else door.app.scorer
    else:
        chosen = make_scorer(scorer or DEFAULT_SCORER)
    make = partial(_passage, _hints(door))
    for batch in _batches(_read(texts, make), 1 if _is_talk(texts) else BATCH):
        for passage, judged in zip(batch, score_all(chosen, batch), strict=True):
            shape = score_json(judged, passage.language)
            if ndjson:
                show.ndjson([shape])
            else:
                show.result(f"{_figures(judged)}\t{' '.join(passage.text.split())}")


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option("--business", metavar="NAME", help="Only this business.")
@click.option("--text", "extra", multiple=True, metavar="TEXT", help="The same as the argument.")
@click.option("--ndjson", is_flag=True, help="One JSON object a line.")
@pass_door
def match(
    door: Door, texts: Sequence[str], *, business: str | None, extra: Sequence[str], ndjson: bool
) -> None:
    """Say whether and why texts concern a business.

    With no TEXT, reads lines from standard input: plain text, or JSON objects with "text" and,
    where known, "title", "author", "url", "language".
    """
    name = door.business(business)
    only = frozenset([name]) if name else None
    lessons = door.app.lessons
    for entry in _read((*texts, *extra), _entry):
        found = door.app.matcher.match(entry, only=only)
        own = [judge(match, entry, lessons) for match in found if match.competitor_of is None]
        kept = [match for match in own if match.relevance >= RELEVANT_FROM]
        doubtful = [match for match in own if match not in kept]
        if ndjson:
            shape = {"matches": kept, "doubtful": doubtful}
            show.ndjson([{key: [match_json(one) for one in ones] for key, ones in shape.items()}])
            continue
        for one in kept:
            show.result(f"{one.business}\t{one.relevance:.2f}\t{one.reason}")
        for one in doubtful:
            name = door.app.words("cli.match_doubtful", business=one.business)
            show.result(f"{name}\t{one.relevance:.2f}\t{one.reason}")
        if not own:
            show.result(door.app.words("cli.no_match"))


def _figures(score: Score) -> str:
    if score.polarity is None or score.confidence is None:
        return f"unrated\t{score.scorer}\t"
    return f"{score.sentiment}\t{score.polarity:+.2f}\t{score.confidence:.2f}"


def _hints(door: Door) -> Sequence[str]:
    """Return the languages of all businesses, where there is a configuration."""
    businesses = door.app.config.businesses if door.file.exists() else ()
    return sorted({language for business in businesses for language in business.languages})


def _is_talk(texts: Sequence[str]) -> bool:
    return bool(texts) or sys.stdin.isatty()


def _read(texts: Sequence[str], make: Callable[[dict[str, object]], T]) -> Iterator[T]:
    if texts:
        yield from (make({"text": text}) for text in texts)
        return
    for line in sys.stdin:
        if line.strip():
            yield make(_object(line))


def _object(line: str) -> dict[str, object]:
    """Return a line as an object: JSON with "text", else the line itself is the text."""
    if line.lstrip().startswith("{"):
        try:
            value = json.loads(line)
        except ValueError:
            return {"text": line.strip()}
        if isinstance(value, dict) and isinstance(value.get("text"), str):
            return value
    return {"text": line.strip()}


def _passage(hints: Sequence[str], value: dict[str, object]) -> Passage:
    text, business = clean(str(value["text"])), _text(value.get("business"))
    return Passage(
        text=text,
        business=business,
        rating=_number(value.get("rating")),
        language=language_of(text, _text(value.get("language")), hints, (business or "",)),
    )


def _entry(value: dict[str, object]) -> Entry:
    return Entry(
        external_id="",
        url=_text(value.get("url")),
        title=_text(value.get("title")),
        text=clean(str(value["text"])),
        author=_text(value.get("author")),
        language=_text(value.get("language")),
        kind=Kind.POST,
    )


def _text(value: object) -> str | None:
    return clean(value) if isinstance(value, str) and value else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch
