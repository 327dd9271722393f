"""Alerts: what should be told at once → one transaction → mail server and Apprise.

Nothing is remembered but in the store: whatever is not told yet is found again at the next look, so
quiet hours, the daily cap and a crash only delay it; what was fixed is sent until it is taken.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import structlog

from monitor.clock import Clock
from monitor.clock import now as wall_clock
from monitor.delivery.addresses import domain_of
from monitor.delivery.alert_lanes import AlertLane
from monitor.delivery.compose import compose_mail, message_id
from monitor.delivery.mail import Mailer
from monitor.delivery.notify import Notifier
from monitor.delivery.outbox import DeliveryReport, deliver_due
from monitor.model import ClosedAlert, Lane, ToldReason
from monitor.quiet import QuietHours
from monitor.reporting.alert_facts import Alarm, AlertRules
from monitor.reporting.alert_gather import gather_facts
from monitor.reporting.alert_letter import notice_text, write_alert
from monitor.reporting.alert_render import render_alert
from monitor.reporting.alert_rules import business_alarms, source_alarms
from monitor.reporting.phrases import Phrases
from monitor.store.base import Store
from monitor.usual.seasons import Season

log = structlog.get_logger(__name__)

_TOLD = timedelta(days=800)
"""How far back what was told is looked up: a source's silence has one key however long it lasts."""
ALL = ""
"""The business of what concerns the sources of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A business that alerts are raised for, and the busy days of its trade."""

    business: str
    seasons: tuple[Season, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """What the owner wants of alerts; ``sender`` is ``None`` where no mail is configured.

    ``readers`` are who gets those of a business, where that is not all the ``recipients``.
    """

    language: str
    zone: ZoneInfo
    rules: AlertRules
    recipients: tuple[str, ...]
    sender: str | None
    quiet: QuietHours
    per_day: int
    readers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerter:
    """Raises alerts and delivers what waits. Plain and sync: the doors choose the thread."""

    store: Store
    watched: tuple[Watch, ...]
    settings: AlertSettings
    mailer: Mailer | None
    notifier: Notifier | None
    clock: Clock = wall_clock
    chance: Callable[[], float] = random.random

    @property
    def can_tell(self) -> bool:
        """Whether there is anybody to tell, by mail or otherwise."""
        return bool(self._recipients(ALL) or self._channels)

    def is_quiet(self) -> bool:
        """Tell whether the owner wants peace now."""
        return self.settings.quiet.hold(self.clock(), self.settings.zone)

    def quiet_until(self) -> datetime:
        """Return when the quiet that holds now ends."""
        return self.settings.quiet.end_after(self.clock(), self.settings.zone)

    def is_capped(self, business: str) -> bool:
        """Tell whether a business had all its alerts of the owner's day."""
        return self._left(business) <= 0

    def pending(self) -> dict[str, list[Alarm]]:
        """Return what should be told and was not yet, by business, changing nothing."""
        at = self.clock()
        told = self.store.told_reasons(at - _TOLD)
        found = {watch.business: self._alarms(watch, at, told) for watch in self.watched}
        if self.settings.rules.sources:
            keys = {one.reason.key for one in told}
            # Where there is but one business, its mail tells of its sources too.
            whose = self.watched[0].business if len(self.watched) == 1 else ALL
            states, added = self.store.source_states(), self.store.sources_added()
            alarms = source_alarms(states, added, at, keys)
            found[whose] = [*found.get(whose, []), *alarms]
        return {business: alarms for business, alarms in found.items() if alarms}

    def preview(self) -> list[ClosedAlert]:
        """Return the alerts that would go out now, quiet hours and cap aside, changing nothing."""
        return [self._compose(business, alarms) for business, alarms in self.pending().items()]

    def raise_due(self) -> list[ClosedAlert]:
        """Fix what should be told now, one alert a business; none in quiet hours, or past the cap.

        What is not fixed is found again at the next look, as long as it is news.
        """
        if not self.can_tell or self.is_quiet():
            return []
        raised = []
        for business, alarms in self.pending().items():
            if self.is_capped(business) or not (self._recipients(business) or self._channels):
                continue
            alert = self._compose(business, alarms)
            # False: another process told one of these a moment ago; the next look finds the rest.
            if self.store.close_alert(alert):
                rules = [str(reason.rule) for reason in alert.reasons]
                log.info("alert raised", business=business, rules=rules)
                raised.append(alert)
        return raised

    def deliver(self, *, force: bool = False) -> DeliveryReport | None:
        """Try the alerts that are due (``force``: all that wait); ``None``: quiet hours, or no way.

        A mail and a notice of one alert do not wait for one another.
        """
        if self.is_quiet():
            return None
        ways = [(self.mailer, Lane.MAIL), (self.notifier, Lane.NOTICE)]
        at, jitter = self.clock(), self.chance()
        reports = [
            deliver_due(AlertLane(self.store, lane), way, at, random=jitter, force=force)
            for way, lane in ways
            if way is not None
        ]
        return _joined(reports) if reports else None

    def _recipients(self, business: str) -> tuple[str, ...]:
        settings = self.settings
        whom = settings.readers.get(business, settings.recipients)
        return whom if settings.sender else ()

    @property
    def _channels(self) -> tuple[str, ...]:
        return self.notifier.channels if self.notifier else ()

    def _alarms(self, watch: Watch, at: datetime, told: Sequence[ToldReason]) -> list[Alarm]:
        rules = self.settings.rules
        facts = gather_facts(
            self.store,
            watch.business,
            rules,
            now=at,
            zone=self.settings.zone,
            told=tuple(told),
            seasons=watch.seasons,
        )
        return business_alarms(facts, rules)

    def _left(self, business: str) -> int:
        """Return how many alerts of a business may still go out on the owner's day."""
        local = self.clock().astimezone(self.settings.zone)
        midnight = datetime.combine(local.date(), time(), self.settings.zone)
        return self.settings.per_day - self.store.alerts_closed(business, midnight)

    def _compose(self, business: str, alarms: Sequence[Alarm]) -> ClosedAlert:
        at, settings = self.clock(), self.settings
        stories = {alarm.mention.story for alarm in alarms if alarm.mention}
        letter = write_alert(
            business,
            alarms,
            Phrases(settings.language, settings.zone.key),
            at,
            stories=self.store.stories(sorted(stories)) if stories else {},
            last_of=settings.per_day if self._left(business) == 1 else None,
        )
        rendered = render_alert(letter)
        reasons = tuple(alarm.reason for alarm in alarms)
        key = "\n".join([business, at.isoformat(), *(reason.key for reason in reasons)])
        alert_id = sha256(f"alert\n{key}".encode()).hexdigest()[:16]
        sender = settings.sender or "ecoute@localhost"
        identity = message_id(alert_id, domain_of(sender))
        return ClosedAlert(
            id=alert_id,
            business=business,
            closed_at=at,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            notice=notice_text(letter),
            message_id=identity,
            message=compose_mail(
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
                sender=sender,
                recipients=self._recipients(business),
                message_id=identity,
                date=at,
                business=business or "Écoute",
                language=settings.language,
                lane="alert",
            ),
            sender=sender,
            recipients=self._recipients(business),
            channels=self._channels,
            reasons=reasons,
        )


def _joined(reports: Sequence[DeliveryReport]) -> DeliveryReport:
    return DeliveryReport(
        sent=tuple(name for report in reports for name in report.sent),
        deferred=tuple(result for report in reports for result in report.deferred),
        refused=tuple(result for report in reports for result in report.refused),
        expired=tuple(result for report in reports for result in report.expired),
        busy=any(report.busy for report in reports),
    )
