"""``init``, ``config`` and ``completion``: getting started."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import fields

import click
from click.shell_completion import get_completion_class

from monitor.adding import press_additions, write_sources
from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.config.load import language_of
from monitor.config.schema import config_schema
from monitor.config.starter import AnswerKind, Answers, problem_of, starter_yaml
from monitor.errors import ConfigError
from monitor.model import Identity
from monitor.packs import Departement, departement_of_town, find_departement
from monitor.sentiment.registry import scorers
from monitor.sources.registry import source_types
from monitor.text import fold
from monitor.wording import LANGUAGES, Wording


@click.command()
@click.option("--name", help="The business's name.")
@click.option("--town", help="Its town.")
@click.option("--departement", metavar="NN", help="Adds its local press; a postcode will do.")
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
    departement: str | None,
    trade: str | None,
    email: str | None,
    website: str | None,
    aliases: Sequence[str],
    language: str | None,
    yes: bool,
) -> None:
    """Write a sources.yaml for your business.

    Asks for what the options do not tell. The file is commented, has every source that needs no
    account, and never overwrites another.
    """
    language = language or language_of("", os.environ)
    words = Wording(language)
    if door.file.exists():
        raise click.UsageError(words("cli.init_exists", path=door.file))
    if yes and not name:
        raise click.UsageError("--yes needs --name")

    def ask(given: str | None, question: str, kind: AnswerKind | None = None) -> str | None:
        if given is not None or yes:
            return given or None

        def read(answer: str) -> str:
            if kind and answer and (problem := problem_of(kind, answer, words)):
                raise click.UsageError(problem)  # asked again
            return answer

        shown = words(f"cli.{question}")
        return click.prompt(shown, default="", show_default=False, value_proc=read) or None

    name = name or click.prompt(words("cli.ask_name"))
    town = ask(town, "ask_town")
    place = departement_of_town(town) if town and departement is None else None
    place = place or _departement(ask(departement, "ask_departement"), words)
    answers = Answers(
        name=name,
        town=town,
        trade=ask(trade, "ask_trade"),
        email=ask(email, "ask_email", AnswerKind.EMAIL),
        website=ask(website, "ask_website", AnswerKind.WEBSITE),
        aliases=tuple(aliases),
        identity=Identity() if yes else _ask_identity(name, town, words),
    )
    with door.file.open("x", encoding="utf-8") as file:
        file.write(starter_yaml(answers, language))
    try:
        if place is not None:
            write_sources(door.file, press_additions(door.app, place), os.environ)
            show.result(words("cli.press_added", name=place.name, number=place.number))
        _ = door.app
    except ConfigError:
        door.file.unlink()  # an option was wrong: nothing was done
        raise
    show.result(words("cli.init_done", path=door.file))


def _ask_identity(name: str, town: str | None, words: Wording) -> Identity:
    """Ask five questions on the name; Enter passes one over."""

    def read(answer: str) -> bool | None:
        if not answer.strip():
            return None
        first = fold(answer)[0]
        if first in "oyn":
            return first != "n"
        raise click.UsageError(words("cli.yes_or_no"))  # asked again

    answers: dict[str, bool | None] = {}
    for question in fields(Identity):
        where = town or words("cli.your_town")
        asked = words(f"cli.ask_{question.name}", name=name, town=where)
        try:
            answers[question.name] = click.prompt(
                asked, default="", show_default=False, value_proc=read
            )
        except click.Abort:
            if sys.stdin.isatty():
                raise
            break  # the end of piped answers: the rest is passed over
    return Identity(**answers)


def _departement(wanted: str | None, words: Wording) -> Departement | None:
    if wanted is None:
        return None
    if (found := find_departement(wanted)) is None:
        raise click.UsageError(words("cli.no_departement", text=wanted))
    return found


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
    """Check sources.yaml, and nothing else.

    Says all that is wrong with it, each with its line, or how much it watches.
    """
    app = door.app
    show.result(
        app.words(
            "cli.config_ok",
            path=door.file,
            businesses=app.words("cli.config_businesses", n=len(app.config.businesses)),
            sources=app.words("cli.config_sources", n=len(app.config.sources)),
        )
    )


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a shell's completion script.

    For bash: eval "$(ecoute completion bash)"
    """
    complete = get_completion_class(shell)
    root = ctx.find_root().command
    if complete is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(complete(root, {}, "ecoute", "_ECOUTE_COMPLETE").source())
