"""The outbox of alerts as ``deliver_due`` knows one: mails and notices apart from digests.

The lanes share the lock of all deliveries, so that one process at a time sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.model import DeliveryResult, Lane, OutboxItem


class AlertOutbox(Protocol):
    """What of the ``Store`` is used here. Every method may raise ``StoreError``."""

    def hold(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock between processes; yields whether it was had."""
        ...

    def claim_alerts(self, now: datetime, lane: Lane, *, force: bool = False) -> list[OutboxItem]:
        """Return alerts due for a try, oldest first."""
        ...

    def record_alert_delivery(
        self, alert_id: str, results: Sequence[DeliveryResult], at: datetime
    ) -> None:
        """Record what one try did for each recipient."""
        ...


@dataclass(frozen=True, slots=True)
class AlertLane:
    """One lane of the alerts' outbox."""

    store: AlertOutbox
    lane: Lane

    def hold(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock between processes."""
        return self.store.hold(name)

    def claim_outbox(self, now: datetime, *, force: bool = False) -> list[OutboxItem]:
        """Return what is due for a try."""
        return self.store.claim_alerts(now, self.lane, force=force)

    def record_delivery(
        self, digest_id: str, results: Sequence[DeliveryResult], at: datetime
    ) -> None:
        """Record what one try did; ``digest_id`` is the alert's."""
        self.store.record_alert_delivery(digest_id, results, at)
