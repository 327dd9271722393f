"""One story told once: which of its mentions is shown, who told it first, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Mention, Sentiment, Story
from monitor.reporting.cleaning import shorten
from monitor.reporting.extracts import title_and_rest
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import others_of, place_of
from monitor.reporting.stats import is_dismissed, verdict

_TITLE_SIGNS = 80
_FOLLOW_UPS = 3
"""What came of a story is named up to here, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTold:
    """How one group of a story's mentions is shown.

    ``mention`` stands for it; ``is_follow_up``: it continues what was told before. ``first`` names
    what the reader was told earlier, or who published first; ``others`` the outlets that told the
    same; ``follow_ups`` what continues it, a line each.
    """

    mention: Mention
    is_follow_up: bool
    first: str | None
    others: str | None
    follow_ups: tuple[str, ...]


def tell_story(group: Sequence[Mention], story: Story | None, phrases: Phrases) -> StoryTold:
    """Decide how mentions of one story are shown that stand together in a digest.

    The first published that is more than a headline stands for them; where an earlier digest told
    the story, the newest follow-up; but a negative one before all others. ``story`` is all of it,
    ``None`` where it is not known.
    """
    follow_ups = story.follow_ups if story else frozenset()
    earlier = _told_before(group, story)
    oldest_first = sorted(group, key=_published)
    continuing = [mention for mention in oldest_first if mention.id in follow_ups]
    telling = [mention for mention in oldest_first if mention.id not in follow_ups]
    negative = [mention for mention in oldest_first if verdict(mention) is Sentiment.NEGATIVE]
    if continuing and (earlier or not telling):
        shown = _best(continuing[::-1], negative)
    else:
        shown = _best(telling, negative)
    is_follow_up = shown.id in follow_ups
    alike = [mention for mention in (continuing if is_follow_up else telling) if mention != shown]
    then = [m for m in reversed(continuing) if m not in alike and m != shown][:_FOLLOW_UPS]
    return StoryTold(
        mention=shown,
        is_follow_up=is_follow_up,
        first=_first(shown, story, phrases, was_told=bool(earlier), is_follow_up=is_follow_up),
        others=others_of([shown, *alike], phrases),
        follow_ups=tuple(_named("story_then", mention, phrases) for mention in then),
    )


def _best(candidates: Sequence[Mention], negative: Sequence[Mention]) -> Mention:
    """Return the first that is negative, where any of the group is; else the first with a text."""
    if negative:
        return next((one for one in candidates if one in negative), negative[0])
    return next((one for one in candidates if one.text), candidates[0])


def _told_before(group: Sequence[Mention], story: Story | None) -> list[Mention]:
    """Return the story's mentions that an earlier digest holds."""
    here = {mention.digest_id for mention in group}
    since = min(mention.found_at for mention in group)
    return [
        mention
        for mention in (story.mentions if story else ())
        if mention.digest_id not in {None, *here} and mention.found_at <= since
    ]


def _first(
    shown: Mention, story: Story | None, phrases: Phrases, *, was_told: bool, is_follow_up: bool
) -> str | None:
    """Name the mention that was published first, unless it is the one that is shown."""
    known = [m for m in (story.mentions if story else ()) if not is_dismissed(m)]
    first = min(known, key=_published, default=shown)
    if first.id == shown.id:
        return None
    key = "story_since" if is_follow_up else "story_again" if was_told else "story_first"
    return _named(key, first, phrases)


def _named(key: str, mention: Mention, phrases: Phrases) -> str:
    title, _ = title_and_rest(mention)
    return phrases.words(
        f"digest.{key}",
        title=shorten(title or phrases.words("digest.untitled"), _TITLE_SIGNS),
        place=place_of(mention, phrases),
        date=phrases.day(phrases.local_day(mention.published_at), year=False),
    )


def _published(mention: Mention) -> tuple[float, str]:
    return (mention.published_at.timestamp(), mention.id)
