"""``rescore``: the scorer of today over the mentions of before."""

from __future__ import annotations

from collections.abc import Iterator

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.exchange.shapes import score_json
from monitor.model import Mention, MentionQuery, Score
from monitor.pipeline import judge_tone, passage_of
from monitor.text import cut

_BATCH = 500
_TITLE = 60


@click.command()
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would change.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def rescore(door: Door, *, dry_run: bool, as_json: bool) -> None:
    """Score stored mentions anew.

    With the configured scorer; what you corrected stays as you said. Digests that were closed are
    not changed.
    """
    changes = list(_changes(door))
    if not dry_run:
        door.app.store.rescore({mention.id: score for mention, score in changes})
    if as_json:
        show.json_document([_shape(mention, score) for mention, score in changes])
        return
    turned = [(m, s) for m, s in changes if m.sentiment is not s.sentiment]
    for mention, score in turned:
        words = (
            door.app.words(f"cli.sentiment_{one or 'unrated'}")
            for one in (mention.sentiment, score.sentiment)
        )
        title = cut(mention.title or mention.text, _TITLE)
        show.result(f"{' → '.join(words)}\t{title}\t{mention.id}")
    key = "cli.rescore_would" if dry_run else "cli.rescored"
    show.note(door.app.words(key, n=len(changes), turned=len(turned)))


def _changes(door: Door) -> Iterator[tuple[Mention, Score]]:
    """Yield the mentions whose score differs today, by pages: a shop may have years of them."""
    offset = 0
    tones = door.app.teacher.taught().tones
    while page := door.app.store.find(MentionQuery(limit=_BATCH, offset=offset, order="found_at")):
        offset += len(page)
        open_ones = [mention for mention in page if not mention.corrected and mention.text]
        scores = judge_tone(door.app.scorer, [passage_of(m) for m in open_ones], tones)
        yield from (
            (mention, score)
            for mention, score in zip(open_ones, scores, strict=True)
            if _judgement(mention) != _judgement(score)
        )


def _judgement(judged: Mention | Score) -> tuple[object, ...]:
    themes = dict(judged.themes)
    return judged.sentiment, judged.polarity, judged.confidence, judged.scorer, themes


def _shape(mention: Mention, score: Score) -> dict[str, object]:
    before = {
        "sentiment": mention.sentiment,
        "polarity": mention.polarity,
        "confidence": mention.confidence,
        "scorer": mention.scorer,
        "themes": dict(mention.themes),
    }
    after = score_json(score, mention.language) | {"themes": dict(score.themes)}
    return {"id": mention.id, "before": before, "after": after}
