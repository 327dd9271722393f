"""``story``: who told the event of a mention, and putting right what was taken for one event."""

from __future__ import annotations

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.clock import now
from monitor.exchange.shapes import mention_json
from monitor.model import Kind, Mention, Story
from monitor.reporting.phrases import Phrases
from monitor.reporting.places import place_of
from monitor.text import cut

_TITLE = 80
_PRESS = frozenset({Kind.ARTICLE, Kind.DOCUMENT})


@click.command()
@click.argument("mention_id", metavar="ID")
@click.option("--split", is_flag=True, help="It tells another event: take it out, for good.")
@click.option(
    "--join", "other_id", metavar="OTHER", help="It tells the event of OTHER: put it there."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def story(door: Door, mention_id: str, *, split: bool, other_id: str | None, as_json: bool) -> None:
    """Show who told the event of a mention, the first publisher first.

    What a person took apart is never put together again by a poll; --join undoes --split, and
    --split undoes --join. Only the mention itself moves.
    """
    if split and other_id is not None:
        raise door.wrong("story_one_way")
    told = _found(door, mention_id)
    done = None
    if split:
        done = _split(door, told, mention_id)
    elif other_id is not None:
        done = _join(door, told, mention_id, _found(door, other_id), other_id)
    told = _found(door, mention_id)
    if as_json:
        show.json_document(_shape(told))
        return
    if done is not None:
        show.result(done)
    show.result(
        door.app.words("cli.story_title", n=len(told.mentions), business=told.mentions[0].business)
    )
    names = ("date", "story_column_part", "source", "mention", "id")
    headers = tuple(
        door.app.words(f"cli.{n}" if n.startswith("story_") else f"cli.column_{n}") for n in names
    )
    phrases = Phrases(door.app.words.language, door.app.config.timezone)
    show.table(headers, [_line(door, told, mention, phrases) for mention in told.mentions])


def _found(door: Door, mention_id: str) -> Story:
    told = door.app.store.story_of(mention_id)
    if told is None:
        raise door.wrong("no_mention", id=mention_id)
    return told


def _split(door: Door, told: Story, mention_id: str) -> str:
    if not door.app.store.split_story(mention_id, now()):
        raise door.wrong("story_alone", id=mention_id)
    other = next(mention.id for mention in told.mentions if mention.id != mention_id)
    return door.app.words("cli.story_split", id=mention_id, other=other)


def _join(door: Door, told: Story, mention_id: str, other: Story, other_id: str) -> str:
    if told.mentions[0].business != other.mentions[0].business:
        raise door.wrong("story_two_businesses")
    if not door.app.store.join_story(mention_id, other_id, now()):
        raise door.wrong("story_same")
    return door.app.words("cli.story_joined", id=mention_id)


def _part(told: Story, mention: Mention) -> str:
    if mention.id == told.mentions[0].id:
        return "first"
    if mention.id in told.follow_ups:
        return "follow_up"
    return "copy" if mention.kind in _PRESS else "voice"


def _line(door: Door, told: Story, mention: Mention, phrases: Phrases) -> tuple[str, ...]:
    return (
        door.time(mention.published_at),
        door.app.words(f"cli.story_{_part(told, mention)}"),
        place_of(mention, phrases),
        cut(" ".join((mention.title or mention.text).split()), _TITLE),
        mention.id,
    )


def _shape(told: Story) -> dict[str, object]:
    """Return the public JSON of a story: its mentions as everywhere, each with its part."""
    return {
        "id": told.id,
        "business": told.mentions[0].business,
        "first": told.mentions[0].id,
        "mentions": [
            mention_json(mention) | {"part": _part(told, mention)} for mention in told.mentions
        ],
    }
