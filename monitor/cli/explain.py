"""``explain``: why a mention was kept, and scored as it was."""

from __future__ import annotations

import click

from monitor import __version__
from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.matching.relevance import RELEVANT_FROM
from monitor.model import Mention, Signal
from monitor.pipeline import passage_of
from monitor.sentiment.base import Passage, Weighing
from monitor.sentiment.scoring import RATING_SCORER, reader_named, reader_of
from monitor.text import cut, fold

_TITLE = 80
_SHOWN_WORDS = 8
_LEAST = 0.1  # log-odds that are worth a line


@click.command()
@click.argument("mention_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def explain(door: Door, mention_id: str, *, as_json: bool) -> None:
    """Say why a mention was kept, and scored as it was.

    What spoke for its being about the business and what against it, each with its weight in
    log-odds: they add up to the relevance.
    """
    mention = door.app.store.get(mention_id)
    if mention is None:
        raise door.wrong("no_mention", id=mention_id)
    if as_json:
        words = dict(_words(door, mention))
        show.json_document(_shape(mention) | {"words": words, "learnt": _learnt(door, mention)})
        return
    show.result(f"{mention.business} — {cut(mention.title or mention.text, _TITLE)}")
    key = "kept" if mention.relevance >= RELEVANT_FROM else "doubted"
    if mention.relevance == 0:
        key = "dismissed"
    show.result(door.app.words(f"cli.explain_{key}", relevance=_percent(door, mention.relevance)))
    for signal in sorted(mention.signals, key=lambda one: -abs(one.weight)):
        show.result(_line(door, signal))
    if not mention.signals:
        show.result(f"  {mention.reason}")
    show.result(_judged(door, mention))
    if mention.themes:
        show.result(door.app.words("themes.line", themes=_themes(door, mention)))
    for word, weight in _words(door, mention):
        show.result(f"{weight:+6.1f}  {word}")
    if (learnt := _learnt(door, mention)) and abs(learnt) >= _LEAST:
        show.result(_line(door, Signal("learnt_tone", learnt, "")))


def _judged(door: Door, mention: Mention) -> str:
    if mention.polarity is None or mention.confidence is None:
        language = mention.language or door.app.words("cli.language_unknown")
        return door.app.words("cli.explain_unrated", language=language)
    return door.app.words(
        "cli.explain_sentiment",
        sentiment=door.app.words(f"cli.sentiment_{mention.sentiment}"),
        polarity=f"{mention.polarity:+.2f}",
        confidence=_percent(door, mention.confidence),
        scorer="label" if mention.corrected else mention.scorer,
    )


def _themes(door: Door, mention: Mention) -> str:
    words = door.app.words
    return ", ".join(
        words("themes.one", theme=words(f"themes.{fold(theme)}"), tone=words(f"themes.{tone}"))
        for theme, tone in mention.themes.items()
    )


def _line(door: Door, signal: Signal) -> str:
    told = door.app.words(f"signals.{signal.name}", detail=signal.detail)
    return f"{signal.weight:+6.1f}  {told}"


def _words(door: Door, mention: Mention) -> list[tuple[str, float]]:
    """Return the words that weighed, as this version's scorer of that name weighs them."""
    text = f"{mention.title}\n{mention.text}" if mention.title else mention.text
    passage = Passage(text=text, business=mention.business, language=mention.language)
    reader = reader_of(door.app.scorer, passage)
    if (
        mention.corrected
        or not isinstance(reader, Weighing)
        or (reader.name != reader_named(mention.scorer))
    ):
        return []
    return reader.words_of(passage, _SHOWN_WORDS)


def _learnt(door: Door, mention: Mention) -> float:
    """Return what the owner's corrections add for positive against negative."""
    lesson = door.app.teacher.taught().tones.get(mention.business)
    if mention.corrected or mention.scorer == RATING_SCORER or lesson is None:
        return 0.0
    shift = lesson.shift(passage_of(mention))
    return round(float(shift[2] - shift[0]), 2)


def _percent(door: Door, share: float) -> str:
    return door.app.words("cli.percent", n=round(share * 100))


def _shape(mention: Mention) -> dict[str, object]:
    return {
        "id": mention.id,
        "business": mention.business,
        "relevance": mention.relevance,
        "threshold": RELEVANT_FROM,
        "signals": [
            {"name": one.name, "weight": one.weight, "detail": one.detail}
            for one in mention.signals
        ],
        "sentiment": mention.sentiment,
        "polarity": mention.polarity,
        "confidence": mention.confidence,
        "scorer": mention.scorer,
        "themes": dict(mention.themes),
        "corrected": mention.corrected,
        "version": __version__,
    }
