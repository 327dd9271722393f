"""``alerts``: what would be told at once, or the telling itself."""

from __future__ import annotations

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode


@click.command()
@click.option("--send", is_flag=True, help="Raise what is due now, and send all that waits.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def alerts(door: Door, *, send: bool, as_json: bool) -> int:
    """Show what an alert would tell now, or send it.

    Showing changes nothing. The daemon sends alerts by itself; with --send they go out from here,
    outside quiet hours and within the daily cap.
    """
    if send:
        done = raise_alerts(door)
        _tell_hindrance(door)
        return ExitCode.DONE if done else ExitCode.IN_PART
    alerter = door.app.alerter
    due = alerter.preview()
    if as_json:
        show.json_document(
            [
                {
                    "business": reason.business,
                    "rule": str(reason.rule),
                    "mention": reason.mention_id,
                    "source": reason.source,
                    "count": reason.count,
                }
                for alert in due
                for reason in alert.reasons
            ]
        )
        return ExitCode.DONE
    for alert in due:
        show.result(f"{alert.subject}\n\n{alert.text}")
        if alerter.is_capped(alert.business):
            per_day = alerter.settings.per_day
            show.note(door.app.words("alerts.capped", n=per_day, count=per_day))
    if not due:
        show.result(door.app.words("alerts.nothing"))
    _tell_hindrance(door)
    return ExitCode.DONE


def raise_alerts(door: Door) -> bool:
    """Raise what is due and try what waits; returns whether all that was tried was taken."""
    alerter, words = door.app.alerter, door.app.words
    alerter.raise_due()
    delivery = alerter.deliver(force=True)
    for recipient in delivery.sent if delivery else ():
        show.result(words("alerts.sent", recipient=recipient))
    for problem in delivery.problems if delivery else ():
        show.note(problem)
    return delivery is None or delivery.complete


def _tell_hindrance(door: Door) -> None:
    alerter, words = door.app.alerter, door.app.words
    if not alerter.can_tell:
        show.note(words("alerts.no_channel"))
    elif alerter.is_quiet():
        show.note(words("alerts.quiet", until=door.time(alerter.quiet_until())))
