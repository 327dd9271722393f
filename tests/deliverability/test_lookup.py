from __future__ import annotations

from itertools import count

import pytest
from dns_server import DnsServer

from monitor.deliverability.lookup import Kind, Outcome, Reply, make_resolver

LONG = "v=spf1 " + " ".join(f"ip4:192.0.2.{n}" for n in range(60)) + " ~all"
ZONE = {
    "example.fr TXT": ["v=spf1 -all", "other"],
    "example.fr MX": ["20 b.example.fr.", "10 A.example.fr."],
    "null.fr MX": ["0 ."],
    "example.fr A": ["192.0.2.1"],
    "long.fr TXT": [LONG],
}


def test_records_come_as_plain_text() -> None:
    with DnsServer(ZONE) as server:
        ask = make_resolver(server.host, server.port)
        assert ask("example.fr", Kind.TXT) == Reply(Outcome.FOUND, ("other", "v=spf1 -all"))
        assert ask("example.fr", Kind.MX).records == ("a.example.fr", "b.example.fr")
        assert ask("null.fr", Kind.MX).records == ("",)
        assert ask("example.fr", Kind.A).records == ("192.0.2.1",)


def test_a_record_in_several_strings_too_long_for_one_packet_is_whole() -> None:
    with DnsServer(ZONE) as server:
        assert make_resolver(server.host, server.port)("long.fr", Kind.TXT).records == (LONG,)


def test_no_such_name_no_such_record_and_no_answer_are_told_apart() -> None:
    with DnsServer(ZONE, failing=["ill.fr"], silent=["mute.fr"]) as server:
        ask = make_resolver(server.host, server.port, step_s=0.2)
        assert ask("absent.fr", Kind.TXT).outcome is Outcome.ABSENT
        assert ask("example.fr", Kind.AAAA).outcome is Outcome.EMPTY
        assert ask("fr", Kind.TXT).outcome is Outcome.EMPTY
        assert ask("ill.fr", Kind.TXT).is_unknown
        assert ask("mute.fr", Kind.TXT).is_unknown


@pytest.mark.parametrize("name", ["a..fr", "x" * 64 + ".fr", "a." * 130 + "fr", "%{i}.é\udcff.fr"])
def test_what_is_no_name_is_absent(name: str) -> None:
    with DnsServer(ZONE) as server:
        assert make_resolver(server.host, server.port)(name, Kind.A).outcome is Outcome.ABSENT


def test_a_question_is_asked_once() -> None:
    with DnsServer(ZONE) as server:
        ask = make_resolver(server.host, server.port)
        assert ask("example.fr", Kind.TXT) is ask("example.fr", Kind.TXT)
        assert server.asked == ["example.fr TXT"]


def test_after_the_whole_time_nothing_is_asked() -> None:
    times = count(step=20)
    with DnsServer(ZONE) as server:
        ask = make_resolver(server.host, server.port, whole_s=30, monotonic=lambda: next(times))
        assert not ask("example.fr", Kind.TXT).is_unknown
        assert ask("example.fr", Kind.MX).is_unknown
        assert server.asked == ["example.fr TXT"]


def test_a_server_that_is_no_address_is_said() -> None:
    with pytest.raises(ValueError, match="quad9"):
        make_resolver("quad9")
