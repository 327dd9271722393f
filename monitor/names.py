"""Names of persons as digests with a key: one name gives one digest, which tells others nothing.

A digest without a key would keep no name secret: there are few names, and trying them all is quick.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from monitor.model import Entry
from monitor.text import fold
from monitor.traces import Run, Traces, traces_of, words_of
from monitor.urls import is_site_root

PREFIX = "anon-"
"""How every pseudonym begins."""
_SHOWN = 12  # hexadecimal digits of a pseudonym: 48 bits


@dataclass(frozen=True, slots=True)
class KeyedNames:
    """Makes digests and pseudonyms with one key."""

    key: bytes = field(repr=False)

    def digest(self, kind: str, text: str) -> str:
        """Return the digest of a name's words or of an address."""
        return hmac.digest(self.key, f"{kind}\n{text}".encode(), "sha256").hex()

    def of_run(self, run: Run) -> str:
        """Return the digest of a run of folded words."""
        return self.digest("name", " ".join(run))

    def of_url(self, url: str) -> str:
        """Return the digest of an address in canonical form."""
        return self.digest("address", url)

    def pseudonym(self, author: str) -> str:
        """Return what stands for an author, however the name is cased or accented."""
        if author.startswith(PREFIX):
            return author
        name = " ".join(words_of(author)) or fold(author)
        return PREFIX + self.digest("pseudonym", name)[:_SHOWN]


UNKEYED = KeyedNames(b"nobody was forgotten, nobody has a pseudonym")
"""What stands for a key where nothing is kept."""


@dataclass(frozen=True, slots=True)
class Veil:
    """Gives authors pseudonyms; those of ``known`` (folded) keep their name: the shop itself."""

    names: KeyedNames
    known: Collection[str] = ()

    def __call__(self, entry: Entry) -> Entry:
        """Return an entry whose author is a pseudonym, in its words too.

        The page of a whole site is no person's and stays; so does the entry's own address, without
        which nobody could look at it or answer it.
        """
        shown, own = entry.author, entry.author_url
        if own is not None and not is_site_root(own):
            own = None
            shown = shown or entry.author_url
        if not shown or fold(shown).removeprefix("@") in self.known:
            return entry
        if entry.outlet is not None and fold(shown) == fold(entry.outlet):
            return entry
        false_name = self.names.pseudonym(shown)
        traces = own_traces(shown)
        return replace(
            entry,
            author=false_name,
            author_url=own,
            title=traces.without(entry.title) if entry.title else entry.title,
            text=traces.without(entry.text),
        )


def own_traces(author: str) -> Traces:
    """Look for the author's own name in what they write; one word alone is too common for that."""
    words = words_of(author)
    return traces_of([words] if len(words) > 1 and "://" not in author else [])
