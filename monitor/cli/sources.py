"""``sources`` and what stands below it: the health of each, new ones, one tried live."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import timedelta

import click

from monitor.adding import feed_additions, find_feeds, press_additions, write_sources
from monitor.checking import Finding, check_source
from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.cli.health import finding_line, live_lines
from monitor.clock import now
from monitor.config.editing import Addition
from monitor.errors import SourceError
from monitor.exchange.shapes import state_json
from monitor.model import IMPORT, WEBHOOK, Health, Period, SourceState
from monitor.packs import find_departement
from monitor.reading import tell
from monitor.reporting.own_figures import figures_line, newest_figures
from monitor.wording import Wording

_FIGURES_SPAN = timedelta(days=31)
_STATE_COLUMNS = ("source", "state", "last_ok", "next_poll", "mentions")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.pass_context
def sources(ctx: click.Context, *, as_json: bool) -> None:
    """Show the health of each source; below it: add some, test one."""
    if ctx.invoked_subcommand is None:
        show_states(ctx.ensure_object(Door), as_json=as_json)


@sources.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--departement", metavar="NN", help="The press of a département; a postcode will do.")
@pass_door
def add(door: Door, urls: Sequence[str], departement: str | None) -> int:
    """Add sources to sources.yaml: a site's feeds, or the local press.

    The rest of the file stays as it is. What is watched already is not added again.
    """
    if not urls and departement is None:
        raise door.wrong("add_what")
    additions: list[Addition] = []
    if departement is not None:
        if (found := find_departement(departement)) is None:
            raise door.wrong("no_departement", text=departement)
        additions += press_additions(door.app, found)
    feeds, failed = asyncio.run(_find_all(door, urls))
    additions += feed_additions(door.app, feeds)
    if additions:
        write_sources(door.file, additions, os.environ)
    for addition in additions:
        show.result(door.app.words("cli.source_added", url=addition.options["url"]))
    if not additions and not failed:
        show.note(door.app.words("cli.nothing_to_add"))
    return ExitCode.IN_PART if failed else ExitCode.DONE


async def _find_all(door: Door, urls: Sequence[str]) -> tuple[list[str], bool]:
    """Return the main feed of each address, and whether some address has none."""
    feeds: list[str] = []
    failed = False
    async with door.app.client() as client:
        for url in urls:
            try:
                found = await find_feeds(client, url)
            except SourceError as error:
                failed = True
                told = tell(error, door.app.words, "feed")
                show.note(f"{url}: {told.code}: {told.message}")
            else:
                feeds.append(found[0])
                if others := found[1:]:
                    show.note(door.app.words("cli.other_feeds", urls=", ".join(others)))
    return feeds, failed


@sources.command("test")
@click.argument("source_id", metavar="ID")
@pass_door
def try_one(door: Door, source_id: str) -> int:
    """Try one source live; store nothing."""
    watched = door.app.watched.get(source_id)
    if watched is None:
        raise door.wrong("no_source", id=source_id, known=", ".join(door.app.watched))

    async def look() -> Finding:
        async with door.app.client() as client:
            return await check_source(door.app, client, watched)

    finding = asyncio.run(look())
    show.result(finding_line(door, finding))
    for line in live_lines(door, finding):
        show.result(line)
    return ExitCode.DONE if finding.ok else ExitCode.IN_PART


def show_states(door: Door, *, as_json: bool) -> None:
    """Show how each source does."""
    store = door.app.store
    states = [*store.source_states(), *store.import_states()]
    at = now()
    figures = newest_figures(store.figures(Period(start=at - _FIGURES_SPAN, end=at)))
    if as_json:
        show.json_document([state_json(state, figures.get(state.id, {})) for state in states])
        return
    words = door.app.words
    headers = tuple(words(f"cli.column_{name}") for name in _STATE_COLUMNS)
    show.table(headers, [_state_row(door, state) for state in states])
    for state in states:
        if trouble := _trouble(words, state):
            show.result(f"{state.id}: {trouble}")
        if numbers := figures.get(state.id):
            show.result(f"{state.id}: {figures_line(words, numbers)}")


def _state_row(door: Door, state: SourceState) -> tuple[str, ...]:
    return (
        state.id,
        door.app.words(_known_as(state)),
        door.time(state.last_ok_at),
        "" if state.paused else door.time(state.next_poll_at),
        str(state.mentions),
    )


def _known_as(state: SourceState) -> str:
    """Return the key of how a source does, in a word."""
    if state.type == IMPORT:
        return "importing.state"
    if state.type == WEBHOOK:
        return f"receiving.{'waiting' if state.last_ok_at is None else 'receiving'}"
    return f"cli.poll_{'paused' if state.paused else state.status or 'never'}"


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
