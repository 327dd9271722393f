"""One thing that a notice tells, and what is found the same way in alerts and reviews."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Kind
from monitor.notices.lines import Link
from monitor.notices.links import leads_aside, real_link, without_access
from monitor.notices.patterns import Folded
from monitor.notices.ratings import read_rating
from monitor.notices.rules import Rule, begins, find, holds
from monitor.text import fold

MOST_OF_TEXT = 20_000
LONGEST_LABEL = 60
"""Characters of a name, of a medium, of a line that only rates."""
_ENDS = re.compile(
    r".*\b(?:se |vous )?des(?:abonner|inscrire)\b.*|.*\bunsubscribe\b.*"
    r"|(?:vous recevez|vous avez recu) (?:cet?|ce message|l')? ?(?:e-?mail|message|courriel).*"
    r"|(?:you (?:are receiving|received|have received)|this (?:e-?mail|message) was sent).*"
    r"|(?:modifier|edit) (?:cette alerte|this alert).*|ne (?:pas )?repondez pas .*|--"
    r"|(?:afficher|voir) (?:plus|davantage) de resultats.*|see more results.*|copyright\b.*"
    r"|(?:do you have comments or suggestions|want to advertise).*"
)
_TO_THE_REVIEW = re.compile(
    r".*\b(?:avis|review|repondre|reply|respond|lire|read|voir|see|view|consulter|commentaire)\b.*"
)
# How reviews name their author, whoever mails them.
_NAMING = re.compile(
    r"(?:auteur|author|reviewer|client|pseudo|nom) ?: (.+)"
    r"|(?:avis (?:depose |redige )?(?:de|par)|review(?:ed)? by) (.+)"
    r"|(.+?) (?:vient de (?:laisser|publier|deposer)|a (?:laisse|publie|depose|redige)) un"
    r" (?:nouvel )?avis\b.*"
    r"|(.+?) (?:just )?(?:left|wrote|posted) a (?:new )?review\b.*"
)
_NOBODY = re.compile(
    r"(?:un|une|des|le|la|les|a|an|the|some|votre|your|nouvel) .*|l'.*|quelqu'un|someone|vous|you"
)
_LONGEST_NAMING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that a notice tells; ``key`` tells it from the others of the notice."""

    key: str
    kind: Kind
    url: str | None = None
    title: str = ""
    text: str = ""
    author: str | None = None
    rating: float | None = None
    outlet: str | None = None


def is_end(rule: Rule, line: Folded) -> bool:
    """Tell whether nothing counts from a line on."""
    return is_foot(line) or begins(rule.ends, line)


def is_foot(line: Folded) -> bool:
    """Tell whether a line begins what stands below every mail: why it came, how to stop it."""
    return line.whole.startswith("©") or _ENDS.fullmatch(line.text) is not None


def is_naming(rule: Rule, line: Folded) -> bool:
    """Tell whether a line is there to name an author or a title."""
    is_told = begins((*rule.author, *rule.title), line)
    return is_told or (rule.kind is Kind.REVIEW and _named(line) is not None)


def author_in(rule: Rule, texts: Sequence[str]) -> str | None:
    """Return the author that some lines name: as the rule tells, else as reviews mostly do."""
    lines = [Folded(text) for text in texts]
    tries = [find([one], line) for one in rule.author for line in lines if begins([one], line)]
    tries += [find([one], line) for one in rule.author for line in lines]
    if rule.kind is Kind.REVIEW:
        tries += [_named(line) for line in lines]
    return next(filter(None, map(_name_of, tries)), None)


def rating_in(rule: Rule, texts: Sequence[str]) -> float | None:
    """Return the stars that some lines state: where the rule tells, else the first that do."""
    if rule.rating:
        wanted = first_of(rule.rating, texts)
        return read_rating(wanted, out_of=rule.out_of) if wanted else None
    return next((stars for stars in map(read_rating, texts) if stars is not None), None)


def first_of(patterns: Sequence[str], texts: Sequence[str]) -> str | None:
    """Return what patterns want of the first line that has it."""
    if not patterns:
        return None
    return next((found for text in texts if (found := find(patterns, Folded(text)))), None)


def first_link(links: Sequence[Link], rule: Rule | None = None) -> str | None:
    """Return the link that leads to the review: as the rule tells, else by what it says."""
    led = [(link, without_access(url)) for link in links if (url := real_link(link.url))]
    if rule is not None:
        led = [(link, url) for link, url in led if not is_aside(rule, link)]
        if rule.links:
            return next((url for link, url in led if is_of(rule.links, link.url, url)), None)
    else:
        led = [(link, url) for link, url in led if not leads_aside(url, link.text)]
    telling = (url for link, url in led if _TO_THE_REVIEW.fullmatch(fold(link.text[:200])))
    return next(telling, led[0][1] if led else None)


def is_aside(rule: Rule, link: Link) -> bool:
    """Tell whether a link leads to no mention: as the rule tells, or whatever the rule."""
    url = real_link(link.url) or ""
    if leads_aside(url, link.text):
        return True
    return bool(rule.skip) and (
        is_of(rule.skip, link.url, url) or holds(rule.skip, Folded(link.text))
    )


def is_of(patterns: Sequence[str], *urls: str) -> bool:
    """Tell whether a pattern stands in one of some addresses."""
    return any(holds(patterns, Folded(url)) for url in urls)


def _named(line: Folded) -> str | None:
    if len(line.text) > _LONGEST_NAMING:
        return None
    found = _NAMING.fullmatch(line.text.strip())
    if found is None or found.lastindex is None:
        return None
    start = len(line.text) - len(line.text.lstrip())
    return line.between(start + found.start(found.lastindex), start + found.end(found.lastindex))


def _name_of(found: str | None) -> str | None:
    name = re.split(r"[!?:] ", found or "")[-1].strip(' ,:–—-«»“”"')
    is_name = 0 < len(name) <= LONGEST_LABEL and not _NOBODY.fullmatch(fold(name))
    return name if is_name else None
