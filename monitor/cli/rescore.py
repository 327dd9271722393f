"""``rescore``: the scorer of today over the mentions of before."""

from __future__ import annotations

from collections.abc import Iterator

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.exchange.shapes import score_json
from monitor.model import Mention, MentionQuery, Score
from monitor.sentiment.base import Passage
from monitor.sentiment.scoring import score_all
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
            door.app.words(f"cli.sentiment_{one}") for one in (mention.sentiment, score.sentiment)
        )
        title = cut(mention.title or mention.text, _TITLE)
        show.result(f"{' → '.join(words)}\t{title}\t{mention.id}")
    key = "cli.rescore_would" if dry_run else "cli.rescored"
    show.note(door.app.words(key, n=len(changes), turned=len(turned)))


def _changes(door: Door) -> Iterator[tuple[Mention, Score]]:
    """Yield the mentions whose score differs today, by pages: a shop may have years of them."""
    offset = 0
    while page := door.app.store.find(MentionQuery(limit=_BATCH, offset=offset, order="found_at")):
        offset += len(page)
        open_ones = [mention for mention in page if not mention.corrected and mention.text]
        scores = score_all(door.app.scorer, [_passage(mention) for mention in open_ones])
        yield from (
            (mention, score)
            for mention, score in zip(open_ones, scores, strict=True)
            if (mention.sentiment, mention.polarity, mention.confidence, mention.scorer)
            != (score.sentiment, score.polarity, score.confidence, score.scorer)
        )


def _passage(mention: Mention) -> Passage:
    """Return a mention as a poll gave it to the scorer."""
    title, text = mention.title, mention.text
    whole = text if not title or text.startswith(title) else f"{title}\n{text}"
    return Passage(
        text=whole.rstrip(),
        business=mention.business,
        rating=mention.rating,
        language=mention.language,
    )


def _shape(mention: Mention, score: Score) -> dict[str, object]:
    before = {
        "sentiment": mention.sentiment,
        "polarity": mention.polarity,
        "confidence": mention.confidence,
        "scorer": mention.scorer,
    }
    return {"id": mention.id, "before": before, "after": score_json(score, mention.language)}
