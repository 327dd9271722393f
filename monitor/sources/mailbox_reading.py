"""From one mail to the entries that it tells: who sent it, whether that is proven, what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.letters import Letter, UnreadableLetter, read_letter
from monitor.model import Business, Entry, Kind
from monitor.notices.alerts import query_of
from monitor.notices.lines import lines_of
from monitor.notices.reading import read_itself, read_notice, without_links
from monitor.notices.rules import Rule, rule_for, sent_by
from monitor.notices.told import Told
from monitor.notices.trust import Proof, proof_of, writers_of
from monitor.sources.entry_parts import MAX_NAME, hash_of, instant_of, verbatim_text_of
from monitor.text import MAX_TITLE, cut, fold, plain_text
from monitor.urls import site_of

_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of what is shown."""
HEADERS = "FROM SUBJECT DATE MESSAGE-ID AUTHENTICATION-RESULTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """What a mail gave; ``problem`` says in English what of it was not understood."""

    entries: tuple[Entry, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Reads notices by rules; ``provider`` is who vouches for senders, ``None``: nobody has to.

    ``is_choosy``: only what a rule of the list knows is a notice.
    """

    rules: tuple[Rule, ...]
    senders: tuple[str, ...]
    businesses: tuple[Business, ...]
    provider: str | None
    trusts_from: bool
    is_choosy: bool = False

    def wants(self, head: bytes) -> bool:
        """Tell by its headers whether a mail is a notice; of others no more is ever asked for."""
        letter = _letter_of(head)
        if letter is None or self._known_as(letter) is None:
            return False
        rule = self._rule(letter)
        return not self.is_choosy if rule is None else rule.gives != "nothing"

    def read(self, head: bytes, content: bytes, *, is_cut: bool) -> ReadMail:
        """Read a notice; ``is_cut``: only its first part is here."""
        letter, top = _letter_of(content), _letter_of(head)
        known = letter or top
        if known is None or (domain := self._known_as(known)) is None:
            return ReadMail()
        if letter is None:
            return self._made(known, [read_itself(_subject(known), ())], "damaged, kept bare")
        proof = Proof.PROVEN if self.trusts_from else proof_of(head, domain, self.provider)
        if proof is Proof.REFUTED:
            return ReadMail(problem="not signed by its sender: left out")
        lines, subject, rule = lines_of(letter), _subject(letter), self._rule(letter)
        if proof is Proof.NONE:
            # Kept, for it may be real; without a link, for it may be a trap.
            bare = without_links(read_itself(subject, lines))
            names = ", ".join(writers_of(head)[:3]) or "nobody"
            return self._made(letter, [bare], f"sender not verified (results by {names})")
        told = read_notice(rule, subject, lines) if rule is not None else ()
        if not told:
            why = "no rule knows it" if rule is None else f"rule {rule.name} finds nothing in it"
            return self._made(letter, [read_itself(subject, lines)], why, is_proven=True)
        problem = "over the size limit: its first part was read" if is_cut else None
        return self._made(letter, told, problem, rule=rule, is_proven=True)

    def _known_as(self, letter: Letter) -> str | None:
        """Return the domain that has to vouch for a mail; ``None`` when its sender is no known one.

        A mail that says it is from several is from none.
        """
        if len(letter.senders) != 1:
            return None
        [sender] = letter.senders
        named = (one for rule in self.rules for one in rule.senders)
        known = sent_by(sender, (*self.senders, *named))
        return known.rpartition("@")[2] if known else None

    def _rule(self, letter: Letter) -> Rule | None:
        return rule_for(self.rules, letter.senders[0], _subject(letter))

    def _made(
        self,
        letter: Letter,
        told: Iterable[Told],
        problem: str | None,
        *,
        rule: Rule | None = None,
        is_proven: bool = False,
    ) -> ReadMail:
        entries = [_entry_of(letter, one) for one in told]
        if is_proven:
            entries = [self._assigned(letter, entry, rule) for entry in entries]
        return ReadMail(entries=tuple(entries), problem=problem)

    def _assigned(self, letter: Letter, entry: Entry, rule: Rule | None) -> Entry:
        """Return an entry that names nobody with whom it concerns, where the notice tells."""
        about = None if self._named(_words(entry)) else self._about(letter, rule)
        if about is None:
            return entry
        # Not an article: what a search found would be completed from its page, and no address of a
        # notice is ever asked for.
        kind = Kind.PAGE if entry.kind is Kind.ARTICLE else entry.kind
        return replace(entry, searched_for=about, kind=kind)

    def _about(self, letter: Letter, rule: Rule | None) -> str | None:
        subject = _subject(letter)
        if rule is not None and rule.gives == "links":
            query = fold(query_of(rule, subject) or "")
            meant = [one.name for one in self.businesses if query in map(fold, _names(one))]
            return meant[0] if meant else None
        if len(self.businesses) == 1:
            return self.businesses[0].name
        named = self._named(f"{subject} {letter.plain} {plain_text(letter.html)}")
        return named[0] if len(named) == 1 else None

    def _named(self, text: str) -> list[str]:
        told = fold(text)
        return [one.name for one in self.businesses if fold(one.name) in told]


def _names(business: Business) -> tuple[str, ...]:
    return (business.name, *business.aliases)


def _words(entry: Entry) -> str:
    return f"{entry.title or ''} {entry.text}"


def _entry_of(letter: Letter, told: Told) -> Entry:
    return Entry(
        external_id=hash_of(_mail_id(letter), told.key),
        url=told.url,
        title=_one_line(told.title, MAX_TITLE),
        text=verbatim_text_of(told.text),
        kind=told.kind,
        author=_one_line(told.author or "", MAX_NAME),
        published_at=instant_of(letter.header("date")),
        rating=told.rating,
        outlet=_one_line(told.outlet or "", MAX_NAME) or _site(told),
    )


def _letter_of(content: bytes) -> Letter | None:
    try:
        return read_letter(content)
    except UnreadableLetter:
        return None


def _subject(letter: Letter) -> str:
    return _one_line(letter.header("subject"), MAX_TITLE) or ""


def _mail_id(letter: Letter) -> str:
    """Return what a mail is known by wherever it lies; of one without a name, what it says."""
    named = letter.header("message-id").strip("<> \n")
    parts = (*letter.senders, letter.header("date"), letter.header("subject"))
    return named or hash_of(*parts, letter.plain, letter.html)


def _one_line(text: str, limit: int) -> str | None:
    return cut(" ".join(_TURNING.sub("", verbatim_text_of(text)).split()), limit) or None


def _site(told: Told) -> str | None:
    return site_of(told.url) if told.url else None
