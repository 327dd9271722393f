from __future__ import annotations

import base64

import pytest
from deliverability.zones import UNKNOWN, codes, resolver

from monitor.deliverability.dkim import examine_dkim

ROOT = "_domainkey.example.fr"


def key(size: int, tags: str = "v=DKIM1; k=rsa") -> str:
    """A key as long as one of so many bits."""
    length = {512: 94, 1024: 162, 2048: 294}[size]
    return f"{tags}; p={base64.b64encode(bytes(length)).decode()}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (key(2048), "dkim_ok"),
        (key(2048, "k=rsa"), "dkim_ok"),
        (f"v=DKIM1; k=ed25519; p={base64.b64encode(bytes(32)).decode()}", "dkim_ok"),
        (key(1024), "dkim_1024"),
        (key(512), "dkim_short"),
        (key(2048, "v=DKIM1; t=y:s"), "dkim_testing"),
        ("v=DKIM1; p=", "dkim_revoked"),
        ("v=DKIM1; p=MIGf…", "dkim_broken"),
        ("v=DKIM1; p=MIGfM", "dkim_broken"),
    ],
)
@pytest.mark.parametrize("selector", ["google", "selector1", "default", "gm1", "k1"])
def test_a_key_under_a_usual_name_is_judged(selector: str, text: str, code: str) -> None:
    found = examine_dkim("example.fr", "h", resolver({f"{selector}.{ROOT} TXT": [text]}))
    assert codes(found) == [code]
    assert found[0].values["selector"] == selector


def test_a_domain_without_any_key_is_told_from_one_whose_name_is_not_guessed() -> None:
    own = {f"ovhmo1234567-selector1.{ROOT} TXT": [key(2048)]}
    assert codes(examine_dkim("example.fr", "ssl0.ovh.net", resolver({}))) == ["dkim_absent"]
    assert codes(examine_dkim("example.fr", "ssl0.ovh.net", resolver(own))) == ["dkim_unknown"]
    known = examine_dkim("example.fr", "h", resolver(own), selectors=["ovhmo1234567-selector1"])
    assert codes(known) == ["dkim_ok"]


def test_a_key_that_a_mail_was_signed_with_and_is_not_there_is_missed() -> None:
    assert codes(examine_dkim("example.fr", "h", resolver({}), selectors=["s9"])) == [
        "dkim_missing"
    ]


def test_a_zone_that_answers_any_name_proves_nothing() -> None:
    zone = {f"{name}.{ROOT} TXT": [key(2048)] for name in ("google", "ecoute-no-such-key")}
    assert codes(examine_dkim("example.fr", "h", resolver(zone))) == ["dkim_unknown"]


def test_a_silent_dns_is_said() -> None:
    assert codes(examine_dkim("example.fr", "h", resolver({f"{ROOT} TXT": UNKNOWN}))) == [
        "dkim_unread"
    ]
