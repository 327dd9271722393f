"""``check`` and ``sources``: does all that we look at answer, and did it lately?"""

from __future__ import annotations

import asyncio

import click

from monitor.checking import Finding, check_all
from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.exchange.shapes import error_json, state_json
from monitor.model import Health, SourceState
from monitor.wording import Wording

_STATE_COLUMNS = ("source", "state", "last_ok", "next_poll", "mentions")


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
            show.result(_finding_line(door, finding))
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


def _finding_line(door: Door, finding: Finding) -> str:
    words = door.app.words
    parts = [finding.message]
    if finding.sample:
        parts.append(words("cli.check_sample", sample=" ".join(finding.sample.split())))
    if finding.queries:
        parts.append(words("cli.check_queries", queries=", ".join(finding.queries)))
    return f"{'ok' if finding.ok else '!!'}  {finding.id}: {' '.join(parts)}"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def sources(door: Door, *, as_json: bool) -> None:
    """Show the health of each source."""
    states = door.app.store.source_states()
    if as_json:
        show.json_document([state_json(state) for state in states])
        return
    words = door.app.words
    headers = tuple(words(f"cli.column_{name}") for name in _STATE_COLUMNS)
    show.table(headers, [_state_row(door, state) for state in states])
    for state in states:
        if trouble := _trouble(words, state):
            show.result(f"{state.id}: {trouble}")


def _state_row(door: Door, state: SourceState) -> tuple[str, ...]:
    known_as = "paused" if state.paused else state.status or "never"
    return (
        state.id,
        door.app.words(f"cli.poll_{known_as}"),
        door.time(state.last_ok_at),
        "" if state.paused else door.time(state.next_poll_at),
        str(state.mentions),
    )


def _trouble(words: Wording, state: SourceState) -> str:
    said = []
    if state.health is not Health.OK:
        said.append(words(f"digest.health_{state.health}"))
    if state.error:
        failures = words("cli.failures", n=state.failures)
        said.append(f"{state.error.code}: {state.error.message} ({failures})")
    if state.notice:
        said.append(state.notice)
    return "; ".join(said)
