"""Whose praise it is: where a text names the business, and which of its clauses are about it.

"X nul, heureusement Léa": the first clause is the rival's, the second ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from monitor.sentiment.tokens import Token
from monitor.text import fold

_TURNS = frozenset({"mais", "heureusement", "contrairement", "alors", "tandis", "par", "sinon"})
_OTHERS = frozenset(
    {
        "que",
        "chez",
        "ailleurs",
        "concurrent",
        "concurrence",
        "voisin",
        "autre",
        "autres",
        "contrairement",
    }
)
_SMALL = frozenset(
    {"l", "le", "la", "les", "de", "du", "des", "d", "et", "au", "aux", "chez", "en"}
)


@dataclass(frozen=True, slots=True)
class Target:
    """Numbers of tokens: the business's own name, its clauses, the clauses of others."""

    own: frozenset[int] = frozenset()
    clause: tuple[int, ...] = ()
    rest: tuple[int, ...] = ()
    has_others: bool = False


_NOBODY = Target()


def target_of(tokens: list[Token], business: str | None) -> Target:
    """Find the business in a text; nothing where it is not named.

    >>> from monitor.sentiment.tokens import tokens_of
    >>> tokens = tokens_of("Dupont nul, heureusement Léa est là")
    >>> target = target_of(tokens, "Léa")
    >>> [tokens[n].text for n in target.clause], [tokens[n].text for n in target.rest]
    (['heureusement', 'est', 'la'], ['dupont', 'nul'])
    """
    names = _telling(business or "")
    own = frozenset(n for n, token in enumerate(tokens) if token.text in names)
    if not own:
        return _NOBODY
    clauses = clauses_of(tokens)
    ours = [clause for clause in clauses if not own.isdisjoint(clause)]
    rest = [clause for clause in clauses if own.isdisjoint(clause)]
    return Target(
        own=own,
        clause=tuple(n for clause in ours for n in clause if n not in own),
        rest=tuple(n for clause in rest for n in clause),
        has_others=any(token.text in _OTHERS for token in tokens),
    )


def clauses_of(tokens: list[Token]) -> list[list[int]]:
    """Return the numbers of the tokens of each clause, without signs; none is empty."""
    clauses: list[list[int]] = [[]]
    for number, token in enumerate(tokens):
        if token.is_stop:
            clauses.append([])
            continue
        if token.text in _TURNS and clauses[-1]:
            clauses.append([])
        clauses[-1].append(number)
    return [clause for clause in clauses if clause]


@lru_cache(maxsize=1_000)
def _telling(business: str) -> frozenset[str]:
    """Return the words of a name by which it is known again in a text."""
    words = [word for part in fold(business).split() for word in part.replace("'", "-").split("-")]
    return frozenset(word for word in words if len(word) > 1 and word not in _SMALL)
