"""A draft from its templates: ``drafts.toml`` of the wording, by channel, tone and theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from monitor.drafts.channels import Channel, channel_of
from monitor.drafts.checks import flaws_of
from monitor.model import Mention, Sentiment
from monitor.sentiment.theme_words import THEMES
from monitor.text import fold
from monitor.wording import LANGUAGES, Wording

TONES = (Sentiment.POSITIVE, Sentiment.NEGATIVE)
"""What is answered: thanks for praise, an answer to criticism."""
_MOST_THEMES = 2
_VARIANTS = 2
_HIDDEN = "\ufffc"
"""Stands for the business's name while a draft is checked: it may be any word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reply to reread and copy; ``themes`` are those it speaks of, ``text`` has several lines."""

    channel: Channel
    tone: Sentiment
    language: str
    themes: tuple[str, ...]
    text: str


def write_draft(
    mention: Mention,
    tone: Sentiment,
    *,
    language: str,
    channel: Channel | None = None,
) -> Draft | None:
    """Draft a reply to a mention; ``None`` where no template is safe, or the tone has none.

    The draft speaks of what the mention praises or criticises, where that is known. It takes
    nothing else from the mention, and passes ``checks.py``, or a plainer one does.
    """
    if tone not in TONES:
        return None
    where = channel or channel_of(mention)
    themes = _themes(mention, tone)
    for chosen in dict.fromkeys([themes, themes[:1], ()]):
        parts = _Parts(where, tone, chosen, Wording(language), _variant(mention.id))
        if not flaws_of(parts.text(_HIDDEN), mention.author):
            text = parts.text(" ".join(mention.business.split()))
            return Draft(channel=where, tone=tone, language=language, themes=chosen, text=text)
    return None


def language_of(mention: Mention, usual: str) -> str:
    """Return the language to answer in: the author's, where there are templates in it."""
    return mention.language if mention.language in LANGUAGES else usual


@dataclass(frozen=True, slots=True)
class _Parts:
    channel: Channel
    tone: Sentiment
    themes: tuple[str, ...]
    words: Wording
    variant: int

    def text(self, business: str) -> str:
        opening = self._word(f"open_{self.tone}_{self.channel}_{self.variant}", business)
        closing = self._word(f"close_{self.tone}_{self.channel}", business)
        salute = self._word(f"salute_{self.channel}", business)
        said = [self._word(key, business) for key in self._sayings()]
        if self.channel is Channel.POST:  # short, and signed by the account itself
            return " ".join([salute, _lowered(opening, self.words.language), *said, closing])
        signed = self._word(f"sign_{self.channel}", business)
        if self.channel is Channel.REVIEW:
            return "\n\n".join([salute, " ".join([opening, *said]), f"{closing}\n{signed}"])
        return "\n\n".join([salute, " ".join([opening, *said]), closing, signed])

    def _sayings(self) -> Sequence[str]:
        kind = "press" if self.channel is Channel.PRESS else "said"
        return [f"{kind}_{self.tone}_{fold(theme)}" for theme in self.themes or ("none",)]

    def _word(self, key: str, business: str) -> str:
        return self.words(f"drafts.{key}", business=business)


def _lowered(sentence: str, language: str) -> str:
    """Go on after the comma of the salute, as French does; English keeps its capital."""
    return sentence[0].lower() + sentence[1:] if language == "fr" else sentence


def _themes(mention: Mention, tone: Sentiment) -> tuple[str, ...]:
    of_tone = [theme for theme in THEMES if mention.themes.get(theme) == tone]
    return tuple(of_tone[:_MOST_THEMES])


def _variant(mention_id: str) -> int:
    return sha256(mention_id.encode()).digest()[0] % _VARIANTS + 1
