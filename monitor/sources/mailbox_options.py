"""What a mailbox of notices is told: the server, the login, the folder, whom to trust, rules."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from monitor.notices.rules import Rule, Senders, built_in
from monitor.sources.base import SourceOptions

_PORTS = {"tls": 993, "starttls": 143, "none": 143}  # RFC 8314 §3.2, RFC 3501


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _check_private(value: str | None) -> str | None:
    """Let a refresh token go over TLS only, or to this very machine."""
    if value is None or re.match(r"https://[^\s/@]+/|http://127\.0\.0\.1[:/]", value):
        return value
    raise PydanticCustomError("token_url", "no https address")


class MailboxOptions(SourceOptions):
    """One folder of one account."""

    host: str = Field(
        min_length=1,
        max_length=253,
        description="The IMAP server.",
        examples=["imap.gmail.com"],
    )
    security: Literal["tls", "starttls", "none"] = Field(
        default="tls",
        description="How the connection is protected. Certificates are always checked.",
        examples=["tls"],
    )
    port: int | None = Field(
        default=None,
        ge=1,
        le=65535,
        description="Its port. Default: 993 with tls, 143 with starttls or none.",
        examples=[993],
    )
    plain_login: bool = Field(
        default=False,
        description="Allow `security: none`, with a password that can be overheard.",
        examples=[False],
    )
    username: str = Field(
        min_length=1, description="The account, mostly the address.", examples=["${IMAP_USER}"]
    )
    password: SecretStr | None = Field(
        default=None, description="Its app password.", examples=["${IMAP_PASSWORD}"]
    )
    token_url: Annotated[str | None, AfterValidator(_check_private)] = Field(
        default=None,
        description="In place of a password: where a refresh token is changed for access tokens.",
        examples=["https://login.microsoftonline.com/common/oauth2/v2.0/token"],
    )
    client_id: str | None = Field(
        default=None, description="The app that the account allowed.", examples=["${APP_ID}"]
    )
    client_secret: SecretStr | None = Field(
        default=None, description="Its secret, if it has one.", examples=["${APP_SECRET}"]
    )
    refresh_token: SecretStr | None = Field(
        default=None,
        description="What the app was given when the account allowed it.",
        examples=["${IMAP_REFRESH_TOKEN}"],
    )
    scope: str | None = Field(
        default=None,
        description="What is asked for with it, where the service wants that said.",
        examples=["https://outlook.office.com/IMAP.AccessAsUser.All offline_access"],
    )
    folder: str = Field(
        default="INBOX",
        min_length=1,
        max_length=200,
        description="The folder or Gmail label that the notices lie in; no other is read.",
        examples=["Alertes"],
    )
    days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="How many days back the first look goes.",
        examples=[30],
    )
    senders: Senders = Field(
        default=(),
        alias="from",
        description="Further senders whose mails are notices, also where no rule knows them.",
        examples=[["alertes.example.fr"]],
    )
    trust: Literal["verified", "from"] = Field(
        default="verified",
        description="`verified`: a notice counts in full if the provider found it signed by its"
        " sender; `from`: the From line is believed, which anyone can forge.",
        examples=["verified"],
    )
    provider: str | None = Field(
        default=None,
        min_length=1,
        max_length=253,
        description="The name that the provider writes into `Authentication-Results`; `-` where it"
        " writes none. Default: what the host tells.",
        examples=["mx.google.com"],
    )
    rules: tuple[Rule, ...] = Field(
        default=(),
        description="Rules for further notices, before ours; see docs/mailbox.md.",
        examples=[[{"name": "avis_exemple", "from": "avis.example.fr", "subject": "nouvel avis"}]],
    )
    only: Annotated[
        tuple[str, ...],
        BeforeValidator(_listed),
        WithJsonSchema(
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        ),
    ] = Field(
        default=(),
        description="Only the notices of these rules, by name. Default: those of all.",
        examples=[["google_reviews", "tripadvisor"]],
    )
    mark_seen: bool = Field(
        default=False,
        description="Mark the notices that were read as read. Nothing is ever deleted or moved.",
        examples=[False],
    )
    max_pages: int = Field(
        default=20,
        ge=1,
        le=20,
        description="How many batches of 50 mails one poll may read; the next goes on.",
        examples=[20],
    )

    @property
    def port_used(self) -> int:
        """The port to connect to."""
        return self.port or _PORTS[self.security]

    @property
    def rules_used(self) -> tuple[Rule, ...]:
        """The rules in the order they are tried: the user's first, cut to ``only``."""
        rules = (*self.rules, *built_in())
        kept = set(self.only)
        return tuple(
            rule for rule in rules if not kept or rule.name in kept or rule.gives == "nothing"
        )

    @field_validator("only")
    @classmethod
    def _are_known(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        known = [rule.name for rule in (*info.data.get("rules", ()), *built_in())]
        for name in value:
            if name not in known:
                values = {"unknown": name, "known": known}
                raise PydanticCustomError("not_among", "no such rule", values)
        return value

    @field_validator("rules")
    @classmethod
    def _are_told_apart(cls, value: tuple[Rule, ...]) -> tuple[Rule, ...]:
        names = [rule.name for rule in (*value, *built_in())]
        for rule in value:
            if names.count(rule.name) > 1:
                values = {"name": rule.name}
                raise PydanticCustomError("rule_twice", "two rules of one name", values)
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.security == "none" and not self.plain_login:
            raise PydanticCustomError("plain_login", "no login without TLS")  # promise 15
        grant = (self.token_url, self.client_id, self.refresh_token)
        # Neither is no fault of the file: the source then says what it waits for.
        if any(grant) and (self.password is not None or not all(grant)):
            raise PydanticCustomError("mailbox_login", "either a password, or all of a grant")
        return self
