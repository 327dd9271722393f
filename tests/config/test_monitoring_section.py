"""``monitoring``: where the daemon listens, and whom it gives signs of life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from monitor.config.listening import listen_at
from monitor.config.sections import MonitoringSection


def section(**told: Any) -> MonitoringSection:  # noqa: ANN401 - as a file may say
    return MonitoringSection(**told)


def test_by_default_it_listens_nowhere_and_tells_nobody() -> None:
    plain = section()
    assert (listen_at(plain, {}), plain.ping) == (None, None)
    assert plain.ping_every == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (9464, ("127.0.0.1", 9464)),
        ("9464", ("127.0.0.1", 9464)),
        ("localhost:9464", ("localhost", 9464)),
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),
        ("[::1]:9464", ("::1", 9464)),
    ],
)
def test_a_port_alone_is_of_this_machine(told: object, expected: tuple[str, int]) -> None:
    assert listen_at(section(listen=told), {}) == expected


def test_the_environment_wins() -> None:
    environ = {"ECOUTE_LISTEN": "0.0.0.0:1"}
    assert listen_at(section(listen=9464), environ) == ("0.0.0.0", 1)
    assert listen_at(section(listen=9464), {"ECOUTE_LISTEN": " "}) == ("127.0.0.1", 9464)
    with pytest.raises(ValueError, match=r"^nowhere$"):
        listen_at(section(), {"ECOUTE_LISTEN": "nowhere"})


@pytest.mark.parametrize("told", ["nowhere", 0, 70000, "1.2.3.4", True, ["9464"], -1])
def test_what_is_no_address_is_refused(told: object) -> None:
    with pytest.raises(ValidationError):
        section(listen=told)


@pytest.mark.parametrize(
    "told", ["https://hc.example/ping/x", "http://192.168.1.2:3001/api/push/x"]
)
def test_the_sign_of_life_goes_where_it_stays_a_secret(told: str) -> None:
    assert section(ping=told).ping == SecretStr(told)


@pytest.mark.parametrize(
    "told", ["http://hc.example/ping/x", "ftp://a", "hc.example", "", "file:///x"]
)
def test_another_place_is_refused_and_not_repeated(told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        section(ping=told)
    assert refused.value.errors()[0]["type"] == "ping_form"
