"""``check``: does all that we look at answer?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from monitor.checking import Finding, check_all
from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.clock import format_instant
from monitor.deliverability.remarks import Gravity
from monitor.exchange.shapes import error_json
from monitor.model import Entry


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--mail", is_flag=True, help="Send a test mail; read SPF, DKIM and DMARC.")
@click.option("--to", multiple=True, metavar="ADDRESS", help="Who gets the test; repeatable.")
@click.option("--received", type=click.Path(path_type=Path), help="A test mail as received (.eml).")
@click.option("--dns", metavar="IP", help="The name server to ask in place of the system's.")
@pass_door
def check(
    door: Door,
    *,
    as_json: bool,
    mail: bool,
    to: Sequence[str],
    received: Path | None,
    dns: str | None,
) -> int:
    """Try each source, the database and the mail server.

    Live, storing and sending nothing: one line each, with a sample of what was found.

    With --mail only the mail's way: a test is sent to the digest's recipients (with --received,
    nothing is), and the DNS is asked about the sender's domain.
    """
    if mail:
        # Imported when asked for: the other checks ask no DNS themselves.
        from monitor.cli.mail_way import find_mail_way  # noqa: PLC0415

        findings = find_mail_way(door, to, received, dns)
    elif to or received or dns:
        raise click.UsageError(door.app.words("deliverability.to_alone"))
    else:
        findings = asyncio.run(check_all(door.app))
    if as_json:
        show.json_document([_finding_json(finding) for finding in findings])
    else:
        for finding in findings:
            show.result(finding_line(door, finding))
            for line in live_lines(door, finding):
                show.result(line)
    # What the DNS could say better is advice: the check itself was done.
    tried = [finding for finding in findings if finding.gravity is None]
    return ExitCode.DONE if all(finding.ok for finding in tried) else ExitCode.IN_PART


def _finding_json(finding: Finding) -> dict[str, object]:
    return {
        "what": finding.what,
        "id": finding.id,
        "ok": finding.ok,
        "message": finding.message,
        "entries": finding.entries,
        "matched": finding.matched,
        "sample": finding.sample,
        "live": [_shown(entry) for entry in finding.live],
        "queries": list(finding.queries),
        "error": error_json(finding.error),
        "code": finding.code,
        "gravity": finding.gravity,
    }


def _shown(entry: Entry) -> dict[str, object]:
    """Return what a platform wants shown of what may not be stored: the author stands with it."""
    return {
        "rating": entry.rating,
        "text": entry.text,
        "author": entry.author,
        "author_url": entry.author_url,
        "url": entry.url,
        "published_at": entry.published_at and format_instant(entry.published_at),
    }


def live_lines(door: Door, finding: Finding) -> list[str]:
    """Say what is shown live, a line each: its author and stars before its words."""
    return [
        "    "
        + door.app.words(
            "cli.check_live",
            author=entry.author or "",
            rating="" if entry.rating is None else f"{entry.rating:g}/5",
            text=" ".join(entry.text.split()),
        )
        for entry in finding.live
    ]


def finding_line(door: Door, finding: Finding) -> str:
    """Say in one line how a try ended."""
    words = door.app.words
    parts = [finding.message]
    if finding.sample:
        parts.append(words("cli.check_sample", sample=" ".join(finding.sample.split())))
    if finding.queries:
        parts.append(words("cli.check_queries", queries=", ".join(finding.queries)))
    if finding.code:
        parts.insert(0, f"{finding.code}:")
    mark = "! " if finding.gravity is Gravity.ADVICE else "ok" if finding.ok else "!!"
    return f"{mark}  {finding.id}: {' '.join(parts)}"
