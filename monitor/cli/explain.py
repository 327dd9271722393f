"""``explain``: why a mention was kept, and scored as it was."""

from __future__ import annotations

import click

from monitor import __version__
from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.matching.relevance import RELEVANT_FROM
from monitor.model import Mention, Signal
from monitor.sentiment.base import Passage, Weighing
from monitor.text import cut

_TITLE = 80
_SHOWN_WORDS = 8


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
        show.json_document(_shape(mention) | {"words": words})
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
    show.result(
        door.app.words(
            "cli.explain_sentiment",
            sentiment=door.app.words(f"cli.sentiment_{mention.sentiment}"),
            polarity=f"{mention.polarity:+.2f}",
            confidence=_percent(door, mention.confidence),
            scorer="label" if mention.corrected else mention.scorer,
        )
    )
    for word, weight in _words(door, mention):
        show.result(f"{weight:+6.1f}  {word}")


def _line(door: Door, signal: Signal) -> str:
    told = door.app.words(f"signals.{signal.name}", detail=signal.detail)
    return f"{signal.weight:+6.1f}  {told}"


def _words(door: Door, mention: Mention) -> list[tuple[str, float]]:
    """Return the words that weighed, as this version's scorer of that name weighs them."""
    scorer = door.app.scorer
    if mention.corrected or scorer.name != mention.scorer or not isinstance(scorer, Weighing):
        return []
    text = f"{mention.title}\n{mention.text}" if mention.title else mention.text
    return scorer.words_of(Passage(text=text, business=mention.business), _SHOWN_WORDS)


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
        "corrected": mention.corrected,
        "version": __version__,
    }
