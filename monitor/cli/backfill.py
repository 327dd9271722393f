"""``backfill``: the past, as far as each platform allows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import click

from monitor.backfilling import backfill as read_past
from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.polls import exit_code, summary, tell_failures
from monitor.exchange.shapes import report_json
from monitor.model import SourceReport


@click.command()
@click.option("--since", required=True, metavar="WHEN", help="From when: 90d, 2026-01-01.")
@click.option("--source", "ids", multiple=True, metavar="ID", help="Only this source; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def backfill(door: Door, *, since: str, ids: Sequence[str], as_json: bool) -> int:
    """Look into the past, as far as each platform allows.

    What it finds is stored apart from the news: it stands in no digest. What a quota cuts short
    goes on where it ended the next time.
    """
    start = door.moment(since)
    for source_id in ids:
        if source_id not in door.app.watched:
            raise door.wrong("no_source", id=source_id, known=", ".join(door.app.watched))
    if start is None:
        raise door.wrong("no_moment", text=since)
    reports = asyncio.run(
        _read_all(door, list(dict.fromkeys(ids)) or list(door.app.watched), start)
    )
    if as_json:
        show.json_document([report_json(report) for report in reports])
    else:
        show.result(summary(door, reports))
    return exit_code(reports)


async def _read_all(door: Door, ids: Sequence[str], since: datetime) -> list[SourceReport]:
    reports = []
    async with door.app.poller() as poller:
        with show.progress(len(ids), "") as advance:
            for source_id in ids:
                reports.append(await read_past(poller, source_id, since))
                advance(source_id)
    tell_failures(reports)
    return reports
