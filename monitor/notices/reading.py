"""From a notice's lines and the rule that knows it to what it tells: hits, reviews, or itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from monitor.model import Kind
from monitor.notices.lines import Line, Link
from monitor.notices.links import is_at, leads_aside, real_link, without_access
from monitor.notices.patterns import Folded
from monitor.notices.ratings import read_rating
from monitor.notices.rules import Rule, find, holds, is_whole
from monitor.text import fold
from monitor.urls import canonical_url

MOST_TOLD = 200
"""Mentions of one notice; a day's alert has some twenty."""
_MOST_OF_TEXT = 20_000
_LONGEST_MEDIUM = 60
_ENDS = re.compile(
    r".*\b(?:se |vous )?des(?:abonner|inscrire)\b.*|.*\bunsubscribe\b.*"
    r"|(?:vous recevez|vous avez recu) (?:cet?|ce message|l')? ?(?:e-?mail|message|courriel).*"
    r"|(?:you (?:are receiving|received|have received)|this (?:e-?mail|message) was sent).*"
    r"|(?:modifier|edit) (?:cette alerte|this alert).*|ne (?:pas )?repondez pas .*|--"
    r"|(?:afficher|voir) (?:plus|davantage) de resultats.*|see more results.*|copyright\b.*"
    r"|(?:do you have comments or suggestions|want to advertise).*"
)
_NOISE = re.compile(
    r"(?:bonjour|bonsoir|cher|chere|hello|hi|dear)(?: [^,.!?]{0,40})?[,.!]?"
    r"|(?:cordialement|bien a vous|a bientot|best regards|kind regards|thanks|merci)[,.!]?"
    r"|l'equipe .{0,30}|the .{0,30} team"
    r"|.{0,80}\b(?:vient de (?:laisser|publier|deposer)|a (?:laisse|publie|depose|ecrit) un"
    r" (?:nouvel )?avis|left (?:you )?a review|nouvel avis|new review)\b.{0,120}"
    r"|(?:commentaire|avis|comment|review|message|titre|title|note|rating)s? ?:?"
    r"|.{0,30}\b(?:note|rating|score)\b.{0,20}\b(?:moyenne|average|globale|overall)\b.{0,40}"
)
_TO_THE_REVIEW = re.compile(
    r".*\b(?:avis|review|repondre|reply|respond|lire|read|voir|see|view|consulter|commentaire)\b.*"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# What stands in quotes as a whole; what a review itself quotes is a part of it.
_QUOTED = re.compile(r"^[«“\"]\s*(.{2,4000}?)\s*[»”\"]$", re.MULTILINE | re.DOTALL)


# Where reviews name their author, whoever mails them.
_AUTHORS = (
    *(f"{{}} {does}" for does in ("a laissé un avis", "a publié un avis", "a déposé un avis")),
    *(f"{{}} {does}" for does in ("left a review", "wrote a review", "posted a review")),
    *(f"{what} : {{}}" for what in ("Auteur", "Author", "Reviewer", "Client", "Pseudo", "Nom")),
    *(f"{what} {{}}" for what in ("Avis de", "Avis déposé par", "Review by", "Reviewed by")),
)
_NOBODY = re.compile(
    r"(?:un|une|des|le|la|les|a|an|the|some|votre|your|nouvel) .*|l'.*|quelqu'un|someone|vous|you"
)
_LONGEST_NAME = 60


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


@dataclass(slots=True)
class _Hit:
    url: str
    title: str
    lines: list[str] = field(default_factory=list)


def read_notice(rule: Rule, subject: str, lines: Sequence[Line]) -> tuple[Told, ...]:
    """Return what a notice tells by its rule; nothing where the rule does not understand it."""
    if rule.gives == "links":
        return tuple(_told_of_hit(rule, hit) for hit in _hits(rule, lines)[:MOST_TOLD])
    parts = _parts(rule, lines)[:MOST_TOLD]
    shared = _first_link([link for line in lines for link in line.links], rule)
    told = [_told_of_part(rule, subject, part, shared) for part in parts]
    told = [one for one in told if one.text or one.rating is not None or one.author]
    if len(told) <= 1:
        return tuple(replace(one, key="") for one in told)
    return tuple(told)


def read_itself(subject: str, lines: Sequence[Line]) -> Told:
    """Return a notice that no rule understands as one thing: its text and its first link."""
    kept: list[str] = []
    links: list[Link] = []
    for line in lines:
        if kept and _is_foot(Folded(line.text)):
            break
        kept.append(line.text)
        links += line.links
    text = "\n".join(filter(None, kept))[:_MOST_OF_TEXT]
    return Told(key="", kind=Kind.PAGE, url=_first_link(links), title=subject, text=text)


def without_links(told: Told) -> Told:
    """Return what a notice tells with nothing in it that leads anywhere."""
    title, text = (_ADDRESS.sub("…", words) for words in (told.title, told.text))
    return replace(told, url=None, title=title, text=text)


def query_of(rule: Rule, subject: str) -> str | None:
    """Return what an alert was set for, without its quotes."""
    found = find(rule.query, Folded(subject))
    return found.strip(" \"'«»“”\u00a0") if found else None


# --- alerts: a mention a link -----------------------------------------------------------------


def _hits(rule: Rule, lines: Sequence[Line]) -> list[_Hit]:
    hits: list[_Hit] = []
    known: dict[str, _Hit] = {}
    before: list[str] = []
    for line in lines:
        folded = Folded(line.text)
        if hits and _is_end(rule, folded):
            break
        if rule.noise and is_whole(rule.noise, folded):
            continue
        rest = line.text
        for link, url in _counted(rule, line.links):
            rest = rest.replace(link.text, " ", 1).strip(" -–—|:·") if link.text else rest
            title = "" if link.text.lower().startswith("http") else link.text
            if not title and before:
                title = before.pop()
            if hits:
                hits[-1].lines += before
            before = []
            hits.append(_Hit(url, title))
            known.setdefault(canonical_url(url), hits[-1])
        if rest and not (line.links and all(_is_aside(rule, one) for one in line.links)):
            before.append(rest)
    if hits:
        hits[-1].lines += before
    return list(known.values())  # of one page that stands there twice, the first


def _counted(rule: Rule, links: Sequence[Link]) -> Iterator[tuple[Link, str]]:
    for link in links:
        url = real_link(link.url)
        if url is None or _is_aside(rule, link):
            continue
        if rule.links:
            if _is_of(rule.links, link.url, url):
                yield link, url
        elif link.text and not any(is_at(url, one.rpartition("@")[2]) for one in rule.senders):
            yield link, url


def _is_aside(rule: Rule, link: Link) -> bool:
    url = real_link(link.url) or ""
    return leads_aside(url, link.text) or (
        bool(rule.skip)
        and (_is_of(rule.skip, link.url, url) or holds(rule.skip, Folded(link.text)))
    )


def _is_of(patterns: Sequence[str], *urls: str) -> bool:
    return any(holds(patterns, Folded(url)) for url in urls)


def _told_of_hit(rule: Rule, hit: _Hit) -> Told:
    lines, outlet = hit.lines, rule.outlet
    if rule.names_medium and len(lines) > 1 and len(lines[0]) <= _LONGEST_MEDIUM:
        outlet, lines = lines[0], lines[1:]
    folded = Folded(hit.title)
    title = find(rule.title, folded) or hit.title
    text = "\n".join(lines)[:_MOST_OF_TEXT]
    return Told(
        key=canonical_url(hit.url),
        kind=rule.kind,
        url=hit.url,
        title=title.strip(" '\"«»“”") or title,
        text=text,
        author=_author(rule.author, [hit.title, *lines]),
        rating=_rating(rule, [hit.title, *lines]) if rule.rating else None,
        outlet=outlet,
    )


# --- reviews: a mention a notice, or a part of one ------------------------------------------------


def _parts(rule: Rule, lines: Sequence[Line]) -> list[list[Line]]:
    """Cut a notice where its reviews begin; what stands before the first begins none."""
    kept: list[Line] = []
    for line in lines:
        if kept and _is_end(rule, Folded(line.text)):
            break
        kept.append(line)
    if not rule.starts:
        return [kept]
    parts: list[list[Line]] = []
    for line in kept:
        if holds(rule.starts, Folded(line.text)):
            parts.append([line])
        elif parts:
            parts[-1].append(line)
    return parts or [kept]


def _told_of_part(rule: Rule, subject: str, part: Sequence[Line], shared: str | None) -> Told:
    texts = [line.text for line in part if line.text]
    # A notice with several reviews has one subject: it tells nothing of each.
    is_one_of_several = bool(texts) and holds(rule.starts, Folded(texts[0]))
    told = texts if is_one_of_several else [subject, *texts]
    patterns = (*rule.author, *_AUTHORS) if rule.kind is Kind.REVIEW else rule.author
    author = _author(patterns, told)
    text = _text(rule, subject, part)
    title = _first(rule.title, told)
    links = [link for line in part for link in line.links]
    return Told(
        key=fold(f"{author or ''} {text}")[:200],
        kind=rule.kind,
        url=_first_link(links, rule) or shared,
        title=title or subject,
        text=text,
        author=author,
        rating=_rating(rule, told),
        outlet=rule.outlet,
    )


def _text(rule: Rule, subject: str, part: Sequence[Line]) -> str:
    whole = "\n".join(line.text for line in part)[:_MOST_OF_TEXT]
    if (found := find(rule.text, Folded(whole))) is not None:
        return found.strip(' \n"«»“”\u00a0\u202f')
    quotes = [found[1] for found in _QUOTED.finditer(whole)]
    if quotes:
        return max(quotes, key=len).strip()
    kept = (line.text for line in part if _is_text(rule, line))
    # A heading repeats the subject, or a part of it.
    heads = fold(subject)
    return "\n".join(text for text in kept if fold(text) not in heads)[:_MOST_OF_TEXT]


def _is_text(rule: Rule, line: Line) -> bool:
    if not line.text or any(fold(link.text) == fold(line.text) for link in line.links):
        return False
    folded = Folded(line.text)
    is_of_author = find((*rule.author, *rule.title), folded) is not None
    is_noise = is_of_author or _NOISE.fullmatch(folded.text) or is_whole(rule.noise, folded)
    is_rating = len(line.text) < _LONGEST_MEDIUM and _rating(rule, [line.text]) is not None
    return not (is_noise or is_rating or holds(rule.starts, folded))


def _rating(rule: Rule, texts: Sequence[str]) -> float | None:
    if rule.rating:
        wanted = _first(rule.rating, texts)
        return read_rating(wanted, out_of=rule.out_of) if wanted else None
    return next((stars for stars in map(read_rating, texts) if stars is not None), None)


def _author(patterns: Sequence[str], texts: Sequence[str]) -> str | None:
    for pattern in patterns:
        found = _first([pattern], texts) or ""
        name = re.split(r"[!?:] ", found)[-1].strip(' .,:–—-«»“”"')
        if name and len(name) <= _LONGEST_NAME and not _NOBODY.fullmatch(fold(name)):
            return name
    return None


def _first(patterns: Sequence[str], texts: Sequence[str]) -> str | None:
    if not patterns:
        return None
    return next((found for text in texts if (found := find(patterns, Folded(text)))), None)


def _first_link(links: Sequence[Link], rule: Rule | None = None) -> str | None:
    """Return the link that leads to the review: as the rule tells, else by what it says."""
    led = [(link, without_access(url)) for link in links if (url := real_link(link.url))]
    if rule is not None:
        led = [(link, url) for link, url in led if not _is_aside(rule, link)]
        if rule.links:
            return next((url for link, url in led if _is_of(rule.links, link.url, url)), None)
    else:
        led = [(link, url) for link, url in led if not leads_aside(url, link.text)]
    telling = (url for link, url in led if _TO_THE_REVIEW.fullmatch(fold(link.text[:200])))
    return next(telling, led[0][1] if led else None)


def _is_end(rule: Rule, line: Folded) -> bool:
    return _is_foot(line) or holds(rule.ends, line)


def _is_foot(line: Folded) -> bool:
    return line.whole.startswith("©") or _ENDS.fullmatch(line.text) is not None
