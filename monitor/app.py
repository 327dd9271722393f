"""The composition root: reads the configuration and puts the rooms together for every door.

What only mail and digests need is imported where it is made: `ecoute mentions` waits for no
templates.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from monitor import __version__
from monitor.config.listening import listen_at, split_address, without_own_page
from monitor.config.load import load_config
from monitor.config.model import Config, ConfiguredSource
from monitor.errors import ConfigError, Fault
from monitor.fetching.posting import Poster
from monitor.matching.learning import lesson_of
from monitor.matching.lessons import Lessons
from monitor.matching.matcher import Matcher
from monitor.model import Business, Sentiment, SourceState
from monitor.pipeline import Origin, Pipeline
from monitor.polling import Poller
from monitor.reading import MAX_PAGES, Watched
from monitor.sentiment.base import Scorer, ScorerSettings
from monitor.sentiment.registry import make_scorer, scorers
from monitor.sources.registry import source_types
from monitor.store.sqlite import SqliteStore
from monitor.teaching import Teacher
from monitor.text import fold
from monitor.wording import Wording

if TYPE_CHECKING:
    from monitor.alerting import Alerter
    from monitor.delivery.mail import Mailer
    from monitor.delivery.notify import Notifier
    from monitor.digesting import Digester
    from monitor.fetching.client import Client
    from monitor.operations.ping import Pinger
    from monitor.operations.server import StatusServer
    from monitor.operations.vitals import Vitals
    from monitor.receiving.base import Hook
    from monitor.receiving.listener import Listener
    from monitor.replies.collecting import Collector
    from monitor.replies.mailbox import Mailbox
    from monitor.replies.signing import Signer
    from monitor.summarising import Summariser
    from monitor.usual.seasons import Season


@dataclass(frozen=True)
class App:
    """One configuration, and all that works on it, made when first asked for."""

    config: Config
    env: Mapping[str, str]

    @cached_property
    def words(self) -> Wording:
        """The owner's language."""
        return Wording(self.config.language)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The owner's time zone."""
        return ZoneInfo(self.config.timezone)

    @cached_property
    def store(self) -> SqliteStore:
        """The database, migrated, with the configured sources made known. Raises StoreError."""
        store = SqliteStore.open(self.config.database)
        store.register_sources([self._initial_state(source) for source in self.config.sources])
        store.pseudonymise(store.veil(self._own_names) if self._has_pseudonyms else None)
        return store

    @property
    def _has_pseudonyms(self) -> bool:
        return self.config.privacy.authors == "pseudonym"

    @property
    def _own_names(self) -> frozenset[str]:
        """Names that are the businesses' own: they are no secret, and tell what they wrote."""
        return frozenset(
            fold(name).removeprefix("@")
            for b in self.config.businesses
            for name in (b.name, *b.aliases, *b.competitors)
        )

    @cached_property
    def scorer(self) -> Scorer:
        """The configured scorer. Raises ScorerUnavailable."""
        return self.scorer_called(self.config.sentiment.scorer)

    def scorer_called(self, name: str) -> Scorer:
        """Return another scorer, with the configured settings. Raises ScorerUnavailable."""
        told = self.config.sentiment
        settings = ScorerSettings(
            model=told.model,
            url=str(told.url) if told.url else None,
            api_key=told.api_key.get_secret_value() if told.api_key else None,
            labels={label: Sentiment(meaning) for label, meaning in told.labels.items()},
            batch=told.batch,
            tokens_per_day=told.tokens_per_day,
            post=Poster(user_agent=self._user_agent, timeout=told.timeout, environ=self.env),
        )
        return make_scorer(name, settings)

    @cached_property
    def matcher(self) -> Matcher:
        """Knows every configured business."""
        return Matcher(self.config.businesses)

    @cached_property
    def teacher(self) -> Teacher:
        """What the owners taught."""
        return Teacher(self.store, self.config.businesses, lambda: self.scorer)

    @property
    def lessons(self) -> Lessons:
        """What the owners taught, by their answers alone while there is no database."""
        database = self.config.database
        if database.exists():
            return self.teacher.taught().lessons
        return Lessons({b.name: lesson_of(b.identity) for b in self.config.businesses})

    @cached_property
    def watched(self) -> dict[str, Watched]:
        """The configured sources by id, ready to be polled."""
        return {source.id: self._watch(source) for source in self.config.sources}

    @asynccontextmanager
    async def poller(self) -> AsyncIterator[Poller]:
        """Yield what polls, with its client open."""
        async with self.client() as client:
            yield Poller(
                store=self.store,
                client=client,
                pipeline=self.pipeline,
                watched=self.watched,
                words=self.words,
                taught=self.teacher.taught,
            )

    @cached_property
    def pipeline(self) -> Pipeline:
        """From entries to sightings."""
        return Pipeline(
            matcher=self.matcher,
            scorer=self.scorer,
            businesses=self.config.businesses,
            veil=self.store.veil(self._own_names) if self._has_pseudonyms else None,
        )

    def client(self) -> Client:
        """Return a new HTTP client within the configured limits."""
        from monitor.fetching.client import Client, default_ssl_context  # noqa: PLC0415 - see top

        network = self.config.network
        return Client(
            user_agent=self._user_agent,
            allow_private_hosts=self._allowed,
            timeout=network.timeout,
            max_bytes=network.max_bytes,
            ssl_context=default_ssl_context(self.env),
        )

    @cached_property
    def digester(self) -> Digester:
        """Closes and delivers digests."""
        from monitor.digest_settings import Answering, DigestSettings  # noqa: PLC0415 - see top
        from monitor.digesting import Digester  # noqa: PLC0415 - likewise

        digest, mail = self.config.digest, self.config.mail
        answering, mailbox = None, self.config.mailbox
        if mailbox is not None and mail is not None and self.mailbox is not None:
            answering = Answering(
                address=mailbox.address or mail.sender_address,
                signer=self.signer,
                mailbox=self.mailbox.settings.name,
            )
        return Digester(
            store=self.store,
            businesses=tuple(business.name for business in self.config.businesses),
            settings=DigestSettings(
                language=self.config.language,
                zone=self.zone,
                schedule=digest.schedule,
                recipients=digest.addresses,
                sender=mail.sender if mail else None,
                items=digest.items,
                lines=digest.lines,
                when_empty=digest.when_empty,
                reports=self.config.reports,
                readerships=self.config.readerships,
                seasons=self._seasons,
            ),
            mailer=self.mailer,
            answering=answering,
            summarise=self._summariser,
        )

    @property
    def _summariser(self) -> Summariser | None:
        """Who words digests' summaries; ``None`` where they are put together here."""
        told = self.config.digest.summary
        if told is None:
            return None
        from monitor.summarising import DEFAULT_URL, Summariser  # noqa: PLC0415 - see top

        return Summariser(
            post=Poster(user_agent=self._user_agent, timeout=told.timeout, environ=self.env),
            model=told.model,
            url=str(told.url) if told.url else DEFAULT_URL,
            api_key=told.api_key.get_secret_value() if told.api_key else None,
        )

    @cached_property
    def mailbox(self) -> Mailbox | None:
        """The mailbox of replies; ``None`` where none is configured."""
        told = self.config.mailbox
        if told is None:
            return None
        from monitor.fetching.client import default_ssl_context  # noqa: PLC0415 - see top
        from monitor.replies.mailbox import Mailbox, MailboxSettings  # noqa: PLC0415 - likewise

        return Mailbox(
            MailboxSettings(
                host=told.host,
                port=told.port,
                security=told.security,
                plain_login=told.plain_login,
                username=told.username,
                password=told.password.get_secret_value(),
                folder=told.folder,
                mark_seen=told.mark_seen,
                move_to=told.move_to,
                every=told.every,
            ),
            ssl_context=default_ssl_context(self.env),
            allow_private_hosts=self._allowed,
        )

    @cached_property
    def signer(self) -> Signer:
        """What signs digests, with the key beside the database. Raises ConfigError, StoreError."""
        from monitor.replies.signing import load_signer  # noqa: PLC0415 - see top

        database = self.config.database
        return load_signer(database.with_name(f"{database.name}.reply-key"), self.words)

    @cached_property
    def collector(self) -> Collector | None:
        """Takes readers' replies in; ``None`` where no mailbox is configured."""
        if self.mailbox is None:
            return None
        from monitor.replies.collecting import Collector  # noqa: PLC0415 - see top

        return Collector(
            store=self.store, mailbox=self.mailbox, signer=self.signer, teach=self.teacher.apply
        )

    @cached_property
    def alerter(self) -> Alerter:
        """Raises and delivers alerts. Raises ConfigError for a channel that is not understood."""
        from monitor.alerting import Alerter, AlertSettings, Watch  # noqa: PLC0415 - see top
        from monitor.quiet import parse_quiet  # noqa: PLC0415 - likewise
        from monitor.reporting.alert_facts import AlertRules  # noqa: PLC0415 - likewise

        told, mail = self.config.alerts, self.config.mail
        return Alerter(
            store=self.store,
            watched=tuple(
                Watch(business=name, seasons=seasons) for name, seasons in self._seasons.items()
            ),
            settings=AlertSettings(
                language=self.config.language,
                zone=self.zone,
                rules=AlertRules(
                    negative=told.negative == "immediate",
                    low_rating=told.low_rating,
                    spike=told.spike,
                    surge=told.surge and told.negative != "off",
                    reach=told.reach,
                    sources=told.sources,
                    reminder=told.reminder,
                ),
                recipients=self.config.digest.addresses if told.to is None else told.to,
                readers={}
                if told.to is not None
                else {name: whom.addresses for name, whom in self.config.readerships.items()},
                sender=mail.sender if mail else None,
                quiet=parse_quiet(told.quiet),
                per_day=told.per_day,
            ),
            mailer=self.mailer,
            notifier=self.notifier,
        )

    @cached_property
    def _seasons(self) -> dict[str, tuple[Season, ...]]:
        """The busy days of each business's trade."""
        from monitor.lexicon import trade_of  # noqa: PLC0415 - see top
        from monitor.usual.seasons import seasons_of  # noqa: PLC0415 - likewise

        found = {}
        for business in self.config.businesses:
            told = [business.trade] if business.trade else [business.name, *business.context]
            trade = trade_of(told)
            found[business.name] = seasons_of(trade.label if trade else None)
        return found

    @cached_property
    def notifier(self) -> Notifier | None:
        """What notifies beside mail; ``None`` where nothing is. Raises ConfigError."""
        urls = [url.get_secret_value().strip() for url in self.config.alerts.notify]
        if not urls:
            return None
        from monitor.delivery.notify import Notifier, NotifyUnavailable  # noqa: PLC0415 - see top

        try:
            return Notifier(urls, allow_private_hosts=self._allowed, words=self.words)
        except NotifyUnavailable as error:
            line, path = self.config.notify_lines[error.place], f"alerts.notify[{error.place}]"
            message = self.words("config.notify_unknown")
            fault = Fault(self.config.path.name, line, path, message)
            raise ConfigError([fault]) from None

    @cached_property
    def mailer(self) -> Mailer | None:
        """The mail server; ``None`` where none is configured."""
        mail = self.config.mail
        if mail is None:
            return None
        from monitor.delivery.mail import Mailer, MailSettings  # noqa: PLC0415 - see top
        from monitor.fetching.client import default_ssl_context  # noqa: PLC0415 - see top

        return Mailer(
            MailSettings(
                host=mail.host,
                port=mail.port,
                security=mail.security,
                username=mail.username,
                password=mail.password.get_secret_value() if mail.password else None,
                plain_login=mail.plain_login,
            ),
            ssl_context=default_ssl_context(self.env),
            allow_private_hosts=self._allowed,
        )

    def status_server(self, vitals: Vitals) -> StatusServer | None:
        """Return what answers ``/healthz`` and ``/metrics``; ``None`` where none is wanted.

        Raises ConfigError when ``ECOUTE_LISTEN`` cannot be read.
        """
        from monitor.operations.figures import Figures  # noqa: PLC0415 - see top
        from monitor.operations.server import StatusServer  # noqa: PLC0415 - likewise

        try:
            listen = listen_at(self.config.monitoring, self.env)
        except ValueError as error:
            message = self.words("config.host_port", value=str(error))
            raise ConfigError([Fault("ECOUTE_LISTEN", None, "", message)]) from None
        if listen is None:
            return None
        figures = Figures(
            vitals=vitals,
            store=self.store,
            businesses=tuple(business.name for business in self.config.businesses),
            database=self.config.database,
        )
        host, port = listen
        return StatusServer(host=host, port=port, vitals=vitals, figures=figures)

    @property
    def receives_at(self) -> tuple[str, int]:
        """Host and port where what is pushed is taken in, while the daemon runs."""
        return split_address(self.config.receiving.listen)

    @cached_property
    def receiver(self) -> Listener | None:
        """Takes in what is pushed; ``None`` where no source is a webhook."""
        hooks = {hook.id: hook for hook in map(self._hook, self.config.sources) if hook}
        if not hooks:
            return None
        from monitor.receiving.door import Door  # noqa: PLC0415 - see top
        from monitor.receiving.intake import Intake  # noqa: PLC0415 - likewise
        from monitor.receiving.listener import Listener  # noqa: PLC0415 - likewise

        every = {s.id: s.options.every for s in self.config.sources if s.id in hooks}
        public = self.config.receiving.address
        host, port = self.receives_at
        intake = Intake(
            store=self.store,
            pipeline=self.pipeline,
            taught=self.teacher.taught,
            every={name: wait for name, wait in every.items() if wait},
        )
        door = Door(
            hooks=hooks,
            intake=intake,
            words=self.words,
            listening=host,
            known_as=frozenset([public.host.lower()] if public and public.host else []),
        )
        return Listener(host=host, port=port, door=door)

    def _hook(self, source: ConfiguredSource) -> Hook | None:
        """Return who may push to a source; ``None``: nobody, it is polled."""
        from monitor.sources.webhook import WebhookOptions  # noqa: PLC0415 - see top

        told = source.options
        if not isinstance(told, WebhookOptions):
            return None
        from monitor.receiving.base import Hook  # noqa: PLC0415 - likewise

        return Hook(
            id=source.id,
            form=told.form,
            secret=told.secret.get_secret_value(),
            verify_token=told.verify_token.get_secret_value() if told.verify_token else None,
            origin=self.watched[source.id].origin,
        )

    @cached_property
    def pinger(self) -> Pinger | None:
        """Gives signs of life to a dead-man's switch; ``None`` where none is configured."""
        told = self.config.monitoring
        if told.ping is None:
            return None
        from monitor.operations.ping import Pinger  # noqa: PLC0415 - see top

        return Pinger(url=told.ping.get_secret_value(), every=told.ping_every, client=self.client)

    @property
    def _user_agent(self) -> str:
        contact = self.config.network.contact
        return f"Ecoute/{__version__}" + (f" (+{contact})" if contact else "")

    @property
    def _allowed(self) -> frozenset[str]:
        told = self.config
        allowed = without_own_page(told.network.allow_private_hosts, told.monitoring, self.env)
        ours = f":{self.receives_at[1]}"
        takes_pushes = any(not watched.source.is_polled for watched in self.watched.values())
        return frozenset(one for one in allowed if not (takes_pushes and one.endswith(ours)))

    def businesses_of(self, source: ConfiguredSource) -> tuple[Business, ...]:
        """Return the businesses that a source is read for."""
        names = source.options.businesses
        return tuple(b for b in self.config.businesses if names is None or b.name in names)

    def _watch(self, source: ConfiguredSource) -> Watched:
        kind = source_types()[source.options.type]
        businesses = self.businesses_of(source)
        made = kind(source.options, businesses)
        return Watched(
            id=source.id,
            source=made,
            origin=Origin(
                source_id=source.id,
                platform=kind.platform,
                businesses=frozenset(business.name for business in businesses),
                about=made.subject,
            ),
            every=source.options.every or kind.every,
            max_pages=getattr(source.options, "max_pages", MAX_PAGES),
        )

    def _initial_state(self, source: ConfiguredSource) -> SourceState:
        watched = self.watched[source.id]
        return SourceState(
            id=source.id,
            type=source.options.type,
            address=watched.source.address,
            businesses=tuple(business.name for business in self.businesses_of(source)),
            options_hash=self._options_hash(source),
        )

    def _options_hash(self, source: ConfiguredSource) -> str:
        """Return a digest of all that decides what a poll finds; secrets enter only hashed."""
        options = source.options.model_dump(exclude={"every", "id"})
        businesses = [repr(business) for business in self.businesses_of(source)]
        text = json.dumps([options, businesses], default=_revealed, sort_keys=True)
        return sha256(text.encode()).hexdigest()[:16]


def _revealed(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def load_app(file: Path, env: Mapping[str, str]) -> App:
    """Read a configuration. Raises ConfigError with every fault."""
    return App(load_config(file, env, source_types(), tuple(scorers())), env)
