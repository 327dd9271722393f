"""The share of voice: how often the business was spoken of, beside its competitors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.reporting.cleaning import one_line, shorten
from monitor.reporting.figures import Bar, Part
from monitor.reporting.phrases import Phrases
from monitor.reporting.stats import rank_voices

_NAME_SIGNS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRow:
    """One name, with a bar beside the loudest; ``before`` is the month before, where known."""

    bar: Bar
    before: str | None
    is_own: bool


def write_voices(
    voices: Mapping[str, int], before: Mapping[str, int] | None, business: str, phrases: Phrases
) -> tuple[VoiceRow, ...]:
    """Draw the names, loudest first; none where there is no competitor, or nobody was named."""
    longest = max(voices.values(), default=0)
    if len(voices) == 1 or not longest:
        return ()
    rows = []
    for voice in rank_voices(voices):
        words = phrases.number(voice.mentions)
        if voice.share is not None:
            words = phrases.words(
                "report.with_share", count=words, share=phrases.percent(voice.share)
            )
        width = max(2, voice.mentions * 100 // longest)
        rows.append(
            VoiceRow(
                bar=Bar(
                    label=shorten(one_line(voice.name), _NAME_SIGNS),
                    parts=(Part(tone="plain", width=width),) if voice.mentions else (),
                    words=words,
                    is_last=voice.name == business,
                ),
                before=None if before is None else phrases.number(before.get(voice.name, 0)),
                is_own=voice.name == business,
            )
        )
    return tuple(rows)
