"""What a command does not use, it does not wait for."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.shell_completion import ShellComplete

from monitor.cli.root import COMMANDS, cli

HEAVY = {
    "apscheduler",
    "babel",
    "feedparser",
    "httpx",
    "jinja2",
    "lxml",
    "numpy",
    "py3langid",
    "pydantic",
    "ruamel",
    "sqlite_utils",
    "textblob",
    "trafilatura",
}


def imported_by(*statements: str) -> set[str]:
    """Run statements in an interpreter of their own; return the packages that it then has."""
    code = "; ".join((*statements, "import sys", "print(*sys.modules, file=sys.stderr)"))
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    "run",
    [
        "pass",
        "cli(['--help'], standalone_mode=False)",
        "cli(['version'], obj=None, standalone_mode=False)",
    ],
)
def test_the_command_line_begins_without_what_only_some_commands_need(run: str) -> None:
    assert imported_by("from monitor.cli.root import cli", run) & HEAVY == set()


def test_what_only_polls_and_digests_need_is_not_imported_to_read_the_database() -> None:
    has = imported_by("import monitor.app, monitor.cli.mentions")
    assert has & {"apscheduler", "jinja2", "py3langid", "textblob"} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_each_command_is_what_it_says_of_itself(name: str) -> None:
    command = cli.commands[name]
    assert command.name == name
    assert COMMANDS[name].line == command.get_short_help_str(limit=200)
    assert not command.hidden


def test_help_lists_each_command_on_one_line() -> None:
    lines = cli.get_help(click.Context(cli, terminal_width=100)).splitlines()
    listed = lines[lines.index("Commands:") + 1 :]
    assert [line.split()[0] for line in listed] == sorted(COMMANDS)


def test_the_shell_completes_commands_and_what_stands_below_them() -> None:
    complete = ShellComplete(cli, {}, "ecoute", "_ECOUTE_COMPLETE")
    assert [item.value for item in complete.get_completions([], "sta")] == ["stats", "status"]
    assert [item.value for item in complete.get_completions(["sources"], "")] == ["add", "test"]


def test_a_command_that_there_is_not_is_answered_with_the_nearest() -> None:
    with pytest.raises(click.UsageError) as answered:
        cli(["pol"], standalone_mode=False)
    assert "poll" in answered.value.format_message()
