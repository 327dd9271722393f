"""Webhook: mentions that others push to the daemon, by Zapier, Make, n8n, a script, or a platform.

The daemon takes them at `/hooks/<id>` while it runs; docs/webhooks.md says how, sender by sender.
Meta's page webhooks (`form: meta`), LinkedIn's notifications of a Page (`form: linkedin`) and
Trustpilot's events (`form: trustpilot`) are read in their own shapes.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator

from monitor.durations import Duration
from monitor.fetching.base import Session
from monitor.model import WEBHOOK, Cursor, Page
from monitor.sources.base import Source, SourceOptions

LEAST_SECRET = 8
"""Characters of the shortest secret taken: who guesses it can put words into your digest."""


class WebhookOptions(SourceOptions):
    """Who pushes, in which form, and by what we know them."""

    id: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        max_length=80,
        description="Its name, which ends the address to give the sender: `/hooks/<id>`.",
        examples=["zapier"],
    )
    every: Duration | None = Field(
        default=None,
        description="How long without a push is too long: told as silent a day later. Default:"
        " never, as nothing may have been said.",
        examples=["7d"],
    )
    form: Literal["mentions", "meta", "linkedin", "trustpilot"] = Field(
        default="mentions",
        description="What is pushed: `mentions` (Zapier, Make, n8n, F5Bot, scripts), or a"
        " platform's own events.",
        examples=["mentions", "meta"],
    )
    secret: SecretStr = Field(
        min_length=LEAST_SECRET,
        description="What the sender shows or signs with, 8 characters at least. `meta`: the app"
        " secret; `linkedin`: the client secret.",
        examples=["${HOOK_SECRET}"],
    )
    verify_token: SecretStr | None = Field(
        default=None,
        min_length=LEAST_SECRET,
        description="`meta` only: the verify token that you also write into Meta's form.",
        examples=["${META_VERIFY_TOKEN}"],
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.form == "meta") != (self.verify_token is not None):
            raise ValueError("verify_token goes with the form meta, and meta needs one")
        return self


class Webhook(Source[WebhookOptions]):
    """Reads nothing by itself: monitor/receiving/ takes what is pushed, while the daemon runs."""

    type: ClassVar[str] = WEBHOOK
    platform: ClassVar[str] = WEBHOOK
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = WebhookOptions
    is_polled: ClassVar[bool] = False
    credentials: ClassVar[str | None] = (
        "A secret of your own (`openssl rand -hex 24`) that the sender shows; Meta and LinkedIn: "
        "that of your app, with their review. Trustpilot's webhooks come with its paid plans."
    )
    limits: ClassVar[str] = (
        "Form E: only what is pushed, only while `ecoute run` runs and can be reached. 100 items "
        "and 1 MB a request. Behind a proxy with TLS, see docs/webhooks.md. Instagram pushes only "
        "the identifiers of mentions: those bear no text. LinkedIn's texts go after 48 hours."
    )
    keeps_text_of: ClassVar[Mapping[str, timedelta]] = {"linkedin": timedelta(hours=48)}

    @property
    def address(self) -> str:
        """The end of the address that the sender is given."""
        return f"/hooks/{self.options.id}"

    @property
    def subject(self) -> str | None:
        """The business: a platform pushes what is said to its owner, whatever its words."""
        is_platform = self.options.form != "mentions"
        if self.options.about is None and is_platform and len(self.businesses) == 1:
            return self.businesses[0].name
        return self.options.about

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield nothing: nobody asks it."""
        del session, cursor
        return
        yield  # an empty generator
