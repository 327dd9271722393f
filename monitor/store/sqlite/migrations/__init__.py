"""The schema, step by step: ``mNNNN_what.py`` holds one step each, forward only.

A step once released never changes; a change is a new step. All pending ones are applied in one
transaction, so a database is never between two versions.
"""

from __future__ import annotations

from sqlite_utils import Migrations

from monitor.store.sqlite.migrations import (
    m0001_first,
    m0002_history,
    m0003_relevance,
    m0004_stories,
    m0005_unrated,
    m0006_alerts,
    m0007_replies,
    m0008_schedules,
    m0010_privacy,
    m0012_gated,
)

MIGRATIONS = Migrations("ecoute")
MIGRATIONS(name="m0001_first")(m0001_first.apply)
MIGRATIONS(name="m0002_history")(m0002_history.apply)
MIGRATIONS(name="m0003_relevance")(m0003_relevance.apply)
MIGRATIONS(name="m0004_stories")(m0004_stories.apply)
MIGRATIONS(name="m0005_unrated")(m0005_unrated.apply)
MIGRATIONS(name="m0006_alerts")(m0006_alerts.apply)
MIGRATIONS(name="m0007_replies")(m0007_replies.apply)
MIGRATIONS(name="m0008_schedules")(m0008_schedules.apply)
MIGRATIONS(name="m0010_privacy")(m0010_privacy.apply)
MIGRATIONS(name="m0012_gated")(m0012_gated.apply)
