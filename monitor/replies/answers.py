"""The answers in what a reader wrote: ``3 hors sujet, 5 positif`` and ``note 4 : rappelé``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from monitor.model import Action, Answer
from monitor.replies.clauses import Clause, clauses_of
from monitor.replies.vocabulary import listed
from monitor.text import clean, cut, fold_with_offsets

MOST_ANSWERS = 500
"""Of one reply; a digest shows a few dozen items."""
MOST_UNCLEAR = 10
_UNCLEAR_SIGNS = 140
_NOTE_SIGNS = 500
_MOST_LINES = 100
_LONGEST_LINE = 700
"""Characters and lines read of what was written anew: each word is compared with all we know."""
_STATUSES = {Action.NEW, Action.HANDLED, Action.IGNORED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a reply says: its answers, and what was not understood, in the reader's words."""

    answers: tuple[Answer, ...] = ()
    unclear: tuple[str, ...] = ()


def understand(lines: Iterable[str], codes: Collection[int]) -> Understood:
    """Read the lines that a reader wrote; ``codes`` are those of the digest.

    A greeting says nothing and is passed over; a reply that holds nothing else is unclear whole.
    Two answers that contradict each other are both unclear.
    """
    reading = _Reading(frozenset(codes))
    written = [line.strip()[:_LONGEST_LINE] for line in lines][:_MOST_LINES]
    for line in written:
        reading.read(line)
    if not (reading.answers or reading.unclear):
        text = " ".join(filter(None, written))
        reading.unclear += [text] if any(map(str.isalnum, text)) else []
    answers = _without_contradictions(reading.answers, reading.unclear)
    unclear = dict.fromkeys(_quoted(text) for text in reading.unclear)
    return Understood(
        answers=tuple(answers[:MOST_ANSWERS]), unclear=tuple(list(unclear)[:MOST_UNCLEAR])
    )


@dataclass(slots=True)
class _Reading:
    """A reply as far as it was read."""

    codes: frozenset[int]
    answers: list[tuple[Answer, str]] = field(default_factory=list)  # each as it was written
    unclear: list[str] = field(default_factory=list)
    is_past: bool = False  # a blank line after answers: what follows may be a signature

    def read(self, line: str) -> None:
        if not line:
            self.is_past = bool(self.answers)
            return
        before, note = _split_note(line)
        clauses = clauses_of(before)
        last = self._take(clauses)
        if note is not None:
            self._take_note(note, last, line)

    def _take(self, clauses: Sequence[Clause]) -> tuple[int, ...]:
        """Take the clauses of a line; returns the codes spoken of last."""
        last: tuple[int, ...] = ()
        for clause in _joined(clauses):
            if not clause.pairs and clause.actions and last:
                clause = replace(clause, pairs=tuple((last, a) for a in clause.actions))  # noqa: PLW2901
            if clause.is_clear and clause.pairs:
                for codes, action in clause.pairs:
                    self._answer(codes, action, clause.raw)
                last = clause.pairs[-1][0]
            elif clause.tries and (clause.actions or not self.is_past):
                self.unclear.append(clause.raw)
        return last

    def _answer(
        self, codes: Iterable[int], action: Action, raw: str, note: str | None = None
    ) -> None:
        wanted = tuple(codes)
        is_bare = action is Action.NOTE and note is None
        if is_bare or not self.codes.issuperset(wanted):
            self.unclear.append(raw)
            return
        answers = (Answer(code=code, action=action, note=note) for code in wanted)
        self.answers += [(answer, raw) for answer in answers]

    def _take_note(self, note: _Note, last: tuple[int, ...], line: str) -> None:
        codes = (note.code,) if note.code is not None else last
        if codes and note.text:
            self._answer(codes, Action.NOTE, line, cut(clean(note.text), _NOTE_SIGNS))
        else:
            self.unclear.append(line)
        self._take(note.rest)


@dataclass(frozen=True, slots=True)
class _Note:
    code: int | None
    text: str
    rest: tuple[Clause, ...]


def _split_note(line: str) -> tuple[str, _Note | None]:
    """Part a line before its note. The note goes to its end, but for answers that follow it."""
    folded, offsets = fold_with_offsets(line)
    word = "|".join(sorted(map(re.escape, listed("say_note")), key=len, reverse=True))
    number = r"(?:(?:n ?[°o]?|#) ?)?(\d{1,3})"
    found = re.search(rf"(?:{number} ?[:.,)-]? ?)?\b(?:{word})\b(?: ?{number}\b)?", folded)
    if found is None:
        return line, None
    places = (*offsets, len(line))
    code = found[2] or found[1]
    # "5 positif, note : …": the number before belongs to the note only where it stands beside it.
    start = found.start() if found[1] and not found[2] else found.start(0)
    text, rest = _split_rest(line[places[found.end()] :].lstrip(" \t\u00a0\u202f:.,;)=-–—"))
    return line[: places[start]], _Note(int(code) if code else None, text.strip(), tuple(rest))


def _split_rest(text: str) -> tuple[str, list[Clause]]:
    """Part a note from answers after it: a number after a comma, and all of it understood."""
    for found in re.finditer(r"[,;]\s*(?=\d)", text):
        rest = clauses_of(text[found.end() :])
        if rest and all(clause.is_clear for clause in rest) and any(c.pairs for c in rest):
            return text[: found.start()], rest
    return text, []


def _joined(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """Give codes that stand alone to the action they belong to: the next, or the one before.

    ``3, 5 et 7 traités`` · ``traités : 3, 5 et 7``; between both (``traité 3, 5, 7 neutre``) the
    5 is nobody's.
    """
    held: list[Clause] = []
    before: Clause | None = None
    for clause in clauses:
        if clause.codes and clause.is_clear and not clause.pairs:
            held.append(clause)
            continue
        opens = bool(clause.pairs) and not clause.is_prefix
        if held and before is not None:
            yield from (_unclear(one) for one in held) if opens else _given(held, before)
        elif held and opens:
            codes = tuple(code for one in held for code in one.codes)
            (first, action), *others = clause.pairs
            clause = replace(clause, pairs=((codes + first, action), *others))  # noqa: PLW2901
        elif held and clause.actions and clause.is_clear:
            codes = tuple(code for one in held for code in one.codes)
            clause = replace(clause, pairs=tuple((codes, a) for a in clause.actions))  # noqa: PLW2901
        elif held:
            yield from map(_unclear, held)
        held = []
        alone = bool(clause.actions) and not clause.pairs and before is None
        before = clause if clause.is_clear and (clause.is_prefix or alone) else None
        if not (alone and clause is not clauses[-1] and clause.is_clear):
            yield clause
    if held:
        yield from map(_unclear, held) if before is None else _given(held, before)


def _given(held: Iterable[Clause], before: Clause) -> Iterator[Clause]:
    action = before.pairs[-1][1] if before.pairs else before.actions[-1]
    return (replace(one, pairs=((one.codes, action),)) for one in held)


def _unclear(clause: Clause) -> Clause:
    return replace(clause, is_clear=False)


def _without_contradictions(
    answers: Sequence[tuple[Answer, str]], unclear: list[str]
) -> list[Answer]:
    """Leave out what is said twice, and what a reply says in two ways of one item."""
    said: dict[tuple[int, bool], set[Action]] = {}
    for answer, _ in answers:
        if answer.action is not Action.NOTE:
            said.setdefault(_of(answer), set()).add(answer.action)
    torn = {what for what, actions in said.items() if len(actions) > 1}
    unclear += [raw for a, raw in answers if a.action is not Action.NOTE and _of(a) in torn]
    kept = (a for a, _ in answers if a.action is Action.NOTE or _of(a) not in torn)
    return list(dict.fromkeys(kept))


def _of(answer: Answer) -> tuple[int, bool]:
    """Return what an answer speaks of: an item's status, or all else."""
    return answer.code, answer.action in _STATUSES


def _quoted(text: str) -> str:
    return cut(" ".join(clean(text).split()), _UNCLEAR_SIGNS)
