"""The summary: three to five sentences on what happened, each tied to the items it rests on.

Extractive: every figure is counted here, every quotation stands in a mention word for word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from monitor.model import Mention, Sentiment, Status
from monitor.reporting.cleaning import one_line, shorten
from monitor.reporting.extracts import title_and_rest
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import place_of
from monitor.reporting.spoken_of import Theme
from monitor.reporting.stats import verdict
from monitor.sentiment.quoting import telling_sentence

_OPENS, _CLOSES = re.compile(r"[«“]\s*"), re.compile(r"\s*[»”]")
_QUOTED_SIGNS = 140
_TITLE_SIGNS = 90
_THEMES = 2

Group = tuple[str, Sequence[Mention]]
_Coded: TypeAlias = "tuple[int | None, Sequence[Mention]]"
"""Mentions of one story, and the code that they are shown under; ``None``: they are only counted.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, and the codes of the items that it rests on."""

    text: str
    codes: tuple[int, ...]


def write_summary(
    business: str,
    groups: Sequence[Group],
    themes: Sequence[Theme],
    phrases: Phrases,
    *,
    shown: int,
) -> tuple[Sentence, ...]:
    """Say what happened; ``groups`` are those of the digest, by section, in the order of codes.

    The first ``shown`` of them can be pointed to and quoted; all are counted.
    """
    by_section: dict[str, list[_Coded]] = {}
    for code, (section, mentions) in enumerate(groups, start=1):
        by_section.setdefault(section, []).append((code if code <= shown else None, mentions))
    teller = _Teller(business, themes, phrases)
    press = by_section.get("press", [])
    found = (
        teller.critics(by_section.get("needs_you", [])),
        teller.praise([*by_section.get("positive", []), *press]),
        teller.press(press),
        teller.most_spoken_of(),
        teller.doubtful([group for found in by_section.values() for group in found]),
    )
    return tuple(sentence for sentence in found if sentence is not None)


class _Teller:
    """Words one sentence a section; ``None`` where there is nothing to say."""

    def __init__(self, business: str, themes: Sequence[Theme], phrases: Phrases) -> None:
        self._business = business
        self._themes = themes
        self._phrases = phrases
        self._quoted: set[int | None] = set()

    def critics(self, groups: Sequence[_Coded]) -> Sentence | None:
        """Tell the negative ones that nobody answered."""
        waiting = [
            (code, [m for m in mentions if m.status is Status.NEW]) for code, mentions in groups
        ]
        return self._toned("critics", Sentiment.NEGATIVE, [(c, m) for c, m in waiting if m])

    def praise(self, groups: Sequence[_Coded]) -> Sentence | None:
        """Tell the good words."""
        return self._toned("praise", Sentiment.POSITIVE, groups)

    def press(self, groups: Sequence[_Coded]) -> Sentence | None:
        """Tell what most of the press wrote about, beside what was quoted as praise."""
        untold = [(code, m) for code, m in groups if code and code not in self._quoted]
        if not untold:
            return None
        _, mentions = max(untold, key=lambda group: (len(group[1]), -group[0]))
        title, _ = title_and_rest(mentions[0])
        if not title:
            return None
        others = len({place_of(m, self._phrases) for m in mentions}) - 1
        retold = self._phrases.counted("summary_retold", others) if others else ""
        text = self._phrases.counted(
            "summary_press",
            len(groups),
            title=shorten(title, _TITLE_SIGNS),
            place=place_of(mentions[0], self._phrases),
            retold=retold,
        )
        return Sentence(text=text, codes=_codes(groups))

    def most_spoken_of(self) -> Sentence | None:
        """Tell the theme that several mentions speak of."""
        theme = self._themes[0] if self._themes else None
        if theme is None or theme.total < _THEMES:
            return None
        text = self._phrases.counted(
            "summary_theme", theme.total, theme=theme.name, tones=theme.words
        )
        return Sentence(text=text, codes=theme.codes)

    def doubtful(self, groups: Sequence[_Coded]) -> Sentence | None:
        """Tell what a person has to look at, that of the press included."""
        doubted = [(code, m) for code, mentions in groups for m in mentions if verdict(m) is None]
        if not doubted:
            return None
        text = self._phrases.counted("summary_doubtful", len(doubted))
        return Sentence(text=text, codes=_codes([(code, [m]) for code, m in doubted]))

    def _toned(self, key: str, tone: Sentiment, groups: Sequence[_Coded]) -> Sentence | None:
        toned = [(code, m) for code, mentions in groups for m in mentions if verdict(m) is tone]
        if not toned:
            return None
        codes = _codes([(code, [m]) for code, m in toned])
        quotes = ((code, m, self._quote(m, tone)) for code, m in toned if code)
        code, mention, quote = next((one for one in quotes if one[2]), (None, toned[0][1], None))
        if quote is None:
            text = self._phrases.counted(f"summary_{key}_unquoted", len(toned))
            return Sentence(text=text, codes=codes)
        self._quoted.add(code)
        newest = max(m.published_at for _, m in toned)
        about = self._about(tone)
        text = self._phrases.counted(
            f"summary_{key}",
            len(toned),
            quote=quote,
            place=place_of(mention, self._phrases),
            about=self._phrases.words("digest.summary_about", themes=about) if about else "",
            which=self._phrases.words(
                f"digest.summary_{'newest' if mention.published_at == newest else 'instance'}"
            ),
        )
        return Sentence(text=text, codes=codes)

    def _about(self, tone: Sentiment) -> str:
        counts = [(getattr(theme, str(tone)), theme.name) for theme in self._themes]
        named = [name for count, name in sorted(counts, key=lambda one: -one[0]) if count > 1]
        return self._phrases.listed(named[:_THEMES]) if named else ""

    def _quote(self, mention: Mention, tone: Sentiment) -> str | None:
        title, rest = title_and_rest(mention)
        text = one_line(mention.text) if mention.text else title
        sentence = telling_sentence(rest or text, tone, self._business)
        return _nested(shorten(sentence, _QUOTED_SIGNS).rstrip(" .")) if sentence else None


def _nested(quote: str) -> str:
    """Return a quotation that may stand within one: its own marks are the inner ones."""
    return _OPENS.sub("‘", _CLOSES.sub("’", quote))


def _codes(groups: Sequence[_Coded]) -> tuple[int, ...]:
    return tuple(sorted({code for code, _ in groups if code}))
