"""Reviews: a notice is one thing told, or as many as the rule finds beginnings of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.notices.lines import Line
from monitor.notices.patterns import Folded
from monitor.notices.rules import Rule, begins, find, is_whole
from monitor.notices.told import (
    LONGEST_LABEL,
    MOST_OF_TEXT,
    Told,
    author_in,
    first_link,
    first_of,
    is_end,
    is_naming,
    rating_in,
)
from monitor.text import fold

_NOISE = re.compile(
    r"(?:bonjour|bonsoir|cher|chere|hello|hi|dear)(?: [^,.!?]{0,40})?[,.!]?"
    r"|(?:cordialement|bien a vous|a bientot|best regards|kind regards|thanks|merci)[,.!]?"
    r"|l'equipe .{0,30}|the .{0,30} team"
    r"|.{0,80}\b(?:vient de (?:laisser|publier|deposer)|a (?:laisse|publie|depose|ecrit) un"
    r" (?:nouvel )?avis|left (?:you )?a review|(?:nouvel|recu un) avis|new review)\b.{0,120}"
    r"|(?:commentaire|avis|comment|review|message|titre|title|note|rating)s? ?:?"
    r"|.{0,30}\b(?:note|rating|score)\b.{0,20}\b(?:moyenne|average|globale|overall)\b.{0,40}"
)
# What stands in quotes as a whole; what a review itself quotes is a part of it.
_QUOTED = re.compile(r"^[«“\"]\s*(.{2,4000}?)\s*[»”\"]$", re.MULTILINE | re.DOTALL)


def read_reviews(rule: Rule, subject: str, lines: Sequence[Line]) -> list[Told]:
    """Return the reviews that a notice tells; none where it has neither words, stars nor author."""
    shared = first_link([link for line in lines for link in line.links], rule)
    told = [_told_of_part(rule, subject, part, shared) for part in _parts(rule, lines)]
    told = [one for one in told if one.text or one.rating is not None or one.author]
    # The one review of a mail is known by the mail, however its words are read.
    return told if len(told) > 1 else [replace(one, key="") for one in told]


def _parts(rule: Rule, lines: Sequence[Line]) -> list[list[Line]]:
    """Cut a notice where its reviews begin; what stands before the first begins none."""
    kept: list[Line] = []
    for line in lines:
        if kept and is_end(rule, Folded(line.text)):
            break
        kept.append(line)
    if not rule.starts:
        return [kept]
    parts: list[list[Line]] = []
    for line in kept:
        if begins(rule.starts, Folded(line.text)):
            parts.append([line])
        elif parts:
            parts[-1].append(line)
    return parts or [kept]


def _told_of_part(rule: Rule, subject: str, part: Sequence[Line], shared: str | None) -> Told:
    texts = [line.text for line in part if line.text]
    # A notice with several reviews has one subject: it tells nothing of each.
    is_one_of_several = bool(texts) and begins(rule.starts, Folded(texts[0]))
    told = texts if is_one_of_several else [subject, *texts]
    author = author_in(rule, told)
    text = _text(rule, subject, part)
    title = first_of(rule.title, told)
    links = [link for line in part for link in line.links]
    return Told(
        key=fold(f"{author or ''} {text}")[:200],
        kind=rule.kind,
        url=first_link(links, rule) or shared,
        title=title or subject,
        text=text,
        author=author,
        rating=rating_in(rule, told),
        outlet=rule.outlet,
    )


def _text(rule: Rule, subject: str, part: Sequence[Line]) -> str:
    whole = "\n".join(line.text for line in part)[:MOST_OF_TEXT]
    if (found := find(rule.text, Folded(whole))) is not None:
        return found.strip(' \n"«»“”\u00a0\u202f')
    quotes = [found[1] for found in _QUOTED.finditer(whole)]
    if quotes:
        return max(quotes, key=len).strip()
    kept = (line.text for line in part if _is_text(rule, line))
    # A heading repeats the subject, or a part of it.
    heads = fold(subject)
    return "\n".join(text for text in kept if fold(text) not in heads)[:MOST_OF_TEXT]


def _is_text(rule: Rule, line: Line) -> bool:
    if not line.text or any(fold(link.text) == fold(line.text) for link in line.links):
        return False
    folded = Folded(line.text)
    is_noise = (
        is_naming(rule, folded) or _NOISE.fullmatch(folded.text) or is_whole(rule.noise, folded)
    )
    is_rating = len(line.text) < LONGEST_LABEL and rating_in(rule, [line.text]) is not None
    return not (is_noise or is_rating or is_naming(rule, folded) or begins(rule.starts, folded))
