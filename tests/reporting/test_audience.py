"""How far a mention goes, in a tier and a figure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reporting.samples import PARIS, mention

from monitor.reporting.audience import write_audience
from monitor.reporting.phrases import Phrases


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, None),
        ({"views": 0, "author_followers": 0}, None),
        ({"views": 1}, "Petite portée : 1 vue"),
        ({"views": 999}, "Petite portée : 999 vues"),
        ({"views": 1000, "author_followers": 9}, "Portée moyenne : 1 000 vues"),
        ({"author_followers": 1}, "Petite portée : 1 personne suit l’auteur"),
        ({"author_followers": 12_345}, "Grande portée : 12 345 personnes suivent l’auteur"),
        ({"reach": 48_000, "views": 7}, "Grande portée : 48 000 personnes touchées"),
        ({"reach": 100_000}, "Très grande portée : 100 000 personnes touchées"),
    ],
)
def test_the_surest_figure_gives_the_tier(fields: dict[str, int], told: str | None) -> None:
    made = replace(mention(1), **fields)  # type: ignore[arg-type] # any field
    found = write_audience(made, Phrases("fr", PARIS))
    assert (found and found.replace("\u202f", " ").replace("\u00a0", " ")) == told
