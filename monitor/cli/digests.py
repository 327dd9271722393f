"""``digest``: what the next mail would say, or the mail itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.cli.polls import deliver
from monitor.clock import now
from monitor.model import Period

DEFAULT_SPAN = timedelta(days=7)
"""What ``digest`` shows when not told."""

_FILE = click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path)


@click.command()
@click.option("--business", metavar="NAME", help="Only of this business.")
@click.option("--since", metavar="WHEN", help="From when; default 7d.")
@click.option("--until", metavar="WHEN", help="Until when; default now.")
@click.option("--send", is_flag=True, help="Close the period now and mail it.")
@click.option("--html", type=_FILE, help="Write the HTML here; - is standard output.")
@click.option("--text", type=_FILE, help="Write the text here.")
@click.option("--eml", type=_FILE, help="Write the whole mail here.")
@pass_door
def digest(
    door: Door,
    *,
    business: str | None,
    since: str | None,
    until: str | None,
    send: bool,
    html: Path | None,
    text: Path | None,
    eml: Path | None,
) -> int:
    """Show the digest of a period, or mail it.

    Showing and writing it change nothing. With --send, what no digest holds yet is closed in one,
    put in the outbox, and all that waits there is sent.
    """
    digester = door.app.digester
    name = door.business(business)
    wanted = [name] if name else list(digester.businesses)
    if send:
        if since or until or html or text or eml:
            raise door.wrong("send_alone")
        return close_and_send(door, wanted)
    if (html or text or eml) and len(wanted) > 1:
        raise door.wrong("which_business")
    end = door.moment(until) or now()
    period = Period(start=door.moment(since) or end - DEFAULT_SPAN, end=end)
    for each in wanted:
        shown = digester.preview(each, period)
        for file, content in ((html, shown.html), (text, shown.text)):
            _write(file, content.encode())
        _write(eml, shown.message)
        if not (html or text or eml):
            show.result(f"{shown.subject}\n\n{shown.text}")
    return ExitCode.DONE


def close_and_send(door: Door, businesses: list[str]) -> int:
    """Close digests now, write their reports, try all that waits in the outbox."""
    digester = door.app.digester
    for business in businesses:
        digester.close_all(business)
    return ExitCode.DONE if deliver(door) else ExitCode.IN_PART


def _write(file: Path | None, content: bytes) -> None:
    if file is None:
        return
    with click.open_file(str(file), "wb") as out:
        out.write(content)
