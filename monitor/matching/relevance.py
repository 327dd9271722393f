"""How surely an entry that names a business is about it, and why.

Known limit: the weights are judged by hand, not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from monitor.matching.occurrences import Form, Occurrence, Role
from monitor.matching.words import words_in
from monitor.text import fold

ABOUT = 1.0
"""Relevance where the source itself is about the business."""

SEARCHED = 0.35
"""Relevance where a search found it and what the source shows does not name the business."""


class Strength(Enum):
    """How surely a term alone tells this business from others: base, and gain by its company."""

    TAG = (0.95, 0.02)
    DISTINCT = (0.9, 0.04)
    COMMON = (0.5, 0.3)
    SHORT = (0.35, 0.3)


_TITLE_SHARE = 1 / 3  # of the gain, when it stands in the title
_OTHER_LANGUAGE = 0.05
_SHORT_LETTERS = 3

_ARTICLES_AND_LIKE = "l le la les un une des de du d au aux a et en sur sous chez the of"
# Trades, places and praise that a thousand names are made of.
_TRADES_AND_PLACES = (
    "atelier auberge auto bar beau bistrot bon bonne boucherie boulangerie boutique brasserie"
    " cabinet cafe cave centre coiffure coin commerce comptoir eglise epicerie esprit fil fleur"
    " fleurs fleuriste fournil garage gare grand grande halles hotel immobilier institut jardin"
    " librairie maison marche mairie moulin musee nature neuf nouveau optique ouest nord sud est"
    " pain patisserie petit petite pharmacie place plaisir plomberie pont port poste pressing"
    " relais restaurant rose salon saveurs soleil table taverne terrasse theatre tour traiteur"
    " vieux ville vin vins"
)
_FUNCTION_WORDS = frozenset(_ARTICLES_AND_LIKE.split())
_GENERIC = frozenset(_TRADES_AND_PLACES.split())


@dataclass(frozen=True, slots=True)
class Sign:
    """One occurrence of a brand term, and whether it stood in the title."""

    occurrence: Occurrence
    in_title: bool


def strength_of(occurrence: Occurrence) -> Strength:
    """Return how surely a term, as it was written, names its business."""
    if occurrence.form is Form.SITE or occurrence.term.text.startswith(("@", "#")):
        return Strength.TAG
    strength = _strength_of_name(occurrence.term.text)
    is_tag = occurrence.form is not Form.WORDS
    return Strength.TAG if is_tag and strength is Strength.DISTINCT else strength


@lru_cache(maxsize=10_000)
def _strength_of_name(name: str) -> Strength:
    words = [word.text for word in words_in(fold(name))]
    telling = [word for word in words if word not in _FUNCTION_WORDS and word not in _GENERIC]
    has_trade = any(word in _GENERIC for word in words)
    if len(telling) > 1 or (telling and has_trade and len(telling[0]) > _SHORT_LETTERS):
        return Strength.DISTINCT
    return Strength.SHORT if len("".join(words)) <= _SHORT_LETTERS else Strength.COMMON


def relevance_of(sign: Sign, context: Sequence[str], *, other_language: bool) -> float:
    """Return how surely an entry concerns the business, 0..1, by its best sign and its context."""
    base, gain = strength_of(sign.occurrence).value
    base += gain * bool(context) + gain * _TITLE_SHARE * sign.in_title
    return round(base - _OTHER_LANGUAGE * other_language, 2)


def reason_of(sign: Sign, context: Sequence[str], *, other_language: bool) -> str:
    """Say why, in one English fragment made of the owner's own terms."""
    one = sign.occurrence
    what = one.term.role if one.form is Form.WORDS else one.form
    parts = [f'{what} "{one.term.text}" in the {"title" if sign.in_title else "text"}']
    if context:
        parts.append("context: " + ", ".join(context))
    elif strength_of(one) in {Strength.COMMON, Strength.SHORT}:
        parts.append("a common name without context")
    if other_language:
        parts.append("not in its languages")
    return "; ".join(parts)


def sort_key(sign: Sign) -> tuple[float, bool, bool, bool, int]:
    """Order signs: the surest term, in the title, as it is written, the name, the first."""
    one = sign.occurrence
    base, _ = strength_of(one).value
    is_run_together = one.form is not Form.WORDS and not one.term.text.startswith(("@", "#"))
    named = one.term.role is Role.NAME
    return (-base, not sign.in_title, is_run_together, not named, one.start)
