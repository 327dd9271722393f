"""From the file's path to ``Config``, or one ``ConfigError`` that holds every fault at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from monitor.config import checks, readers
from monitor.config.document import MAX_BYTES, Document, read_document
from monitor.config.environment import (
    fill,
    is_from_variable,
    is_readable_by_others,
    read_variables,
)
from monitor.config.explain import problems_of
from monitor.config.faults import Loc, Problem, Unreadable, concealed, faults_of
from monitor.config.model import Config, ConfiguredSource
from monitor.config.secrets import is_credential, password_in, path_parts, secret_places
from monitor.config.sections import Settings
from monitor.config.sources import ReadSource, SourceTypes, known_sources, read_sources
from monitor.errors import ConfigError, Fault
from monitor.wording import LANGUAGES, Wording

_OF_VARIABLES = {"unset", "unset_anywhere", "keyring_failed", "bad_variable"}
"""Problems beside which nothing else is told of a value: it is not there yet."""


def load_config(
    path: Path, env: Mapping[str, str], source_types: SourceTypes, scorers: Collection[str]
) -> Config:
    """Read and check a file and all it needs. Raises ConfigError with every fault of it.

    ``env`` is the environment: it gives ``${NAME}``, the language of messages that come before
    the file's own is known, and ``ECOUTE_FLOOR``.
    """
    words = Wording(language_of("", env))
    try:
        text = _read_text(path)
        words = Wording(language_of(text, env))
        document = read_document(text)
    except Unreadable as error:
        raise ConfigError(faults_of([error.problem], words, path.name, {})) from error
    return _Loading(path, env, document, words).config(source_types, scorers)


def language_of(text: str, env: Mapping[str, str]) -> str:
    """Return the language to speak: the file's own, else the environment's, else French.

    >>> language_of("timezone: Europe/Paris", {"LANG": "en_GB.UTF-8"})
    'en'
    """
    written = re.search(r"""^language:\s*["']?([a-z]{2})\b""", text, re.MULTILINE)
    locales = (env.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((value for value in locales if value), "")
    wanted = (written[1] if written else "", locale[:2].lower())
    return next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])


def language_of_file(path: Path, env: Mapping[str, str]) -> str:
    """Return the language to speak about a file, also about one that cannot be read."""
    try:
        return language_of(_read_text(path), env)
    except Unreadable:
        return language_of("", env)


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise Unreadable(Problem(key="no_file")) from error
    except OSError as error:
        detail = {"detail": error.strerror or str(error)}
        raise Unreadable(Problem(key="unreadable", values=detail)) from error
    if len(content) > MAX_BYTES:
        raise Unreadable(Problem(key="too_large", values={"limit": MAX_BYTES // 1000}))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(Problem(key="not_utf8", line=line)) from error


class _Loading:
    """One file on its way; gathers problems, and stops only when all are known."""

    def __init__(
        self, path: Path, env: Mapping[str, str], document: Document, words: Wording
    ) -> None:
        self._path, self._env, self._words = path, env, words
        self._base_dir = path.absolute().parent
        variables = read_variables(self._base_dir, env)
        self._document = fill(document, variables.values)
        self._secrets: dict[Loc, str] = {}
        self._problems = [*variables.problems, *self._document.problems]

    def config(self, source_types: SourceTypes, scorers: Collection[str]) -> Config:
        context = {"base_dir": self._base_dir, "scorers": scorers}
        settings = self._settings(context)
        read, problems = read_sources(self._document, source_types, context)
        self._problems += problems
        sources = self._sources(read, source_types)
        self._secrets = self._all_secrets(source_types)
        self._check_secrets()
        if settings is None or self._problems:
            raise ConfigError(self._faults())
        return self._built(settings, sources)

    def _settings(self, context: dict[str, object]) -> Settings | None:
        try:
            return Settings.model_validate(self._document.tree, context=context)
        except ValidationError as error:
            self._problems += problems_of(error, Settings, self._document)
            return None

    def _sources(
        self, read: list[ReadSource], source_types: SourceTypes
    ) -> tuple[ConfiguredSource, ...]:
        floor, problems = checks.poll_floor(self._env)
        names, same = checks.business_names(self._document)
        unknown = [p for source in read for p in checks.unknown_businesses(source, names)]
        unsaid = [p for source in read for p in checks.about_whom(source, names, source_types)]
        often = [p for source in read for p in checks.too_often(source, floor)]
        by_id, shared = checks.identify(read, self._base_dir, self._document)
        named = checks.businesses(self._document, self._words)
        whom = readers.problems(self._document, names)
        self._problems += [*problems, *same, *named, *unknown, *unsaid, *often, *shared, *whom]
        if unknown:
            return ()
        return tuple(
            ConfiguredSource(
                id=name,
                options=checks.with_known_names(source, names).options,
                line=self._document.lines[source.loc],
            )
            for name, source in by_id.items()
        )

    def _all_secrets(self, source_types: SourceTypes) -> dict[Loc, str]:
        secrets = dict(secret_places(Settings, self._document.tree))
        for loc, item, model in known_sources(self._document, source_types):
            secrets.update(secret_places(model, item, loc))
        return secrets

    def _check_secrets(self) -> None:
        """A file that others can read holds no token or password itself (promise 24)."""
        self._problems += [
            Problem(key="secret_readable", values={"file": self._path.name}, loc=loc)
            for loc, secret in self._exposed()
            if is_credential(secret)
        ]

    def _exposed(self) -> list[tuple[Loc, str]]:
        """Return the secrets that stand in a file that others can read."""
        if not is_readable_by_others(self._path):
            return []
        raw = self._document.raw
        return [held for held in self._secrets.items() if not is_from_variable(raw[held[0]])]

    def _faults(self) -> list[Fault]:
        unset = {p.loc for p in self._problems if p.key in _OF_VARIABLES}
        told = [
            concealed(problem, self._hidden)
            for problem in self._problems
            if problem.loc not in unset or problem.key in _OF_VARIABLES
        ]
        return faults_of(told, self._words, self._path.name, self._document.lines)

    @property
    def _hidden(self) -> dict[str, str]:
        """What no fault may print, and what stands for it."""
        named = {value: f"${{{name}}}" for name, value in self._document.used.items()}
        return {**dict.fromkeys(self._secrets.values(), "…"), **named}

    def _built(self, settings: Settings, sources: tuple[ConfiguredSource, ...]) -> Config:
        return Config(
            path=self._path,
            language=settings.language,
            timezone=settings.timezone,
            database=settings.database,
            reports=settings.reports,
            businesses=tuple(business.to_business() for business in settings.businesses),
            sources=sources,
            digest=settings.digest,
            alerts=settings.alerts,
            mail=settings.mail,
            mailbox=settings.mailbox,
            sentiment=settings.sentiment,
            privacy=settings.privacy,
            network=settings.network,
            monitoring=settings.monitoring,
            receiving=settings.receiving,
            secrets=self._never_logged(),
            notices=tuple(self._notices(settings)),
            readerships=readers.readerships(settings),
            notify_lines=tuple(
                self._document.lines["alerts", "notify", place]
                for place in range(len(settings.alerts.notify))
            ),
        )

    def _never_logged(self) -> tuple[str, ...]:
        in_addresses = (password_in(text) for text in self._document.scalars())
        # An address that is a secret is told by its path, asked of whatever host (`base_url`).
        in_paths = (part for text in self._secrets.values() for part in path_parts(text))
        found = (*self._secrets.values(), *in_addresses, *in_paths)
        return tuple(sorted({text for text in found if text}))

    def _ambiguous(self, settings: Settings) -> Iterator[str]:
        for place, section in enumerate(settings.businesses):
            if checks.ambiguous(section.to_business()):
                line = self._document.lines["businesses", place, "name"]
                values = {"file": self._path.name, "line": line, "name": section.name}
                yield self._words("config.notice_ambiguous", **values)

    def _tells_nobody(self, settings: Settings) -> bool:
        """Tell whether alerts are asked for, and go nowhere."""
        to = settings.digest.to if settings.alerts.to is None else settings.alerts.to
        has_way = (settings.mail is not None and to) or settings.alerts.notify
        return "alerts" in self._document.tree and not has_way

    def _notices(self, settings: Settings) -> list[str]:
        found = {
            "notice_no_sources": not settings.sources,
            "notice_alerts": self._tells_nobody(settings),
            "notice_no_recipient": settings.mail is not None and not settings.digest.to,
            "notice_mailbox_alone": settings.mailbox is not None
            and not (settings.mail and settings.digest.to),
        }
        notices = [self._words(f"config.{key}") for key, holds in found.items() if holds]
        notices += self._ambiguous(settings)
        lines = [self._document.lines[loc] for loc, _ in self._exposed()]
        if lines:
            values = {"file": self._path.name, "line": min(lines)}
            notices.append(self._words("config.notice_private_address", **values))
        return notices
