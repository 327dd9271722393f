"""How people write a name otherwise: in the other number, with one typing error."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from monitor.lexicon import is_family_name, is_first_name, is_word, zipf
from monitor.matching.sounding import sound_of
from monitor.matching.words import words_in
from monitor.places import communes_named
from monitor.text import fold

MIN_LETTERS = 7
"""Letters of a word in which one typing error is let pass: in shorter ones it makes another."""
_MIN_PLURAL_LETTERS = 4
_RARE = 2.6  # Zipf value under which the list holds what people mistype
_MIN_SOUNDED, _MIN_SEEN = 5, 4
"""Letters of a word that is known by its sound, and of one that may be it."""
_HUMP = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])")
_ELISION = re.compile(r"(?<![^\W_])([ldjmtsc]|qu)'(?=[^\W_])")


def other_numbers(words: Sequence[str]) -> Iterator[list[str]]:
    """Yield a name with its common nouns in the other number: one alone, and all together.

    >>> list(other_numbers(["fleurs", "bougamont"]))
    [['fleur', 'bougamont']]
    """
    changed = {number: other for number, word in enumerate(words) if (other := _other(word))}
    for number, other in changed.items():
        yield [*words[:number], other, *words[number + 1 :]]
    if len(changed) > 1:
        yield [changed.get(number, word) for number, word in enumerate(words)]


def other_spellings(name: str) -> Iterator[list[str]]:
    """Yield a name with its camel case taken apart, and with its apostrophes left out.

    >>> list(other_spellings("FlorAzur")), list(other_spellings("L'Atelier d'Élise"))
    ([['flor', 'azur']], [['latelier', 'delise']])
    """
    apart = [w.text for w in words_in(fold(_HUMP.sub(" ", name)))]
    whole = [w.text for w in words_in(fold(name))]
    if len(apart) > len(whole):
        yield apart
    for at in (found.start() for found in re.finditer("-", name)):
        words = [w.text for w in words_in(fold(name[:at] + name[at + 1 :]))]
        if len(words) < len(whole):
            yield words
    run = [w.text for w in words_in(_ELISION.sub(r"\1", fold(name)))]
    if len(run) < len(whole):
        yield run


def _other(word: str) -> str | None:
    """Return a common noun in its other number; ``None`` where it is none, or has none."""
    if len(word) < _MIN_PLURAL_LETTERS or not is_word(word):
        return None
    if word.endswith("s"):
        single = word[:-1]
        return single if is_word(single) else None
    plural = word + ("x" if word.endswith(("eau", "ou")) else "s")
    return plural if is_word(plural) else None


class NearWords:
    """Long words that may be met with one typing error; found in a few look-ups each."""

    def __init__(self) -> None:
        """Hold none yet."""
        self._by_key: dict[str, set[str]] = defaultdict(set)
        self._by_sound: dict[str, set[str]] = defaultdict(set)

    def add(self, word: str, *, is_sure: bool) -> None:
        """Take a word, if one typing error in it can be told from another word.

        ``is_sure``: other words stand beside it in the name, so that it may be a common one.
        """
        if not word.isalpha() or not (is_sure or not _is_known(word)):
            return
        if len(word) >= _MIN_SOUNDED:
            self._by_sound[sound_of(word)].add(word)
        if len(word) >= MIN_LETTERS:
            for key in _keys(word):
                self._by_key[key].add(word)

    def find(self, seen: str) -> tuple[str, ...]:
        """Return the words that ``seen`` is with one error, or that sound like it.

        No right word, and none that is a word itself.
        """
        if len(seen) < _MIN_SEEN or not self._by_sound or _is_met(seen):
            return ()
        found = set(self._by_sound.get(sound_of(seen), ()))
        if len(seen) >= MIN_LETTERS - 1 and not is_word(seen):
            near = {word for key in _keys(seen) for word in self._by_key.get(key, ())}
            found.update(word for word in near if _is_one_error(word, seen))
        return tuple(sorted(found - {seen}))


@lru_cache(maxsize=20_000)
def _is_met(word: str) -> bool:
    """Tell whether a word is one that people write, and mean: a list has "natur" too."""
    return _is_known(word) and not (0 < zipf(word) < _RARE and not _is_name(word))


def _is_known(word: str) -> bool:
    """Tell whether a word is one of the language, a person's name or a town."""
    return is_word(word) or _is_name(word)


def _is_name(word: str) -> bool:
    return is_first_name(word) or is_family_name(word) or bool(communes_named(word))


def _keys(word: str) -> set[str]:
    """Return a word and it with each letter left out: two words one error apart share a key."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _is_one_error(word: str, seen: str) -> bool:
    """Tell whether one letter is missing, too much, another, or two changed places; not the first.

    Nobody mistakes the first letter of a name: "Mougamont" is another family.
    """
    if word[0] != seen[0] or abs(len(word) - len(seen)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, seen, strict=False)) if a != b), None)
    if at is None:
        return True
    rest, other = word[at:], seen[at:]
    return (
        rest[1:] == other[1:]
        or rest[1:] == other
        or rest == other[1:]
        or (rest[1::-1] == other[:2] and rest[2:] == other[2:])
    )
