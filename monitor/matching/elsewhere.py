"""What else the press tells with names in it: deaths, flats, jobs, matches. No shop of that name.

Words that only such texts have, by kind; a shop of that very trade is not doubted for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.matching.facts import Facts
from monitor.matching.profile import Profile
from monitor.matching.relevance import signal
from monitor.matching.words import word_set
from monitor.model import Signal

_WORLDS = {
    "obituary": word_set(
        "obseques deces decede decedee defunt defunte condoleances inhumation cremation"
        " recueillement funerailles veuve veuf"
    ),
    "flat": word_set(
        "appartement appartements studio loyer copropriete duplex terrain m2 viabilise mitoyenne"
        " parcelle colocation meuble bailleur locataire"
    ),
    "job": word_set("h/f hf f/h cdi cdd interim alternance candidature candidatures smic stage"),
    "given name": word_set("prenoms"),
    "match": word_set(
        "match buteur buts championnat rugby football handball basket cyclisme judo trail marathon"
        " podium entraineur entraineuse ligue tournoi mi-temps sprint peloton coureur coureuse"
        " hockey patinoire derby volley finale finales demi-finale u11 u13 u15 u17 u18 u19"
        " hooligans supporters maillots tribunes victoire defaite inclinees incline inclines"
    ),
}
_TRADES = {
    "obituary": frozenset({"pompes funèbres", "fleuriste"}),
    "flat": frozenset(
        {"agence immobilière", "hôtel", "gîte", "camping", "meubles", "maçon", "peintre"}
        | {"plombier", "électricien", "menuisier", "déménagement", "nettoyage", "architecte"}
    ),
    "job": frozenset({"formation", "aide à domicile"}),
    "given name": frozenset(),
    "match": frozenset({"vélo et sport", "salle de sport", "bar"}),
}
_FEW = 2  # words of sport: one alone is a sponsor's
_FLAT = re.compile(r"\b(?:t[1-6]|f[2-6]|\d+ ?m2|\d+ ?m²)\b")


def world_signals(facts: Facts, profile: Profile) -> Iterator[Signal]:
    """Yield the kinds of text, not about shops, that the words of an entry belong to."""
    for world, words in _WORLDS.items():
        if _TRADES[world] & profile.trades:
            continue
        seen = sorted(words & facts.reading.vocabulary)
        if world == "flat" and not seen:
            seen = [m[0] for part in facts.reading.parts for m in _FLAT.finditer(part.folded)]
        if len(seen) >= (_FEW if world == "match" else 1):
            yield signal("other_world", ", ".join(seen[:3]))
