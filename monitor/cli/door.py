"""What every command is given: the configuration's file and, when asked for, the application."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from monitor.cli import show
from monitor.clock import now
from monitor.errors import ConfigError
from monitor.log import configure_logging
from monitor.operations.memory import return_large_blocks
from monitor.wording import Wording

if TYPE_CHECKING:
    from monitor.app import App

T = TypeVar("T")

_NEAR = timedelta(days=180)
"""Within it a time without its year cannot be mistaken."""


@dataclass(frozen=True)
class Door:
    """The global options of one run."""

    file: Path
    verbose: bool
    quiet: bool

    def log(self, level: int, secrets: Collection[str] = ()) -> None:
        """Log from this level on; with ``--verbose`` everything."""
        configure_logging(
            logging.DEBUG if self.verbose else level,
            json=False,
            colours=show.is_colourful(),
            secrets=secrets,
        )

    @cached_property
    def words(self) -> Wording:
        """The language of the configuration, whether or not the rest of it is right."""
        # Here and below, imported when needed: what a command does not use, it does not wait for.
        from monitor.config.load import language_of_file  # noqa: PLC0415

        return Wording(language_of_file(self.file, os.environ))

    @cached_property
    def app(self) -> App:
        """The application of the configuration. Raises ConfigError."""
        from monitor.app import load_app  # noqa: PLC0415

        return_large_blocks()
        try:
            app = load_app(self.file, os.environ)
        except ConfigError as error:
            error.add_note(self.words("cli.faults", n=len(error.faults)))
            raise
        # A command tells by itself what went wrong; only a surprise of ours is logged.
        self.log(logging.ERROR, app.config.secrets)
        for notice in app.config.notices:
            show.note(notice)
        return app

    def moment(self, text: str | None) -> datetime | None:
        """Read a moment of the command line in the owner's time zone."""
        if text is None:
            return None
        from monitor.moments import parse_moment  # noqa: PLC0415

        try:
            return parse_moment(text, now(), self.app.zone)
        except ValueError:
            raise self.wrong("no_moment", text=text) from None

    def wrong(self, key: str, **values: object) -> click.UsageError:
        """Make the error of a wrong command line, in the owner's language."""
        return click.UsageError(self.app.words(f"cli.{key}", **values))

    def time(self, at: datetime | None) -> str:
        """Write an instant for a person, short, in the owner's time zone; nothing for none."""
        if at is None:
            return ""
        local = at.astimezone(self.app.zone)
        is_near = abs(now() - at) < _NEAR
        return local.strftime(self.app.words("cli.time" if is_near else "cli.day"))

    def business(self, name: str | None) -> str | None:
        """Return the configured business (or competitor) of that name, whatever its case."""
        if name is None:
            return None
        known = [
            known
            for business in self.app.config.businesses
            for known in (business.name, *business.competitors)
        ]
        for candidate in known:
            if candidate.casefold() == name.casefold():
                return candidate
        raise self.wrong("no_business", name=name, known=", ".join(known))


pass_door: Callable[[Callable[..., T]], Callable[..., T]] = click.make_pass_decorator(Door)
