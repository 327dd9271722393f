"""What no draft may say, whoever wrote its template: checked on every draft before it is shown.

Words of both languages are looked for in every draft: they are few, and a mixed text hides none.
"""

from __future__ import annotations

import re
from enum import StrEnum

from monitor.text import fold


class Flaw(StrEnum):
    """Why a draft is not shown."""

    PROMISE = "promise"
    DATE = "date"
    INSULT = "insult"
    REVEAL = "reveal"
    FAMILIAR = "familiar"


_WORDS = {
    Flaw.PROMISE: (
        r"rembours\w*|dedommag\w*|indemnis\w*|compens\w*|remis(?:e|es)|reduction\w*|rabais"
        r"|ristourne\w*|bon d'achat|cheque\w*|gratuit\w*|offr(?:e|ir|ons|ez|ent)\w*|offert\w*"
        r"|cadeau\w*|geste\w*|garanti\w*|promess\w*|promett\w*|promis\w*|engage\w*|remplac\w*"
        r"|jamais plus|plus jamais|reproduira\w*|nous vous assurons|corriger(?:ons|a)"
        r"|ameliorer(?:ons|a)|refund\w*|reimburs\w*|vouchers?|discount\w*|free|gifts?"
        r"|complimentary|guarante\w*|promis\w*|replac\w*|rebates?|never again|happen again"
        r"|make it up|we will|we'll|owe you"
    ),
    Flaw.DATE: (
        r"\w*\d\w*|(?:lun|mar|mercre|jeu|vendre|same)dis?|dimanches?|janvier|fevrier|mars|avril"
        r"|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|demain|bientot|sous peu"
        r"|prochain\w*|rapidement|d'ici|semaines?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
        r"|january|february|march|april|may|june|july|august|september|october|november"
        r"|december|tomorrow|soon|shortly|weeks?|quickly"
    ),
    Flaw.INSULT: (
        r"ment(?:eur|euse|eurs|ez|ent|i)|mensong\w*|malhonnet\w*|ridicul\w*|idiot\w*|stupid\w*"
        r"|imbecil\w*|absurd\w*|honte\w*|diffam\w*|calomni\w*|mauvaise foi|faux avis|tribun\w*"
        r"|avocat\w*|huissier\w*|plainte|poursui\w*|client\w* difficile\w*|liar\w*|lie[sd]?|lying"
        r"|dishonest\w*|shame\w*|nonsense|troll\w*|fake|bad faith|defam\w*|slander\w*|libel\w*"
        r"|lawyer\w*|court|sue|legal action"
    ),
    # That somebody is a customer is theirs to tell: in some trades it is a secret.
    Flaw.REVEAL: (
        r"votre (?:commande|achat|visite|venue|dossier|rendez-vous|facture|compte|sejour|repas"
        r"|reservation|bouquet|adresse|numero|telephone|nom)"
        r"|vos (?:commandes|achats|visites|coordonnees|donnees)|cher client|chere cliente"
        r"|your (?:order|purchase|visit|file|appointment|invoice|account|stay|meal|booking"
        r"|address|number|phone|name|data)|dear customer|https?|www|commande n\S*"
    ),
    Flaw.FAMILIAR: r"tu|toi|te|ton|ta|tes|t'as|t'es|salut|coucou|bisous?|lol|mdr",
}
_PATTERNS = {flaw: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for flaw, words in _WORDS.items()}
_ADDRESS = re.compile(r"\S@\S|://")
_NAME = re.compile(r"[^\W\d_]{3,}")


def flaws_of(text: str, author: str | None = None) -> tuple[Flaw, ...]:
    """Return what is wrong with a draft that its business's name was left out of.

    ``author`` is who it answers: not a word of their name may stand in it.
    """
    folded = fold(text)
    found = {flaw for flaw, pattern in _PATTERNS.items() if pattern.search(folded)}
    words = set(_NAME.findall(folded))
    if _ADDRESS.search(folded) or words & set(_NAME.findall(fold(author or ""))):
        found.add(Flaw.REVEAL)
    return tuple(flaw for flaw in Flaw if flaw in found)
