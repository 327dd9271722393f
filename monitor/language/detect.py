"""Which language a text is in, by py3langid, leaning on the languages its business expects.

Of a short text py3langid alone is unsure ("génial" is Javanese to it by a hair), so its
probabilities are weighed by what a French business hears, and by the little words ("the", "het",
"les") that a text can hardly do without. Unsure stays ``None``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, Final
from unicodedata import category, normalize

from monitor.language.telling import telling_words

# The weights and limits below were chosen from a grid so that tests/data/language and the French
# of dev.jsonl.gz come out right; tests/language/test_accuracy.py holds them to it.
_FRENCH_WEIGHT: Final = 80.0  # of 65 languages at 1, French is given 1 in 2
_EXPECTED_WEIGHT: Final = 10.0  # English and the business's own languages
_MIN_EXPECTED: Final = 0.5  # more likely than all others together
_MIN_UNTOLD: Final = 0.75  # and this likely without one little word: "Pulled pork" is a dish
_MIN_FOREIGN: Final = 0.8  # a language that nobody expects needs a clear margin
_MIN_AMONG_FOREIGN: Final = 0.4  # or a lead, where no language that is expected comes near
_NOT_EXPECTED: Final = 0.05
_TOLD: Final = 3.0  # what one little word weighs
_OVERRULES_DECLARED: Final = 0.7

_MIN_LETTERS: Final = 3  # "ok", "+1" are of no language
_MAX_LETTERS: Final = 2_000  # more changes no answer, only the time
CREOLES: Final = frozenset({"gcf", "gcr", "ht"})
"""Of French words; between them and French that is spelt as it sounds, letters hardly tell."""
_NO_LANGUAGE: Final = frozenset({"zxx", "und", "mul", "mis"})  # ISO 639-2, special codes

# Addresses, mentions, hashtags: names, whatever the language around them.
_NAMES = re.compile(r"https?://\S+|www\.\S+|[@#]\w[\w.-]*")

_LOADING = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """An ISO 639 code (``fr``), or ``None`` if unsure, and how likely it is, 0..1."""

    code: str | None
    confidence: float


UNKNOWN: Final = Language(code=None, confidence=0.0)


def detect_language(text: str, hints: Sequence[str] = (), names: Sequence[str] = ()) -> Language:
    """Detect the language of a text; ``hints`` are expected besides French and English.

    ``names`` of businesses are passed over: a text on "Hôtel des Deux Ponts" may be in English.
    The first call in a process loads the model: about 0.6 s and 20 MB. Never raises.
    """
    letters = _letters(_without(names, text))
    if len(letters.replace(" ", "")) < _MIN_LETTERS:
        return UNKNOWN
    weights, told = _weights(hints), telling_words(letters)
    shares = _weigh(_rank(letters), weights, told)
    best = max(shares, key=shares.__getitem__)
    if best not in weights:
        is_foreign = sum(shares.get(code, 0.0) for code in weights) < _NOT_EXPECTED
        least = _MIN_AMONG_FOREIGN if is_foreign and best not in CREOLES else _MIN_FOREIGN
        if shares[best] >= least:
            return _language(best, shares[best], least)
        best = max(weights, key=lambda code: shares.get(code, 0.0))
    least = _MIN_EXPECTED if best == "fr" or told.get(best) else _MIN_UNTOLD
    return _language(best, shares.get(best, 0.0), least)


def _language(code: str, likely: float, least: float) -> Language:
    is_one = likely >= least and code not in _NO_LANGUAGE
    return Language(code=code if is_one else None, confidence=likely)


def language_of(
    text: str, declared: str | None, hints: Sequence[str] = (), names: Sequence[str] = ()
) -> str | None:
    """Say the language of a text for which its platform may declare one.

    Platforms often declare the account's default (Mastodon: ``en`` on French posts), so what is
    read in the text wins where it is clear, and the declared one where it is not.
    """
    claimed = _primary(declared) if declared else None
    read = detect_language(text, hints if claimed is None else (*hints, claimed), names)
    if claimed is None or read.confidence >= _OVERRULES_DECLARED:
        return read.code or claimed
    if claimed != "fr" and _speaks_french_rather(text, claimed, read.code):
        return "fr"
    return claimed


def _speaks_french_rather(text: str, claimed: str, read: str | None) -> bool:
    """Tell whether the little words are French ones, or the letters and no word speaks against.

    Of a single word letters say too little to doubt what is declared.
    """
    letters = _letters(text)
    told = telling_words(letters)
    french, other = told.get("fr", 0), told.get(claimed, 0)
    return french > other or (read == "fr" and not other and " " in letters)


def _without(names: Sequence[str], text: str) -> str:
    """Take names out of a text, whatever their case.

    >>> _without(["Les Trois Pins", " "], "The campsite les trois pins opens").split()
    ['The', 'campsite', 'opens']
    """
    told = "|".join(re.escape(name) for name in names if name.strip())
    return re.sub(rf"(?<!\w)(?:{told})(?!\w)", " ", text, flags=re.IGNORECASE) if told else text


def _letters(text: str) -> str:
    """Keep the letters of a text's words, single blanks between; apostrophes part words.

    >>> _letters("@bob 10/10 !! J’adore 😀 https://example.org/x")
    'J adore'
    """
    words = _NAMES.sub(" ", normalize("NFC", text[: 4 * _MAX_LETTERS]))
    # L and M: letters, and the marks that Indic scripts write vowels with.
    kept = "".join(sign if category(sign)[0] in "LM" else " " for sign in words)
    return " ".join(kept.split())[:_MAX_LETTERS]


def _weights(hints: Sequence[str]) -> Mapping[str, float]:
    codes = [code for hint in ("en", *hints) if (code := _primary(hint)) is not None]
    return {**dict.fromkeys(codes, _EXPECTED_WEIGHT), "fr": _FRENCH_WEIGHT}


def _weigh(
    ranked: Mapping[str, float], weights: Mapping[str, float], told: Mapping[str, int]
) -> Mapping[str, float]:
    weighed = {
        code: share * weights.get(code, 1.0) * _TOLD ** told.get(code, 0)
        for code, share in ranked.items()
    }
    total = sum(weighed.values())
    return {code: share / total for code, share in weighed.items()}


def _primary(tag: str) -> str | None:
    """Reduce a language tag to its code (BCP 47); ``None`` if it names no language.

    >>> _primary("fr-FR"), _primary("und"), _primary("?")
    ('fr', None, None)
    """
    code = re.split(r"[-_]", tag.strip().lower(), maxsplit=1)[0]
    return code if re.fullmatch(r"[a-z]{2,3}", code) and code not in _NO_LANGUAGE else None


def _rank(text: str) -> Mapping[str, float]:
    """Give each language's probability; they add up to 1."""
    return dict(_identifier().rank(text))


def _identifier() -> Any:  # noqa: ANN401 - py3langid ships no types
    with _LOADING:  # two polls that begin together must not both load it
        return _load()


@cache
def _load() -> Any:  # noqa: ANN401 - py3langid ships no types
    from monitor.language.model import load_identifier  # noqa: PLC0415 - loads numpy

    return load_identifier()
