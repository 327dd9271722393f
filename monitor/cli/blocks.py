"""``block``, ``unblock`` and ``blocks``: what an owner wants no more of, and taking that back."""

from __future__ import annotations

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.clock import now
from monitor.model import Block, BlockKind, Mention
from monitor.urls import canonical_url, site_of


@click.command()
@click.argument("mention_id", metavar="ID")
@click.option("--author", is_flag=True, help="The mention's author.")
@click.option("--site", is_flag=True, help="The site it stands on, and those below it.")
@click.option("--word", metavar="WORD", help="A word or a phrase of it.")
@pass_door
def block(door: Door, mention_id: str, *, author: bool, site: bool, word: str | None) -> None:
    """Hide an author, a site or a word for the business of a mention.

    What is hidden is stored all the same, with relevance 0: `ecoute unblock` brings it back.
    """
    if author + site + (word is not None) != 1:
        raise door.wrong("block_what")
    mention = door.app.store.get(mention_id)
    if mention is None:
        raise door.wrong("no_mention", id=mention_id)
    kind = BlockKind.AUTHOR if author else BlockKind.SITE if site else BlockKind.WORD
    value = word if word is not None else _value_of(mention, kind)
    if not value or not value.strip():
        raise door.wrong(f"no_{kind}", id=mention_id)
    made = door.app.store.block(mention.business, kind, value.strip(), now())
    changed = door.app.teacher.apply(mention.business)
    show.result(
        door.app.words("cli.blocked", what=_told(door, made), business=made.business, id=made.id)
    )
    show.result(door.app.words("cli.rejudged", n=changed))


@click.command()
@click.argument("block_id", metavar="NUMBER", type=int)
@pass_door
def unblock(door: Door, block_id: int) -> None:
    """Take a block back; `ecoute blocks` shows their numbers."""
    lifted = door.app.store.unblock(block_id)
    if lifted is None:
        raise door.wrong("no_block", id=block_id)
    changed = door.app.teacher.apply(lifted.business)
    show.result(door.app.words("cli.unblocked", what=_told(door, lifted), business=lifted.business))
    show.result(door.app.words("cli.rejudged", n=changed))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def blocks(door: Door, *, as_json: bool) -> None:
    """Show what is blocked."""
    found = door.app.store.blocks()
    if as_json:
        show.json_document([_shape(block) for block in found])
        return
    names = ("number", "business", "blocked", "date")
    headers = tuple(door.app.words(f"cli.column_{name}") for name in names)
    show.table(
        headers,
        [
            (str(block.id), block.business, _told(door, block), door.time(block.blocked_at))
            for block in found
        ],
    )


def _value_of(mention: Mention, kind: BlockKind) -> str | None:
    if kind is BlockKind.AUTHOR:
        return mention.author or mention.author_url
    address = mention.canonical_url or (canonical_url(mention.url) if mention.url else None)
    return site_of(address) if address else None


def _told(door: Door, block: Block) -> str:
    return door.app.words(f"cli.block_{block.kind}", value=block.value)


def _shape(block: Block) -> dict[str, object]:
    return {
        "id": block.id,
        "business": block.business,
        "kind": block.kind,
        "value": block.value,
        "blocked_at": block.blocked_at,
    }
