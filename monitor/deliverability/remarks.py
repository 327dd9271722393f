"""What is found about a sender's domain: a code, how grave it is, what a sentence needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Gravity(StrEnum):
    """``PROBLEM`` costs mails, ``ADVICE`` may, ``GOOD`` is as it should be."""

    GOOD = "good"
    ADVICE = "advice"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to say; its sentence is ``deliverability.<code>``, filled with ``values``.

    ``about`` is the domain or host it is said of.
    """

    code: str
    gravity: Gravity
    about: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def topic(self) -> str:
        """What it is about: ``spf``, ``dkim``, ``dmarc``, ``sender``, ``replies``…, in one word."""
        return self.code.partition("_")[0]


def good(code: str, about: str, **values: object) -> Remark:
    """Say that something is as it should be."""
    return Remark(code=code, gravity=Gravity.GOOD, about=about, values=values)


def advice(code: str, about: str, **values: object) -> Remark:
    """Say what would be better."""
    return Remark(code=code, gravity=Gravity.ADVICE, about=about, values=values)


def problem(code: str, about: str, **values: object) -> Remark:
    """Say what must change."""
    return Remark(code=code, gravity=Gravity.PROBLEM, about=about, values=values)
