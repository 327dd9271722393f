"""``sources.yaml`` as pydantic models: every key, its default, what it means, an example.

The JSON Schema and ``docs/configuration.md`` are made from this. The options of each source type
are declared by the type itself, in ``monitor/sources/``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    HttpUrl,
    SecretStr,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from monitor.config.fields import (
    Contact,
    DatabasePath,
    EmailAddress,
    FolderPath,
    HostPort,
    LanguageCode,
    Listen,
    NotifyAddress,
    Quiet,
    Schedule,
    Sender,
    Text,
    TimeZone,
    between,
    keeps_secret,
    no,
    split_sender,
    web_address,
)
from monitor.durations import Duration, parse_duration
from monitor.model import Business, Identity

_IMAP_PORTS = {"tls": 993, "starttls": 143, "none": 143}  # RFC 8314 §3.2, RFC 3501
_PORTS = {"starttls": 587, "tls": 465, "none": 25}  # RFC 8314 §3.3, RFC 6409, RFC 5321


def without_blanks(model: type[BaseModel], value: object) -> object:
    """Leave out the known keys that stand without a value: as if they were not there."""
    if not isinstance(value, dict):
        return value
    known = {field.alias or name for name, field in model.model_fields.items()}
    return {key: held for key, held in value.items() if held is not None or key not in known}


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Section(BaseModel):
    """A part of the file: unknown keys are errors, nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_blanks_out(cls, value: object) -> object:
        return without_blanks(cls, value)


class IdentitySection(Section):
    """What the owner knows of the name; what is not answered changes nothing."""

    common_word: bool | None = Field(
        default=None,
        description="It is also an everyday word, a first name or a place.",
        examples=[False],
    )
    namesakes: bool | None = Field(
        default=None, description="Other businesses elsewhere bear it.", examples=[True]
    )
    other_trade_near: bool | None = Field(
        default=None,
        description="Somebody of another trade bears it in the same town.",
        examples=[False],
    )
    far_customers: bool | None = Field(
        default=None,
        description="People of other towns speak of it: visitors, customers far away.",
        examples=[False],
    )
    known_alone: bool | None = Field(
        default=None,
        description="A text that says but the name mostly means this business.",
        examples=[True],
    )


class BusinessSection(Section):
    """A business to watch."""

    name: Text = Field(description="Its name, as people write it.", examples=["Fleurs Bougamont"])
    aliases: tuple[Text, ...] = Field(
        default=(),
        description="Other names, the owner's name, handles and hashtags.",
        examples=[["Simon Bougamont", "@fleursbougamont", "#fleursbougamont"]],
    )
    context: tuple[Text, ...] = Field(
        default=(),
        description="Words that tell it from its namesakes: trade, town, street.",
        examples=[["fleuriste", "bouquet", "Valenciennes"]],
    )
    exclude: tuple[Text, ...] = Field(
        default=(),
        description="Names that look like it and are not it.",
        examples=[["Bougamont Immobilier"]],
    )
    website: HttpUrl | None = Field(
        default=None,
        description="Its own site: its own pages are not mentions.",
        examples=["https://www.example.fr"],
    )
    town: Text | None = Field(
        default=None,
        description="Its commune, with the postcode where another has that name. Default: the"
        " commune among `context`, or at the end of the name.",
        examples=["Valenciennes 59300"],
    )
    trade: Text | None = Field(
        default=None,
        description="Its trade, in a word or as a NAF code. Default: what name and `context` tell.",
        examples=["fleuriste"],
    )
    query: Text | None = Field(
        default=None,
        description="What a text has to hold, in place of the names: see docs/query-language.md.",
        examples=["Bougamont AND (fleur* OR bouquet*) NOT immobilier"],
    )
    identity: IdentitySection = Field(
        default=IdentitySection(),
        description="Five yes or no on the name, that `ecoute init` asks: how to weigh it.",
        examples=[{"common_word": False}],
    )
    languages: tuple[LanguageCode, ...] = Field(
        default=(),
        description="The languages it is spoken of in, as two-letter codes. Default: any.",
        examples=[["fr", "nl"]],
    )
    competitors: tuple[Text, ...] = Field(
        default=(),
        description="Counted for the share of voice, never alerted.",
        examples=[["Interflora Valenciennes"]],
    )
    schedule: Schedule | None = Field(
        default=None,
        description="When its digest is due, as `digest.schedule`, which is the default.",
        examples=["daily"],
    )

    def to_business(self) -> Business:
        """Give the business as the other rooms know it."""
        website = None if self.website is None else str(self.website)
        identity = Identity(**dict(self.identity))
        told = {key: value for key, value in dict(self).items() if key != "schedule"}
        return Business(**{**told, "website": website, "identity": identity})


class ReadersSection(Section):
    """In place of an address: who gets the digests of some businesses, or at another rhythm."""

    to: Annotated[
        tuple[EmailAddress, ...],
        BeforeValidator(_one_or_more),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string"},
                    {"type": "array", "items": {"type": "string"}, "minItems": 1},
                ]
            }
        ),
    ] = Field(description="Who: an address, or several.", examples=["agence@example.fr"])
    businesses: tuple[Text, ...] | None = Field(
        default=None,
        description="Of which businesses. Default: of all.",
        examples=[["Fleurs Bougamont"]],
    )
    schedule: Schedule | None = Field(
        default=None,
        description="When, as `digest.schedule`. Default: when the business's own is due.",
        examples=["daily"],
    )
    language: Literal["fr", "en"] | None = Field(
        default=None, description="In which language. Default: that of the file.", examples=["en"]
    )
    timezone: TimeZone | None = Field(
        default=None,
        description="On whose wall clock. Default: that of the file.",
        examples=["Indian/Reunion"],
    )

    @field_validator("to")
    @classmethod
    def _is_somebody(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise no("empty_value")
        return value


def _form(value: object) -> str:
    return "readers" if isinstance(value, dict | ReadersSection) else "address"


class SummarySection(Section):
    """The digest's summary in the words of a chat model, checked against the data."""

    model: Text = Field(description="The model's name.", examples=["mistral-small"])
    url: HttpUrl | None = Field(
        default=None,
        description="The OpenAI-compatible server; what was said of you is sent there. Default:"
        " `http://127.0.0.1:11434/v1`.",
        examples=["http://127.0.0.1:11434/v1"],
    )
    api_key: SecretStr | None = Field(
        default=None, description="Its key, if it wants one.", examples=["${LLM_API_KEY}"]
    )
    timeout: Annotated[Duration, between("1s", "10m")] = Field(
        default=parse_duration("2m"),
        json_schema_extra={"default": "2m"},
        description="The longest that one digest's summary may take.",
        examples=["2m"],
    )

    @field_validator("api_key")
    @classmethod
    def _is_protected(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        url = info.data.get("url")
        if value is not None and url is not None and not keeps_secret(url):  # promise 15
            raise no("key_in_clear")
        return value


class DigestSection(Section):
    """The periodic digest."""

    schedule: Schedule = Field(
        default="weekly",
        description="When: `daily`, `weekly`, `monthly` (at 8:00; Monday; the 1st), or five cron"
        " fields in `timezone`.",
        examples=["0 8 * * mon"],
    )
    to: tuple[
        Annotated[
            Annotated[EmailAddress, Tag("address")] | Annotated[ReadersSection, Tag("readers")],
            Discriminator(_form),
        ],
        ...,
    ] = Field(
        default=(),
        description="Who gets it by mail: addresses, or mappings for those who want it otherwise,"
        " see docs/schedules.md. Nobody: it is only written to `reports`.",
        examples=[["simon@example.fr"]],
    )
    items: int = Field(
        default=12, ge=1, le=200, description="How many mentions are shown in full.", examples=[12]
    )
    lines: int = Field(
        default=60,
        ge=0,
        le=1000,
        description="How many further ones get a line each; the rest is counted.",
        examples=[60],
    )
    when_empty: bool = Field(
        default=True,
        description="Send it also when there is nothing to tell: silence is told from a fault."
        " With `false`, only a silent source is told.",
        examples=[True],
    )
    summary: SummarySection | None = Field(
        default=None,
        description="Who words the summary. Without it, it is put together here from counts and"
        " quotations.",
    )

    @property
    def addresses(self) -> tuple[str, ...]:
        """Everybody in ``to``, each once."""
        entries = ((one,) if isinstance(one, str) else one.to for one in self.to)
        return tuple(dict.fromkeys(address for entry in entries for address in entry))


class AlertsSection(Section):
    """What is told at once, beside the digest: see docs/alerts.md."""

    negative: Literal["immediate", "digest", "off"] = Field(
        default="immediate",
        description="What to do with a strongly negative mention or a low rating: tell it at once;"
        " leave it to the digest; `off`: neither it nor a surge of them raises an alert.",
        examples=["immediate"],
    )
    low_rating: int = Field(
        default=2,
        ge=0,
        le=4,
        description="A review of so many stars or fewer is told like a negative mention; 0: none.",
        examples=[2],
    )
    spike: bool = Field(
        default=True,
        description="Tell of an unusual volume, against the business's own history.",
        examples=[True],
    )
    surge: bool = Field(
        default=True,
        description="Tell of unusually many negative mentions, likewise.",
        examples=[True],
    )
    reach: bool = Field(
        default=True,
        description="Tell of a mention that unusually many people see or share.",
        examples=[True],
    )
    sources: bool = Field(
        default=True,
        description="Tell of a source silent for a day, and of a token that expires.",
        examples=[True],
    )
    reminder: bool = Field(
        default=True,
        description="Tell once more of a negative mention or low rating that an alert told 48 hours"
        " ago and whose `ecoute status` is still `new`.",
        examples=[True],
    )
    quiet: Quiet = Field(
        default="21h-8h",
        description="Hours without alerts, in `timezone`; what comes then is told after them."
        " `off`: none.",
        examples=["21h-8h"],
    )
    per_day: int = Field(
        default=5,
        ge=1,
        le=100,
        description="The most alerts of one business in a day; what comes after waits for the next"
        " day or the digest.",
        examples=[5],
    )
    to: tuple[EmailAddress, ...] | None = Field(
        default=None,
        description="Who gets them by mail. Default: those of `digest.to`; `[]`: nobody.",
        examples=[["simon@example.fr"]],
    )
    notify: tuple[NotifyAddress, ...] = Field(
        default=(),
        description="Apprise URLs to notify, beside e-mail. They count as secrets. Needs"
        ' `pip install "ecoute[notify]"`.',
        examples=[["ntfy://example-topic"]],
    )


class MailSection(Section):
    """The mail server that takes the digests."""

    host: Text = Field(description="Its name.", examples=["smtp.example.fr"])
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the connection is protected. Certificates are always checked.",
        examples=["starttls"],
    )
    port: int = Field(
        default_factory=lambda read: _PORTS[read.get("security", "starttls")],
        ge=1,
        le=65535,
        description="Its port. Default: 587 with starttls, 465 with tls, 25 with none.",
        examples=[587],
    )
    plain_login: bool = Field(
        default=False,
        description="Allow a login although `security` is `none`: the password can be overheard.",
        examples=[False],
    )
    username: Text | None = Field(
        default=None, description="The account, if it wants a login.", examples=["${SMTP_USER}"]
    )
    password: SecretStr | None = Field(
        default=None, description="Its password.", examples=["${SMTP_PASSWORD}"]
    )
    sender: Sender = Field(
        alias="from",
        description="Who the digests come from.",
        examples=["Écoute <ecoute@example.fr>"],
    )

    @field_validator("username")
    @classmethod
    def _is_protected(cls, value: str | None, info: ValidationInfo) -> str | None:
        bare = info.data.get("security") == "none" and not info.data.get("plain_login")
        if value is not None and bare:  # promise 15
            raise no("plain_login")
        return value

    @field_validator("password")
    @classmethod
    def _has_username(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and info.data.get("username", "") is None:
            raise no("password_alone")
        return value

    @property
    def sender_name(self) -> str:
        """The name in ``from``; may be empty."""
        return split_sender(self.sender)[0]

    @property
    def sender_address(self) -> str:
        """The address in ``from``."""
        return split_sender(self.sender)[1]


class MailboxSection(Section):
    """The mailbox that answers to the digest come to, read over IMAP; see docs/replies.md."""

    host: Text = Field(description="The IMAP server.", examples=["imap.example.fr"])
    security: Literal["tls", "starttls", "none"] = Field(
        default="tls",
        description="How the connection is protected. Certificates are always checked.",
        examples=["tls"],
    )
    port: int = Field(
        default_factory=lambda read: _IMAP_PORTS[read.get("security", "tls")],
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
    username: Text = Field(description="The account.", examples=["${IMAP_USER}"])
    password: SecretStr = Field(
        description="Its password, or an app password.", examples=["${IMAP_PASSWORD}"]
    )
    address: EmailAddress | None = Field(
        default=None,
        description="Where readers write to. Default: the address in `mail.from`.",
        examples=["reponses@example.fr"],
    )
    folder: Text = Field(
        default="INBOX", description="The folder that they arrive in.", examples=["INBOX"]
    )
    mark_seen: bool = Field(
        default=True,
        description="Mark the answers taken in as read. No other mail is touched, none deleted.",
        examples=[True],
    )
    move_to: Text | None = Field(
        default=None,
        description="The folder that answers taken in are moved to. Default: they stay.",
        examples=["Ecoute"],
    )
    every: Annotated[Duration, between("1s", "1d")] = Field(
        default=parse_duration("5m"),
        json_schema_extra={"default": "5m"},
        description="How often the daemon looks.",
        examples=["5m"],
    )

    @field_validator("username")
    @classmethod
    def _is_protected(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("security") == "none" and not info.data.get("plain_login"):
            raise no("plain_login")  # promise 15
        return value


class SentimentSection(Section):
    """How mentions are scored."""

    scorer: str = Field(
        default="ecoute",
        description="The scorer's name: `ecoute` (our model), `neural` (extra of that name),"
        " `textblob`, `llm` (a chat model), `hub` (a Hugging Face classifier), or another that is"
        " installed.",
        examples=["textblob"],
    )
    model: Text | None = Field(
        default=None,
        description="`llm`, `hub`: the model, by the name that the server or the hub knows.",
        examples=["mistral-small"],
    )
    url: HttpUrl | None = Field(
        default=None,
        description="`llm`, `hub`: the server that runs it; texts are sent there, and it may be on"
        " your own network. Default: `http://127.0.0.1:11434/v1` for `llm`; none for `hub`, which"
        " then runs the model itself.",
        examples=["http://127.0.0.1:8080/predict"],
    )
    api_key: SecretStr | None = Field(
        default=None, description="Its key, if it wants one.", examples=["${LLM_API_KEY}"]
    )
    labels: dict[str, Literal["negative", "neutral", "positive"]] = Field(
        default_factory=dict,
        description="`hub`: what the model's labels mean. Default: as their names tell.",
        examples=[{"LABEL_0": "negative"}],
    )
    batch: int = Field(
        default=8, ge=1, le=32, description="`llm`, `hub`: texts a request.", examples=[8]
    )
    timeout: Annotated[Duration, between("1s", "10m")] = Field(
        default=parse_duration("2m"),
        json_schema_extra={"default": "2m"},
        description="`llm`, `hub`: the longest that one request may take.",
        examples=["2m"],
    )
    tokens_per_day: int = Field(
        default=1_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="`llm`: what a day may cost, questions and answers together, counted by each"
        " process for itself from midnight UTC; then the default scorer does the rest.",
        examples=[1_000_000],
    )

    @field_validator("scorer")
    @classmethod
    def _is_known(cls, value: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get("scorers")
        if known is not None and value not in known:
            raise no("scorer", unknown=value, known=sorted(known))
        return value

    @field_validator("api_key")
    @classmethod
    def _is_protected(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        url = info.data.get("url")
        if value is not None and url is not None and not keeps_secret(url):  # promise 15
            raise no("key_in_clear")
        return value

    @model_validator(mode="after")
    def _has_a_model(self) -> Self:
        needs = {"llm": self.model, "hub": self.model or self.url}
        if needs.get(self.scorer, "") is None:
            raise no("scorer_model", scorer=self.scorer)
        return self


class PrivacySection(Section):
    """How long what people wrote is kept, and under which name; see rgpd.md."""

    keep: Annotated[Duration, between("1d", "100y")] = Field(
        default=parse_duration("24 months"),
        json_schema_extra={"default": "24 months"},
        description="Then a mention's text and author are erased; its counts stay. A month is 30"
        " days.",
        examples=["24 months"],
    )
    authors: Literal["named", "pseudonym"] = Field(
        default="named",
        description="How those who wrote a mention are kept: by name, or by a pseudonym"
        " (`anon-…`) made with a key beside the database. Blocks, stories and learning go on. It"
        " cannot be undone for what is stored.",
        examples=["pseudonym"],
    )


class NetworkSection(Section):
    """How the outside is asked."""

    allow_private_hosts: tuple[HostPort, ...] = Field(
        default=(),
        description="`host:port` that sources, mail and notifications may reach although not"
        " public.",
        examples=[["localhost:1025", "[::1]:25"]],
    )
    contact: Contact | None = Field(
        default=None,
        description="A page or an e-mail address where server owners reach you; put in the"
        " User-Agent.",
        examples=["https://example.fr"],
    )
    timeout: Annotated[Duration, between("1s", "10m")] = Field(
        default=parse_duration("30s"),
        json_schema_extra={"default": "30s"},
        description="The longest that one exchange may take, headers and body together.",
        examples=["30s"],
    )
    max_bytes: int = Field(
        default=10_000_000,
        ge=1_000,
        le=200_000_000,
        description="The largest answer that is read, unpacked, in bytes.",
        examples=[10_000_000],
    )


class MonitoringSection(Section):
    """How the daemon tells others that it is well: see docs/running-for-years.md."""

    listen: Listen | None = Field(
        default=None,
        description="`host:port`, or a port of this machine's own address, where the daemon answers"
        " `/healthz` and `/metrics` (Prometheus). `ECOUTE_LISTEN` in the environment wins. Default:"
        " nowhere.",
        examples=["127.0.0.1:9464"],
    )
    ping: Annotated[SecretStr, AfterValidator(web_address)] | None = Field(
        default=None,
        description="The address of a dead-man's switch (healthchecks.io, Uptime Kuma…), asked"
        " while all is well: it tells you when the signs stay away. It counts as a secret.",
        examples=["${PING_URL}"],
    )
    ping_every: Annotated[Duration, between("1s", "1d")] = Field(
        default=parse_duration("5m"),
        json_schema_extra={"default": "5m"},
        description="How often it is asked.",
        examples=["5m"],
    )


class ReceivingSection(Section):
    """Where the daemon takes what is pushed, if a source is a webhook: see docs/webhooks.md."""

    listen: Listen = Field(
        default="127.0.0.1:8751",
        description="`host:port`, or a port of this machine's own address. A proxy with TLS goes"
        " in front.",
        examples=["127.0.0.1:8751"],
    )
    address: HttpUrl | None = Field(
        default=None,
        description="Under which address senders reach it, through that proxy: `ecoute check`"
        " tells it, and its host is answered.",
        examples=["https://hooks.example.fr"],
    )


class Settings(Section):
    """The whole file, sources still as written: `sources.py` reads them by their type."""

    language: Literal["fr", "en"] = Field(
        default="fr", description="Of digests, alerts, pages and messages.", examples=["fr"]
    )
    timezone: TimeZone = Field(
        default="Europe/Paris",
        description="Of the digest's schedule and of the times shown.",
        examples=["Europe/Paris"],
    )
    database: DatabasePath = Field(
        default=Path("mentions.db"),
        description="The SQLite file that keeps the mentions. `postgresql://` addresses are for a"
        " later version.",
        examples=["mentions.db"],
    )
    reports: FolderPath = Field(
        default=Path("reports"),
        description="The folder that digests are written to, one folder a year.",
        examples=["reports"],
    )
    businesses: tuple[BusinessSection, ...] = Field(
        description="The businesses to watch, at least one.", json_schema_extra={"minItems": 1}
    )
    sources: tuple[dict[str, Any], ...] = Field(
        default=(), description="Where to look; each has a `type`, see `sources.md`."
    )
    digest: DigestSection = Field(default_factory=DigestSection, description="The digest.")
    alerts: AlertsSection = Field(default_factory=AlertsSection, description="Alerts.")
    mail: MailSection | None = Field(
        default=None, description="The mail server. None: digests are only written to `reports`."
    )
    mailbox: MailboxSection | None = Field(
        default=None,
        description="The mailbox of answers. None: digests cannot be answered by mail.",
    )
    sentiment: SentimentSection = Field(default_factory=SentimentSection, description="Scoring.")
    privacy: PrivacySection = Field(default_factory=PrivacySection, description="Retention.")
    network: NetworkSection = Field(default_factory=NetworkSection, description="Requests.")
    monitoring: MonitoringSection = Field(
        default_factory=MonitoringSection, description="Health, figures, a sign of life."
    )
    receiving: ReceivingSection = Field(
        default_factory=ReceivingSection, description="Where webhooks are taken in."
    )

    @field_validator("businesses")
    @classmethod
    def _are_some(cls, value: tuple[BusinessSection, ...]) -> tuple[BusinessSection, ...]:
        # Not min_length: pydantic does not count items that have faults of their own.
        if not value:
            raise no("empty_value")
        return value
