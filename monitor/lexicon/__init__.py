"""What French words, first names, family names, trades and common nouns are: plain look-ups.

All take any string, folded or not, and load their data at the first question. Phrases are compared
by their ``key``: folded, words in the singular. Data and their provenance: ``data/README.md``.
"""

from __future__ import annotations

from monitor.lexicon.company import usual_company, usual_company_at
from monitor.lexicon.names import (
    family_name_rank,
    first_name_rank,
    is_family_name,
    is_first_name,
)
from monitor.lexicon.phrases import grams, key, key_words, singular
from monitor.lexicon.trades import Trade, customer_words, trade_of, trades
from monitor.lexicon.words import is_word, zipf

__all__ = [
    "Trade",
    "customer_words",
    "family_name_rank",
    "first_name_rank",
    "grams",
    "is_family_name",
    "is_first_name",
    "is_word",
    "key",
    "key_words",
    "singular",
    "trade_of",
    "trades",
    "usual_company",
    "usual_company_at",
    "zipf",
]
