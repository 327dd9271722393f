"""A commune of France, as the table knows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """A commune, an arrondissement of Paris, Lyon or Marseille, or a former commune within one.

    ``code`` is INSEE's, not the postcode; ``departement`` is "59", "2A", "974".
    ``population`` is 0 where nobody is counted apart (former communes). ``latitude`` and
    ``longitude`` are degrees, of a small village to some kilometres only (see ``data/README.md``);
    ``None`` on a few islands. ``part_of`` is the code of the commune it is a part of, or empty;
    a former commune may have that code itself.
    ``is_ambiguous``: the name is a common word, a first name or a family name as well.
    """

    code: str
    name: str
    departement: str
    postcodes: tuple[str, ...]
    population: int
    latitude: float | None
    longitude: float | None
    part_of: str
    is_ambiguous: bool
