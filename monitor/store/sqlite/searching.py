"""Questions about mentions as SQL: every value bound, none within a statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from monitor.clock import format_end, format_instant
from monitor.model import Count, Mention, MentionQuery, Period
from monitor.store.query import QueryError, Term, TextQuery, parse_query
from monitor.store.sqlite.kept import told_damaged
from monitor.store.sqlite.readers import UNTOLD
from monitor.store.sqlite.rows import Row, mention_of

_ORDERS = {
    "-published_at": "published_at DESC, id",
    "published_at": "published_at, id",
    "-found_at": "found_at DESC, id",
    "found_at": "found_at, id",
    "polarity": "polarity NULLS LAST, published_at DESC, id",
    "-polarity": "polarity DESC NULLS LAST, published_at DESC, id",
    "-relevance": "relevance DESC, published_at DESC, id",
}
_MATCHING = "number {0} (SELECT rowid FROM mention_fts WHERE mention_fts MATCH ?)"
# The Thursday of a day's week is in the year that ISO 8601 counts the week in.
_THURSDAY = "date({0}, '-3 days', 'weekday 4')"
_KEYS = {
    "day": "date({0})",
    "week": f"strftime('%Y', {_THURSDAY})"
    f" || printf('-W%02d', (strftime('%j', {_THURSDAY}) - 1) / 7 + 1)",
    "source": "source",
    "sentiment": "coalesce(sentiment, 'unrated')",
    "language": "coalesce(language, 'und')",
    "business": "business",
    "all": "'all'",
}
_IN_TIME = ("day", "week")


def find(db: Database, query: MentionQuery) -> list[Mention]:
    """Return the mentions asked for. Raises ``QueryError``."""
    if query.order not in _ORDERS:
        raise QueryError(f'there is no order "{query.order}"; one of {", ".join(_ORDERS)}')
    where, values = _where(query)
    order = _ORDERS[query.order]
    limit = -1 if query.limit is None else query.limit
    # The rows are chosen first: the places of those that are not shown are never gathered.
    sql = f"""SELECT * FROM mentions WHERE id IN (
        SELECT id FROM mention WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?) ORDER BY {order}"""  # noqa: S608 - clauses of ours, values bound
    return [mention_of(row) for row in db.query(sql, [*values, limit, query.offset])]


def get(db: Database, mention_id: str) -> Mention | None:
    """Return one mention."""
    found = list(db.query("SELECT * FROM mentions WHERE id = ?", [mention_id]))
    return mention_of(found[0]) if found else None


def corrected(db: Database, business: str, most: int) -> list[Mention]:
    """Return a business's mentions whose sentiment a person gave, newest first."""
    sql = """SELECT * FROM mentions WHERE business = ? AND corrected AND relevance > 0
        AND id IN (SELECT mention_id FROM label WHERE sentiment IS NOT NULL)
        ORDER BY found_at DESC LIMIT ?"""
    return [mention_of(row) for row in db.query(sql, [business, most])]


def count(db: Database, query: MentionQuery, by: str) -> list[Count]:
    """Count mentions by a key; days and weeks in order, else the most frequent first.

    Those that a person called irrelevant are left out.
    """
    if by not in _KEYS:
        raise QueryError(f'cannot count by "{by}"; one of {", ".join(_KEYS)}')
    where, values = _where(query)
    key = _KEYS[by].format(_instant_of(query))
    # One aggregate over all rows is a row even of none; a group is not.
    group = "" if by == "all" else "GROUP BY key"
    order = "key" if by in _IN_TIME else "total DESC, key"
    sql = f"""SELECT {key} AS key, min(id) AS id, count(*) AS total,
        count(*) FILTER (WHERE sentiment = 'negative') AS negative,
        count(*) FILTER (WHERE sentiment = 'neutral') AS neutral,
        count(*) FILTER (WHERE sentiment = 'positive') AS positive, avg(polarity) AS polarity,
        count(*) FILTER (WHERE sentiment IS NULL) AS unrated
        FROM mention WHERE {where} AND relevance > 0 {group} ORDER BY {order}"""  # noqa: S608 - as above
    return [_count_of(row) for row in db.query(sql, values)]


def share_of_voice(
    db: Database, business: str, period: Period, *, by_published: bool = False
) -> dict[str, int]:
    """Return mentions found of a business and of its competitors, irrelevant ones left out."""
    instant = "published_at" if by_published else "found_at"
    found = db.execute(
        f"""SELECT business, count(*) FROM mention
        WHERE (competitor_of = :business OR (business = :business AND competitor_of IS NULL))
          AND {instant} >= :start AND {instant} < :end AND relevance > 0
        GROUP BY business ORDER BY business""",  # noqa: S608 - a column's name of ours, values bound
        {
            "business": business,
            "start": format_instant(period.start),
            "end": format_end(period.end),
        },
    )
    return {business: 0} | dict(found.fetchall())


def _count_of(row: Row) -> Count:
    with told_damaged("mention", row.pop("id")):
        if row["key"] is None:  # SQLite's answer to a day that is none
            raise ValueError("no date")
    return Count(**row)


def match_of(terms: tuple[Term, ...]) -> str:
    """Write alternatives as FTS5 reads them: quoted, so that no sign of theirs is an operator."""
    return " OR ".join(
        _quoted(spelling) + "*" * t.prefix for t in terms for spelling in _spellings(t)
    )


def _where(query: MentionQuery) -> tuple[str, list[Any]]:
    parts = list(_conditions(query))
    return " AND ".join(sql for sql, _ in parts), [value for _, found in parts for value in found]


def _conditions(query: MentionQuery) -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "competitor_of IS NULL", ()
    for column in ("business", "source", "sentiment", "language", "kind", "status"):
        value = getattr(query, column)
        if value is not None:
            yield f"{column} = ?", (value,)
    if query.unrated:
        yield "sentiment IS NULL", ()
    instant = _instant_of(query)
    if query.since is not None:
        yield f"{instant} >= ?", (format_instant(query.since),)
    if query.until is not None:
        yield f"{instant} < ?", (format_end(query.until),)
    if query.news_only:
        yield "NOT backfilled", ()
    yield from _relevances(query)
    yield from _digests(query)
    if query.text is not None:
        yield from _text_conditions(parse_query(query.text))


def _digests(query: MentionQuery) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if query.undigested or query.untold_to is not None:
        yield "erased_at IS NULL", ()  # there is nothing left to tell
    if query.undigested:
        yield "id NOT IN (SELECT mention_id FROM digest_mention)", ()
    if query.untold_to is not None:
        yield UNTOLD, (query.untold_to, query.untold_to)
    if query.digest_id is not None:
        yield (
            "id IN (SELECT mention_id FROM digest_content WHERE digest_id = ?)",
            (query.digest_id,),
        )


def _relevances(query: MentionQuery) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if query.min_relevance is not None:
        yield "relevance >= ?", (query.min_relevance,)
    if query.max_relevance is not None:
        yield "relevance < ? AND relevance > 0", (query.max_relevance,)


def _text_conditions(text: TextQuery | None) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if text is None:
        return
    if text.wanted:
        yield _MATCHING.format("IN"), (" AND ".join(f"({match_of(t)})" for t in text.wanted),)
    if text.unwanted:
        yield _MATCHING.format("NOT IN"), (match_of(text.unwanted),)


def _spellings(term: Term) -> list[str]:
    """Return a term with and without its ligatures, which the index does not fold."""
    lower = term.text.lower()
    apart = lower.replace("œ", "oe").replace("æ", "ae")
    return list(dict.fromkeys([lower, apart, apart.replace("oe", "œ").replace("ae", "æ")]))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _instant_of(query: MentionQuery) -> str:
    return "published_at" if query.by_published else "found_at"
