"""Where the daemon listens: the environment's word, else the file's."""

from __future__ import annotations

from collections.abc import Mapping

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
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)
