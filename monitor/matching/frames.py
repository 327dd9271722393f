"""What the words right around a name tell: "rue du Soleil", "le film Soleil"."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.lexicon import usual_company_at
from monitor.matching.distinctness import FUNCTION_WORDS
from monitor.matching.facts import Facts, trades_named
from monitor.matching.places_seen import STREETS
from monitor.matching.profile import Profile
from monitor.matching.spots import LINKS, Spot, links_before
from monitor.matching.words import word_set

_MONTHS = word_set(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"
    " lundi mardi mercredi jeudi vendredi samedi dimanche h heures euros ans"
)
_ARTICLES = frozenset({"l", "le", "la", "les", "un", "une", "des", "ce", "cette", "ces", "du"})
_VERBS = word_set(
    "a ai est es sont ont m me nous vous s se ne n fait font propose ouvre ferme reste recoit"
    " organise accueille fete recrute lance expose offre vend va sera etait avait livre rouvre"
    " demenage s'installe agrandit change cherche annonce vient reprend passe sait prend gere"
)
_WORKS = word_set(
    "film roman livre album chanson piece serie programme operation projet titre groupe"
    " compilation exposition expo festival association club equipe collection marque mot"
    " appartement"
)


def is_part_of_place(spot: Spot, facts: Facts) -> bool:
    """Tell whether the name is a piece of a town's name or of an address."""
    if any(spot.is_within(seen) for seen in facts.places):
        return True
    back = links_before(spot)
    is_hamlet = (spot.before(back + 1), spot.before(back)) == ("lieu", "dit")
    return is_hamlet or (spot.before(back) in STREETS and not set(spot.words) & STREETS)


def trade_beside(spot: Spot) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the words that name a trade before and after the name, with the trades' labels."""
    back = links_before(spot, LINKS | {"chez", "au", "a"})
    for word in (spot.before(back), spot.after(), _after_link(spot)):
        if labels := trades_named(word):
            yield word, labels


def _after_link(spot: Spot) -> str:
    """Return the word after "X du …": the "Comptoir Nantais du carrelage" sells tiles."""
    number = spot.last + 2
    is_linked = spot.after() in {"du", "de", "des"} and spot.part.joined(number)
    return spot.part.texts[number] if is_linked else ""


def usual_phrase(spot: Spot) -> str | None:
    """Return the phrase in which a common noun means itself here ("coup de soleil")."""
    is_number = spot.words[-1].isdecimal() and spot.words[0] in FUNCTION_WORDS
    if is_number and (spot.after() in _MONTHS or spot.before() in {"dans", "du"}):
        return spot.part.shown(spot.first, spot.last + 1)
    telling = [n for n, word in enumerate(spot.words) if word not in FUNCTION_WORDS]
    if len(telling) != 1:
        return None
    return usual_company_at(spot.part.texts, spot.first + telling[0])


def acts(spot: Spot) -> bool:
    """Tell whether a verb follows: a common noun without its article does nothing."""
    begins = spot.before() in _ARTICLES and spot.words[0] not in _ARTICLES
    return spot.after() in _VERBS and not begins


def work_before(spot: Spot) -> str | None:
    """Return what else the name is of: "le film Soleil", "programme « La Parenthèse »"."""
    back = links_before(spot)
    number = spot.first - back
    if number < 0 or spot.part.texts[number] not in _WORKS:
        return None
    return spot.part.shown(number, spot.last)


def longer_name(spot: Spot, profile: Profile) -> str | None:
    """Return the capital word beside the name that makes another name of it ("Soleil Levant")."""
    for number, joined in (
        (spot.last + 1, spot.after()),
        (spot.first - 1, spot.before()),
    ):
        is_other = joined and spot.part.is_capital(number)
        if is_other and joined not in profile.words | FUNCTION_WORDS and not trades_named(joined):
            return spot.part.shown(number, number)
    return None
