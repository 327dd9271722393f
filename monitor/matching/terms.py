"""Where terms stand in a text.

A name is a row of words; spaces, hyphens and apostrophes between them count alike, and so does
none at all ("Fleurs Bougamont", "Fleurs-Bougamont", "#FleursBougamont"). Only whole words count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from monitor.lexicon import zipf
from monitor.matching.occurrences import Form, Occurrence, Role, Term
from monitor.matching.spelling import NearWords, other_numbers, other_spellings
from monitor.matching.words import Word, handle_name, tags_in, words_in
from monitor.text import fold, fold_with_offsets

# Articles that only number tells apart: few know which one a shop's sign has.
_ALIKE = {"aux": "au", "des": "de", "du": "de", "les": "le"}


def _key(word: str) -> str:
    return _ALIKE.get(word, word)


@dataclass(slots=True)
class _Node:
    """A place in the tree of words: the words that may follow, the terms that end here.

    ``gaps`` are the signs that names themselves have before this word ("Léa, fleuriste").
    """

    after: dict[str, _Node] = field(default_factory=dict)
    ends: list[Term] = field(default_factory=list)
    gaps: set[str] = field(default_factory=set)


_GAP = re.compile(r"""[ #"]{0,4}|['·_/-] ?#?"?""")
_ABBREVIATION = 2  # letters before a dot that ends no sentence: "B. Dupont", "St. Marc"
_ARTICLES = {"l": (), "le": ("au", "du"), "la": (), "les": ("aux", "des")}
_MIN_NO_WORD = 6  # letters: "tyglaz"
_MIN_COMPANY = 4  # letters of a word that may stand behind a name in a hashtag
_MIN_RUN_TOGETHER = 8  # letters: "laposte" and "auxp" are too easily other words
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")
# What a hyphen may join to a name without making another of it ("Dior-là", "pro-Bougamont").
_PARTICLES = (
    "la ci t je tu il elle on nous vous ils elles moi toi lui eux meme memes pro anti ex non mini"
    " super hyper post neo vice l d qu shop store boutique magasin"
)
_JOINABLE = frozenset(_PARTICLES.split())
_PLACE_NAMES = frozenset({"sur", "sous", "les", "lez", "en", "aux"})  # Saint-Marc-sur-Mer
_SAINTS = frozenset({"saint", "sainte"})
_DOMAIN_AFTER = re.compile(r"\.(?:fr|com|net|org|eu|be|ch|io|info|shop|paris|bzh|co)(?![^\W_])")
_NO_WORD = Word("", 0, 0)
_MANY_LETTERS = 3  # of a word that tells one name from another
_LONGEST = 8  # words of a name on either side of the one that is written wrong
_HEAD = 200  # characters before a word that are looked at for the beginning of an address


class TermIndex:
    """Many terms, found together in one reading of a text."""

    def __init__(self, terms: Iterable[Term], company: Iterable[Term] = ()) -> None:
        """Take all the terms; a term without letter or digit is never found.

        ``company`` are terms not looked for, whose words a hyphen may join to their owner's names.
        """
        self._root = _Node()
        self._tags: dict[str, list[Term]] = defaultdict(list)
        self._kin: dict[str, set[str]] = defaultdict(set)
        self._runs: dict[str, list[tuple[str, Term]]] = defaultdict(list)
        self._near = NearWords()
        for term in terms:
            self._add(term)
        for term in company:
            words = [word.text for word in words_in(fold(term.text))]
            self._kin[term.owner].update(words)
            self._add_longer_tags("".join(words), term.owner)

    def find(self, folded: str) -> list[Occurrence]:
        """Return every occurrence in a folded text."""
        return [*self._find_tags(folded), *self._find_words(folded)]

    def _add(self, term: Term) -> None:
        folded = fold(term.text)
        if folded[:1] in {"@", "#"}:
            self._add_tag(folded, term)
            return
        if _DOMAIN.fullmatch(folded):
            self._tags[folded.removeprefix("www.")].append(term)
        if term.role is Role.WEBSITE:
            return
        words = words_in(folded)
        texts = [word.text for word in words]
        for form in _forms(texts, term.role):
            self._add_words(form, term)
        if term.role in {Role.NAME, Role.ALIAS}:
            for form in (*other_numbers(texts), *other_spellings(term.text)):
                self._add_words(form, term)
            telling = sum(len(text) > _MANY_LETTERS for text in texts)
            for text in texts:
                self._near.add(text, is_sure=telling > 1)
        node = self._root
        for before, word in zip([None, *words], words, strict=False):
            node = node.after[_key(word.text)]
            if before is not None:
                node.gaps.add(folded[before.end : word.start])

    def _add_tag(self, folded: str, term: Term) -> None:
        if folded[0] == "@":
            self._tags["@" + handle_name(folded)].append(term)
        if "@" not in folded[1:]:
            self._tags["#" + folded[1:].replace("_", "")].append(term)

    def _add_longer_tags(self, company: str, owner: str) -> None:
        """Take the tags of an owner's names with a word of his own behind: "#chezjulesarras"."""
        if len(company) < _MIN_COMPANY:
            return
        for run_together, term in self._runs[owner]:
            for sign in "#@":
                terms = self._tags[f"{sign}{run_together}{company}"]
                if term not in terms:
                    terms.append(term)

    def _add_words(self, words: Sequence[str], term: Term) -> None:
        node = self._root
        for word in words:
            node = node.after.setdefault(_key(word), _Node())
        if term not in node.ends:
            node.ends.append(term)
        self._kin[term.owner].update(words)
        run_together = "".join(words)
        is_long = len(run_together) >= _MIN_RUN_TOGETHER
        if len(words) == 1 and is_long and term.role.is_brand and zipf(run_together) == 0:
            self._tags["@" + run_together].append(term)
        if len(words) > 1 and (is_long or _is_no_word(run_together)):
            self._runs[term.owner].append((run_together, term))
            for tag in ("@" + run_together, "#" + run_together):
                if term not in self._tags[tag]:
                    self._tags[tag].append(term)
            self._add_words([run_together], term)

    def _find_tags(self, folded: str) -> Iterator[Occurrence]:
        for tag in tags_in(folded):
            form = {"#": Form.HASHTAG, "@": Form.HANDLE}.get(tag.text[0], Form.SITE)
            for term in self._tags.get(tag.text, ()):
                yield Occurrence(term, form, tag.start, tag.end)
            if form is Form.SITE:
                label = tag.text.partition(".")[0].replace("-", "")
                for term in self._tags.get(f"#{label}", ()):
                    yield Occurrence(term, Form.DOMAIN, tag.start, tag.end)

    def _find_words(self, folded: str) -> Iterator[Occurrence]:
        words = words_in(folded)
        for first, word in enumerate(words):
            node = self._root.after.get(_key(word.text))
            if node is not None:
                yield from self._walk(node, folded, words, first)
        yield from self._find_misspelt(folded, words)

    def _walk(
        self, node: _Node | None, folded: str, words: list[Word], first: int
    ) -> Iterator[Occurrence]:
        last = first
        while node is not None:
            for term in node.ends:
                if not term.role.is_brand or self._stands_alone(term, folded, words, first, last):
                    yield Occurrence(term, Form.WORDS, words[first].start, words[last].end)
            last += 1
            node = _follow(node, folded, words, last)

    def _find_misspelt(self, folded: str, words: list[Word]) -> Iterator[Occurrence]:
        """Read on from words with a typing error as if they were written right."""
        for number, word in enumerate(words):
            for right in self._near.find(word.text):
                start = max(0, number - _LONGEST)
                window = words[start : number + _LONGEST]
                window[number - start] = word._replace(text=right)
                for first in range(number - start + 1):
                    node = self._root.after.get(_key(window[first].text))
                    for one in self._walk(node, folded, window, first):
                        if one.end >= word.end and one.term.role.is_brand:
                            yield replace(one, is_misspelt=True)

    def _stands_alone(
        self, term: Term, folded: str, words: Sequence[Word], first: int, last: int
    ) -> bool:
        """Tell whether the words from first to last are no part of a longer name or an address."""
        start, end = words[first].start, words[last].end
        before = words[first - 1] if first else _NO_WORD
        after = words[last + 1] if last + 1 < len(words) else _NO_WORD
        hyphen_before, hyphen_after = (
            folded[before.end : start] == "-",
            folded[end : after.start] == "-",
        )
        if hyphen_after and after.text in _PLACE_NAMES:
            return False
        if last > first:
            return True
        is_saint = before.text in _SAINTS and before.end == start - 1
        return not (
            ((hyphen_before or is_saint) and self._renames(before, term))
            or (hyphen_after and self._renames(after, term))
            or _is_in_address(folded, start, end)
        )

    def _renames(self, neighbour: Word, term: Term) -> bool:
        """Tell whether a word joined to a name of one word makes another name of it."""
        known = neighbour.text in _JOINABLE or neighbour.text in self._kin[term.owner]
        return bool(neighbour.text) and not known


def spans(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Return where in ``text`` the terms occur, as (start, end) of the original text, in order.

    Spans that touch one another or overlap are one.

    >>> spans("Chez L’Œillet : l'oeillet !", ["L'Œillet"])
    [(5, 13), (16, 25)]
    """
    index = TermIndex(Term(term, Role.ALIAS) for term in terms)
    folded, offsets = fold_with_offsets(text)
    ends = [*offsets[1:], len(text)]
    joined: list[tuple[int, int]] = []
    for one in sorted(index.find(folded), key=lambda found: (found.start, found.end)):
        start, end = offsets[one.start], max(offsets[one.end - 1] + 1, ends[one.end - 1])
        end = start + len(text[start:end].rstrip())
        if joined and start <= joined[-1][1]:
            start, end = joined[-1][0], max(joined.pop()[1], end)
        joined.append((start, end))
    return joined


def _is_no_word(run_together: str) -> bool:
    return len(run_together) >= _MIN_NO_WORD and zipf(run_together) == 0


def _follow(node: _Node, folded: str, words: Sequence[Word], last: int) -> _Node | None:
    """Go on to the next word, if only what may stand within a name is between."""
    after = node.after.get(_key(words[last].text)) if last < len(words) else None
    if after is None:
        return None
    before = words[last - 1]
    gap = folded[before.end : words[last].start]
    is_abbreviation = gap in {".", ". "} and before.end - before.start <= _ABBREVIATION
    return after if is_abbreviation or gap in after.gaps or _GAP.fullmatch(gap) else None


def _forms(words: list[str], role: Role) -> Iterator[list[str]]:
    """Yield the ways a name is written: with its article, without, or run into "au" and "du"."""
    if not words:
        return
    yield words
    if role is Role.CONTEXT:
        yield [*words[:-1], words[-1] + "s"]
    elif words[0] in _ARTICLES and role.is_brand:
        rest = words[1:]
        if len(rest) > 1:
            yield rest
        elif rest:
            yield from ([contracted, *rest] for contracted in _ARTICLES[words[0]])


def _is_in_address(folded: str, start: int, end: int) -> bool:
    """Tell whether a word is a piece of a web or mail address."""
    if folded[start - 1 : start] == "@" or folded[end : end + 1] == "@":
        return True
    if _DOMAIN_AFTER.match(folded, end):
        return True
    head = folded[max(0, start - _HEAD) : start].rpartition(" ")[2]
    return "://" in head or head.startswith("www.")
