from __future__ import annotations

from collections.abc import Sequence

import pytest
from deliverability.zones import UNKNOWN, codes, resolver
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliverability.spf import examine_spf, suggested_record
from monitor.deliverability.spf_record import read_spf, survey

OVH = "ssl0.ovh.net"
ELSEWHERE = "smtp.mailer.fr"
BASE = {
    "mx.ovh.com TXT": ["v=spf1 ip4:8.8.8.0/24 -all"],
    f"{OVH} A": ["8.8.8.1"],
    f"{ELSEWHERE} A": ["9.9.9.9"],
    "example.fr A": ["5.5.5.5"],
    "example.fr MX": ["mail.example.fr"],
    "mail.example.fr A": ["9.9.9.9"],
}


def spf(*records: str, host: str = OVH, **zone: Sequence[str]) -> list[str]:
    more = {name.replace("__", " ").replace("_", "."): held for name, held in zone.items()}
    found = examine_spf("example.fr", host, resolver(BASE | {"example.fr TXT": records} | more))
    return codes(found)


@pytest.mark.parametrize("ending", ["~all", "-all"])
def test_a_record_that_allows_the_provider_is_right(ending: str) -> None:
    assert spf(f"v=spf1 include:mx.ovh.com {ending}", "google-site=1") == ["spf_ok", "spf_covers"]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("v=spf1 include:mx.ovh.com +all", ["spf_open"]),
        ("v=spf1 all", ["spf_open"]),
        ("v=spf1 include:mx.ovh.com ?all", ["spf_neutral", "spf_covers"]),
        ("v=spf1 include:mx.ovh.com", ["spf_endless", "spf_covers"]),
        ("v=spf1 include:mx.ovh.com inclde:x ~all", ["spf_wrong", "spf_covers"]),
        ("v=spf1 include:mx.ovh.com ptr ~all", ["spf_ptr", "spf_covers"]),
        ("v=spf1 include:absent.fr include:mx.ovh.com ~all", ["spf_lost", "spf_covers"]),
        ("v=spf1 redirect=mx.ovh.com", ["spf_ok", "spf_covers"]),
        ("v=spf1 mx ~all", ["spf_ok", "spf_other"]),
        ("v=spf1 ip4:8.8.8.1 -all", ["spf_ok", "spf_covers"]),
        ("v=spf1 exists:%{i}.example.fr -all", ["spf_ok", "spf_unsure"]),
    ],
)
def test_what_a_record_says(record: str, said: list[str]) -> None:
    assert spf(record) == said


def test_no_record_is_told_with_the_one_to_add() -> None:
    [remark] = examine_spf("example.fr", OVH, resolver(BASE | {"example.fr TXT": ["other"]}))
    assert (remark.code, remark.values["record"]) == (
        "spf_absent",
        "v=spf1 include:mx.ovh.com ~all",
    )


@pytest.mark.parametrize(
    ("host", "record"),
    [
        ("smtp.gmail.com", "v=spf1 include:_spf.google.com ~all"),
        (ELSEWHERE, f"v=spf1 mx a:{ELSEWHERE} ~all"),
        ("127.0.0.1", "v=spf1 mx ~all"),
        ("localhost", "v=spf1 mx ~all"),
    ],
)
def test_a_first_record_for_a_server(host: str, record: str) -> None:
    assert suggested_record(host) == record


def test_several_records_are_as_bad_as_none() -> None:
    assert spf("v=spf1 mx -all", "v=spf1 a -all") == ["spf_several"]


def test_a_silent_dns_is_said_and_blames_nobody() -> None:
    assert spf(*UNKNOWN) == ["spf_unread"]
    assert spf("v=spf1 include:slow.fr ~all", slow_fr__TXT=UNKNOWN) == ["spf_ok", "spf_unsure"]


@pytest.mark.parametrize("term", ["mx", "a:smtp.mailer.fr", "ip4:9.9.9.9", "ip4:9.9.0.0/16"])
def test_an_unknown_server_is_found_by_its_address(term: str) -> None:
    assert spf(f"v=spf1 {term} ~all", host=ELSEWHERE) == ["spf_ok", "spf_covers"]


@pytest.mark.parametrize("term", ["a", "-ip4:9.9.9.9", "a/24", "ip6:2001:db8::/32"])
def test_an_unknown_server_that_is_not_named_is_told_with_care(term: str) -> None:
    assert spf(f"v=spf1 {term} ~all", host=ELSEWHERE) == ["spf_ok", "spf_not_listed"]


@pytest.mark.parametrize("host", ["localhost", "relay.lan", "127.0.0.1"])
def test_a_server_of_our_own_cannot_be_judged(host: str) -> None:
    zone = BASE | {"example.fr TXT": ["v=spf1 mx ~all"], f"{host} A": ["192.168.1.4"]}
    assert codes(examine_spf("example.fr", host, resolver(zone))) == ["spf_ok", "spf_own"]


def test_more_than_ten_lookups_are_counted_through_includes() -> None:
    six = " ".join(["a"] * 6)
    assert spf(f"v=spf1 {six} include:b.fr ~all", b_fr__TXT=[f"v=spf1 {six} ~all"])[0] == (
        "spf_lookups"
    )
    assert "spf_lookups" not in spf(f"v=spf1 {six} include:b.fr -all", b_fr__TXT=["v=spf1 a a a"])


def test_names_that_do_not_exist_are_counted() -> None:
    assert spf("v=spf1 a:x.fr a:y.fr mx:z.fr include:mx.ovh.com ~all")[0] == "spf_voids"


def test_an_include_open_to_all_opens_the_record() -> None:
    assert spf("v=spf1 include:b.fr ~all", b_fr__TXT=["v=spf1 +all"]) == ["spf_open"]


def test_records_that_lead_to_each_other_come_to_an_end() -> None:
    back = ["v=spf1 include:example.fr include:b.fr ~all"]
    assert spf("v=spf1 include:b.fr include:mx.ovh.com ~all", b_fr__TXT=back)[0] == "spf_lost"


def test_a_tree_of_records_without_end_is_given_up() -> None:
    wide = "v=spf1 " + " ".join(f"include:{n}.x.fr" for n in range(20)) + " ~all"
    zone = {f"{n}.x.fr TXT": [wide] for n in range(20)} | {"x.fr TXT": [wide]}
    asked = []
    ask = resolver(zone)

    def counted(name: str, kind: object) -> object:
        asked.append(name)
        return ask(name, kind)  # type: ignore[arg-type] # a Kind, passed on

    reach = survey(read_spf(wide), "x.fr", counted)  # type: ignore[arg-type] # likewise
    assert reach.lookups < 200
    assert len(asked) < 100


@given(
    st.text(alphabet=st.sampled_from("v=spf1 +-~?aliptmxeincdr:/%{}.0\t\n\\\0é=_ "), max_size=60)
)
def test_any_text_can_be_read(text: str) -> None:
    survey(read_spf(f"v=spf1 {text}"), "example.fr", resolver({}))
