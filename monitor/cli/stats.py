"""``stats``: how many mentions, how good or bad, against the period before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.clock import now
from monitor.model import Count
from monitor.reporting.stats import Stats, Voice, stats_json, stats_report
from monitor.wording import Wording

DEFAULT_SPAN = timedelta(days=30)
"""What ``stats`` looks at when not told."""


@click.command()
@click.option("--business", metavar="NAME", help="Only of this business.")
@click.option("--since", metavar="WHEN", help="From when; default 30d.")
@click.option("--until", metavar="WHEN", help="Until when; default now.")
@click.option(
    "--by",
    type=click.Choice(["day", "week", "source", "sentiment", "language"]),
    default="day",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def stats(
    door: Door,
    *,
    business: str | None,
    since: str | None,
    until: str | None,
    by: str,
    as_json: bool,
) -> None:
    """Count mentions, against the period before.

    By when they were found: how many, how good or bad, and the share of voice among competitors.
    """
    end = door.moment(until) or now()
    start = door.moment(since) or end - DEFAULT_SPAN
    if start >= end:
        raise door.wrong("since_until")
    wanted = [door.business(business)] if business else door.app.digester.businesses
    reports = [
        stats_report(door.app.store, name, start, end, by) for name in wanted if name is not None
    ]
    if as_json:
        show.json_document([stats_json(report) for report in reports])
        return
    for report in reports:
        _show_stats(door.app.words, report)


def _show_stats(words: Wording, report: Stats) -> None:
    show.result(
        words(
            "cli.stats_total",
            n=report.total.total,
            business=report.business,
            before=report.previous.total,
        )
    )
    numbers: tuple[str, ...] = ("total", "negative", "neutral", "positive")
    if report.total.unrated or report.previous.unrated:
        numbers += ("unrated",)
    headers = ("mentions", *numbers[1:], "polarity")
    rows = [
        (words(f"cli.sentiment_{count.key}") if report.by == "sentiment" else count.key, count)
        for count in report.groups
    ]
    rows.append((words("cli.stats_sum"), report.total))
    rows.append((words("cli.stats_before"), report.previous))
    show.table(
        ("", *(words(f"cli.column_{name}") for name in headers)),
        [_count_row(key, count, numbers) for key, count in rows],
    )
    if len(report.voices) > 1:
        voices = ", ".join(_voice(words, voice) for voice in report.voices)
        show.result(words("cli.stats_voices", voices=voices))


def _count_row(key: str, count: Count, numbers: Sequence[str]) -> tuple[str, ...]:
    polarity = "" if count.polarity is None else f"{count.polarity:+.2f}"
    return (key, *(str(getattr(count, name)) for name in numbers), polarity)


def _voice(words: Wording, voice: Voice) -> str:
    counted = f"{voice.name} {voice.mentions}"
    if voice.share is None:
        return counted
    return f"{counted} ({words('cli.percent', n=round(voice.share * 100))})"
