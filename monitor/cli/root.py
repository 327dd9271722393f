"""The ``ecoute`` command: its global options, and the commands below it."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from monitor import __version__
from monitor.cli.backfill import backfill
from monitor.cli.database import backup, db, restore
from monitor.cli.digests import digest
from monitor.cli.door import Door
from monitor.cli.health import check
from monitor.cli.mentions import label, mentions, status
from monitor.cli.polls import poll, run
from monitor.cli.setup import completion, config, init, version
from monitor.cli.sources import sources
from monitor.cli.stats import stats
from monitor.cli.texts import match, score


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("sources.yaml"),
    envvar="ECOUTE_CONFIG",
    show_default=True,
    help="The configuration; $ECOUTE_CONFIG says where else.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log every request.")
@click.option("-q", "--quiet", is_flag=True, help="The daemon: log only what went wrong.")
@click.version_option(__version__, message="ecoute %(version)s")
@click.pass_context
def cli(ctx: click.Context, file: Path, *, verbose: bool, quiet: bool) -> None:
    """Hear what is said of your business: polls, scores, stores, mails a digest.

    Exit codes: 0 done; 1 done in part (what failed is named); 2 the command line or the
    configuration is wrong, nothing was done; 3 the database, disk or lock is unusable.
    """
    if verbose and quiet:
        raise click.UsageError("--verbose and --quiet exclude each other")
    door = Door(file=file, verbose=verbose, quiet=quiet)
    door.log(logging.ERROR)
    ctx.obj = door


for command in (
    init, check, poll, run, backfill, mentions, stats, score, match, label, status, digest,
    sources, config, backup, restore, db, completion, version,
):  # fmt: skip
    cli.add_command(command)
