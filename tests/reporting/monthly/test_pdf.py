"""The PDF: made from the same HTML, alone, the same each time."""

from __future__ import annotations

import sys

import pytest
from reporting.monthly.shelf import Shelf, lively, read

from monitor.reporting.monthly.pdf import PdfUnavailable, check_pdf, to_pdf
from monitor.reporting.monthly.render import render_report
from monitor.reporting.monthly.report import build_report

LINK = "<link rel=stylesheet href='http://127.0.0.1:9/x.css'>"


@pytest.fixture
def _able() -> None:
    try:
        check_pdf()
    except PdfUnavailable as error:
        pytest.skip(f"no PDF can be made here: {error}")


def page(shelf: Shelf) -> str:
    return render_report(build_report(read(shelf), "fr", "Europe/Paris"))


@pytest.mark.usefixtures("_able")
@pytest.mark.parametrize("shelf", [lively(), Shelf([])])
def test_a_report_becomes_a_pdf_the_same_each_time(shelf: Shelf) -> None:
    html = page(shelf)
    made = to_pdf(html)
    assert made.startswith(b"%PDF-")
    assert made == to_pdf(html)


@pytest.mark.usefixtures("_able")
def test_nothing_is_fetched_for_a_pdf() -> None:
    plain = to_pdf("<html lang=fr><title>a</title><p>a</p>")
    assert to_pdf(f"<html lang=fr><title>a</title>{LINK}<p>a</p>") == plain


def test_without_its_library_a_pdf_is_refused_with_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # what an absent module looks like
    with pytest.raises(PdfUnavailable, match=r"pip install 'ecoute\[pdf\]'"):
        check_pdf()
