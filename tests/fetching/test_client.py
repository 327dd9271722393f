from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import pytest
import trustme

from monitor.errors import ConfigError
from monitor.fetching.base import Session
from monitor.fetching.client import Client, default_ssl_context
from monitor.model import FetchMemory


@pytest.mark.anyio
async def test_a_source_can_be_tried_on_a_transport_of_its_own() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=b"told"))
    async with Client(user_agent="\u00c9coute/1", transport=transport) as client:
        session: Session = client.session(FetchMemory())
        assert (await session.get("http://example.org/")).body == b"told"


@pytest.mark.anyio
async def test_a_file_is_read_again_only_when_it_changed(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(b"<rss/>")
    async with Client(user_agent="Ecoute/1") as client:
        first = client.session(FetchMemory())
        assert first.read_file(file).body == b"<rss/>"
        second = client.session(first.memory)
        assert second.read_file(file).not_modified
    assert (first.unchanged, second.unchanged) == (False, True)


def test_certificates_are_always_checked(tmp_path: Path) -> None:
    context = default_ssl_context({"SSL_CERT_DIR": str(tmp_path)})
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.cert_store_stats()["x509_ca"] > 50


def test_a_companys_own_authority_is_added(tmp_path: Path) -> None:
    file = tmp_path / "own.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    ours, usual = default_ssl_context({"SSL_CERT_FILE": str(file)}), default_ssl_context()
    assert ours.cert_store_stats()["x509_ca"] == usual.cert_store_stats()["x509_ca"] + 1


@pytest.mark.parametrize("content", [b"no certificate", None])
def test_an_unusable_certificate_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "own.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
        default_ssl_context({"SSL_CERT_FILE": str(file)})
