"""What a valid ``sources.yaml`` becomes: the only thing of this room that ``app.py`` needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.config.sections import (
    AlertsSection,
    DigestSection,
    MailboxSection,
    MailSection,
    MonitoringSection,
    NetworkSection,
    PrivacySection,
    ReceivingSection,
    SentimentSection,
)
from monitor.model import Business
from monitor.readers import Readership
from monitor.sources.base import SourceOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredSource:
    """One source: its stable id, its validated options, and the line it begins at.

    ``options.businesses`` and ``options.about`` are spelled as the businesses themselves are.
    """

    id: str
    options: SourceOptions
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole, valid configuration; paths are absolute when the file's own path is.

    ``mail`` is ``None`` where the file has none. ``notices`` are sentences, in the
    configured language, for what is valid and yet will not do what its owner may think.
    ``secrets`` are the values that no log may show. ``notify_lines`` are the lines of
    ``alerts.notify``: its addresses are understood only when they are used. ``readerships`` are
    by business.
    """

    path: Path
    language: str
    timezone: str
    database: Path
    reports: Path
    businesses: tuple[Business, ...]
    sources: tuple[ConfiguredSource, ...]
    digest: DigestSection
    alerts: AlertsSection
    mail: MailSection | None
    mailbox: MailboxSection | None
    sentiment: SentimentSection
    privacy: PrivacySection
    network: NetworkSection
    monitoring: MonitoringSection
    notices: tuple[str, ...]
    secrets: tuple[str, ...] = field(repr=False)
    receiving: ReceivingSection = field(default_factory=ReceivingSection)
    notify_lines: tuple[int, ...] = ()
    readerships: Mapping[str, Readership] = field(default_factory=dict)
