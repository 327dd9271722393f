"""The rules by which a notice is known and read: ours in ``rules.toml``, a user's before them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from monitor.model import Kind
from monitor.notices.patterns import Folded, read_pattern
from monitor.notices.trust import is_within

_SENDER = re.compile(r"(?:[^\s@<>,;:\"()\[\]\\]{1,64}@)?[a-z0-9](?:[a-z0-9-]*\.)+[a-z0-9-]{2,}")
_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _check_sender(value: str) -> str:
    sender = value.strip().lower()
    if not _SENDER.fullmatch(sender):
        raise PydanticCustomError("notice_sender", "no address and no domain")
    return sender


def _check_pattern(value: str) -> str:
    read_pattern(value)
    return value


def _check_wanting(value: str) -> str:
    if read_pattern(value).wanted is None:
        raise PydanticCustomError("pattern_wanting", "the pattern does not say what is wanted")
    return value


Sender: TypeAlias = Annotated[str, AfterValidator(_check_sender)]
"""An address, or a domain that stands for all of its addresses and those within it."""
Patterns: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_check_pattern)], ...],
    BeforeValidator(_listed),
    WithJsonSchema(_ONE_OR_MORE),
]
Wanting: TypeAlias = Annotated[
    tuple[Annotated[str, AfterValidator(_check_wanting)], ...],
    BeforeValidator(_listed),
    WithJsonSchema(_ONE_OR_MORE),
]
Senders: TypeAlias = Annotated[
    tuple[Sender, ...], BeforeValidator(_listed), WithJsonSchema(_ONE_OR_MORE)
]


class Rule(BaseModel):
    """How the notices of one sender are known, and where in them is what.

    Patterns are those of ``patterns.py``; of several the first that holds counts. They are sought
    a line at a time, but ``text``, which may pass over line ends.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: str = Field(
        min_length=1,
        max_length=80,
        description="What the rule is called in `only` and in the log.",
        examples=["avis_exemple"],
    )
    senders: Senders = Field(
        alias="from",
        min_length=1,
        description="Who sends these notices: addresses or domains.",
        examples=[["avis.example.fr"]],
    )
    subject: Patterns = Field(
        default=(),
        description="What the subject holds. Default: anything.",
        examples=[["nouvel avis", "new review"]],
    )
    gives: Literal["links", "one", "nothing"] = Field(
        default="one",
        description="`links`: a mention a link (alerts); `one`: the notice is one mention, or one a"
        " part that `starts` tells; `nothing`: never stored.",
        examples=["one"],
    )
    kind: Kind = Field(
        default=Kind.REVIEW, description="What a mention of it is.", examples=["review"]
    )
    outlet: str | None = Field(
        default=None,
        max_length=100,
        description="The platform, as shown.",
        examples=["Avis Exemple"],
    )
    links: Patterns = Field(
        default=(),
        description="Addresses that lead to a mention, as written or as unwrapped.",
        examples=[["example.fr/avis/"]],
    )
    skip: Patterns = Field(
        default=(),
        description="Addresses and texts of links that do not, beside unsubscribing and the like.",
        examples=[["/mon-compte"]],
    )
    starts: Patterns = Field(
        default=(),
        description="How each review's first line begins, where a notice holds several.",
        examples=[["Avis de {}"]],
    )
    ends: Patterns = Field(
        default=(),
        description="How the line begins from which on nothing counts.",
        examples=[["Répondre à cet avis*"]],
    )
    noise: Patterns = Field(
        default=(), description="Whole lines that are no text.", examples=[["Bonjour *"]]
    )
    title: Wanting = Field(
        default=(), description="Where the title stands.", examples=["Titre : {}"]
    )
    author: Wanting = Field(
        default=(), description="Where the author stands.", examples=["{} a laissé un avis"]
    )
    rating: Wanting = Field(
        default=(),
        description="Where the rating stands. Default: the first line that states one.",
        examples=["Note : {}"],
    )
    out_of: Literal[5, 10, 20, 100] = Field(
        default=5,
        description="The best rating, where a bare number stands for one.",
        examples=[10],
    )
    text: Wanting = Field(
        default=(),
        description="Where the text stands. Default: what is quoted, or all that is left.",
        examples=["Commentaire : {} Répondre"],
    )
    query: Wanting = Field(
        default=(),
        description="Where in the subject stands what an alert was set for.",
        examples=["Alerte : {}"],
    )
    names_medium: bool = Field(
        default=False,
        description="The line below a link's title names the medium.",
        examples=[False],
    )

    def is_from(self, sender: str) -> str | None:
        """Return by which of its senders a mail is one of it; ``None``: it is not."""
        return sent_by(sender, self.senders)

    def fits(self, subject: str) -> bool:
        """Tell whether a subject is one of its notices'."""
        return not self.subject or holds(self.subject, Folded(subject))


def sent_by(sender: str, senders: Iterable[str]) -> str | None:
    """Return which of some senders an address is, or is within; ``None``: of none."""
    domain = sender.rpartition("@")[2]
    for one in senders:
        if sender == one if "@" in one else is_within(domain, one):
            return one
    return None


def holds(patterns: Sequence[str], text: Folded) -> bool:
    """Tell whether one of some patterns stands in a text."""
    return any(read_pattern(one).holds(text) for one in patterns)


def begins(patterns: Sequence[str], text: Folded) -> bool:
    """Tell whether a text begins with one of some patterns."""
    return any(read_pattern(one).begins(text) for one in patterns)


def is_whole(patterns: Sequence[str], text: Folded) -> bool:
    """Tell whether a text is one of some patterns."""
    return any(read_pattern(one).is_whole(text) for one in patterns)


def find(patterns: Sequence[str], text: Folded) -> str | None:
    """Return the part that one of some patterns wants of a text; ``None``: none holds."""
    found = (read_pattern(one).find(text) for one in patterns)
    return next((part for part in found if part), None)


@cache
def built_in() -> tuple[Rule, ...]:
    """Return the rules that come with Écoute."""
    file = resources.files(__package__).joinpath("rules.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(Rule.model_validate(one) for one in table["rule"])


def rule_for(rules: Iterable[Rule], sender: str, subject: str) -> Rule | None:
    """Return the first rule that knows a mail; ``None``: no rule does."""
    fitting = (rule for rule in rules if rule.is_from(sender) and rule.fits(subject))
    return next(fitting, None)
