"""Every example of docs/query-language.md does what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.matching.boolean import Line, Passage, QueryError, parse_query
from monitor.matching.boolean_errors import MAX_DEPTH, MAX_DISTANCE, MAX_LENGTH
from monitor.wording import Wording

PAGE = (Path(__file__).parents[2] / "docs" / "query-language.md").read_text(encoding="utf-8")

ENTRY = Passage(
    title=Line.of("Avis : le Petit Zinc"),
    text=Line.of("On y mange bien."),
    url="https://blog.exemple.fr/zinc",
    author="Léa Dupont",
    language="fr",
    source_id="presse-locale",
    platform="feed",
)


def rows(head: str) -> list[tuple[str, ...]]:
    """Return the cells of the table with that head, without the backquotes of the first."""
    _, _, below = PAGE.partition(f"| {head} |\n")
    lines = below.partition("\n\n")[0].splitlines()[1:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [(first.strip("`"), *others) for first, *others in cells]


def keeps(query: str, asked: Passage) -> str:
    return "no" if parse_query(query).holds(asked) is None else "yes"


@pytest.mark.parametrize(("query", "text", "kept"), rows("query | text | kept"))
def test_an_example_is_kept_or_not(query: str, text: str, kept: str) -> None:
    assert keeps(query, Passage(title=Line.of(""), text=Line.of(text))) == kept


@pytest.mark.parametrize(("query", "kept"), rows("query | kept"))
def test_an_example_of_a_field_is_kept_or_not(query: str, kept: str) -> None:
    assert keeps(query, ENTRY) == kept


@pytest.mark.parametrize(("query", "told"), rows("query | error"))
def test_an_example_of_an_error_reads_so(query: str, told: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(query)
    assert caught.value.told(Wording("fr")).replace("\u00a0", " ") == told


@pytest.mark.parametrize("written", [cell for cell, _ in rows("written | means")])
def test_what_it_may_hold_can_be_read(written: str) -> None:
    for query in written.split("` `"):
        if query not in {"( … )", "NOT a", "SAUF a", "-a"}:
            parse_query(query)


def test_the_page_has_its_examples_and_the_limits() -> None:
    assert len(rows("query | text | kept")) > 10
    assert len(rows("query | kept")) > 5
    assert len(rows("query | error")) > 5
    assert f"{MAX_LENGTH:,} characters, and {MAX_DEPTH} parentheses" in PAGE
    assert f"(0 to {MAX_DISTANCE})" in PAGE
