"""Keep out what was forgotten: nothing that a forgotten person wrote, nor their name, is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from monitor.dedupe.fingerprint import fingerprint
from monitor.errors import StoreCode, StoreError
from monitor.mails import mail_without
from monitor.model import ClosedAlert, ClosedDigest, Entry, Match, Sighting
from monitor.names import KeyedNames
from monitor.store.sqlite.rows import dump
from monitor.traces import Traces


@dataclass(frozen=True, slots=True)
class Screen:
    """Looks at sightings before they are stored."""

    traces: Traces

    def __call__(self, sighting: Sighting) -> Sighting | None:
        """Return a sighting without those who were forgotten; ``None``: it is one of theirs."""
        entry = sighting.entry
        if self.traces.names(entry.author) or any(
            self.traces.leads_to(one) for one in (entry.author_url, entry.url, entry.external_id)
        ):
            return None
        clean = self._entry(entry)
        match = self._match(sighting.match)
        if clean == entry and match == sighting.match:
            return sighting
        return replace(sighting, entry=clean, match=match, fingerprint=fingerprint(clean))

    def digest(self, digest: ClosedDigest) -> ClosedDigest:
        """Return a digest that was made while somebody was forgotten, without them."""
        return replace(
            digest,
            subject=self.traces.without(digest.subject),
            text=self.traces.without(digest.text),
            html=self.traces.without(digest.html, html=True),
            message=mail_without(digest.message, self.traces),
        )

    def alert(self, alert: ClosedAlert) -> ClosedAlert:
        """Return an alert likewise."""
        return replace(
            alert,
            subject=self.traces.without(alert.subject),
            text=self.traces.without(alert.text),
            html=self.traces.without(alert.html, html=True),
            notice=self.traces.without(alert.notice),
            message=mail_without(alert.message, self.traces),
        )

    def _entry(self, entry: Entry) -> Entry:
        return replace(
            entry,
            text=self.traces.without(entry.text),
            title=self._maybe(entry.title),
            author=self._maybe(entry.author),
            outlet=self._maybe(entry.outlet),
        )

    def _match(self, match: Match) -> Match:
        without = self.traces.without
        return replace(
            match,
            reason=without(match.reason),
            signals=tuple(replace(one, detail=without(one.detail)) for one in match.signals),
        )

    def _maybe(self, text: str | None) -> str | None:
        return text and self.traces.without(text)


def are_erased(db: Database, mention_ids: Sequence[str | None]) -> bool:
    """Tell whether any of these mentions was erased: what was made from it is not to be kept."""
    sql = """SELECT 1 FROM mention WHERE erased_at IS NOT NULL
        AND id IN (SELECT value FROM json_each(?))"""
    return db.execute(sql, [dump(list(mention_ids))]).fetchone() is not None


def screen_of(db: Database, names: Callable[[], KeyedNames | None]) -> Screen | None:
    """Return what keeps the forgotten out; ``None``: nobody was. Raises ``StoreError``: no key."""
    known = db.execute("SELECT key, kind, words FROM forgotten").fetchall()
    if not known:
        return None
    keyed = names()
    keys = {kind: frozenset(k for k, of, _ in known if of == kind) for _, kind, _ in known}
    if keyed is None or keyed.digest("key", "") not in keys.get("key", ()):
        raise StoreError(
            StoreCode.READ_ONLY,
            "the key by which forgotten persons are known is missing, or is another one",
            "put the file …-names-key back beside the database, or: ecoute forget --lost-key",
        )
    runs, urls = keys.get("name", frozenset()), keys.get("address", frozenset())
    return Screen(
        Traces(
            lengths=frozenset(words for _, kind, words in known if kind == "name"),
            knows_run=lambda run: keyed.of_run(run) in runs,
            knows_url=lambda url: keyed.of_url(url) in urls,
        )
    )
