"""``report``: the report of a month, written below ``reports/``."""

from __future__ import annotations

import os
from datetime import date

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.clock import now
from monitor.delivery.addresses import slug
from monitor.delivery.archive import write_files
from monitor.model import Business
from monitor.reporting.monthly.gather import gather_month
from monitor.reporting.monthly.months import last_month, month_period, parse_month
from monitor.reporting.monthly.pdf import PdfUnavailable, check_pdf, to_pdf
from monitor.reporting.monthly.render import render_report
from monitor.reporting.monthly.report import build_report


@click.command()
@click.option("--month", metavar="YYYY-MM", help="Of which month; default the last that is over.")
@click.option("--business", metavar="NAME", help="Only of this business.")
@click.option("--pdf", is_flag=True, help="Write a PDF too (needs the extra: ecoute[pdf]).")
@pass_door
def report(door: Door, *, month: str | None, business: str | None, pdf: bool) -> None:
    """Write the report of a month, to read, print and hand on.

    One HTML file a business, below the reports folder; it needs no network, and prints to A4.
    Mentions count in the month they were published.
    """
    first = _month(door, month)
    businesses = _businesses(door, business)
    if pdf:
        _check_pdf(door)
    for each in businesses:
        _write(door, each, first, with_pdf=pdf)


def _write(door: Door, business: Business, first: date, *, with_pdf: bool) -> None:
    app = door.app
    material = gather_month(app.store, business, first, now=now(), zone=app.zone)
    html = render_report(build_report(material, app.config.language, app.zone.key))
    contents = {".html": html.encode("utf-8", "replace")}
    if with_pdf:
        contents[".pdf"] = to_pdf(html)
    stem = f"{first:%Y}/{first:%Y-%m}-{slug(business.name)}"
    for path in write_files(app.config.reports, stem, contents):
        show.result(app.words("report.written", path=os.path.relpath(path)))


def _month(door: Door, text: str | None) -> date:
    app, at = door.app, now()
    if text is None:
        return last_month(at, app.zone)
    try:
        first = parse_month(text)
    except ValueError:
        raise click.UsageError(app.words("report.no_month", text=text)) from None
    if month_period(first, app.zone).start > at:
        raise click.UsageError(app.words("report.future", month=text))
    return first


def _businesses(door: Door, name: str | None) -> list[Business]:
    watched = door.app.config.businesses
    wanted = door.business(name)
    found = [business for business in watched if wanted in {None, business.name}]
    if not found:
        known = ", ".join(business.name for business in watched)
        raise click.UsageError(door.app.words("report.not_watched", name=wanted, known=known))
    return found


def _check_pdf(door: Door) -> None:
    try:
        check_pdf()
    except PdfUnavailable as error:
        raise click.UsageError(door.app.words("report.no_pdf", command=error)) from error
