"""``mentions``, ``label`` and ``status``: asking the database, and putting it right."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable

import click

from monitor.cli import show
from monitor.cli.cells import safe_cell
from monitor.cli.door import Door, pass_door
from monitor.clock import now
from monitor.exchange.shapes import MENTION_FIELDS, mention_json
from monitor.matching.relevance import RELEVANT_FROM
from monitor.model import Kind, Mention, MentionQuery, Sentiment, Status
from monitor.reporting.stats import is_dismissed, is_unrated, verdict
from monitor.text import cut

ORDERS = (
    "-published_at", "published_at", "-found_at", "found_at", "-relevance", "polarity", "-polarity",
)  # fmt: skip
UNRATED = "unrated"
"""What ``--sentiment`` and the tables call mentions that no scorer could judge."""
COUNTED = (
    "all", "negative", "neutral", "positive", "unsure", "unrated", "reviews", "reached", "views",
    "waiting",
)  # fmt: skip
"""The values of ``reporting.recount.Counted``, which is imported only when asked for."""
_COLUMNS = ("date", "sentiment", "source", "mention", "id")


@click.command()
@click.argument("query", required=False)
@click.option("--business", metavar="NAME", help="Only of this business.")
@click.option("--source", metavar="ID", help="Only from this source.")
@click.option("--sentiment", type=click.Choice([*(s.value for s in Sentiment), UNRATED]))
@click.option("--language", metavar="CODE", help="Two letters, as fr.")
@click.option("--kind", type=click.Choice([k.value for k in Kind]))
@click.option("--since", metavar="WHEN", help="Found since: 7d, 2026-11-01, monday.")
@click.option("--until", metavar="WHEN", help="Found before.")
@click.option("--published", is_flag=True, help="--since and --until are of the publication.")
@click.option("--status", "state", type=click.Choice([s.value for s in Status]))
@click.option("--min-relevance", type=click.FloatRange(0, 1), metavar="0..1")
@click.option("--doubtful", is_flag=True, help="Only those that may be a namesake's.")
@click.option("--digest", "digest_id", metavar="ID", help="Only those of this digest.")
@click.option(
    "--counted",
    type=click.Choice(COUNTED),
    help="Only what a digest counts under this figure; with --published, a report.",
)
@click.option("--theme", metavar="NAME", help="Only what is counted under this theme.")
@click.option("--where", "channel", metavar="NAME", help="Only said on this site or network.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; default: all.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out the first ones.")
@click.option("--order", type=click.Choice(ORDERS), default=ORDERS[0], show_default=True)
@click.option("--json", "shape", flag_value="json", help="One JSON document.")
@click.option("--ndjson", "shape", flag_value="ndjson", help="One JSON object a line.")
@click.option("--csv", "shape", flag_value="csv", help="A table for a spreadsheet.")
@pass_door
def mentions(
    door: Door,
    query: str | None,
    *,
    business: str | None,
    source: str | None,
    sentiment: str | None,
    language: str | None,
    kind: str | None,
    since: str | None,
    until: str | None,
    state: str | None,
    min_relevance: float | None,
    doubtful: bool,
    digest_id: str | None,
    counted: str | None,
    theme: str | None,
    channel: str | None,
    published: bool,
    limit: int | None,
    offset: int,
    order: str,
    shape: str | None,
) -> None:
    """Find mentions, by words or all of them.

    QUERY may hold words, "phrases", -without, OR and prefix*; case and accents do not matter.
    A QUERY that begins with - goes after --.
    """
    if digest_id is not None and door.app.store.replied_digest(digest_id) is None:
        raise door.wrong("no_digest", id=digest_id)
    narrows = counted is not None or theme is not None or channel is not None
    found = door.app.store.find(
        MentionQuery(
            text=query,
            business=door.business(business),
            source=source,
            sentiment=Sentiment(sentiment) if sentiment not in {None, UNRATED} else None,
            unrated=sentiment == UNRATED,
            language=language,
            kind=Kind(kind) if kind else None,
            since=door.moment(since),
            until=door.moment(until),
            by_published=published,
            # A digest counts news alone, a report also what a backfill found.
            news_only=narrows and not published,
            digest_id=digest_id,
            status=Status(state) if state else None,
            min_relevance=min_relevance,
            max_relevance=RELEVANT_FROM if doubtful else None,
            limit=None if narrows else limit,
            offset=0 if narrows else offset,
            order=order,
        )
    )
    if narrows:
        found = _counted(found, counted or "all", theme, channel)[offset:][:limit]
    if shape is None:
        headers = tuple(door.app.words(f"cli.column_{name}") for name in _COLUMNS)
        sure = [mention for mention in found if doubtful or not _is_doubtful(mention)]
        rest = [mention for mention in found if mention not in sure]
        show.table(headers, [_row(door, mention) for mention in sure])
        if rest:
            show.note(door.app.words("cli.doubtful_apart", n=len(rest)))
            show.table(headers, [_row(door, mention) for mention in rest])
    else:
        _SHAPES[shape](found)


def _counted(
    found: list[Mention], what: str, theme: str | None, channel: str | None
) -> list[Mention]:
    """Leave what a digest counts."""
    from monitor.reporting.recount import (  # noqa: PLC0415 - babel, that only this owes
        Counted,
        about_theme,
        counted_as,
        said_at,
    )

    if channel is not None:
        found = said_at(found, channel)
    if theme is not None:
        return about_theme(found, theme, Counted(what))
    return counted_as(found, Counted(what))


def _show_json(found: Iterable[Mention]) -> None:
    show.json_document([mention_json(mention) for mention in found])


def _show_ndjson(found: Iterable[Mention]) -> None:
    show.ndjson(mention_json(mention) for mention in found)


def _show_csv(found: Iterable[Mention]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(MENTION_FIELDS)
    for mention in found:
        writer.writerow([safe_cell(value) for value in mention_json(mention).values()])


def _row(door: Door, mention: Mention) -> tuple[str, ...]:
    return (
        f"{mention.published_at.astimezone(door.app.zone):%Y-%m-%d}",
        door.app.words(f"cli.sentiment_{_judged(mention)}"),
        mention.source,
        cut(mention.title or mention.text, 80),
        mention.id,
    )


def _is_doubtful(mention: Mention) -> bool:
    return 0 < mention.relevance < RELEVANT_FROM


def _judged(mention: Mention) -> str:
    if is_dismissed(mention):
        return "dismissed"
    if _is_doubtful(mention):
        return "doubtful"
    return UNRATED if is_unrated(mention) else verdict(mention) or "unsure"


_SHAPES: dict[str, Callable[[Iterable[Mention]], None]] = {
    "json": _show_json,
    "ndjson": _show_ndjson,
    "csv": _show_csv,
}


@click.command()
@click.argument("mention_id", metavar="ID")
@click.argument("sentiment", type=click.Choice([s.value for s in Sentiment]), required=False)
@click.option("--irrelevant", is_flag=True, help="It does not concern the business at all.")
@click.option("--relevant", is_flag=True, help="It does, although it was doubted.")
@click.option("--undo", is_flag=True, help="Take back all that you said of it.")
@pass_door
def label(
    door: Door,
    mention_id: str,
    sentiment: str | None,
    *,
    irrelevant: bool,
    relevant: bool,
    undo: bool,
) -> None:
    """Correct a mention's sentiment, or its relevance.

    Your word wins over ours, and what is like it is judged by it from now on. ID is the one that
    `ecoute mentions` and the digest show.
    """
    if (sentiment is not None) + irrelevant + relevant + undo != 1:
        raise door.wrong("label_what")
    chosen = Sentiment(sentiment) if sentiment else None
    store = door.app.store
    if undo:
        done = store.uncorrect(mention_id)
    else:
        done = store.correct(mention_id, chosen, now(), relevant=not irrelevant)
    mention = store.get(mention_id)
    if mention is None or not done:
        raise door.wrong("nothing_said" if mention else "no_mention", id=mention_id)
    changed = door.app.teacher.apply(mention.business, mention)
    if changed:
        show.note(door.app.words("cli.rejudged", n=changed))


@click.command()
@click.argument("mention_id", metavar="ID")
@click.argument("state", metavar="STATUS", type=click.Choice([s.value for s in Status]))
@click.option("--note", help="A word to remember.")
@pass_door
def status(door: Door, mention_id: str, state: str, note: str | None) -> None:
    """Say what you did with a mention: new, handled, ignored."""
    if not door.app.store.set_status(mention_id, Status(state), note, now()):
        raise door.wrong("no_mention", id=mention_id)
