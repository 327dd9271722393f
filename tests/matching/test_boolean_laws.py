"""What holds of every query and every text, against an evaluator too plain to be wrong."""

from __future__ import annotations

from itertools import product
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.matching.boolean import Line, Passage, Query, QueryError, parse_query

WORDS = ["rose", "lys", "tulipe", "fleuriste", "mai"]
STEMS = ["ro", "tu", "fleur", "li", "#ro", "@ro"]
Tree: TypeAlias = tuple[Any, ...]

words = st.sampled_from(WORDS)
# Few enough that many words are missing; some run together, some that no query has.
said = st.sampled_from([*WORDS, "rosetulipe", "tulipelys", "fleuristemai", "un", "deux", "trois"])
lines = st.lists(said, max_size=7)
phrases = st.one_of(words.map(lambda word: [word]), st.lists(words, min_size=1, max_size=3)).map(
    lambda row: ("phrase", *row)
)
stems = st.sampled_from(STEMS).map(lambda stem: ("stem", stem))
nears = st.tuples(st.just("near"), phrases, phrases, st.integers(0, 4))
few = st.sampled_from([("rose",), ("lys",), ("rose", "lys"), ("rose", "tulipe")]).map(
    lambda row: ("phrase", *row)
)
titled = st.one_of(phrases, nears).map(lambda inner: ("title", inner))
languages = st.sampled_from(["fr", "nl"]).map(lambda code: ("lang", code))


def joined(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("and"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
        st.tuples(st.just("title"), inner),
    )


trees = st.recursive(st.one_of(phrases, stems, nears, languages, titled), joined, max_leaves=8)
plain_trees = st.recursive(
    st.one_of(phrases, stems),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("and"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
    ),
    max_leaves=5,
)


def written(tree: Tree, *, in_title: bool = False) -> str:  # noqa: PLR0911 - one a kind of node
    """Write a tree with every parenthesis."""
    match tree:
        case ("phrase", *row):
            return f'"{" ".join(row)}"'
        case ("stem", stem):
            return f"{stem}*"
        case ("near", left, right, distance):
            return f"({written(left)} NEAR/{distance} {written(right)})"
        case ("lang", code):
            # Fields and titles mean nothing within a title: a word that is never there.
            return "absent" if in_title else f"lang:{code}"
        case ("not", inner):
            return f"NOT ({written(inner, in_title=in_title)})"
        case ("title", inner):
            body = written(inner, in_title=True)
            return f"({body})" if in_title else f"title:({body})"
        case (operator, left, right):
            sides = (written(side, in_title=in_title) for side in (left, right))
            return "(" + f" {operator.upper()} ".join(sides) + ")"
    raise AssertionError(tree)


def places(row: tuple[str, ...], line: list[str]) -> list[tuple[int, int]]:
    found = [
        (at, at + len(row))
        for at in range(len(line) - len(row) + 1)
        if tuple(line[at : at + len(row)]) == row
    ]
    run_together = "".join(row)
    return found + [(at, at + 1) for at, word in enumerate(line) if word == run_together]


def naive(  # noqa: PLR0911 - one a kind of node
    tree: Tree, read: list[list[str]], language: str, *, in_title: bool = False
) -> bool:
    match tree:
        case ("phrase", *row):
            return any(places(tuple(row), line) for line in read)
        case ("stem", stem):
            stems = (stem, stem.replace("@", "#"))
            return any(word.startswith(stems) for line in read for word in line)
        case ("near", (_, *left), (_, *right), distance):
            return any(
                0 <= max(a[0], b[0]) - min(a[1], b[1]) <= distance
                for line in read
                for a, b in product(places(tuple(left), line), places(tuple(right), line))
                if a[1] <= b[0] or b[1] <= a[0]
            )
        case ("lang", code):
            return not in_title and code == language
        case ("not", inner):
            return not naive(inner, read, language, in_title=in_title)
        case ("title", inner):
            return naive(inner, read[:1], language, in_title=True)
        case (operator, left, right):
            sides = [naive(side, read, language, in_title=in_title) for side in (left, right)]
            return all(sides) if operator == "and" else any(sides)
    raise AssertionError(tree)


def passage(title: list[str], text: list[str], language: str) -> Passage:
    return Passage(title=Line.of(" ".join(title)), text=Line.of(" ".join(text)), language=language)


@settings(max_examples=400)
@given(tree=trees, title=lines, text=lines, language=st.sampled_from(["fr", "nl"]))
def test_a_query_holds_where_the_plain_evaluator_says_so(
    tree: Tree, title: list[str], text: list[str], language: str
) -> None:
    opens = naive(tree, [[], []], "")
    try:
        query = parse_query(written(tree))
    except QueryError:
        assert opens
        return
    assert not opens
    asked = passage(title, text, language)
    hits = query.holds(asked)
    assert (hits is not None) == naive(tree, [title, text], language)
    assert hits is None or hits.terms
    assert parse_query(str(query)) == query


@settings(max_examples=400)
@given(
    tree=st.tuples(st.just("near"), few, few, st.integers(0, 4)),
    text=st.lists(st.sampled_from(["rose", "lys", "rosetulipe", "un"]), max_size=9),
)
def test_near_counts_the_words_between(tree: Tree, text: list[str]) -> None:
    query = parse_query(written(tree))
    assert (query.holds(passage([], text, "")) is not None) == naive(tree, [[], text], "")


@settings(max_examples=1000)
@given(
    tree=plain_trees,
    text=st.lists(st.one_of(said, st.sampled_from(["#roselys", "@roselys"])), max_size=2),
)
def test_no_needle_is_missed_where_a_query_holds(tree: Tree, text: list[str]) -> None:
    query = read(written(tree))
    asked = passage([], text, "")
    if query is not None and query.holds(asked):
        needles = query.needles()
        assert needles is None or needles & asked.vocabulary


SIGNS = st.sampled_from(
    [*"()\"«»“”„*-–+&:/'’#@ \u00a0\u200b", "OR", "ET", "AND", "NOT", "SAUF", "NEAR", "NEAR/3 ",
     "site:", "author:", "lang:fr", "title:", "source:", "x:", "rose", "ŒILLET", "st", "é", "🌸",
     "\x00", "\ud800", "exemple.fr", "S.O.S."]
)  # fmt: skip
queries = st.one_of(
    st.lists(SIGNS, max_size=25).map("".join), st.lists(SIGNS, max_size=15).map(" ".join), st.text()
)


def read(text: str) -> Query | None:
    try:
        return parse_query(text)
    except QueryError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1
    return None


@settings(max_examples=600)
@given(queries)
def test_any_text_is_a_query_or_a_query_error_and_reads_back(text: str) -> None:
    query = read(text)
    assert query is None or parse_query(str(query)) == query


@settings(max_examples=400)
@given(queries, queries, queries)
def test_no_needle_is_missed_in_any_text(text: str, title: str, body: str) -> None:
    query = read(text)
    if query is None:
        return
    for said in (body, text):
        asked = Passage(title=Line.of(title), text=Line.of(said), url=said, author=title)
        needles = query.needles()
        if query.holds(asked) and needles is not None:
            assert needles & asked.vocabulary


@given(trees, trees, lines)
def test_and_or_and_not_are_those_of_logic(one: Tree, other: Tree, text: list[str]) -> None:
    asked = passage([], [*text, "ancre"], "fr")

    def holds(query: str) -> bool:
        # A word that is always there: no query is refused for holding of everything.
        return parse_query(f"ancre ({query})").holds(asked) is not None

    a, b = written(one), written(other)
    assert holds(f"{a} AND {b}") == holds(f"{a} {b}") == (holds(a) and holds(b))
    assert holds(f"{a} OR {b}") == (holds(a) or holds(b))
    assert holds(f"NOT {a}") == holds(f"-{a}") == (not holds(a))
    assert holds(f"NOT ({a} OR {b})") == holds(f"-{a} -{b}")
