"""A group whose commands are imported when they are run: asking for the version loads no poller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module

import click


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a command stands, ``module:name``, and the line that its group's help has for it."""

    place: str
    line: str

    def load(self) -> click.Command:
        """Import it."""
        module, _, name = self.place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


class LazyCommands(MutableMapping[str, click.Command]):
    """Commands by name, imported when one is looked up; their names and lines are known before."""

    def __init__(self, lazy: Mapping[str, Lazy]) -> None:
        self.lines = {name: command.line for name, command in lazy.items()}
        self._commands: dict[str, Lazy | click.Command] = dict(lazy)

    def __getitem__(self, name: str) -> click.Command:
        command = self._commands[name]
        if isinstance(command, Lazy):
            command = self._commands[name] = command.load()
        return command

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._commands[name]

    def __contains__(self, name: object) -> bool:
        return name in self._commands

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)


class LazyGroup(click.Group):
    """Lists its commands without importing them."""

    commands: LazyCommands

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command's line, as click does of commands that it has."""
        with formatter.section("Commands"):
            formatter.write_dl([(n, self.commands.lines[n]) for n in self.list_commands(ctx)])
