"""The stories of a month: what was told more than once, the most told first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.model import Mention
from monitor.reporting.items import Item, write_item
from monitor.reporting.material import Material
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import others_of
from monitor.reporting.stats import is_relevant

STORIES = 6


def write_stories(material: Material, phrases: Phrases) -> tuple[tuple[Item, ...], int]:
    """Return the stories to show, and how many more there are."""
    groups = group_stories(material.mentions, phrases)
    items = tuple(
        write_item(group, phrases, material.now, material.stories.get(group[0].story))
        for group in groups[:STORIES]
    )
    return items, max(0, len(groups) - STORIES)


def group_stories(mentions: Iterable[Mention], phrases: Phrases) -> list[Sequence[Mention]]:
    """Return the mentions by story, of those that two mentions or two outlets told at least."""
    groups: dict[str, list[Mention]] = {}
    for mention in filter(is_relevant, mentions):
        groups.setdefault(mention.story, []).append(mention)
    retold = [group for group in groups.values() if len(group) > 1 or others_of(group, phrases)]
    return sorted(retold, key=lambda group: (-_times(group), -_newest(group), group[0].story))


def _times(group: Sequence[Mention]) -> int:
    """Return how often a story was told: once a mention, and once more an address of it."""
    return sum(max(1, len({place.url for place in mention.places})) for mention in group)


def _newest(group: Sequence[Mention]) -> float:
    return max(mention.published_at.timestamp() for mention in group)
