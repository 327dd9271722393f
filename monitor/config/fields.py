"""The kinds of value that people write in ``sources.yaml``, checked; each says no by its key.

The type of a ``PydanticCustomError`` is a sentence's key in ``wording/<language>/config.toml``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    BeforeValidator,
    HttpUrl,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from monitor.config.faults import nearest
from monitor.durations import parse_duration
from monitor.quiet import parse_quiet
from monitor.schedules import cron_of

_CRON_FIELDS = 5
_MAX_PORT = 65535
_LOCAL_PART = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"  # RFC 5322 dot-atom, near enough
_ADDRESS = re.compile(rf"({_LOCAL_PART})@([^\s@<>,;:\"()\[\]\\]{{1,253}})")
_SENDER = re.compile(r"\s*(?:(?P<name>[^<>\r\n]*?)\s*<(?P<inside>[^<>\s]+)>|(?P<bare>[^<>\s]+))\s*")
_HTTP_URL = TypeAdapter(HttpUrl)
_NEEDS_QUOTES = re.compile(r'[()<>\[\]:;@\\,."]')


def no(key: str, **values: object) -> PydanticCustomError:
    """Make the error whose sentence is ``config.<key>``."""
    return PydanticCustomError(key, f"{key} {values}".replace("{", "{{").replace("}", "}}"), values)


def _path(value: Path, info: ValidationInfo) -> Path:
    base_dir = (info.context or {}).get("base_dir")
    return value if base_dir is None else Path(base_dir, value.expanduser())


def _database(value: object, info: ValidationInfo) -> object:
    if isinstance(value, Path):  # the default
        return _path(value, info)
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise no("empty_value")
    scheme = value.partition("://")[0] if "://" in value else None
    if scheme is not None and scheme.lower() in {"postgresql", "postgres"}:
        raise no("postgresql")
    if scheme is not None:
        raise no("database", scheme=scheme)
    return _path(Path(value), info)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        example = nearest(value, available_timezones()) or "Europe/Paris"
        raise no("time_zone", value=value, example=example) from None
    return value


def _schedule(value: str) -> str:
    cron = cron_of(value)
    try:
        if len(cron.split()) != _CRON_FIELDS:
            raise no("cron", value=value)
        next(CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        raise no("cron", value=value) from None
    return cron


def _address(value: str) -> str:
    found = _ADDRESS.fullmatch(value)
    if found is None:
        raise no("email", value=value)
    try:
        return f"{found[1]}@{found[2].encode('idna').decode()}"
    except UnicodeError:
        raise no("email", value=value) from None


def split_sender(sender: str) -> tuple[str, str]:
    """Split ``Écoute <ecoute@example.fr>`` in name (may be empty) and address.

    Raises PydanticCustomError ``email`` when there is no address in it.
    """
    found = _SENDER.fullmatch(sender)
    if found is None:
        raise no("email", value=sender)
    name = (found["name"] or "").strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name, _address(found["inside"] or found["bare"])


def _sender(value: str) -> str:
    name, address = split_sender(value)
    if _NEEDS_QUOTES.search(name):  # RFC 5322 §3.2.3, so that every reader splits it as we do
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return f"{name} <{address}>" if name else address


def _contact(value: str) -> str:
    if re.fullmatch(r"https?://[!-~]+", value):
        return value
    return _address(value)


def _host_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    is_port = port.isascii() and port.isdigit() and 0 < int(port) <= _MAX_PORT
    if not is_port or not _is_host(host):
        raise no("host_port", value=value)
    return f"{host.lower()}:{int(port)}"


def _listen(value: object) -> object:
    """Complete a port alone: it is then of this machine's own address."""
    text = str(value).strip() if isinstance(value, int | str) else ""
    return f"127.0.0.1:{text}" if text.isascii() and text.isdigit() else value


def web_address(value: SecretStr) -> SecretStr:
    """Refuse what is no address that a secret may be sent to."""
    try:
        url = _HTTP_URL.validate_python(value.get_secret_value().strip())
    except ValidationError:
        raise no("ping_form") from None
    if not keeps_secret(url):
        raise no("ping_form")
    return SecretStr(value.get_secret_value().strip())


def _is_host(host: str) -> bool:
    if host.startswith("[") and host.endswith("]"):
        try:
            IPv6Address(host[1:-1])
        except ValueError:
            return False
        return True
    return re.fullmatch(r"[\w.-]+", host) is not None


def keeps_secret(url: HttpUrl) -> bool:
    """Tell whether what is sent to an address stays among who should see it: TLS, or no internet.

    >>> keeps_secret(HttpUrl("http://nas:8080")), keeps_secret(HttpUrl("http://api.example.fr"))
    (True, False)
    """
    host = (url.host or "").strip("[]").lower()
    try:
        return url.scheme == "https" or not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def _quiet(value: object) -> object:
    if isinstance(value, str):
        try:
            parse_quiet(value)
        except ValueError:
            raise no("quiet_hours", value=value) from None
    return value


def _notify(value: SecretStr) -> SecretStr:
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://.", value.get_secret_value().strip()):
        raise no("notify_form")
    if find_spec("apprise") is None:  # found, not imported: it takes its time
        raise no("notify_missing")
    return value


def between(least: str, most: str) -> AfterValidator:
    """Hold a duration between two others, both included."""

    def check(value: timedelta) -> timedelta:
        if not parse_duration(least) <= value <= parse_duration(most):
            raise no("duration_range", least=least, most=most)
        return value

    return AfterValidator(check)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
DatabasePath = Annotated[Path, BeforeValidator(_database)]
FolderPath = Annotated[Path, AfterValidator(_path)]
TimeZone = Annotated[str, AfterValidator(_zone)]
Schedule = Annotated[str, AfterValidator(_schedule)]
EmailAddress = Annotated[str, AfterValidator(_address)]
Sender = Annotated[str, AfterValidator(_sender)]
Contact = Annotated[str, AfterValidator(_contact)]
HostPort = Annotated[str, AfterValidator(_host_port)]
Quiet = Annotated[str, BeforeValidator(_quiet)]
Listen = Annotated[str, AfterValidator(_host_port), BeforeValidator(_listen)]
NotifyAddress = Annotated[SecretStr, AfterValidator(_notify)]
