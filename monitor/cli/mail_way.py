"""``check --mail``: the way of a digest from the mail server to the reader."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import click

from monitor.checking import Finding
from monitor.cli.door import Door
from monitor.clock import now
from monitor.deliverability.lookup import Resolver, make_resolver
from monitor.deliverability.received import ReceivedMail, read_received
from monitor.delivery.addresses import bare_address
from monitor.mail_checking import examine_sender, send_trial

_DNS_PORT = 53


def find_mail_way(
    door: Door, to: Sequence[str], received: Path | None, dns: str | None
) -> list[Finding]:
    """Send a test (unless one was received), ask the DNS, and return all that was found."""
    app = door.app
    if app.config.mail is None:
        raise _wrong(door, "no_mail")
    for address in to:
        try:
            bare_address(address)
        except ValueError:
            raise _wrong(door, "bad_address", text=address) from None
    recipients = tuple(to) or app.config.digest.addresses
    resolver = _resolver(door, dns)
    mail = _received(door, received)
    findings = send_trial(app, recipients, now()) if mail is None else []
    return findings + examine_sender(app, recipients, resolver, mail)


def _resolver(door: Door, dns: str | None) -> Resolver:
    try:
        return make_resolver(*_name_server(dns)) if dns else make_resolver()
    except ValueError:
        raise _wrong(door, "bad_dns", text=dns) from None


def _name_server(text: str) -> tuple[str, int]:
    """Read an IP address, with a port if it has one. Raises ValueError.

    >>> _name_server("9.9.9.9"), _name_server("127.0.0.1:5353"), _name_server("[::1]:5353")
    (('9.9.9.9', 53), ('127.0.0.1', 5353), ('::1', 5353))
    """
    host, port = text, _DNS_PORT
    if text.startswith("[") or text.count(":") == 1:
        host, _, given = text.rpartition(":")
        port = int(given)
    return str(ip_address(host.strip("[]"))), port


def _received(door: Door, file: Path | None) -> ReceivedMail | None:
    if file is None:
        return None
    try:
        return read_received(file.read_bytes())
    except (OSError, ValueError):
        raise _wrong(door, "bad_received", path=file) from None


def _wrong(door: Door, key: str, **values: object) -> click.UsageError:
    return click.UsageError(door.app.words(f"deliverability.{key}", **values))
