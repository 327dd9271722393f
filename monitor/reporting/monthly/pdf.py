"""The report as a PDF, by WeasyPrint (extra ``pdf``), which needs the system's Pango."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from monitor.errors import EcouteError


class PdfUnavailable(EcouteError):
    """WeasyPrint is not installed, or the system's libraries it needs are not; says which."""


def check_pdf() -> None:
    """Raise ``PdfUnavailable`` where no PDF can be made."""
    _weasyprint()


def to_pdf(html: str) -> bytes:
    """Return a report as a PDF; the same HTML gives the same bytes. Raises ``PdfUnavailable``."""
    library = _weasyprint()
    # A report holds all that it needs: nothing is fetched, from anywhere.
    nothing = library.urls.URLFetcher(allowed_protocols=())
    made: bytes = library.HTML(string=html, url_fetcher=nothing).write_pdf(
        pdf_variant="pdf/ua-1",  # tagged, for screen readers
    )
    return made


def _weasyprint() -> Any:  # noqa: ANN401 - an extra, which ships no types
    try:
        return import_module("weasyprint")
    except ImportError as error:
        raise PdfUnavailable("pip install 'ecoute[pdf]'") from error
    except OSError as error:  # its bindings to Pango, where the system has none
        raise PdfUnavailable("apt-get install libpango-1.0-0 libpangoft2-1.0-0") from error
