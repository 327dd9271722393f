"""Whether a mention tells an event that another of its business told already.

Pure: the store finds the mentions of the same business that share one of ``story_keys`` within
``WINDOW`` and gives them as ``Told``; ``join`` answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.dedupe.likeness import Bond, bond, overlap
from monitor.dedupe.moulds import from_one_mould
from monitor.dedupe.told import Told
from monitor.dedupe.voices import SHARED_WITHIN, passes_on, repeats, said_words
from monitor.model import Kind

__all__ = ["MOST_KEYS", "WINDOW", "Joined", "Told", "join", "story_keys"]

WINDOW = timedelta(days=22)
"""How far apart two mentions of one story are published at most: three weeks, to the day."""

MOST_KEYS = 12
_TITLE_KEYS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The story that a mention joins, and whether it continues it rather than tells it again.

    ``merged`` are stories that prove to be one with it, ``follow_ups`` mentions known before that
    prove to continue it: copies may be found in any order.
    """

    story: str
    is_follow_up: bool = False
    merged: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Bonded:
    """A candidate that a mention is of one story with, and how much of it is the same."""

    told: Told
    bond: Bond
    shared: float


def story_keys(told: Told) -> tuple[str, ...]:
    """Return at most ``MOST_KEYS`` keys; two mentions of one story share one at least.

    The most telling words of the title, then those of the text; before them the address of the
    article that it is or passes on. The business's own name is none.
    """
    telling = told.telling
    stems = _most_telling(telling.title)[:_TITLE_KEYS] + _most_telling(telling.whole)
    return tuple(dict.fromkeys((*told.addresses, *stems)))[:MOST_KEYS]


def join(new: Told, candidates: Iterable[Told]) -> Joined | None:
    """Return the story that a mention joins; ``None``: it is a story of its own.

    The order of the candidates is of no account.
    """
    known = [one for one in candidates if one.id != new.id]
    bonds = sorted(_bonds(new, known), key=_rank)
    if not bonds:
        return None
    return Joined(
        story=bonds[0].told.story,
        is_follow_up=_continues(new, bonds),
        merged=tuple(_merged(new, bonds, known)),
        follow_ups=tuple(
            one.told.id
            for one in bonds
            if one.bond is Bond.FOLLOWS and one.told.published_at > new.published_at
        ),
    )


def bond_between(one: Told, other: Told) -> Bond:
    """Return what the later of two mentions of one business is to the earlier."""
    early, late = sorted((one, other), key=lambda told: (told.published_at, told.id))
    gap = late.published_at - early.published_at
    if gap > WINDOW:
        return Bond.NONE
    if early.is_press and late.is_press:
        same_outlet = early.outlet_key is not None and early.outlet_key == late.outlet_key
        return bond(early.telling, late.telling, gap, same_outlet=same_outlet)
    return Bond.TELLS if gap <= SHARED_WITHIN and _is_share(early, late) else Bond.NONE


def _bonds(new: Told, known: Sequence[Told]) -> Iterator[_Bonded]:
    for one in known:
        if found := bond_between(new, one):
            yield _Bonded(one, found, overlap(new.telling, one.telling)[0])


def _rank(one: _Bonded) -> tuple[int, float, str]:
    return (-one.bond, -one.shared, one.told.id)


def _continues(new: Told, bonds: Sequence[_Bonded]) -> bool:
    """Tell whether it continues the story: by itself, or as a copy of what does."""
    copies = [one.told for one in bonds if one.bond is Bond.TELLS]
    if copies:
        return all(one.is_follow_up for one in copies)
    return any(one.told.published_at < new.published_at for one in bonds)


def _merged(new: Told, bonds: Sequence[_Bonded], known: Sequence[Told]) -> Iterator[str]:
    """Return the other stories that prove to be one with it, as if it had been found first.

    Those that it tells again too, unless they stand against each other; that which it continues,
    when all it tells again came later; those that continue it and had no beginning.
    """
    best = bonds[0]
    begins_at = {
        story: min(one.published_at for one in known if one.story == story)
        for story in dict.fromkeys(one.told.story for one in bonds)
    }
    for story in list(begins_at)[1:]:
        told = [b.told for b in bonds if b.told.story == story and b.bond is Bond.TELLS]
        if told:
            is_one = not any(from_one_mould(one.telling, best.told.telling) for one in told)
        elif begins_at[story] < new.published_at:
            is_one = best.bond is Bond.TELLS and begins_at[story] < begins_at[best.told.story]
        else:
            is_one = True
        if is_one:
            yield story


def _is_share(one: Told, other: Told) -> bool:
    """Tell whether a voice passes on what another said, or an article, and adds nothing."""
    said, words = _said(one), _said(other)
    if Kind.REVIEW in {one.kind, other.kind}:
        same_author = one.author is not None and one.author == other.author
        return one.kind is other.kind and same_author and repeats(said, words)
    if repeats(said, words):
        return True
    if one.is_press == other.is_press:
        return False
    voice, article = (other, one) if one.is_press else (one, other)
    return passes_on(
        _said(voice),
        said_words(article.title or ""),
        _said(article),
        linked=not set(article.addresses).isdisjoint(voice.addresses),
    )


def _said(told: Told) -> tuple[str, ...]:
    return said_words(told.text or told.title or "")


def _most_telling(weights: Mapping[str, float]) -> list[str]:
    return sorted(weights, key=lambda stem: (-weights[stem], stem))
