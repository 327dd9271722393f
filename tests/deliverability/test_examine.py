from __future__ import annotations

from dataclasses import replace

import pytest
from deliverability.test_dkim import key
from deliverability.zones import UNKNOWN, codes, resolver

from monitor.deliverability.examine import Route, examine

ROUTE = Route(domain="example.org.fr", host="ssl0.ovh.net", replies="example.org.fr")
GOOD = {
    "example.org.fr TXT": ["v=spf1 include:mx.ovh.com -all"],
    "example.org.fr MX": ["mx1.mail.ovh.net"],
    "mx.ovh.com TXT": ["v=spf1 ip4:8.8.8.0/24 -all"],
    "default._domainkey.example.org.fr TXT": [key(2048)],
    "_dmarc.example.org.fr TXT": ["v=DMARC1; p=quarantine; rua=mailto:a@example.org.fr"],
}


def test_a_domain_in_order_has_only_good_to_be_said() -> None:
    assert codes(examine(ROUTE, resolver(GOOD))) == [
        "spf_ok",
        "spf_covers",
        "dkim_ok",
        "dmarc_ok",
        "replies_ok",
    ]


def test_a_name_server_without_the_internet_blames_no_domain() -> None:
    assert codes(examine(ROUTE, resolver({}))) == ["sender_unread"]


def test_a_policy_that_turns_our_own_mail_away_is_said() -> None:
    zone = GOOD | {"example.org.fr TXT": ["v=spf1 -all"]}
    del zone["default._domainkey.example.org.fr TXT"]
    said = codes(examine(ROUTE, resolver(zone)))
    assert said[:5] == ["spf_ok", "spf_other", "dkim_absent", "dmarc_ok", "dmarc_against_us"]


def test_a_good_signature_is_enough_for_the_policy() -> None:
    zone = GOOD | {"example.org.fr TXT": ["v=spf1 -all"]}
    assert "dmarc_against_us" not in codes(examine(ROUTE, resolver(zone)))


@pytest.mark.parametrize(
    ("domain", "host", "code"),
    [
        ("gmail.com", "smtp.gmail.com", "sender_free"),
        ("gmail.com", "ssl0.ovh.net", "sender_stranger"),
        ("orange.fr", "smtp.orange.fr", "sender_free"),
        ("free.fr", "smtp.orange.fr", "sender_stranger"),
        ("hotmail.fr", "smtp-mail.outlook.com", "sender_free"),
        ("boutique.local", "127.0.0.1", "sender_local"),
        ("localhost", "localhost", "sender_local"),
        ("absent.fr", "ssl0.ovh.net", "sender_unknown"),
    ],
)
def test_a_sender_that_is_not_a_domain_of_its_own(domain: str, host: str, code: str) -> None:
    route = replace(ROUTE, domain=domain, host=host)
    said = [c for c in codes(examine(route, resolver(GOOD))) if not c.startswith("replies")]
    assert said == [code]


@pytest.mark.parametrize(
    ("login", "told"),
    [
        ("a@gmail.com", True),
        ("a@example.org.fr", False),
        ("a@mail.example.org.fr", False),
        ("account", False),
        (None, False),
    ],
)
def test_a_login_of_another_domain_is_told(login: str | None, told: bool) -> None:  # noqa: FBT001 - a table's column
    said = codes(examine(replace(ROUTE, login=login), resolver(GOOD)))
    assert ("sender_other_login" in said) is told


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ({"x.fr MX": ["mx.x.fr"]}, "ok"),
        ({"x.fr MX": [""]}, "null"),
        ({"x.fr A": ["192.0.2.1"]}, "bare"),
        ({}, "nowhere"),
        ({"x.fr MX": UNKNOWN}, "unread"),
    ],
)
def test_where_answers_and_the_digest_go(zone: dict[str, list[str]], code: str) -> None:
    route = replace(ROUTE, replies="x.fr", recipients=("x.fr", "x.fr"))
    said = codes(examine(route, resolver(GOOD | zone)))
    assert [c for c in said if c.startswith("replies")] == [f"replies_{code}"]
    told = [f"recipient_{code}"] if code in {"null", "nowhere"} else []
    assert [c for c in said if c.startswith("recipient")] == told


def test_a_dns_that_is_silent_everywhere_has_a_line_a_topic() -> None:
    zone = {f"{key} TXT": UNKNOWN for key in ("example.org.fr", "_domainkey.example.org.fr")}
    zone |= {"_dmarc.example.org.fr TXT": UNKNOWN, "example.org.fr MX": UNKNOWN}
    assert codes(examine(ROUTE, resolver(zone))) == [
        "spf_unread",
        "dkim_unread",
        "dmarc_unread",
        "replies_unread",
    ]
