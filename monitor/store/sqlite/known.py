"""The stored mentions that a sighting may be, for ``dedupe`` to decide."""

from __future__ import annotations

from sqlite_utils import Database

from monitor.dedupe.decide import Known, lookup_keys
from monitor.model import Kind, Sighting
from monitor.store.sqlite.kept import kept_instant, told_damaged
from monitor.store.sqlite.rows import Row

_NEWEST = 100
"""Mentions that are looked at of those that share one key, newest first: all reviews of a page have
its address, some feeds give all they tell one identifier, and a poll must not slow down for it."""

# The plus keeps SQLite from walking through all mentions of the business (bench/store.py).
_CANDIDATES = """
SELECT p.mention_id AS id, p.source AS source_id, p.platform, p.external_id, p.is_origin, m.kind,
       p.canonical_url, m.title, m.text, m.author, m.rating, m.title_key, m.text_key, m.outlet_key,
       m.published_at
FROM mention AS m JOIN place AS p ON p.mention_id = m.id
WHERE +m.business = :business AND m.competitor_of IS :competitor_of AND m.erased_at IS NULL
  AND m.id IN (
    SELECT * FROM (SELECT mention_id FROM place
      WHERE external_id = :external_id AND platform = :platform ORDER BY number DESC LIMIT :newest)
    UNION SELECT * FROM (SELECT mention_id FROM place
      WHERE canonical_url = :canonical_url ORDER BY number DESC LIMIT :newest)
    UNION SELECT * FROM (SELECT id FROM mention
      WHERE title_key = :title_key AND business = :business ORDER BY number DESC LIMIT :newest))
"""


def find_known(db: Database, sighting: Sighting) -> list[Known]:
    """Return what shares a key with a sighting, one value a place; erased mentions are none.

    ``canonical_url`` is the place's own: a copy elsewhere is known again by its own address.
    """
    keys = lookup_keys(sighting)
    found = db.query(
        _CANDIDATES,
        {
            "business": sighting.match.business,
            "competitor_of": sighting.match.competitor_of,
            "external_id": keys.external_id,
            "platform": keys.platform,
            "canonical_url": keys.canonical_url,
            "title_key": keys.title_key,
            "newest": _NEWEST,
        },
    )
    return [_known_of(row) for row in found]


def _known_of(row: Row) -> Known:
    with told_damaged("mention", row["id"]):
        read = {"kind": Kind(row["kind"]), "published_at": kept_instant(row["published_at"])}
    return Known(**row | read | {"is_origin": bool(row["is_origin"])})
