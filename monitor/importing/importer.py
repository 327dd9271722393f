"""An export into the store: by the pipeline of polls, in transactions of a few hundred entries.

What is older than a month when it is imported, or has no date, is history: it stands in no digest
and raises no alert. Each entry has the same identifier whenever it is read, so that a second import
changes nothing, and one that was killed is finished by another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from monitor.clock import Clock
from monitor.clock import now as wall_clock
from monitor.errors import StoreCode, StoreError
from monitor.importing.account_of import OwnNames
from monitor.importing.base import (
    NOBODY,
    Account,
    ExportUnusable,
    Found,
    Passed,
    Reading,
    Trouble,
)
from monitor.importing.members import HEAD, Export, Member
from monitor.importing.recognise import Kind, account_in, kind_of
from monitor.model import (
    IMPORT,
    Business,
    Entry,
    PollOutcome,
    PollStatus,
    Sighting,
    SourceState,
)
from monitor.pipeline import NOTHING_TAUGHT, Origin, Pipeline, Taught
from monitor.sources.bounds import bounded
from monitor.store.base import Store

NEWS = timedelta(days=30)
"""What was published within it before the import is news."""
BATCH = 400
"""Entries of one transaction."""
MOST_SHOWN = 20
"""Troubles that are told one by one; all are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person asks for beside the file.

    ``about``: every entry concerns this business. ``businesses``: look for these only. ``own``:
    the account of the export is (is not) the business's own; ``None``: found out by its name.
    """

    format: str | None = None
    about: str | None = None
    businesses: frozenset[str] | None = None
    own: bool | None = None
    columns: dict[str, str] = field(default_factory=dict)
    scale: float | None = None
    dates: str | None = None
    dry_run: bool = False


@dataclass
class Tally:
    """What became of the entries of one source.

    ``read`` is all of them: ``own`` were set aside, ``empty`` say nothing, ``unmatched`` concern
    nobody watched, ``kept`` do. Of these come ``new`` mentions (``news`` are not history), those
    ``updated`` and those ``known``.
    """

    read: int = 0
    own: int = 0
    empty: int = 0
    unmatched: int = 0
    kept: int = 0
    new: int = 0
    updated: int = 0
    known: int = 0
    news: int = 0


@dataclass
class Report:
    """What an import did; ``troubles`` are the first, ``unreadable`` and ``doubtful`` count all."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    unreadable: int = 0
    doubtful: int = 0
    account: Account = NOBODY
    is_own_account: bool | None = None
    parts: int = 0

    def note(self, trouble: Trouble) -> None:
        """Count a trouble; keep it while there are few."""
        if trouble.is_lost:
            self.unreadable += 1
        else:
            self.doubtful += 1
        if len(self.troubles) < MOST_SHOWN:
            self.troubles.append(trouble)


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Imports exports into one store."""

    store: Store
    pipeline: Pipeline
    businesses: Sequence[Business]
    zone: tzinfo
    taught: Callable[[], Taught] = lambda: NOTHING_TAUGHT
    clock: Clock = wall_clock

    def run(self, export: Export, wishes: Wishes) -> Report:
        """Import what an export holds; what could not be read is in the report.

        Raises ExportUnusable where nothing of it is known or a column is wrong, StoreError.
        """
        with self.store.hold("import") as held:
            if not held:
                raise StoreError(
                    StoreCode.ALREADY_RUNNING, "another import is under way", "wait for its end"
                )
            return _Run(self, export, wishes).run()


class _Run:
    """One import under way."""

    def __init__(self, importer: Importer, export: Export, wishes: Wishes) -> None:
        self._of = importer
        self._export = export
        self._wishes = wishes
        self._report = Report()
        self._taught = importer.taught()
        self._own_names = OwnNames(importer.businesses)
        aliases = {a.casefold(): b.name for b in importer.businesses for a in b.aliases}
        self._names = aliases | {b.name.casefold(): b.name for b in importer.businesses}
        self._batches: dict[str, list[tuple[Kind, Found]]] = defaultdict(list)

    def run(self) -> Report:
        """Read part after part."""
        for trouble in self._export.troubles:
            self._report.note(trouble)
        known = list(self._known_parts())
        if not known:
            raise ExportUnusable("nothing_known", file=self._export.path.name)
        for member, kind in known:
            self._report.parts += 1
            self._read(member, kind)
        for source_id in list(self._batches):
            self._flush(source_id)
        return self._report

    def _known_parts(self) -> Iterator[tuple[Member, Kind]]:
        """Yield the parts to read, having learnt on the way whose export it is."""
        parts = []
        for member in self._export.members:
            with self._export.open(member) as stream:
                head = stream.peek(HEAD)
                kind = kind_of(
                    member,
                    head,
                    told=self._wishes.format,
                    is_single=self._export.is_single,
                )
                read_account = account_in(member, head)
                if read_account is not None and self._report.account is NOBODY:
                    self._report.account = read_account(stream) or NOBODY
            if kind is not None:
                parts.append((member, kind))
        account = self._report.account
        if self._wishes.own is not None:
            self._report.is_own_account = self._wishes.own
        elif account is not NOBODY:
            self._report.is_own_account = self._own_names.has(account.handle, account.name)
        yield from parts

    def _read(self, member: Member, kind: Kind) -> None:
        reading = Reading(
            file=member.shown,
            zone=self._of.zone,
            account=self._report.account,
            columns=self._wishes.columns,
            scale=self._wishes.scale,
            dates=self._wishes.dates,
        )
        source_id = source_id_of(kind.format)
        tally = self._report.tallies.setdefault(source_id, Tally())
        with self._export.open(member) as stream:
            stream.peek(HEAD)
            try:
                for item in kind.reader(stream, reading):
                    if isinstance(item, Trouble):
                        self._report.note(item)
                        continue
                    tally.read += 1
                    if isinstance(item, Passed):
                        tally.empty += 1
                    elif self._is_own(item):
                        tally.own += 1
                    else:
                        self._batches[source_id].append((kind, item))
                        if len(self._batches[source_id]) >= BATCH:
                            self._flush(source_id)
            except ExportUnusable as error:
                if self._export.is_single:
                    raise
                self._report.note(reading.trouble(None, error.key, error.values_told))
            if stream.fault is not None:
                self._report.note(reading.trouble(None, stream.fault))

    def _is_own(self, found: Found) -> bool:
        """Tell whether a watched business wrote it itself (section 0, rule 9: no mention)."""
        entry = found.entry
        if found.is_own and self._report.is_own_account is not None:
            return self._report.is_own_account
        return (
            found.stored_id is None and entry.rating is None and self._own_names.has(entry.author)
        )

    def _flush(self, source_id: str) -> None:
        batch = self._batches.pop(source_id, [])
        if not batch:
            return
        tally, at = self._report.tallies[source_id], self._of.clock()
        groups: dict[tuple[str, str | None, bool, bool], list[Found]] = defaultdict(list)
        for kind, found in batch:
            if found.stored_id is not None and self._of.store.get(found.stored_id) is not None:
                tally.kept += 1
                tally.known += 1
                continue
            about = self._about(kind, found)
            is_history = not _is_news(found, at)
            is_doubted = found.is_doubted and self._wishes.about is None
            key = (found.platform or kind.platform, about, is_history, is_doubted)
            groups[key].append(found)
        for (platform, about, is_history, is_doubted), some in groups.items():
            origin = Origin(
                source_id=source_id,
                platform=platform,
                businesses=self._wishes.businesses or frozenset(self._names.values()),
                about=about,
            )
            entries = [bounded(found.entry) for found in some]
            sightings = self._sightings(entries, origin, is_doubted=is_doubted)
            concerned = _concerned(entries, sightings)
            kept = sum(entry.external_id in concerned for entry in entries)
            tally.kept += kept
            tally.unmatched += len(entries) - kept
            self._store(origin, sightings, tally, at, is_history=is_history)

    def _sightings(
        self, entries: Sequence[Entry], origin: Origin, *, is_doubted: bool
    ) -> tuple[Sighting, ...]:
        """Return what concerns whom; of the doubted, what the words do not tell is believed."""
        pipeline, about = self._of.pipeline, origin.about
        if about is None or not is_doubted:
            return pipeline(entries, origin, self._taught)
        by_words = replace(origin, about=None, businesses=frozenset({about}))
        sightings = pipeline(entries, by_words, self._taught)
        named = _concerned(entries, sightings)
        rest = [entry for entry in entries if entry.external_id not in named]
        return sightings + pipeline(rest, replace(by_words, about=about), self._taught)

    def _store(
        self,
        origin: Origin,
        sightings: tuple[Sighting, ...],
        tally: Tally,
        at: datetime,
        *,
        is_history: bool,
    ) -> None:
        if not sightings:
            return
        outcome = PollOutcome(
            state=self._state(origin, at),
            at=at,
            fetched=len(sightings),
            sightings=sightings,
            is_backfill=is_history,
        )
        saved = self._of.store.save_poll(outcome, dry_run=self._wishes.dry_run)
        tally.new += len(saved.new)
        tally.news += 0 if is_history else len(saved.new)
        tally.updated += len(saved.updated)
        tally.known += saved.duplicates

    def _about(self, kind: Kind, found: Found) -> str | None:
        """Return the business that an entry concerns whatever it says; ``None``: its words decide.

        A review site's own export is about the only business that is watched.
        """
        if self._wishes.about is not None:
            return self._wishes.about
        named = self._names.get((found.about or "").casefold())
        if named is not None:
            return named
        only = self._wishes.businesses or frozenset(self._names.values())
        return next(iter(only)) if kind.is_about and len(only) == 1 else None

    def _state(self, origin: Origin, at: datetime) -> SourceState:
        return SourceState(
            id=origin.source_id,
            type=IMPORT,
            address=self._export.path.name,
            businesses=tuple(sorted(origin.businesses)),
            options_hash="",
            status=PollStatus.OK,
            polled_at=at,
            last_ok_at=at,
        )


def source_id_of(format_name: str) -> str:
    """Return the id of the source that a format's entries are stored under."""
    return f"import-{format_name}"


def _concerned(entries: Sequence[Entry], sightings: Sequence[Sighting]) -> frozenset[str]:
    """Return the identifiers of the entries that concern a watched business."""
    seen = {one.entry.external_id for one in sightings if one.match.competitor_of is None}
    return frozenset(entry.external_id for entry in entries) & seen


def _is_news(found: Found, at: datetime) -> bool:
    published = found.entry.published_at
    return published is not None and at - NEWS <= published


def totals(report: Report) -> Tally:
    """Return the sums of all sources."""
    sums = Counter[str]()
    for tally in report.tallies.values():
        sums.update(vars(tally))
    return replace(Tally(), **sums)
