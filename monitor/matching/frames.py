"""What the words right around a name tell: "rue du Soleil", "le film Soleil"."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.lexicon import usual_company_at
from monitor.lexicon.phrases import LONGEST
from monitor.matching.distinctness import FUNCTION_WORDS
from monitor.matching.facts import Facts, trades_named
from monitor.matching.persons import MINE
from monitor.matching.places_seen import STREETS
from monitor.matching.profile import Profile
from monitor.matching.reading import Part
from monitor.matching.spots import LINKS, Spot, links_before
from monitor.matching.words import word_set
from monitor.places import communes_named

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
    " compilation exposition expo festival association club collection marque mot"
    " prime dispositif label bourse concours fonds loi surnomme surnommee surnommes surnommees"
    " troupe appartement"
)


_OF = frozenset({"de", "du", "des", "d"})
_TO = word_set("a entre vers depuis pres")
_OF_PLACES = word_set(
    "habitants usagers gare commune ville mairie maire village quartier quartiers secteur depart"
    " direction sortie entree route parvis hauteur niveau riverains centre"
)
_A_WORD = 3  # letters: not the "m" of "de m'avoir"
_MOST_LETTERS = 6  # of an acronym
_FAR = 10  # words from it within which it is spelt out


def is_part_of_place(spot: Spot, facts: Facts) -> bool:
    """Tell whether the name is a piece of a town's name or of an address."""
    if any(spot.is_within(seen) for seen in facts.places):
        return True
    back = links_before(spot)
    is_hamlet = (spot.before(back + 1), spot.before(back)) == ("lieu", "dit")
    return is_hamlet or (spot.before(back) in STREETS and not set(spot.words) & STREETS)


def is_told_as_place(spot: Spot) -> bool:
    """Tell whether a name that is but a place's stands as one: "à Belleville", "Belleville : …"."""
    if not _is_place_name(spot):
        return False
    begins = spot.part.is_title and spot.first == 0 and spot.last + 1 < len(spot.part.words)
    is_dateline = begins and ":" in spot.part.gap(spot.last + 1)
    return is_dateline or spot.before() in _TO or _is_of_place(spot)


def _is_place_name(spot: Spot) -> bool:
    return spot.part.is_capital(spot.last) and bool(communes_named(" ".join(spot.words)))


def _is_of_place(spot: Spot) -> bool:
    return spot.before() in {"de", "d"} and spot.before(2) in _OF_PLACES


def other_words_of(spot: Spot, profile: Profile) -> str | None:
    """Return other words that letters stand for here: "agent de contrôle réseau (ACR)"."""
    letters = "".join(spot.words)
    if not (1 < len(letters) <= _MOST_LETTERS and letters.isalpha()):
        return None
    part = spot.part
    telling = [n for n in _beside_brackets(spot) if part.texts[n] not in FUNCTION_WORDS]
    for at in range(len(telling) - len(letters) + 1):
        run = telling[at : at + len(letters)]
        words = [part.texts[n] for n in run]
        if "".join(word[0] for word in words) == letters and not profile.words & set(words):
            return part.shown(run[0], run[-1])
    return None


def _beside_brackets(spot: Spot) -> range:
    """Return the words before a name in brackets, or those in brackets behind it."""
    part, end = spot.part, spot.last + 1
    if "(" in part.gap(spot.first):
        return range(max(0, spot.first - _FAR), spot.first)
    if end < len(part.words) and "(" in part.gap(end):
        return range(end, min(len(part.words), end + _FAR))
    return range(0)


def trade_beside(spot: Spot) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the words that name a trade before and after the name, with the trades' labels."""
    back = links_before(spot, LINKS | {"chez", "au", "a"})
    for word in (spot.before(back), spot.after(), _after_link(spot)):
        if labels := trades_named(word):
            yield word, labels


def trade_apposed(spot: Spot) -> tuple[str, frozenset[str]] | None:
    """Return the trade that a name is said to be of: "L'Angle droit, la librairie juridique".

    Not the next one of a list: "Léa, la boulangerie Dupont".
    """
    part, number = spot.part, spot.last + 1
    if number >= len(part.words) or not set(part.gap(number)) & set(",:("):
        return None
    if part.texts[number] in _ARTICLES | MINE:
        number += 1
    follows = number + 1
    while follows < len(part.words) and part.joined(follows) and part.texts[follows] in LINKS:
        follows += 1
    if number >= len(part.words) or (part.joined(follows) and part.is_capital(follows)):
        return None
    word = part.texts[number]
    labels = trades_named(word)
    return (word, labels) if labels else None


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
    number = spot.first + telling[0]
    first, end = _breath(spot.part, number)
    return usual_company_at(spot.part.texts[first:end], number - first)


def _breath(part: Part, number: int) -> tuple[int, int]:
    """Return from which word to before which one words are joined to one: no comma between."""
    first, end = number, number + 1
    while number - first < LONGEST and part.joined(first):
        first -= 1
    while end - number < LONGEST and part.joined(end):
        end += 1
    return first, end


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
    """Return the capital word beside the name that makes another name of it ("Soleil Levant").

    Or what a name of one common word is of: "La Fabrique des salauds".
    """
    for number, joined in (
        (spot.last + 1, spot.after()),
        (spot.first - 1, spot.before()),
    ):
        is_other = joined and spot.part.is_capital(number)
        if is_other and joined not in profile.words | FUNCTION_WORDS and not trades_named(joined):
            return spot.part.shown(number, number)
    return _what_it_is_of(spot, profile)


def _what_it_is_of(spot: Spot, profile: Profile) -> str | None:
    number = spot.last + 2
    if len(spot.telling) != 1 or spot.after() not in _OF or not spot.part.joined(number):
        return None
    word = spot.part.texts[number]
    is_ours = word in profile.words | profile.proper or trades_named(word)
    if is_ours or len(word) < _A_WORD or word in FUNCTION_WORDS | STREETS:
        return None
    return spot.part.shown(number, number)
