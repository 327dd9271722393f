"""The owner's own account, asked once a day: by which name its own posts are known, its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from monitor.errors import Code, Malformed, SourceError
from monitor.model import Figure, Health, Json, Standing
from monitor.sources.entry_parts import id_of
from monitor.sources.meta_graph import Graph
from monitor.sources.meta_graph_parts import ENDS, OF_A_PART, figures_of
from monitor.sources.meta_graph_token import is_old


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is asked of an account; ``name`` is the field that its own posts are known by.

    ``figures`` are our names for numbers of it, by Meta's.
    """

    path: str
    fields: str
    name: str
    figures: Mapping[str, str]
    needs: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of an account: ``kept`` goes into the cursor, the rest to people."""

    kept: Mapping[str, Json]
    figures: tuple[Figure, ...] = ()
    standings: tuple[Standing, ...] = ()


async def ask_account(
    graph: Graph,
    account: Account,
    known: Mapping[str, Json],
    *,
    otherwise: str | None = None,
    may_lack: bool = False,
) -> Told:
    """Return what is known of an account, asked again when that is a day old.

    ``otherwise`` is its name as configured. With one, the lists are read all the same, and it is
    asked again at the next poll. Without any, its own posts would be taken for mentions: raises
    what refused it then, or ``Malformed``; unless its name ``may_lack``, where the lists tell most
    of them apart: then that it is not told is no reason to read nothing.
    """
    now = graph.session.now
    if not is_old(known.get("checked_at"), now):
        return Told(known)
    name = id_of(known.get("name")) or otherwise
    standings: tuple[Standing, ...] = ()
    told: Mapping[str, Json] = {}
    try:
        told = await graph.ask(account.path, {"fields": account.fields}, needs=account.needs)
    except SourceError as error:
        is_unknown = error.code is Code.API or error.http_status == HTTPStatus.NOT_FOUND
        if may_lack and name is None and is_unknown and error.health is None:
            return Told(known)
        if name is None or (error.code in ENDS and error.health not in OF_A_PART):
            raise
        if error.health not in OF_A_PART:
            return Told({**known, "name": name})
        standings = (Standing(health=error.health or Health.GONE, missing=error.missing),)
    name = id_of(told.get(account.name)) or name
    if name is None and may_lack:
        return Told(known, tuple(figures_of(told, account.figures)), standings)
    if name is None:
        raise Malformed(Code.API, f"{account.name} of the account is missing")
    kept = {"checked_at": now.isoformat(), "name": name}
    return Told(kept, tuple(figures_of(told, account.figures)), standings)
