"""Logging, set up once: structlog and the libraries' own records through one chain, to stderr.

No line holds a secret that is known or looks like one, nor a control character of a feed. A trace
is one short field, and whole only at debug level: what a user sees has no Traceback.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
import unicodedata
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import TypeAlias, cast
from urllib.parse import quote, quote_plus

import structlog
from structlog.typing import EventDict, Processor

HIDDEN = "••••"

_SHORTEST_SECRET = 4
"""Below this a "secret" stands in ordinary words, and hiding it would tell where."""

_FRAMES = 6
"""Innermost calls named in a short trace."""

_LOOKS_SECRET = re.compile(
    r"""
    (?P<user>(?<=://)[^\s/?\#@"']+(?=@))               # https://user:password@host
    | (?P<query>(?<=[?&;])[\w.-]*                      # ?access_token=…
        (?:token|key|secret|passw(?:or)?d|pwd|signature|sig|auth|credential|session|jwt)
        [\w.-]*=)[^&;\#\s"'<>]+
    | (?P<scheme>\b(?:Bearer|Basic)[ ])[\w.~+/=-]{4,}  # Authorization: Bearer …
    """,
    re.VERBOSE | re.IGNORECASE,
)

Redact: TypeAlias = Callable[[str], str]
_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logging(
    level: int | str, *, json: bool = False, colours: bool = False, secrets: Collection[str] = ()
) -> None:
    """Send every log line of ``level`` and above to stderr, as text or one JSON object a line.

    ``secrets`` are never written. May be called again: the last call holds.
    """
    root = logging.getLogger()
    root.setLevel(level)
    chain: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = _StderrHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*chain[:3], structlog.stdlib.ExtraAdder(), chain[3]],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _TellException(whole=root.level <= logging.DEBUG),
                _MakeSafe(make_redact(secrets)),
                _renderer(json=json, colours=colours),
            ],
        )
    )
    root.handlers[:] = [handler]
    _quiet_libraries(root.level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *chain,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def make_redact(secrets: Collection[str]) -> Redact:
    """Return what hides these secrets, also percent-encoded, and whatever looks like one."""
    known = {s for s in secrets if len(s) >= _SHORTEST_SECRET}
    forms = {form for s in known for form in (s, quote(s, safe=""), quote_plus(s))}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    named = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def redact(text: str) -> str:
        return _LOOKS_SECRET.sub(_hide, named.sub(HIDDEN, text))

    return redact


def _hide(found: re.Match[str]) -> str:
    return (found["query"] or found["scheme"] or "") + HIDDEN


def escape_controls(text: str, *, keep: str = "") -> str:
    r"""Write control characters, bidi marks and unpaired surrogates so that a terminal is safe.

    >>> escape_controls("a\x1b[31mb\u202e")
    'a\\x1b[31mb\\u202e'
    """
    if text.isprintable():
        return text
    return "".join(c if c in keep or _is_harmless(c) else _escaped(c) for c in text)


def _is_harmless(character: str) -> bool:
    # Spaces of any kind and joiners (emoji) move no cursor and hide nothing.
    return character.isprintable() or character in "\u200c\u200d\u00ad" or _is_space(character)


def _is_space(character: str) -> bool:
    return unicodedata.category(character) == "Zs"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class _MakeSafe:
    """Hides secrets and escapes controls in every name and value of an event."""

    def __init__(self, redact: Redact) -> None:
        self._redact = redact

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        return {self._clean(key): self._make_safe(value, key) for key, value in event.items()}

    def _make_safe(self, value: object, key: str = "") -> object:
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self._clean(value, keep="\n" if key == "exception" else "")
            case Mapping():
                return {self._clean(str(k)): self._make_safe(v) for k, v in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._make_safe(member) for member in value]
            case _:
                return self._clean(str(value))

    def _clean(self, text: str, keep: str = "") -> str:
        return escape_controls(self._redact(text), keep=keep)


class _TellException:
    """Turns the exception of an event into text: one line, or the whole trace."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        info = _exc_info(event.pop("exc_info", None))
        event.pop("stack_info", None)
        if info is not None:
            event["trace"] = short_trace(info[1])
            if self._whole:
                event["exception"] = "".join(traceback.format_exception(*info)).rstrip()
        return event


def _exc_info(given: object) -> _ExcInfo | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    info = given if isinstance(given, tuple) else sys.exc_info() if given else None
    return cast("_ExcInfo", info) if info and info[1] is not None else None


def short_trace(error: BaseException) -> str:
    """Say an exception and the innermost calls that led to it, in one line."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    calls = (f"{_last_parts(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__}: {error} at {' < '.join(reversed(list(calls)))}"


def _last_parts(path: str) -> str:
    return "/".join(path.replace("\\", "/").rsplit("/", 2)[-2:])


class _StderrHandler(logging.Handler):
    """Writes to whatever stderr is now; one that is closed or broken loses the line, no more."""

    def emit(self, record: logging.LogRecord) -> None:
        stream = sys.stderr
        try:
            line = self.format(record)
        except (TypeError, ValueError, KeyError):  # a library's record with a wrong format
            line = f"unreadable log record of {record.name}, line {record.lineno}"
        if stream is None:  # closed before Python began
            return
        try:
            stream.write(line + "\n")
            stream.flush()
        except (OSError, ValueError):
            return


def _renderer(*, json: bool, colours: bool) -> Processor:
    if json:
        return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    return structlog.dev.ConsoleRenderer(
        colors=colours, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
    )


def _quiet_libraries(level: int) -> None:
    """Let libraries speak of trouble only; at debug level httpx tells its requests too.

    httpcore stays quiet: at debug level it writes the headers, tokens included.
    """
    for name in ("httpx", "apscheduler"):
        calm = logging.INFO if level <= logging.DEBUG else logging.WARNING
        logging.getLogger(name).setLevel(max(level, calm))
    for name in ("httpcore", "hpack", "asyncio"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(capture=True)
