from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest

from monitor.delivery.trial import compose_trial
from monitor.wording import Wording

AT = datetime(2026, 11, 23, 8, 0, tzinfo=ZoneInfo("Europe/Paris"))


def trial(recipient: str = "simon@example.fr", language: str = "fr") -> bytes:
    return compose_trial(
        words=Wording(language),
        host="ssl0.ovh.net",
        sender="Écoute <ecoute@example.fr>",
        recipient=recipient,
        business="Fleurs <Bougamont>",
        at=AT,
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_test_mail_is_headed_as_a_digest_and_says_what_it_is(language: str) -> None:
    mail = message_from_bytes(trial(language=language), policy=policy.default)
    assert {"From", "To", "Date", "Message-ID", "List-Id", "List-Unsubscribe"} <= set(mail.keys())
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = (part.get_content() for part in mail.iter_parts())
    for part in (text, html):
        assert "ssl0.ovh.net" in part
        assert "ecoute@example.fr" in part


def test_the_test_mails_of_two_recipients_are_two() -> None:
    one, other = (
        message_from_bytes(trial(to))["Message-ID"] for to in ("a@b.fr", "simon@example.fr")
    )
    assert one != other
