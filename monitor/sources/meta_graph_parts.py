"""The parts of one Meta account, read in turn: what ends one does not cost the others.

Each part keeps a cursor of its own within that of the source, and the poll is one page: polling
stores it whole anyway, and a limit of pages never leaves a part unread for ever.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from monitor.errors import Code, SourceError
from monitor.model import Cursor, Entry, Figure, Health, Json, Page, Standing
from monitor.sources.entry_parts import instant_of
from monitor.sources.json_fields import part_at
from monitor.sources.meta_graph import Graph
from monitor.sources.meta_graph_token import EACH, first_of, is_old

MOST_ENTRIES = 2_000
"""Entries of one poll; the next goes on."""
ASKED_AGAIN = 30 * EACH
"""How long a part that Meta has retired is left alone."""

OF_A_PART = (Health.PERMISSION_MISSING, Health.REVIEW_MISSING, Health.BUDGET_SPENT, Health.GONE)
"""What a person is told of one part, the others being read."""
ENDS = (Code.RATE_LIMITED, Code.DNS, Code.CONNECT, Code.TLS, Code.TIMEOUT, Code.AUTH)
"""What the next part would meet, too."""


@dataclass(frozen=True, slots=True)
class Part:
    """One list of an account; ``read`` yields pages with the part's own cursor."""

    name: str
    read: Callable[[Cursor], AsyncGenerator[Page, None]]


@dataclass(slots=True, kw_only=True)
class Round:
    """One poll: what its parts gave so far, and where each is to go on."""

    graph: Graph
    before: Cursor
    fixed: dict[str, Json] = field(default_factory=dict)
    standings: list[Standing] = field(default_factory=list)
    figures: tuple[Figure, ...] = ()
    entries: list[Entry] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    parts: dict[str, Json] = field(default_factory=dict)
    gone: dict[str, Json] = field(default_factory=dict)
    first: str = ""

    async def read(self, parts: Sequence[Part]) -> AsyncGenerator[Page, None]:
        """Yield the page of all parts. Raises what cost the whole poll, or all of its parts."""
        self.parts = {
            part.name: part_at(part_at(self.before, "parts"), part.name) for part in parts
        }
        self.gone = dict(part_at(self.before, "gone"))
        failed: list[SourceError] = []
        refused: list[SourceError] = []
        read = 0
        for part, following in _in_turn(parts, self.before.get("first")):
            self.first = following.name
            if self._is_left_alone(part):
                continue
            asked = self.graph.requests
            try:
                await self._read_one(part)
                read += self.graph.requests > asked
            except SourceError as error:
                if error.health in OF_A_PART or error.code is Code.GONE:
                    self._note_refusal(part, error)
                    refused.append(error)
                    continue
                if error.code in ENDS:
                    failed.insert(0, error)  # it says how long to wait, or what a person has to do
                    break
                failed.append(error)
            if self._is_enough:
                break
        else:
            self.first = parts[0].name if parts else ""
        page = self._page()
        if _is_telling(page, self.before):
            yield page
        if failed or (refused and not read):
            raise (failed or refused)[0]

    async def _read_one(self, part: Part) -> None:
        async with aclosing(part.read(part_at(self.parts, part.name))) as coming:
            async for page in coming:
                self.parts[part.name] = page.cursor
                self.entries += page.entries
                self.removed += page.removed
                self.problems += [f"{part.name}: {page.problem}"] if page.problem else []
                if self._is_enough:
                    return

    @property
    def _is_enough(self) -> bool:
        return self.graph.is_spent or len(self.entries) >= MOST_ENTRIES

    def _is_left_alone(self, part: Part) -> bool:
        """Tell whether a part is known to be retired; that is said for a day, and asked again."""
        known, now = self.gone.get(part.name), self.graph.session.now
        if is_old(known, now, ASKED_AGAIN):
            self.gone.pop(part.name, None)
            return False
        if not is_old(known, now):
            self.standings.append(Standing(health=Health.GONE, missing=part.name))
        return True

    def _note_refusal(self, part: Part, error: SourceError) -> None:
        health = error.health or Health.GONE
        if health is Health.GONE:
            self.gone[part.name] = self.graph.session.now.isoformat()
        missing = error.missing or part.name
        self.standings.append(Standing(health=health, missing=missing, at=error.retry_at))

    def _page(self) -> Page:
        cursor: dict[str, Json] = {**self.fixed, "first": self.first, "parts": self.parts}
        if self.gone:
            cursor["gone"] = self.gone
        return Page(
            entries=tuple(self.entries),
            cursor=cursor,
            problem="; ".join(self.problems) or None,
            removed=tuple(dict.fromkeys(self.removed)),
            standing=first_of(self.standings),
            figures=self.figures,
        )


def _in_turn(parts: Sequence[Part], first: Json) -> list[tuple[Part, Part]]:
    """Return the parts from that of the cursor on, each with the one after it."""
    names = [part.name for part in parts]
    start = names.index(str(first)) if first in names else 0
    turned = [*parts[start:], *parts[:start]]
    return list(zip(turned, [*turned[1:], *turned[:1]], strict=True))


def _is_telling(page: Page, before: Cursor) -> bool:
    told = (page.entries, page.removed, page.problem, page.standing, page.figures)
    return any(told) or page.cursor != before


def figures_of(told: Mapping[str, Json], names: Mapping[str, str]) -> list[Figure]:
    """Return numbers of an account, under the names we give them."""
    found = {ours: told.get(theirs) for theirs, ours in names.items()}
    return [
        Figure(name=name, value=float(value))
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def day_of(cursor: Cursor, name: str) -> Mapping[str, Json]:
    """Return what is asked once a day, as the cursor keeps it: ``checked_at`` and what was told."""
    known = part_at(cursor, name)
    return known if instant_of(known.get("checked_at")) else {}
