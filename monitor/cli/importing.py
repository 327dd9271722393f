"""``import``: exports that owners download, into the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.importing.base import NOBODY, ExportUnusable, Trouble
from monitor.importing.columns import ALIASES, FIELDS
from monitor.importing.importer import Importer, Report, Tally, Wishes, source_id_of, totals
from monitor.importing.members import Export, open_export
from monitor.importing.recognise import FORMATS
from monitor.model import IMPORT

_STEP = 2**20
"""Bytes that move the progress bar by one."""
_PERSONAL = frozenset(map(source_id_of, ("x", "facebook", "google-plus", "linkedin")))
"""Exports of an account, in which its own words stand too."""
_BY_LINE = (".csv", ".tsv", ".txt", ".ndjson", ".jsonl")
_DETAILS = ("updated", "own", "empty", "unmatched", "news")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "told", type=click.Choice(FORMATS), help="Default: by what it holds.")
@click.option("--about", metavar="NAME", help="All of it is about this business: its reviews.")
@click.option("--business", "names", multiple=True, metavar="NAME", help="Look for this one only.")
@click.option("--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Repeatable.")
@click.option("--scale", type=click.FloatRange(min=1), metavar="N", help="The best mark: 10, 20.")
@click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="What 03/04 means; default dmy.")
@click.option("--own/--not-own", default=None, help="Is it the business's own account?")
@click.option("--dry-run", is_flag=True, help="Store nothing; show what would come of it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def import_(
    door: Door,
    *,
    file: Path,
    told: str | None,
    about: str | None,
    names: Sequence[str],
    maps: Sequence[str],
    scale: float | None,
    dates: str | None,
    own: bool | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Import an export of a platform, or a table.

    A file, a zip or its folder, as it was downloaded.

    X, Facebook, Google Takeout, LinkedIn, Trustpilot and other review sites, any CSV or NDJSON.
    What is older than 30 days becomes history, told in no digest. A second import changes nothing.
    """
    wishes = Wishes(
        format=told,
        about=_watched(door, about) if about else None,
        businesses=frozenset(_watched(door, name) for name in names) or None,
        own=own,
        columns=dict(_mapped(door, text) for text in maps),
        scale=scale,
        dates=dates,
        dry_run=dry_run,
    )
    for taken in {source_id_of(name) for name in FORMATS} & door.app.watched.keys():
        raise click.UsageError(door.app.words("importing.id_taken", id=taken))
    importer = Importer(
        store=door.app.store,
        pipeline=door.app.pipeline,
        businesses=door.app.config.businesses,
        zone=door.app.zone,
        taught=door.app.teacher.taught,
    )
    try:
        export = open_export(file)
        with _progress(door, export) as shown:
            report = importer.run(shown, wishes)
    except ExportUnusable as error:
        raise click.UsageError(
            door.app.words(f"importing.{error.key}", **error.values_told)
        ) from None
    if as_json:
        show.json_document(_shape(door, file, report, wishes))
    else:
        for line in _lines(door, report):
            show.result(line)
    for line in _notes(door, report, wishes):
        show.note(line)
    return ExitCode.IN_PART if report.unreadable else ExitCode.DONE


def _watched(door: Door, name: str) -> str:
    known = [business.name for business in door.app.config.businesses]
    for one in known:
        if one.casefold() == name.casefold():
            return one
    raise door.wrong("no_business", name=name, known=", ".join(known))


def _mapped(door: Door, text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    words, field = door.app.words, ALIASES.get(field.strip(), field.strip())
    if not equals or not column:
        raise click.UsageError(words("importing.map_how", text=text))
    if field not in FIELDS:
        raise click.UsageError(
            words("importing.map_field", field=field, known=", ".join((*FIELDS, *ALIASES)))
        )
    return field, column


@contextmanager
def _progress(door: Door, export: Export) -> Iterator[Export]:
    """Show on a terminal how far an export is read."""
    name = door.app.words("importing.reading")
    total = sum(member.size for member in export.members)
    with show.progress(total // _STEP + 1, name) as advance:
        done = 0

        def tell(count: int) -> None:
            nonlocal done
            for _ in range((done + count) // _STEP - done // _STEP):
                advance(name)
            done += count

        gauge = replace(export.gauge, advance=tell)
        yield replace(export, gauge=gauge)


def _lines(door: Door, report: Report) -> Iterator[str]:
    words = door.app.words
    for source, tally in sorted(report.tallies.items()):
        yield words("importing.source", source=source, **_counts(tally))
        for name in _DETAILS:
            if n := getattr(tally, name):
                yield f"  {words(f'importing.{name}', n=n)}"


def _notes(door: Door, report: Report, wishes: Wishes) -> Iterator[str]:
    words = door.app.words
    lost = [one for one in report.troubles if one.is_lost]
    doubts = [one for one in report.troubles if not one.is_lost]
    for count, some, key in (
        (report.unreadable, lost, "unreadable"),
        (report.doubtful, doubts, "doubtful"),
    ):
        if count:
            yield words(f"importing.{key}", n=count)
            yield from (f"  {_told(door, one)}" for one in some)
    if _PERSONAL & report.tallies.keys() and wishes.own is None:
        yield _whose(door, report)
    if source_id_of("google-plus") in report.tallies:
        yield words("importing.google_plus")
    sums = totals(report)
    if sums.unmatched and not sums.kept and wishes.about is None:
        name = next(iter(wishes.businesses or ()), door.app.config.businesses[0].name)
        yield words("importing.nothing_kept", business=name)
    if wishes.dry_run:
        yield words("importing.dry_run")


def _whose(door: Door, report: Report) -> str:
    account = report.account
    if account is NOBODY:
        return door.app.words("importing.account_unknown")
    key = "account_own" if report.is_own_account else "account_other"
    return door.app.words(f"importing.{key}", account=account.author)


def _told(door: Door, trouble: Trouble) -> str:
    words = door.app.words
    what = words(f"importing.{trouble.key}", **trouble.values)
    if trouble.row is None:
        return words("importing.part", file=trouble.file, what=what)
    key = "line" if trouble.file.lower().endswith(_BY_LINE) else "row"
    return words(f"importing.{key}", file=trouble.file, row=trouble.row, what=what)


def _counts(tally: Tally) -> dict[str, int]:
    return dict(vars(tally))


def _shape(door: Door, file: Path, report: Report, wishes: Wishes) -> dict[str, object]:
    return {
        "file": file.name,
        "type": IMPORT,
        "dry_run": wishes.dry_run,
        "account": report.account.author,
        **_counts(totals(report)),
        "unreadable": report.unreadable,
        "doubtful": report.doubtful,
        "sources": [
            {"id": source, **_counts(tally)} for source, tally in sorted(report.tallies.items())
        ],
        "problems": [
            {
                "file": one.file,
                "row": one.row,
                "code": one.key,
                "message": door.app.words(f"importing.{one.key}", **one.values),
                "lost": one.is_lost,
            }
            for one in report.troubles
        ],
    }
