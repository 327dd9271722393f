"""Whatever a person types is read, answered, or refused by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.store.query import QueryError, Term, parse_query
from monitor.store.sqlite.searching import match_of


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(a, tokenize='unicode61')")
        connection.execute("INSERT INTO t VALUES ('un accueil parfait')")
        yield connection


SIGNS = st.sampled_from([*'"«»“”-*()^:+{}\0\ud800', " OR ", " AND ", " NOT ", "NEAR(", "é", "👍"])


@given(text=st.lists(st.one_of(SIGNS, st.text(max_size=5)), max_size=30).map("".join))
def test_no_text_makes_sqlite_complain(index: sqlite3.Connection, text: str) -> None:
    try:
        query = parse_query(text)
    except QueryError:
        return
    for terms in [] if query is None else [*query.wanted, query.unwanted]:
        if terms:
            index.execute("SELECT a FROM t WHERE t MATCH ?", [match_of(terms)]).fetchall()


def test_the_longest_query_is_answered(index: sqlite3.Connection) -> None:
    query = parse_query(" OR ".join("a" for _ in range(200)))
    assert query is not None
    assert index.execute("SELECT a FROM t WHERE t MATCH ?", [match_of(query.wanted[0])]) is not None


def test_or_binds_tighter_than_neighbours() -> None:
    query = parse_query("a b OR c -d")
    assert query is not None
    words = [[term.text for term in group] for group in query.wanted]
    assert words == [["a"], ["b", "c"]]
    assert query.unwanted == (Term(text="d"),)


def test_lower_case_or_is_a_word_because_it_is_french_for_gold() -> None:
    query = parse_query("médaille or")
    assert query is not None
    assert len(query.wanted) == 2


def test_an_error_names_its_column() -> None:
    with pytest.raises(QueryError, match="column 8: the quote") as caught:
        parse_query('fleurs "ouvert')
    assert caught.value.column == 8
