"""How the names of places are compared: word by word, folded, "St" as "Saint"."""

from __future__ import annotations

import re

from monitor.text import fold

_WORD = re.compile(r"[^\W_]+")
_SHORT_SUR = re.compile(r"\bs/\s?")  # "Chalon s/Saône", as on an envelope
_SAME = {"st": "saint", "ste": "sainte", "sts": "saints"}


def place_words(text: str) -> list[str]:
    """Return the words of a text as names of places are compared.

    >>> place_words("L’Haÿ-les-Roses")
    ['l', 'hay', 'les', 'roses']
    >>> place_words("St-Amand les Eaux")
    ['saint', 'amand', 'les', 'eaux']
    """
    return [_SAME.get(word, word) for word in _WORD.findall(fold(text))]


def name_key(name: str) -> str:
    """Return what all the ways to write the name of one place have in common.

    >>> name_key("CHALON S/ SAONE") == name_key("Chalon-sur-Saône")
    True
    """
    return " ".join(place_words(_SHORT_SUR.sub("sur ", fold(name))))
