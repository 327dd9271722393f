from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notices.trust import NO_NAME, Proof, proof_of, provider_of, writers_of

GOOGLE = "mx.google.com"


def head(*results: str) -> bytes:
    lines = [f"Authentication-Results: {one}" for one in results]
    return "\r\n".join([*lines, "From: a@google.com", "", ""]).encode()


@pytest.mark.parametrize(
    "result",
    [
        "mx.google.com; dkim=pass header.i=@google.com header.s=x; spf=pass",
        "mx.google.com;\r\n   dkim=pass (2048-bit key)\r\n   header.d=google.com",
        "mx.google.com; dkim=fail header.d=evil.example; dkim=pass header.d=mail.google.com",
        "mx.google.com; spf=fail; dmarc=pass (p=REJECT) header.from=google.com",
        "mx.google.com 1; DKIM=PASS header.d=GOOGLE.com",
    ],
)
def test_a_signature_of_the_sender_proves_it(result: str) -> None:
    assert proof_of(head(result), "google.com", GOOGLE) is Proof.PROVEN


@pytest.mark.parametrize(
    "result",
    [
        "mx.google.com; dkim=fail header.d=google.com; spf=pass",
        "mx.google.com; dkim=pass header.d=evil.example",
        "mx.google.com; dkim=pass header.d=notgoogle.com",
        "mx.google.com; dkim=pass header.d=com",
        "mx.google.com; dkim=none; dmarc=fail header.from=google.com",
        # Words of the sender within the provider's own line.
        'mx.google.com; dkim=fail; spf=pass smtp.mailfrom="; dkim=pass header.d=google.com "@e.fr',
        'mx.google.com; dkim=fail; spf=pass (of ");dkim=pass header.d=google.com;("@e.fr) x=y',
        "mx.google.com; dkim=fail (x; dkim=pass header.d=google.com); spf=none",
        'mx.google.com; dkim=fail ("); dkim=pass header.d=google.com (")',
        "mx.google.com; dkim=pass header.i=google.com@evil.example",
    ],
)
def test_what_the_provider_found_wrong_refutes_it(result: str) -> None:
    assert proof_of(head(result), "google.com", GOOGLE) is Proof.REFUTED


@pytest.mark.parametrize(
    "results",
    [
        (),
        ("mx.evil.example; dkim=pass header.d=google.com",),
        ("mx.google.com; spf=pass",),
        ("=?utf-8?q?mx.google.com=3B_dkim=3Dpass_header.d=3Dgoogle.com?=",),
        ("mx.google.com.evil.example; dkim=pass header.d=google.com",),
    ],
)
def test_what_others_wrote_proves_nothing(results: tuple[str, ...]) -> None:
    assert proof_of(head(*results), "google.com", GOOGLE) is Proof.NONE


def test_the_line_on_top_counts_a_forged_one_below_does_not() -> None:
    forged = "mx.google.com; dkim=pass header.d=google.com"
    assert proof_of(head("mx.google.com; dkim=none", forged), "google.com", GOOGLE) is Proof.REFUTED
    # Another server's line may stand above: a forwarder's.
    assert proof_of(head("mx.other.fr; dkim=fail", forged), "google.com", GOOGLE) is Proof.PROVEN


def test_a_provider_without_a_name_is_microsoft() -> None:
    result = (
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.fr; dkim=pass header.d=a.fr; dmarc=pass"
    )
    assert proof_of(head(result), "a.fr", NO_NAME) is Proof.PROVEN
    assert proof_of(head(result), "a.fr", GOOGLE) is Proof.NONE
    assert provider_of("outlook.office365.com") == NO_NAME


def test_a_provider_is_known_by_the_domain_of_its_server() -> None:
    wanted = provider_of("imap.hebergeur.fr")
    assert (
        proof_of(head("mx3.hebergeur.fr; dkim=pass header.d=a.fr"), "a.fr", wanted) is Proof.PROVEN
    )
    assert proof_of(head("mx3.autre.fr; dkim=pass header.d=a.fr"), "a.fr", wanted) is Proof.NONE
    assert provider_of("imap.shop.co.uk") == "*.shop.co.uk"
    assert provider_of("::1") is None
    assert proof_of(head("x; dkim=pass header.d=a.fr"), "a.fr", None) is Proof.NONE


def test_an_organisation_signs_for_its_parts() -> None:
    result = "mx.google.com; dkim=pass header.d=exemple.fr"
    assert proof_of(head(result), "avis.exemple.fr", GOOGLE) is Proof.PROVEN


def test_who_wrote_results_is_told() -> None:
    assert writers_of(head("mx1.a.fr; none", "b.fr; x=y", "mx1.a.fr; z=z")) == ("mx1.a.fr", "b.fr")


@given(st.text(max_size=200))
def test_nothing_raises(text: str) -> None:
    content = head(text.replace("\r", " ").replace("\n", " "))
    assert proof_of(content, "google.com", GOOGLE) in Proof
    assert isinstance(writers_of(content), tuple)
