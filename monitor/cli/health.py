"""``check``: does all that we look at answer?"""

from __future__ import annotations

import asyncio

import click

from monitor.checking import Finding, check_all
from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.exchange.shapes import error_json


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def check(door: Door, *, as_json: bool) -> int:
    """Try each source, the database and the mail server.

    Live, storing and sending nothing: one line each, with a sample of what was found.
    """
    findings = asyncio.run(check_all(door.app))
    if as_json:
        show.json_document([_finding_json(finding) for finding in findings])
    else:
        for finding in findings:
            show.result(finding_line(door, finding))
    return ExitCode.DONE if all(finding.ok for finding in findings) else ExitCode.IN_PART


def _finding_json(finding: Finding) -> dict[str, object]:
    return {
        "what": finding.what,
        "id": finding.id,
        "ok": finding.ok,
        "message": finding.message,
        "entries": finding.entries,
        "matched": finding.matched,
        "sample": finding.sample,
        "queries": list(finding.queries),
        "error": error_json(finding.error),
    }


def finding_line(door: Door, finding: Finding) -> str:
    """Say in one line how a try ended."""
    words = door.app.words
    parts = [finding.message]
    if finding.sample:
        parts.append(words("cli.check_sample", sample=" ".join(finding.sample.split())))
    if finding.queries:
        parts.append(words("cli.check_queries", queries=", ".join(finding.queries)))
    return f"{'ok' if finding.ok else '!!'}  {finding.id}: {' '.join(parts)}"
