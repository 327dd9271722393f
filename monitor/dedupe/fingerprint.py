"""By what an article or post is known again, whatever address or identifier it comes under."""

from __future__ import annotations

import hashlib
import re

from monitor.model import Entry, Fingerprint
from monitor.text import fold
from monitor.urls import canonical_url, site_of

_MIN_TITLE_WORDS = 3
_MIN_TITLE_LETTERS = 12  # "Fermé lundi" is told by many shops on many days

# Their addresses say nothing of who published: recordings google-news/, bing-news/.
_AGGREGATORS = frozenset({"news.google.com", "google.com", "bing.com", "news.yahoo.com"})
# Names under which many publish, each with a name of their own before it.
_SHARED = re.compile(
    r"(?:blogspot|wordpress|over-blog|tumblr|canalblog|substack|wixsite|github|medium|eklablog)"
    r"\.[a-z.]+|free\.fr|(?:asso|gouv|com)\.fr|(?:co|org|ac)\.[a-z]{2}|[a-z0-9-]+"
)
_TITLE_TAIL = re.compile(r" [-|·] (?=[^|·]{2,60}$)")


def fingerprint(entry: Entry) -> Fingerprint:
    """Return the keys by which an entry is known again, whatever address or id it comes under.

    ``title_key`` is ``None`` for titles so short that different articles bear them. The outlet is
    the one that published: the newspaper, not the search engine that found it.
    """
    url = canonical_url(entry.url) if entry.url else None
    outlet = _outlet_key(entry, url)
    return Fingerprint(
        canonical_url=url,
        title_key=_title_key(entry.title or "", outlet, entry.outlet),
        text_key=text_key(entry.text),
        outlet_key=outlet,
    )


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in order, punctuation left out."""
    return re.findall(r"[^\W_]+", fold(text))


def text_key(text: str) -> str | None:
    """Return one key for all texts of the same words in the same order; ``None`` without words."""
    words = words_of(text)
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:32] if words else None


def _title_key(title: str, outlet_key: str | None, outlet: str | None) -> str | None:
    folded = fold(title)
    for tail in _TITLE_TAIL.finditer(folded):
        if _compact(folded[tail.end() :]) in {outlet_key, _compact(outlet or "")}:
            folded = folded[: tail.start()]
            break
    words = words_of(folded)
    long_enough = len(words) >= _MIN_TITLE_WORDS and sum(map(len, words)) >= _MIN_TITLE_LETTERS
    return " ".join(words) if long_enough else None


def _outlet_key(entry: Entry, url: str | None) -> str | None:
    """Return one key for "La Voix du Nord" and for www.lavoixdunord.fr: "lavoixdunord"."""
    site = site_of(url) if url else None
    if site in _AGGREGATORS or (site is None and entry.outlet):
        site = site_of(entry.author_url) if entry.author_url else None
    if site is not None and site not in _AGGREGATORS:
        return _compact(_own_label(site)) or None
    return _compact(entry.outlet or "") or None


def _own_label(site: str) -> str:
    """Return the part of a host that its owner chose: "ouest-france" of jardin.ouest-france.fr."""
    labels = site.split(".")
    for start in range(1, len(labels)):
        if _SHARED.fullmatch(".".join(labels[start:])):
            return labels[start - 1]
    return site


def _compact(name: str) -> str:
    """Run a name together, without the domain that papers put behind theirs ("Le Monde.fr")."""
    return "".join(words_of(re.sub(r"\.(?:fr|com|net|org|be|ch|info|eu)$", "", fold(name))))
