"""Whom a clause is about where a text compares: what is said of another business is left out.

"Chez Dupont l'accueil est glacial, chez Léa on sourit" says nothing bad of Léa.
Narrower than ``targets.py``: a clause is another's only by a plain sign of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from monitor.sentiment.targets import Target, clauses_of
from monitor.sentiment.tokens import Token

OWN: Final = "<nous>"
"""In place of the words of the business's own name, which may speak of themes by themselves."""
_SIGNS: Final = frozenset(
    {
        "concurrent",
        "concurrente",
        "concurrents",
        "concurrence",
        "voisin",
        "voisine",
        "voisins",
        "ailleurs",
        "autres",
    }
)
_COMPARES: Final = frozenset({"que", "qu", "d"})
_PERSONS: Final = frozenset(
    ["moi", "toi", "soi", "lui", "elle", "nous", "vous", "eux", "elles", "mon", "ma", "mes"]
)
_TURNS: Final = frozenset({"heureusement", "contrairement", "tandis"})


def ours_of(tokens: list[Token], target: Target) -> list[Token]:
    """Return the tokens without the clauses of others, the business's own name as ``<nous>``.

    >>> from monitor.sentiment.targets import target_of
    >>> from monitor.sentiment.tokens import tokens_of
    >>> tokens = tokens_of("Chez Dupont c'est sale, chez Léa on sourit")
    >>> " ".join(token.text for token in ours_of(tokens, target_of(tokens, "Léa")))
    ', chez <nous> on sourit'
    """
    if not target.own:
        return tokens
    dropped = _others(tokens, target)
    return [
        replace(token, text=OWN) if number in target.own else token
        for number, token in enumerate(tokens)
        if number not in dropped
    ]


def _others(tokens: list[Token], target: Target) -> set[int]:
    clauses = clauses_of(tokens)
    named = [not target.own.isdisjoint(clause) for clause in clauses]
    dropped: set[int] = set()
    for number, clause in enumerate(clauses):
        behind = clauses[number + 1] if number + 1 < len(clauses) else []
        turns = bool(behind) and named[number + 1] and tokens[behind[0]].text in _TURNS
        if not named[number] and (turns or _is_anothers([tokens[n].text for n in clause])):
            dropped.update(clause)
    return dropped


def _is_anothers(words: list[str]) -> bool:
    """Tell whether a clause speaks of another; "moins cher que chez X" speaks of ours."""
    for word, behind in zip(words, [*words[1:], ""], strict=True):
        if word in _COMPARES:
            return False
        if word in _SIGNS or (word == "chez" and behind not in _PERSONS):
            return True
    return False
