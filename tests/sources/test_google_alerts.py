from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import FetchError
from monitor.sources.google_alerts import GoogleAlerts, GoogleAlertsOptions, read_alert

URL = "https://www.google.com/alerts/feeds/04175468913983673025/4428013283581841004"
ALERT = answer((DATA / "google_alerts" / "alert.xml").read_bytes())


def alerts(url: str = URL, **options: object) -> GoogleAlerts:
    told = GoogleAlertsOptions.model_validate({"type": "google_alerts", "url": url, **options})
    return GoogleAlerts(told, (BUSINESS,))


def test_a_result_is_its_target() -> None:
    [entry] = read_alert(ALERT).entries
    assert entry.url == "https://www.gazette.example/2026/11/bougamont"
    assert entry.title == "Les fleuristes de Valenciennes : Fleurs Bougamont"
    assert entry.text.startswith("Rue de Mons, Bougamont fête l'anniversaire de sa boutique")
    assert entry.author == entry.outlet == "gazette.example"
    assert entry.external_id == "tag:google.com,2013:googlealerts/feed:897413526"
    assert str(entry.published_at) == "2026-11-22 08:00:00+00:00"


def test_the_address_is_asked_and_never_shown() -> None:
    session = FakeSession({URL: ALERT})
    source = alerts()
    read_pages(source, session)
    assert [request.url for request in session.asked] == [URL]
    assert "4428" not in f"{source.address}{source.options!r}{source.options.model_dump_json()}"


def test_an_error_does_not_show_the_address() -> None:
    with pytest.raises(FetchError) as caught:
        read_pages(alerts(), FakeSession({URL: answer(b"", status=404)}))
    assert caught.value.http_status == 404
    assert "4428" not in str(caught.value)


def test_another_address_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        alerts("https://example.org/1234567/feed")
    assert "alerts/feeds" in str(caught.value)


def test_base_url_stands_for_google() -> None:
    session = FakeSession(lambda _: ALERT)
    read_pages(alerts(base_url="http://127.0.0.1:8080"), session)
    assert session.asked[0].url == URL.replace("https://www.google.com", "http://127.0.0.1:8080")


def test_the_recording_is_read(shared: Path) -> None:
    body = (shared / "recordings" / "google-alerts" / "alert_en_2019.xml").read_bytes()
    entries = read_alert(answer(body)).entries
    assert len(entries) == 20
    assert not any("google.com" in (entry.url or "google.com") for entry in entries)
    assert all(entry.text and entry.outlet and entry.published_at for entry in entries)
