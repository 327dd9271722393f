"""Where the daemon listens: the environment's word, else the file's; and what it never asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import TypeAdapter, ValidationError

from monitor.config.fields import Listen
from monitor.config.sections import MonitoringSection

VARIABLE = "ECOUTE_LISTEN"
"""For containers and units: ``host:port``, or a port alone."""


def listen_at(section: MonitoringSection, env: Mapping[str, str]) -> tuple[str, int] | None:
    """Return host (an IPv6 one without its brackets) and port, or ``None``: nowhere.

    Raises ``ValueError`` with what the environment says, if that cannot be read.

    >>> listen_at(MonitoringSection(), {"ECOUTE_LISTEN": "9464"})
    ('127.0.0.1', 9464)
    """
    told = env.get(VARIABLE, "").strip()
    try:
        address = TypeAdapter(Listen).validate_python(told) if told else section.listen
    except ValidationError:
        raise ValueError(told) from None
    if address is None:
        return None
    return split_address(address)


def split_address(address: str) -> tuple[str, int]:
    """Split ``host:port``, an IPv6 host without its brackets.

    >>> split_address("[::1]:8751")
    ('::1', 8751)
    """
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def without_own_page(
    allowed: Iterable[str], section: MonitoringSection, env: Mapping[str, str]
) -> frozenset[str]:
    """Return an allow-list without the port that we listen at: no source asks us (promise 23).

    >>> env = {"ECOUTE_LISTEN": "9464"}
    >>> sorted(without_own_page(["nas:80", "localhost:9464"], MonitoringSection(), env))
    ['nas:80']
    """
    try:
        listen = listen_at(section, env)
    except ValueError:  # told by who would listen there
        listen = None
    return frozenset(one for one in allowed if not (listen and one.endswith(f":{listen[1]}")))
