from __future__ import annotations

import pytest
from deliverability.zones import codes
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliverability.received import judge_received, read_received

GMAIL = b"""Delivered-To: simon@gmail.com
Authentication-Results: mx.google.com;
       dkim=pass header.i=@example.fr header.s=ovhmo1-selector1 header.b=abc;
       spf=pass (google.com: domain of ecoute@example.fr designates 1.2.3.4 (OVH) as permitted;
        ok) smtp.mailfrom=ecoute@example.fr;
       dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=example.fr
Authentication-Results: forged.example; spf=fail
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=Example.fr;
\ts=ovhmo1-selector1; h=from:to;
\tbh=x=; b=y==
From: =?utf-8?q?=C3=89coute?= <ecoute@example.fr>
Subject: x

bonjour
"""


def test_a_received_mail_tells_its_signature_and_what_was_found() -> None:
    mail = read_received(GMAIL)
    assert mail.sender == "example.fr"
    assert mail.selectors("example.fr") == ("ovhmo1-selector1",)
    assert (mail.receiver, mail.verdicts) == (
        "mx.google.com",
        {"dkim": "pass", "spf": "pass", "dmarc": "fail"},
    )
    assert codes(list(judge_received(mail, "example.fr"))) == ["received_failed", "received_signed"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"dmarc=fail", b"dmarc=pass", ["received_said", "received_signed"]),
        (b"d=Example.fr", b"d=ovh.net", ["received_failed", "received_signed_other"]),
        (b"DKIM-Signature", b"X-Other", ["received_failed", "received_unsigned"]),
        (b"<ecoute@example.fr>", b"<x@example.org>", ["received_other"]),
    ],
)
def test_what_a_mail_proves(old: bytes, new: bytes, said: list[str]) -> None:
    mail = read_received(GMAIL.replace(old, new))
    assert codes(list(judge_received(mail, "example.fr"))) == said


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda data: b"From: a@b.fr\n" + data))
def test_any_file_is_a_mail_or_is_told_to_be_none(data: bytes) -> None:
    try:
        mail = read_received(data)
    except ValueError:
        return
    assert list(judge_received(mail, "example.fr"))
