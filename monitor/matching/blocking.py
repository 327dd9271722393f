"""What an owner wants no more of: an author, a site, a word. It hides; it loses nothing."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.matching.words import handle_name, words_in
from monitor.model import Block, BlockKind, Entry
from monitor.text import fold
from monitor.urls import canonical_url, site_of


def block_of(entry: Entry, blocks: Iterable[Block]) -> Block | None:
    """Return the first block that hides an entry."""
    return next((block for block in blocks if is_hidden(entry, block)), None)


def is_hidden(entry: Entry, block: Block) -> bool:
    """Tell whether a block hides an entry: a site those below it too, a word only whole ones."""
    if block.kind is BlockKind.AUTHOR:
        return _plain(block.value) in {_plain(entry.author or ""), _plain(entry.author_url or "")}
    if block.kind is BlockKind.SITE:
        site = site_of(canonical_url(entry.url)) if entry.url else None
        return site is not None and f".{site}".endswith(f".{fold(block.value)}")
    wanted = " ".join(word.text for word in words_in(fold(block.value)))
    texts = (fold(entry.title or ""), fold(entry.text))
    return bool(wanted) and any(
        f" {wanted} " in f" {' '.join(word.text for word in words_in(text))} " for text in texts
    )


def _plain(author: str) -> str:
    return handle_name(fold(author)).rstrip("/") or "\0"
