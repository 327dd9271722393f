"""The plan of the house: arrows run downwards only, rooms on one floor do not meet."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "monitor"

FLOORS: list[set[str]] = [
    {"model", "errors"},
    {"markup"},
    {
        "text",
        "urls",
        "clock",
        "callers",
        "durations",
        "moments",
        "schedules",
        "readers",
        "quiet",
        "log",
        "lean",
        "wording",
    },
    {"traces", "keys"},
    {"names", "subjects", "mails", "letters"},
    {"places", "lexicon", "packs"},
    {"fetching", "matching", "dedupe", "language", "sentiment", "usual", "notices"},
    {"pipeline", "sources", "articles", "drafts", "store.base", "store.query", "evaluation"},
    {
        "config",
        "reporting",
        "delivery",
        "deliverability",
        "replies",
        "exchange",
        "polling",
        "reading",
        "due",
        "audiences",
        "operations",
        "store.sqlite",
        "teaching",
        "importing",
    },
    {"summarising", "digest_settings", "receiving"},
    {"digest_making"},
    {"digesting", "alerting", "settling", "forgetting"},
    {"daemon", "app"},
    {"checking", "adding", "backfilling"},
    {"mail_checking"},
    {"cli"},
    {"__main__"},
]
"""From the ground up."""

WITHIN_FLOOR = {
    ("errors", "model"),
    ("moments", "durations"),
    ("moments", "text"),
    ("urls", "text"),
    ("due", "reading"),
    ("polling", "due"),
    ("polling", "reading"),
}
"""Plain modules of one floor that lean on one another; rooms never do."""

ONLY_APP = {"config", "store.sqlite"}
"""Rooms that only the composition root (and the doors' own commands about them) may know."""


def room_of(module: str) -> str:
    parts = module.removeprefix("monitor.").split(".")
    if parts[0] == "store" and len(parts) > 1:
        return f"store.{parts[1]}"
    return parts[0]


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports() -> Iterator[tuple[str, str]]:
    for file in PACKAGE.rglob("*.py"):
        name = ".".join(("monitor", *file.relative_to(PACKAGE).with_suffix("").parts))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("monitor."):
                yield room_of(name.removesuffix(".__init__")), room_of(str(node.module))


ARROWS = sorted({(a, b) for a, b in imports() if a not in {b, "monitor"}})


@pytest.mark.parametrize(("upper", "lower"), ARROWS)
def test_arrows_run_downwards(upper: str, lower: str) -> None:
    assert floor_of(upper) > floor_of(lower) or (upper, lower) in WITHIN_FLOOR


def test_only_the_root_and_the_doors_know_the_backends_and_the_configuration() -> None:
    known_by = {upper for upper, lower in ARROWS if lower in ONLY_APP}
    assert known_by <= {"app", "adding", "cli"} | ONLY_APP


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert silent == []
