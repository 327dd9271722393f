"""What the README and ``docs/`` tell people to type exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from monitor.cli.root import cli

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")])

_INLINE = re.compile(r"`((?:\.venv/bin/)?ecoute(?: [^`]*)?)`")
_FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TYPED = re.compile(r"(?:^|[\s\"(/])ecoute ((?!#).+)")


def commands_of(page: Path) -> list[str]:
    """Return what stands after ``ecoute`` wherever a page shows something to type."""
    text = page.read_text(encoding="utf-8")
    fenced = [line for block in _FENCED.findall(text) for line in block.splitlines()]
    inline = [found.replace("\n", " ") for found in _INLINE.findall(_FENCED.sub("", text))]
    typed = (_TYPED.search(line.partition(" #")[0]) for line in [*inline, *fenced])
    return [found[1].strip() for found in typed if found]


SHOWN = [
    (page.relative_to(ROOT).as_posix(), typed) for page in PAGES for typed in commands_of(page)
]


def words_of(typed: str) -> list[str]:
    """Split what is typed as a shell does, up to a pipe, redirection or closing bracket."""
    filled_in = re.sub(r"\$\([^)]*\)", "today", typed)
    words = shlex.split(re.split(r"[|>;&)]", filled_in)[0], comments=True)
    return [word for word in words if word != "…"]


def unknown_in(words: list[str]) -> str | None:
    """Return the first word that is no command or option of ``ecoute``; values may be anything."""
    command: click.Command = cli
    rest = iter(words)
    for word in rest:
        if word.startswith("-"):
            option = option_of(command, word)
            if option is None:
                return word
            if not option.is_flag:
                next(rest)
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return word
            command = command.commands[word]
    return None


def option_of(command: click.Command, word: str) -> click.Option | None:
    """Return a command's option of that name."""
    for param in command.params:
        if isinstance(param, click.Option) and word in param.opts:
            return param
    return None


@pytest.mark.parametrize(("page", "typed"), SHOWN)
def test_a_command_that_is_shown_exists_with_its_options(page: str, typed: str) -> None:
    assert unknown_in(words_of(typed)) is None


@pytest.mark.parametrize(
    ("wrong", "word"),
    [("pol", "pol"), ("poll --forced", "--forced"), ("--verbos poll", "--verbos"), ("db x", "x")],
)
def test_a_command_that_is_not_there_would_be_seen(wrong: str, word: str) -> None:
    assert unknown_in(words_of(wrong)) == word


def test_the_readme_shows_commands() -> None:
    assert len([typed for page, typed in SHOWN if page == "README.md"]) > 12


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_between_pages_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
