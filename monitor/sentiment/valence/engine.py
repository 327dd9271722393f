"""From a text to its polarity: what VADER does, with phrases first, in any language we have.

Each clause adds up its words and phrases; a negation turns the next words round, "but" makes what
follows weigh more than what stood before, a question or a wish weighs less. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex  # type: ignore[import-untyped] # ships no types

from monitor.sentiment.valence.lexicon import LONGEST, Lexicon, signs, words_of

MAX_CHARS = 4_000
"""Characters that are read: an opinion is told by then."""

_REACH = 3  # words behind a negation that it turns round
_TURNED = -0.7  # "not great" is less bad than "bad"
_MORE, _LESS = 1.3, 0.7
_BEFORE_TURN, _AFTER_TURN = 0.6, 1.4
_ASKED = 0.35
_LOUD = 1.1
_SPREAD = 15.0  # as VADER: the sum of a text of one strong word gives about 0.6

_SENTENCE = regex.compile(r"[^.!?\n…;]+[.!?\n…;]*")
_CLAUSE = regex.compile(r"[,:()«»\"“”–]|\s-\s")
_SMILES = regex.compile(r"[:;=]'?-?[)(D/](?=\s|$)|\^\^|<3|[\p{Extended_Pictographic}★]")


@dataclass(frozen=True, slots=True)
class Found:
    """A word, phrase or sign that is worth something, and what it adds here."""

    text: str
    worth: float


def polarity_of(found: Sequence[Found]) -> float:
    """Sum up what was found, in −1..1."""
    total = sum(one.worth for one in found)
    return total / math.sqrt(total * total + _SPREAD) if total else 0.0


def find(text: str, lexicon: Lexicon) -> list[Found]:
    """Return all that is worth something in a text's first 4,000 characters, in its order."""
    return [
        one
        for sentence in _SENTENCE.findall(text[:MAX_CHARS])
        for one in _in_sentence(sentence, lexicon)
    ]


def _in_sentence(sentence: str, lexicon: Lexicon) -> Iterator[Found]:
    # Smileys hold the signs that clauses are parted by.
    bare = _SMILES.sub(" ", sentence)
    clauses = [words for part in _CLAUSE.split(bare) if (words := words_of(part))]
    parted = [half for clause in clauses for half in _part(clause, lexicon)]
    last_turn = max((n for n, words in enumerate(parted) if words[0] in lexicon.turns), default=-1)
    factor = _LOUD if "!" in sentence else 1.0
    if "?" in sentence or any(w in lexicon.softens for words in parted for w in words):
        factor *= _ASKED
    for number, words in enumerate(parted):
        weight = 1.0
        if last_turn > 0:
            weight = _AFTER_TURN if number >= last_turn else _BEFORE_TURN
        for one in _in_clause(words, lexicon):
            yield Found(one.text, one.worth * weight * factor)
    for sign in dict.fromkeys(_SMILES.findall(sentence)):
        if sign in signs():
            yield Found(sign, signs()[sign])


def _part(words: list[str], lexicon: Lexicon) -> Iterator[list[str]]:
    """Part a clause before each "but"."""
    start = 0
    for at, word in enumerate(words):
        if word in lexicon.turns and at > start:
            yield words[start:at]
            start = at
    yield words[start:]


def _in_clause(words: Sequence[str], lexicon: Lexicon) -> Iterator[Found]:
    at, denied, weight = 0, 0, 1.0
    while at < len(words):
        phrase = _phrase_at(words, at, lexicon)
        if phrase:
            worth, size = lexicon.phrases[phrase], len(phrase)
        else:
            worth, size = _worth(words[at], lexicon), 1
        if worth:
            turn = _TURNED if denied and not phrase else 1.0
            yield Found(" ".join(words[at : at + size]), worth * turn * weight)
            weight = 1.0
        elif words[at] in lexicon.more:
            weight = _MORE
        elif words[at] in lexicon.less:
            weight = _LESS
        denied = max(0, denied - size)
        if not phrase and words[at] in lexicon.negations:
            denied = _REACH
        at += size


def _phrase_at(words: Sequence[str], at: int, lexicon: Lexicon) -> tuple[str, ...] | None:
    for size in range(min(LONGEST, len(words) - at), 0, -1):
        some = tuple(words[at : at + size])
        if some in lexicon.phrases:
            return some
    return None


def _worth(word: str, lexicon: Lexicon) -> float:
    """Look a word up, as it stands or as what it is an ending of (Dutch adjectives take an -e)."""
    for form in (word, *_stems(word)):
        if form in lexicon.words:
            return lexicon.words[form]
    return 0.0


def _stems(word: str) -> Iterator[str]:
    """Yield what an inflected Dutch adjective may be of: "lekkere" and "vriendelijkste"."""
    if word.endswith("ste"):
        yield word[:-3]
    if word.endswith("e"):
        stem = word[:-1]
        yield stem
        if len(stem) > 2 and stem[-1] == stem[-2]:  # noqa: PLR2004 - "dik-ke"
            yield stem[:-1]
        elif len(stem) > 2:  # noqa: PLR2004 - "trage" is of "traag", "vieze" of "vies"
            last = {"z": "s", "v": "f"}.get(stem[-1], stem[-1])
            yield stem[:-1] + last
            yield stem[:-1] + stem[-2] + last
