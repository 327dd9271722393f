"""Whole mails, to be read by people: the golden files hold each byte of them.

After a change that is meant: ``ECOUTE_WRITE_GOLDEN=1 pytest tests/reporting/test_golden.py``, then
read what changed.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from reporting.samples import NOW, REPLY_WAY, answered_week, crowded_week, empty_week, lively_week

from monitor.reporting.digest import build_digest
from monitor.reporting.material import DigestOptions
from monitor.reporting.render import render

GOLDEN = Path(__file__).parent / "golden"
WEEKS = {
    "lively": lively_week,
    "empty": empty_week,
    "crowded": crowded_week,
    "answered": answered_week,
}


@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_mail_is_what_people_have_read_and_liked(week: str, language: str) -> None:
    options = DigestOptions(
        language=language,
        next_digest_at=NOW + timedelta(days=7),
        recipients=("simon@example.fr",),
        digest_id="3fa9c1d2e4a0b1c2",
        reply_way=REPLY_WAY if week == "answered" else None,
    )
    mail = render(build_digest(WEEKS[week](), options))
    files = {
        GOLDEN / f"{week}-week.{language}.txt": f"Subject: {mail.subject}\n\n{mail.text}",
        GOLDEN / f"{week}-week.{language}.html": mail.html,
    }
    if os.environ.get("ECOUTE_WRITE_GOLDEN"):
        for file, content in files.items():
            file.write_text(content, encoding="utf-8")
    assert files == {file: file.read_text(encoding="utf-8") for file in files}
