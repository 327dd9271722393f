"""Where a reply would stand: what is polite, and how long it may be, differ."""

from __future__ import annotations

from enum import StrEnum

from monitor.model import Kind, Mention


class Channel(StrEnum):
    """Below a review, below a post, to a newsroom, in a forum."""

    REVIEW = "review"
    POST = "post"
    PRESS = "press"
    FORUM = "forum"


_FORUMS = frozenset({"discourse", "reddit", "lemmy", "stack_exchange", "hacker_news"})
_OF_KIND = {
    Kind.REVIEW: Channel.REVIEW,
    Kind.ARTICLE: Channel.PRESS,
    Kind.AUDIO: Channel.PRESS,
    Kind.DOCUMENT: Channel.PRESS,
    Kind.PAGE: Channel.PRESS,
}


def channel_of(mention: Mention) -> Channel:
    """Return where a mention is answered."""
    if mention.platform in _FORUMS:
        return Channel.FORUM
    return _OF_KIND.get(mention.kind, Channel.POST)
