"""``poll`` and ``run``: looking, once or for good."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Sequence

import click

from monitor.cli import show
from monitor.cli.alerts import raise_alerts
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.clock import now
from monitor.daemon import Daemon
from monitor.delivery.outbox import DeliveryReport
from monitor.exchange.shapes import report_json
from monitor.model import PollStatus, SourceReport
from monitor.operations.vitals import Vitals
from monitor.sources.registry import text_limits
from monitor.wording import Wording


@click.command()
@click.option("--source", "ids", multiple=True, metavar="ID", help="Only this source; repeatable.")
@click.option("--force", is_flag=True, help="Also what is not due; a pause or Retry-After holds.")
@click.option("--dry-run", is_flag=True, help="Store nothing, show what would be.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def poll(door: Door, ids: Sequence[str], *, force: bool, dry_run: bool, as_json: bool) -> int:
    """Look once at every source that is due."""
    started_at = now()
    reports = asyncio.run(poll_once(door, ids, force=force, dry_run=dry_run))
    if as_json:
        show.json_document(
            {
                "started_at": started_at,
                "finished_at": now(),
                "new": sum(report.new for report in reports),
                "updated": sum(report.updated for report in reports),
                "sources": [report_json(report) for report in reports],
            }
        )
    else:
        show.result(summary(door, reports))
    return exit_code(reports)


async def poll_once(
    door: Door, ids: Sequence[str], *, force: bool, dry_run: bool = False
) -> list[SourceReport]:
    """Poll these sources (none named: all) and tell of each that failed."""
    known = door.app.watched
    for source_id in ids:
        if source_id not in known:
            raise door.wrong("no_source", id=source_id, known=", ".join(known))
    wanted = list(dict.fromkeys(ids)) or list(known)
    async with door.app.poller() as poller:
        with show.progress(len(wanted), "") as advance:
            reports = await poller.poll_all(
                wanted, force=force, dry_run=dry_run, done=lambda report: advance(report.id)
            )
    tell_failures(reports)
    return reports


def tell_failures(reports: Sequence[SourceReport]) -> None:
    """Name each source that failed, or of which a person should know something."""
    for report in reports:
        if report.status is PollStatus.FAILED and report.error:
            show.note(f"{report.id}: {report.error.code}: {report.error.message}")
        if report.notice:
            show.note(f"{report.id}: {report.notice}")


def summary(door: Door, reports: Sequence[SourceReport]) -> str:
    """Say in one line what a round of polls brought."""
    words = door.app.words
    asked = [report for report in reports if report.status is not PollStatus.SKIPPED]
    failed = sum(report.status is PollStatus.FAILED for report in asked)
    parts = [
        words("cli.sources_read", n=len(asked) - failed),
        words("cli.entries_read", n=sum(report.fetched for report in asked)),
        words("cli.mentions_new", n=sum(report.new for report in asked)),
        words("cli.mentions_updated", n=sum(report.updated for report in asked)),
    ]
    if failed:
        parts.append(words("cli.sources_failed", n=failed))
    return ", ".join(parts)


def exit_code(reports: Sequence[SourceReport]) -> int:
    """Return "in part" when some source failed."""
    failed = any(report.status is PollStatus.FAILED for report in reports)
    return ExitCode.IN_PART if failed else ExitCode.DONE


@click.command()
@click.option("--once", is_flag=True, help="One full pass, digest included, then end.")
@pass_door
def run(door: Door, *, once: bool) -> int:
    """Run as the daemon, until Ctrl-C or SIGTERM.

    Polls, digests, mail and retention go by the schedule of the configuration.
    """
    return run_once(door) if once else run_daemon(door)


def run_once(door: Door) -> int:
    """Look everywhere, write the digests, send what waits; say where to look."""
    app = door.app
    reports = asyncio.run(poll_once(door, (), force=True))
    show.result(summary(door, reports))
    app.store.expire(now(), app.config.privacy.keep, text_limits())
    is_read = collect_replies(door)  # before the digest that confirms them
    for business in app.digester.businesses:
        if not app.digester.close_pass(business):
            show.result(app.words("cli.nothing_new", business=business))
    # After the digests: what these tell needs no alert.
    raised = raise_alerts(door)
    is_sent = deliver(door)
    if app.pinger is not None:
        asyncio.run(app.pinger())
    return exit_code(reports) if is_sent and raised and is_read else ExitCode.IN_PART


def collect_replies(door: Door) -> bool:
    """Take in what readers answered, and say so; returns whether their mailbox could be read."""
    collector, words = door.app.collector, door.app.words
    if collector is None:
        return True
    done = collector.collect(force=True)
    if done.applied:
        show.result(words("replies.collected", n=done.applied))
    if done.unclear:
        show.note(words("replies.not_understood", n=done.unclear))
    if done.error is not None:
        show.note(words("replies.not_read", problem=done.error))
    return done.error is None


def deliver(door: Door) -> bool:
    """Send what waits, write the reports, say both; returns whether every mail was taken.

    The mails first: they go out even where the reports' folder cannot be written.
    """
    digester, words = door.app.digester, door.app.words
    delivery = digester.deliver(force=True)
    _tell_delivery(words, delivery)
    for path in digester.archive_waiting():
        if path.suffix == ".html":
            show.result(words("cli.digest_written", path=os.path.relpath(path)))
    return delivery is None or delivery.complete


def _tell_delivery(words: Wording, delivery: DeliveryReport | None) -> None:
    if delivery is None:
        show.note(words("cli.no_mail"))
        return
    for recipient in delivery.sent:
        show.result(words("cli.mail_sent", recipient=recipient))
    for problem in delivery.problems:
        show.note(problem)


def run_daemon(door: Door) -> int:
    """Stay up until told to stop."""
    app = door.app
    door.log(logging.WARNING if door.quiet else logging.INFO, app.config.secrets)

    vitals = Vitals()

    async def stay() -> None:
        async with app.poller() as poller:
            await Daemon(
                store=app.store,
                poller=poller,
                digester=app.digester,
                keep=app.config.privacy.keep,
                limits=text_limits(),
                alerter=app.alerter,
                collector=app.collector,
                vitals=vitals,
                status=app.status_server(vitals),
                pinger=app.pinger,
                receiver=app.receiver,
            ).run()

    runner = asyncio.Runner()
    runner.run(stay())
    app.store.close()
    sys.stdout.flush()
    sys.stderr.flush()
    # A thread may still wait for a name server or a mail server; nothing of theirs is half done.
    os._exit(ExitCode.DONE)
