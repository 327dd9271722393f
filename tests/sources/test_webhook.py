"""What is written of a webhook in ``sources.yaml``; what it takes in is in tests/receiving/."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from sources.fake_session import BUSINESS, FakeSession, read_pages

from monitor.model import Business
from monitor.sources.base import SourceOptions
from monitor.sources.registry import source_types, text_limits
from monitor.sources.webhook import Webhook, WebhookOptions

SECRET = "0123456789"


def webhook(*businesses: Business, **options: Any) -> Webhook:  # noqa: ANN401 - as in YAML
    told = {"type": "webhook", "id": "zapier", "secret": SECRET, **options}
    return Webhook(WebhookOptions.model_validate(told), businesses or (BUSINESS,))


def test_it_is_not_polled_and_reads_nothing() -> None:
    assert source_types()["webhook"] is Webhook
    assert not Webhook.is_polled
    assert read_pages(webhook(), FakeSession(lambda _: pytest.fail("asked"))) == []


def test_its_address_ends_that_of_the_sender_and_shows_no_secret() -> None:
    source = webhook()
    assert source.address == "/hooks/zapier"
    assert SECRET not in f"{source.address} {source.options!r}"


def test_a_platform_pushes_what_is_said_to_the_owner() -> None:
    other = Business(name="Chez Paul")
    assert webhook().subject is None
    assert webhook(form="trustpilot").subject == BUSINESS.name
    assert webhook(BUSINESS, other, form="trustpilot").subject is None
    assert webhook(BUSINESS, other, form="linkedin", about="Chez Paul").subject == "Chez Paul"


@pytest.mark.parametrize(
    "options",
    [
        {"secret": "short"},
        {"secret": None},
        {"id": None},
        {"id": "../x"},
        {"form": "zapier"},
        {"form": "meta"},
        {"verify_token": SECRET},
        {"base_url": "https://a.fr"},
    ],
)
def test_what_would_not_work_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        webhook(**options)


def test_every_option_is_documented() -> None:
    for name, option in WebhookOptions.model_fields.items():
        assert option.description, name
        assert option.examples or name in SourceOptions.model_fields, name


def test_the_texts_of_linkedin_go_however_they_came() -> None:
    assert text_limits()["linkedin"].total_seconds() == 48 * 3600
