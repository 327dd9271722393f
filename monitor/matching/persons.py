"""Whether a name is somebody's here: "Léa, ma voisine", "le conseiller Marchand"."""

from __future__ import annotations

from monitor.lexicon import is_family_name, is_first_name, zipf
from monitor.matching.facts import trades_named
from monitor.matching.spots import LINKS, Spot
from monitor.matching.words import word_set

_TITLES = word_set(
    "fee sainte saint reine roi prince princesse deesse dieu m mr mme mlle monsieur madame"
    " maitre me maire docteur professeur pr conseiller conseillere depute deputee senateur"
    " president presidente ministre prefet juge commissaire adjoint candidat candidate joueur"
    " coach champion championne capitaine chanteur chanteuse acteur actrice"
    " colonel general lieutenant adjudant commandant sergent major amiral gendarme pompier"
    " procureur procureure avocat avocate magistrat magistrate notaire sous-prefet prefete"
    " abbe pere cure eveque pasteur imam rabbin missionnaire chanoine moine"
    " romancier romanciere ecrivain ecrivaine auteur autrice poete peintre sculpteur sculptrice"
    " musicien musicienne pianiste violoniste compositeur compositrice comedien humoriste"
    " realisateur realisatrice cineaste journaliste animateur animatrice historien historienne"
    " philosophe sociologue economiste chercheur chercheuse biologiste climatologue geographe"
    " entraineur entraineuse selectionneur gardien attaquant attaquante defenseur buteur buteuse"
    " arbitre pilote coureur coureuse cycliste nageur nageuse judoka boxeur boxeuse skieur skieuse"
    " pilier demi capitaine milieu ailier"
    " deporte resistant resistante militant militante syndicaliste porte-parole secretaire"
    " enseignant enseignante instituteur institutrice proviseur proviseure principal directeur"
    " directrice recteur rectrice etudiant etudiante lyceen lyceenne collegien collegienne"
    " retraite retraitee nonagenaire octogenaire centenaire doyen doyenne veuve"
    " echevin echevine bourgmestre elu elue"
)
_KIN = word_set(
    "pere mere oncle tante tata tonton voisin voisine ami amie copain copine cousin cousine"
    " frere soeur fille fils papa maman mamie papi papy mari femme epouse epoux grand parrain"
    " marraine collegue bebe petite petit eleve"
)
MINE = word_set("mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs")
_CLAN = frozenset({"les", "famille", "familles", "epoux", "freres", "soeurs", "nee", "feu"})
_KIN_OF_FIRM = frozenset({"fils", "fille", "filles", "freres", "soeurs", "pere"})
_KIN_AFTER = 4
_FREQUENT = 4.5  # Zipf value of words that are hardly anybody's name


def is_person(spot: Spot, trades: frozenset[str]) -> bool:
    """Tell whether a name that is but a person's is somebody's first or last name here.

    ``trades``: labels of the shop's own, by which its owner is called ("le notaire Perrin").
    """
    names = [spot.part.texts[number] for number in spot.telling]
    names = [name for name in names if name not in _KIN_OF_FIRM] or names
    if spot.words[0] in {"saint", "sainte"} and _is_spelt_as_saint(spot):
        return True
    if len(names) != 1 or names[0].isdecimal() or spot.names_trade:
        return False
    if _has_title(spot, trades) or (
        spot.before() in {"les", "famille", "familles"} and is_family_name(names[0])
    ):
        return True
    return is_first_name(names[0]) and (
        _is_among_first_names(spot) or _is_kin(spot) or _has_surname(spot) or _is_of_a_pair(spot)
    )


def _is_spelt_as_saint(spot: Spot) -> bool:
    """Tell whether it is "saint Roch", whom one prays to, and not "Saint-Roch"."""
    return spot.part.is_small(spot.first) and spot.part.is_capital(spot.last)


def _is_of_a_pair(spot: Spot) -> bool:
    """Tell whether another first name goes with it: "chez Suzette et Michel"."""
    part, after, before = spot.part, spot.last + 2, spot.first - 2
    if spot.after() == "et" and part.joined(after):
        return is_first_name(part.texts[after]) and part.is_capital(after)
    return spot.before() == "et" and is_first_name(spot.before(2)) and not part.is_small(before)


def _has_title(spot: Spot, trades: frozenset[str]) -> bool:
    """Tell whether "M.", "le maire" or a first name stands before it."""
    before = spot.before()
    is_first = is_first_name(before) and not spot.part.is_small(spot.first - 1)
    return is_first or (before in _TITLES and trades.isdisjoint(trades_named(before)))


def _is_kin(spot: Spot) -> bool:
    """Tell whether it is somebody's relative, or of an age: "ma Léa", "Léa, 8 ans"."""
    before = spot.before()
    if before in MINE | _KIN or (before in LINKS and spot.before(2) in _KIN):
        return True
    follows = spot.part.texts[spot.last + 1 : spot.last + 1 + _KIN_AFTER]
    if "ans" in follows and follows[follows.index("ans") - 1].isdecimal():
        return True
    is_apart = bool(follows) and not spot.after()
    return is_apart and bool(set(follows) & _KIN and set(follows) & (MINE | LINKS))


def _has_surname(spot: Spot) -> bool:
    after = spot.after()
    return bool(after) and spot.part.is_capital(spot.last + 1) and _may_be_surname(after)


def is_owned(spot: Spot) -> bool:
    """Tell whether a name is somebody's: "mes p'tits loups"."""
    return spot.before() in MINE


def _is_among_first_names(spot: Spot) -> bool:
    """Tell whether a first name stands in a row of others: "Clémentine, Rose, Iris"."""
    texts = spot.part.texts
    after, before = texts[spot.last + 1 : spot.last + 3], texts[max(0, spot.first - 2) : spot.first]
    listed = [(spot.last + 1, after), (spot.first, before)]
    return any(
        len(row) > 1
        and all(map(is_first_name, row))
        and number < len(texts)
        and "," in spot.part.gap(number)
        for number, row in listed
    )


def _may_be_surname(word: str) -> bool:
    return (is_family_name(word) or zipf(word) < _FREQUENT) and not trades_named(word)
