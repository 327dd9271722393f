"""How long a Meta token lives and what it may do: ``debug_token``, asked once a day.

What was told is kept in the cursor, without the token. A token that Meta calls valid but that lacks
a scope reads on: Meta leaves out what the scope would show, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.errors import Code, FetchError, SourceError
from monitor.model import Health, Json, Standing
from monitor.sources.entry_parts import instant_of
from monitor.sources.epoch import instant_at
from monitor.sources.json_fields import list_at, part_at
from monitor.sources.meta_graph import Graph

SOON = timedelta(days=10)
EACH = timedelta(days=1)

_ENDS = ("expires_at", "data_access_expires_at")
_RANK = (
    Health.TERMS_BLOCK,
    Health.TOKEN_EXPIRED,
    Health.TOKEN_EXPIRES_SOON,
    Health.PERMISSION_MISSING,
    Health.REVIEW_MISSING,
    Health.BUDGET_SPENT,
    Health.GONE,
)
"""What a person is told first of several things; only one state is shown."""


async def check_token(graph: Graph, known: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return what is known of the token, asked again when that is a day old.

    Raises ``FetchError(auth)`` for a token that is no longer taken; that it could not be asked of
    is no reason to read nothing.
    """
    now = graph.session.now
    if not is_old(known.get("checked_at"), now):
        return known
    told: Mapping[str, Json] = {}
    try:
        answer = await graph.ask("debug_token", {"input_token": graph.secret})
        told = part_at(answer, "data")
    except SourceError as error:
        if error.health in {Health.TOKEN_EXPIRED, Health.NEEDS_TOKEN}:
            raise
    if told.get("is_valid") is False:
        missing = "debug_token: is_valid false"
        raise FetchError(
            Code.AUTH, "the token is not valid", health=Health.TOKEN_EXPIRED, missing=missing
        )
    ends = [end.isoformat() for name in _ENDS if (end := _end_of(told.get(name))) is not None]
    scopes = [scope for scope in list_at(told, "scopes") if isinstance(scope, str)]
    return {"checked_at": now.isoformat(), "ends_at": min(ends, default=None), "scopes": scopes}


def token_standings(
    known: Mapping[str, Json], needs: Iterable[str], now: datetime
) -> list[Standing]:
    """Return what a person has to do about the token: renew it soon, give it scopes."""
    standings = []
    ends_at = instant_of(known.get("ends_at"))
    if ends_at is not None and ends_at - now <= SOON:
        standings.append(Standing(health=Health.TOKEN_EXPIRES_SOON, at=ends_at))
    scopes = list_at(known, "scopes")
    lacking = [scope for scope in needs if scopes and scope not in scopes]
    if lacking:
        standings.append(Standing(health=Health.PERMISSION_MISSING, missing=", ".join(lacking)))
    return standings


def first_of(standings: Sequence[Standing]) -> Standing | None:
    """Return the one standing that is shown: the gravest, with all that is missing of its kind."""
    ranked = sorted(
        standings, key=lambda one: _RANK.index(one.health) if one.health in _RANK else len(_RANK)
    )
    if not ranked:
        return None
    alike = [one for one in ranked if one.health is ranked[0].health]
    names = [name for one in alike for name in one.missing.split(", ") if name]
    dates = [one.at for one in alike if one.at is not None]
    return Standing(
        health=ranked[0].health,
        missing=", ".join(dict.fromkeys(names)),
        at=min(dates, default=None),
    )


def is_old(written: Json, now: datetime, age: timedelta = EACH) -> bool:
    """Tell whether an instant in a cursor is that long ago, or is none."""
    at = instant_of(written)
    return at is None or not now - age < at <= now


def _end_of(seconds: Json) -> datetime | None:
    """Return when a token ends; 0 means never."""
    return instant_at(seconds) if seconds else None
