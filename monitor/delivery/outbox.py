"""The outbox: what waits is tried when it is due, until taken, refused or too old.

A mail's bytes and Message-ID never change between tries (promise 13). A refused login concerns
the server, not the mail: it is told as an error and tried again at the longest wait, for the mail
should go out by itself once the user has mended the password, yet not lock the account meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from monitor.clock import format_instant
from monitor.errors import DeliveryError
from monitor.model import DeliveryResult, DeliveryState, OutboxItem

log = structlog.get_logger(__name__)

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=5)
FEWEST_TRIES = 4
"""A mail tried less often is not given up for its age: the machine slept, or its clock leapt."""
_DOUBLINGS = 9  # 2**9 minutes are more than the longest wait
_JITTER = 0.2  # of the wait, added, so that many shops do not come back to one server together


class Outbox(Protocol):
    """What of the ``Store`` is used here. Every method may raise ``StoreError``."""

    def hold(self, name: str) -> AbstractContextManager[bool]:
        """Hold a lock between processes; yields whether it was had."""
        ...

    def claim_outbox(self, now: datetime, *, force: bool = False) -> list[OutboxItem]:
        """Return mails with recipients due for a try, oldest first."""
        ...

    def record_delivery(
        self, digest_id: str, results: Sequence[DeliveryResult], at: datetime
    ) -> None:
        """Record what one try did for each recipient."""
        ...


class Carrier(Protocol):
    """What takes mails, such as ``Mailer``: see its ``send``."""

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> list[DeliveryResult]:
        """Give it; one result a recipient. Raises ``DeliveryError``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What one round did: recipients served, and the results of the others.

    ``busy``: another process was delivering, so nothing was done here.
    """

    sent: tuple[str, ...] = ()
    deferred: tuple[DeliveryResult, ...] = ()
    refused: tuple[DeliveryResult, ...] = ()
    expired: tuple[DeliveryResult, ...] = ()
    busy: bool = False

    @property
    def complete(self) -> bool:
        """Whether every mail that was tried was taken."""
        return not (self.deferred or self.refused or self.expired)

    @property
    def problems(self) -> tuple[str, ...]:
        """A plain line for each recipient that was not served."""
        return tuple(map(_tell, self.deferred + self.refused + self.expired))


def _tell(result: DeliveryResult) -> str:
    if result.state is DeliveryState.WAITING and result.retry_at is not None:
        after = f"tried again at {format_instant(result.retry_at)}"
    elif result.state is DeliveryState.EXPIRED:
        after = f"given up after {GIVE_UP_AFTER.days} days, the mail is kept"
    else:
        after = "not tried again by itself, the mail is kept"
    return f"{result.recipient}: {result.error} ({after})"


def next_try_at(
    created_at: datetime, attempts: int, now: datetime, jitter: float, *, patient: bool = False
) -> datetime | None:
    """Return when to try again after a failed try; ``None`` once the mail is too old.

    ``attempts`` failed before this one; ``jitter`` in 0..1; ``patient`` waits longest from the
    start. The last try is at the age of 5 days.
    """
    doublings = _DOUBLINGS if patient else min(attempts, _DOUBLINGS)
    wait: timedelta = min(FIRST_WAIT * 2**doublings * (1 + _JITTER * jitter), LONGEST_WAIT)
    last_at = created_at + GIVE_UP_AFTER
    if now < last_at:
        return min(now + wait, last_at)
    return now + wait if attempts < FEWEST_TRIES - 1 else None


def deliver_due(
    store: Outbox, mailer: Carrier, now: datetime, *, random: float = 0.0, force: bool = False
) -> DeliveryReport:
    """Try every mail that is due (``force``: every one that waits); ``random`` in 0..1.

    Once the server itself cannot be used, the remaining mails are put off without asking it
    again. Raises ``StoreError``.
    """
    with store.hold("outbox") as had:
        if not had:
            return DeliveryReport(busy=True)
        results: list[DeliveryResult] = []
        trouble: DeliveryError | None = None
        for item in store.claim_outbox(now, force=force):
            given: Sequence[DeliveryResult] = ()
            if trouble is None:
                try:
                    given = mailer.send(item.message, item.sender, item.recipients)
                except DeliveryError as error:
                    trouble = error
            if trouble is not None:
                given = _put_off(item, trouble)
            patient = trouble is not None and trouble.permanent
            dated = [_date(result, item, now, random, patient=patient) for result in given]
            store.record_delivery(item.digest_id, dated, now)
            _log(item, dated)
            results += dated
    return _report(results)


def _put_off(item: OutboxItem, trouble: DeliveryError) -> list[DeliveryResult]:
    return [
        DeliveryResult(recipient=recipient, state=DeliveryState.WAITING, error=str(trouble))
        for recipient in item.recipients
    ]


def _date(
    result: DeliveryResult, item: OutboxItem, now: datetime, jitter: float, *, patient: bool
) -> DeliveryResult:
    """Say when a result that waits is tried again, or that it is too old for that."""
    if result.state is not DeliveryState.WAITING:
        return result
    retry_at = next_try_at(item.created_at, item.attempts, now, jitter, patient=patient)
    if retry_at is None:
        return replace(result, state=DeliveryState.EXPIRED)
    return replace(result, retry_at=retry_at)


def _log(item: OutboxItem, results: Iterable[DeliveryResult]) -> None:
    for result in results:
        told = log.bind(digest=item.digest_id, recipient=result.recipient)
        match result.state:
            case DeliveryState.SENT:
                told.info("mail sent")
            case DeliveryState.WAITING:
                told.warning(
                    "mail deferred",
                    error=result.error,
                    retry_at=result.retry_at and format_instant(result.retry_at),
                )
            case DeliveryState.REFUSED:
                told.warning("mail refused", error=result.error)
            case DeliveryState.EXPIRED:
                told.warning("mail given up after 5 days", error=result.error)


def _report(results: Sequence[DeliveryResult]) -> DeliveryReport:
    def of(state: DeliveryState) -> tuple[DeliveryResult, ...]:
        return tuple(result for result in results if result.state is state)

    return DeliveryReport(
        sent=tuple(result.recipient for result in of(DeliveryState.SENT)),
        deferred=of(DeliveryState.WAITING),
        refused=of(DeliveryState.REFUSED),
        expired=of(DeliveryState.EXPIRED),
    )
