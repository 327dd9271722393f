"""The ``ecoute`` command: its global options, and the commands below it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import click

from monitor import __version__
from monitor.cli.door import Door
from monitor.cli.lazy import Lazy, LazyCommands, LazyGroup
from monitor.errors import StoreError

COMMANDS: Mapping[str, Lazy] = {
    "init": Lazy("monitor.cli.setup:init", "Write a sources.yaml for your business."),
    "check": Lazy("monitor.cli.health:check", "Try each source, the database and the mail server."),
    "poll": Lazy("monitor.cli.polls:poll", "Look once at every source that is due."),
    "run": Lazy("monitor.cli.polls:run", "Run as the daemon, until Ctrl-C or SIGTERM."),
    "backfill": Lazy(
        "monitor.cli.backfill:backfill", "Look into the past, as far as each platform allows."
    ),
    "import": Lazy("monitor.cli.importing:import_", "Import an export of a platform, or a table."),
    "mentions": Lazy("monitor.cli.mentions:mentions", "Find mentions, by words or all of them."),
    "sql": Lazy("monitor.cli.sql:sql", "Ask the database in SQL, reading only."),
    "stats": Lazy("monitor.cli.stats:stats", "Count mentions, against the period before."),
    "score": Lazy("monitor.cli.texts:score", "Say how good or bad texts are."),
    "match": Lazy("monitor.cli.texts:match", "Say whether and why texts concern a business."),
    "label": Lazy("monitor.cli.mentions:label", "Correct a mention's sentiment, or its relevance."),
    "status": Lazy(
        "monitor.cli.mentions:status", "Say what you did with a mention: new, handled, ignored."
    ),
    "rescore": Lazy("monitor.cli.rescore:rescore", "Score stored mentions anew."),
    "draft": Lazy("monitor.cli.draft:draft", "Draft a reply to a mention, to reread and copy."),
    "explain": Lazy(
        "monitor.cli.explain:explain", "Say why a mention was kept, and scored as it was."
    ),
    "story": Lazy(
        "monitor.cli.stories:story",
        "Show who told the event of a mention, the first publisher first.",
    ),
    "block": Lazy(
        "monitor.cli.blocks:block",
        "Hide an author, a site or a word for the business of a mention.",
    ),
    "unblock": Lazy(
        "monitor.cli.blocks:unblock", "Take a block back; `ecoute blocks` shows their numbers."
    ),
    "blocks": Lazy("monitor.cli.blocks:blocks", "Show what is blocked."),
    "digest": Lazy("monitor.cli.digests:digest", "Show the digest of a period, or mail it."),
    "report": Lazy(
        "monitor.cli.report:report", "Write the report of a month, to read, print and hand on."
    ),
    "alerts": Lazy("monitor.cli.alerts:alerts", "Show what an alert would tell now, or send it."),
    "evaluate": Lazy(
        "monitor.cli.evaluate:evaluate", "Measure how right Écoute is, with 95 % intervals."
    ),
    "sources": Lazy(
        "monitor.cli.sources:sources",
        "Show the health of each source; below it: add some, test one.",
    ),
    "config": Lazy("monitor.cli.setup:config", "Look at the configuration."),
    "forget": Lazy(
        "monitor.cli.privacy:forget", "Erase a person, an address or a business, for good."
    ),
    "access": Lazy("monitor.cli.privacy:access", "Print all that is held of a person."),
    "backup": Lazy("monitor.cli.database:backup", "Copy the database, whole, to FILE."),
    "restore": Lazy("monitor.cli.database:restore", "Put a backup in the database's place."),
    "db": Lazy("monitor.cli.database:db", "Look after the database."),
    "service": Lazy("monitor.cli.service:service", "Run the daemon as a service of systemd."),
    "completion": Lazy("monitor.cli.setup:completion", "Print a shell's completion script."),
    "version": Lazy("monitor.cli.version:version", "Say which version this is."),
}


class Root(LazyGroup):
    """The root: what its commands cannot do is told in the owner's language."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a StoreError gets its sentence in the language of the configuration."""
        try:
            return super().invoke(ctx)
        except StoreError as error:
            error.add_note(ctx.ensure_object(Door).words(f"errors.store_{error.code}"))
            raise


@click.group(
    cls=Root,
    commands=LazyCommands(COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
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
