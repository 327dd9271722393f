"""What a business published itself: its own pages and posts are not mentions."""

from __future__ import annotations

from urllib.parse import urlsplit

from monitor.matching.words import handle_name
from monitor.model import Business, Entry
from monitor.text import fold
from monitor.urls import canonical_url, site_of

# Where a shop's "website" is a page among others': only that page is its own.
_SHARED = (
    "facebook.com instagram.com linkedin.com twitter.com x.com youtube.com tiktok.com pinterest.fr"
    " pinterest.com sites.google.com google.com google.fr tripadvisor.fr tripadvisor.com"
    " pagesjaunes.fr planity.com treatwell.fr doctolib.fr thefork.fr etsy.com linktr.ee"
    " leboncoin.fr"
)
_SHARED_SITES = frozenset(_SHARED.split())


class Ownership:
    """Knows a business's own website and accounts."""

    def __init__(self, business: Business) -> None:
        """Take the business as configured; a website may lack its scheme."""
        website = business.website or ""
        if website and "//" not in website:
            website = f"https://{website}"
        self._page = canonical_url(website)
        self._site = site_of(website)
        handles = (fold(alias) for alias in business.aliases)
        self._handles = frozenset(handle_name(one) for one in handles if one.startswith("@"))

    @property
    def site(self) -> str | None:
        """The business's own domain; ``None`` when it has none of its own."""
        return None if self._site in _SHARED_SITES else self._site

    def published(self, entry: Entry) -> bool:
        """Tell whether the entry stands on the business's own website or under its account."""
        return self._is_own_page(entry.url) or self._is_own_account(entry)

    def _is_own_page(self, url: str | None) -> bool:
        if not url or self._site is None:
            return False
        if self._site in _SHARED_SITES:
            page = canonical_url(url)
            return page == self._page or page.startswith((f"{self._page}/", f"{self._page}?"))
        site = site_of(canonical_url(url))
        return site is not None and f".{site}".endswith(f".{self._site}")

    def _is_own_account(self, entry: Entry) -> bool:
        if not self._handles:
            return False
        author = handle_name(fold(entry.author or ""))
        names = {author, author.partition("@")[0], *_account_names(entry.author_url)}
        return not self._handles.isdisjoint(names)


def _account_names(url: str | None) -> set[str]:
    """Return the names an account's page may go by: "lea" and "lea@exemple.fr"."""
    site = site_of(url) if url else None
    if url is None or site is None:
        return set()
    name = handle_name(fold(urlsplit(canonical_url(url)).path.rpartition("/")[2]))
    return {name, f"{name}@{site}"} if name else set()
