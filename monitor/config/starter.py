"""The first ``sources.yaml`` of a new owner: commented, with every source that needs no account."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import Enum
from textwrap import indent

from pydantic import HttpUrl, TypeAdapter, ValidationError

from monitor.config.fields import EmailAddress
from monitor.model import Identity
from monitor.text import clean
from monitor.wording import Wording

_INSTANCES = ("https://mastodon.social", "https://piaille.fr", "https://mamot.fr")
_OPEN = ("bing_news", "dailymotion", "peertube", "reddit")
_RARELY = (
    "- type: gdelt\n",
    "- type: lemmy\n  instance: https://jlai.lu\n",
    "- type: podcasts\n",
    "- type: wikipedia\n",
    "- type: hacker_news\n",
    "- type: stack_exchange\n",
)
_EXAMPLE_FEED = "- type: feed\n  url: https://www.example.fr/\n"
_EXAMPLE_ALERT = "- type: google_alerts\n  url: https://www.google.fr/alerts/feeds/…\n"


class AnswerKind(Enum):
    """The answers that can be wrong in themselves."""

    EMAIL = TypeAdapter(EmailAddress)
    WEBSITE = TypeAdapter(HttpUrl)


def problem_of(kind: AnswerKind, answer: str, words: Wording) -> str | None:
    """Return what is wrong with an answer and what to write, ``None`` when nothing is."""
    written = _with_scheme(answer) if kind is AnswerKind.WEBSITE else answer
    adapter: TypeAdapter[object] = kind.value
    try:
        adapter.validate_python(" ".join(written.split()))
    except ValidationError:
        key = "url" if kind is AnswerKind.WEBSITE else "email"
        return words(f"config.{key}", value=answer)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a new owner said of the business; ``None`` where the question was passed over."""

    name: str
    town: str | None = None
    trade: str | None = None
    email: str | None = None
    website: str | None = None
    aliases: tuple[str, ...] = ()
    identity: Identity = field(default_factory=Identity)


def starter_yaml(answers: Answers, language: str) -> str:
    """Write the file, with comments in ``language``; any name comes back as it was given.

    An e-mail address or website that is none makes a file that does not load, at its line.
    """
    words = Wording(language)
    parts = [
        _comment(words("init.head", name=_one_line(answers.name))),
        _settings(words),
        "businesses:\n" + indent(_business(answers, words), "  "),
        _comment(words("init.sources")) + "sources:\n" + indent(_sources(words), "  "),
        _comment(words("init.digest")) + _digest(answers),
        _comment(words("init.mail")) + _comment(_mail(answers)),
    ]
    return "\n".join(parts)


def _settings(words: Wording) -> str:
    language = f"language: {words.language}  # {words('init.language')}"
    return f"{language}\ntimezone: Europe/Paris\ndatabase: mentions.db\nreports: reports\n"


def _business(answers: Answers, words: Wording) -> str:
    context = [part for part in (answers.trade, answers.town) if part]
    lines = [
        f"name: {_quoted(answers.name)}\n",
        _comment(words("init.aliases")) + f"aliases: {_list(answers.aliases)}\n",
        _comment(words("init.context")) + f"context: {_list(context)}\n",
        _comment(words("init.exclude")) + "exclude: []\n",
        _comment(words("init.website")) + _website(answers.website),
        *_identity(answers.identity, words),
        _comment(words("init.competitors")) + "competitors: []\n",
    ]
    return "- " + indent("".join(lines), "  ")[2:]


def _identity(identity: Identity, words: Wording) -> list[str]:
    answered = {k: v for k, v in asdict(identity).items() if v is not None}
    if not answered:
        return []
    lines = "".join(f"{key}: {'true' if yes else 'false'}\n" for key, yes in answered.items())
    return [_comment(words("init.identity")) + "identity:\n" + indent(lines, "  ")]


def _website(website: str | None) -> str:
    if not website:
        return _comment("website: https://www.example.fr")
    return f"website: {_quoted(_with_scheme(website))}\n"


def _with_scheme(website: str) -> str:
    return website if "://" in website else f"https://{website}"


def _sources(words: Wording) -> str:
    instances = "".join(f"- type: mastodon\n  instance: {instance}\n" for instance in _INSTANCES)
    parts = [
        _comment(words("init.google_news")) + "- type: google_news\n",
        _comment(words("init.mastodon")) + instances,
        _comment(words("init.others")) + "".join(f"- type: {name}\n" for name in _OPEN),
        _comment(words("init.rarely")) + _comment("".join(_RARELY)),
        _comment(words("init.feed")) + _comment(_EXAMPLE_FEED),
        _comment(words("init.google_alerts")) + _comment(_EXAMPLE_ALERT),
    ]
    return "\n".join(parts)


def _digest(answers: Answers) -> str:
    to = f"to: {_list([answers.email])}\n" if answers.email else _comment("to: [vous@example.fr]")
    return 'digest:\n  schedule: "0 8 * * mon"\n' + indent(to, "  ")


def _mail(answers: Answers) -> str:
    account = _quoted(answers.email or "vous@example.fr")
    return (
        "mail:\n"
        "  host: smtp.example.fr\n"
        "  security: starttls\n"
        f"  username: {account}\n"
        "  password: ${SMTP_PASSWORD}\n"
        f"  from: {account}\n"
    )


def _comment(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in " ".join(clean(text).split()))


def _list(texts: Sequence[str] | Iterable[str]) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"


def _quoted(text: str) -> str:
    r"""Write a YAML double-quoted scalar: JSON's, with all that YAML does not print escaped.

    >>> print(_quoted('Chez "Léa" : 5 $'))
    "Chez \"Léa\" : 5 $$"
    """
    one_line = " ".join(clean(text).split()).replace("$", "$$")  # `$` begins a variable
    signs = json.dumps(one_line, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08X}" for sign in signs)
