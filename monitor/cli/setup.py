"""``init``, ``config``, ``completion`` and ``version``: getting started."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Sequence

import click
from click.shell_completion import get_completion_class

from monitor import __version__
from monitor.app import load_app
from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.config.schema import config_schema
from monitor.config.starter import Answers, starter_yaml
from monitor.sentiment.registry import scorers
from monitor.sources.registry import source_types
from monitor.wording import LANGUAGES, Wording


@click.command()
@click.option("--name", help="The business's name.")
@click.option("--town", help="Its town.")
@click.option("--trade", help="Its trade, as fleuriste.")
@click.option("--email", help="Where digests go.")
@click.option("--website", help="Its own site, whose pages are not mentions.")
@click.option("--alias", "aliases", multiple=True, help="Another name; repeatable.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: that of this terminal.")
@click.option("--yes", is_flag=True, help="Ask nothing; what is not given stays empty.")
@pass_door
def init(
    door: Door,
    *,
    name: str | None,
    town: str | None,
    trade: str | None,
    email: str | None,
    website: str | None,
    aliases: Sequence[str],
    language: str | None,
    yes: bool,
) -> None:
    """Write a commented sources.yaml for one's own business; never overwrites."""
    language = language or ("en" if os.environ.get("LANG", "").startswith("en") else "fr")
    words = Wording(language)
    if door.file.exists():
        raise click.UsageError(words("cli.init_exists", path=door.file))
    if yes and not name:
        raise click.UsageError("--yes needs --name")

    def ask(given: str | None, question: str) -> str | None:
        if given is not None or yes:
            return given or None
        return click.prompt(words(f"cli.{question}"), default="", show_default=False) or None

    answers = Answers(
        name=name or click.prompt(words("cli.ask_name")),
        town=ask(town, "ask_town"),
        trade=ask(trade, "ask_trade"),
        email=ask(email, "ask_email"),
        website=ask(website, "ask_website"),
        aliases=tuple(aliases),
    )
    with door.file.open("x", encoding="utf-8") as file:
        file.write(starter_yaml(answers, language))
    load_app(door.file, os.environ)
    show.result(words("cli.init_done", path=door.file))


@click.group()
def config() -> None:
    """Look at the configuration."""


@config.command()
def schema() -> None:
    """Print the JSON Schema of sources.yaml, for editors."""
    click.echo(
        json.dumps(config_schema(source_types(), tuple(scorers())), indent=2, ensure_ascii=False)
    )


@config.command()
@pass_door
def validate(door: Door) -> None:
    """Read sources.yaml; say all that is wrong with it, or how much it watches."""
    app = door.app
    show.result(
        app.words(
            "cli.config_ok",
            path=door.file,
            businesses=len(app.config.businesses),
            sources=len(app.config.sources),
        )
    )


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell: eval "$(ecoute completion bash)"."""
    complete = get_completion_class(shell)
    root = ctx.find_root().command
    if complete is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(complete(root, {}, "ecoute", "_ECOUTE_COMPLETE").source())


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def version(*, as_json: bool) -> None:
    """Say which version this is."""
    facts = {
        "ecoute": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    if as_json:
        show.json_document(facts)
    else:
        show.result(", ".join(f"{name} {number}" for name, number in facts.items()))
