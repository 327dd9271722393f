from __future__ import annotations

import pytest
from deliverability.zones import UNKNOWN, codes, resolver

from monitor.deliverability.dmarc import examine_dmarc


def dmarc(*records: str, domain: str = "example.fr") -> tuple[list[str], str | None]:
    found = examine_dmarc(domain, resolver({"_dmarc.example.fr TXT": records}))
    return codes(found.remarks), found.policy


@pytest.mark.parametrize(
    ("record", "code", "policy"),
    [
        ("v=DMARC1; p=reject", "dmarc_ok", "reject"),
        ("v=DMARC1;p=Quarantine;rua=mailto:a@b.fr", "dmarc_ok", "quarantine"),
        ("v=DMARC1; p=none; rua=mailto:a@b.fr", "dmarc_none", "none"),
        ("v=DMARC1; p=none", "dmarc_none_unread", "none"),
        ("v=DMARC1; p=reject; pct=0", "dmarc_idle", "reject"),
        ("v=DMARC1; p=nothing", "dmarc_wrong", None),
        ("v=DMARC1; rua=mailto:a@b.fr", "dmarc_wrong", None),
        ("v=DMARC1; p=none; p=reject", "dmarc_wrong", None),
        ("v=DMARC1 p=none", "dmarc_absent", None),
        ("unrelated", "dmarc_absent", None),
    ],
)
def test_what_a_policy_says(record: str, code: str, policy: str | None) -> None:
    assert dmarc(record) == ([code], policy)


def test_the_policy_of_the_domain_above_holds_and_may_be_another_below() -> None:
    assert dmarc("v=DMARC1; p=reject", domain="news.example.fr") == (["dmarc_ok"], "reject")
    below = dmarc("v=DMARC1; p=reject; sp=none", domain="news.example.fr")
    assert below == (["dmarc_none_unread"], "none")


def test_several_policies_are_none_and_a_silent_dns_is_said() -> None:
    assert dmarc("v=DMARC1; p=none", "v=DMARC1; p=reject") == (["dmarc_several"], None)
    assert dmarc(*UNKNOWN) == (["dmarc_unread"], None)
