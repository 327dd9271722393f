"""Addresses: canonical form, unwrapped redirects, hosts, and what of one may be shown.

Nothing is asked of the network. No function raises: what is no address is returned, cleaned.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import (
    SplitResult,
    parse_qs,
    parse_qsl,
    quote,
    urlencode,
    urlsplit,
    urlunsplit,
)

_MAX_UNWRAPPED = 3  # a search engine's link around a network's link around the page
_MAX_HOST = 253  # characters; RFC 1035 §2.3.4


class _Wrapper(NamedTuple):
    """A service whose links carry their target in the query: its site, path, parameter names."""

    site: re.Pattern[str]
    path: re.Pattern[str]
    names: tuple[str, ...]


def _wrapper(site: str, path: str, *names: str) -> _Wrapper:
    return _Wrapper(re.compile(site), re.compile(path), names)


_WRAPPERS = (
    # recordings google-alerts/alert_en_2019.xml, bing-news/news_search_2021.xml
    _wrapper(r"(?:news\.)?google\.[a-z.]{2,6}", r"/url", "url", "q"),
    _wrapper(r"bing\.com", r"/news/apiclick\.aspx", "url"),
    _wrapper(r"(?:lm?\.)?facebook\.com", r"/l\.php", "u"),
    _wrapper(r"l\.instagram\.com", r"/", "u"),
    _wrapper(r"youtube\.com", r"/redirect", "q"),
    _wrapper(r"t\.umblr\.com", r"/redirect", "z"),
    _wrapper(r"out\.reddit\.com", r"/.*", "url"),
    _wrapper(r"(?:html\.)?duckduckgo\.com", r"/l", "uddg"),
)

# What says where a reader came from, not what he reads: section 0 of the notes on open platforms,
# and the parameters that Google, Meta, Microsoft, AT Internet, Matomo, Mailchimp and HubSpot
# document for their campaigns.
_TRACKING = re.compile(
    r"utm_.*|at_.*|xtor|xts|fbclid|fb_(?:action_ids|action_types|source|ref)|gclid|gbraid|wbraid"
    r"|gclsrc|dclid|msclkid|yclid|twclid|ttclid|igsh(?:id)?|mc_[ce]id|_ga|_gl|mkt_tok|_hs(?:enc|mi)"
    r"|(?:mtm|pk|piwik|matomo)_.*|wt_mc|cmpid|ref_src|ref_url|spm|phpsessid|jsessionid",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"source|src|ref|from|via|origin", re.IGNORECASE)
_FROM_FEED = re.compile(r"(?:rss|feed|flux)(?:[-_].*)?", re.IGNORECASE)
# A fragment names a part of a page, except where it names one comment, or the page itself.
_IDENTIFYING = re.compile(
    r"[!/].+|(?:issue)?comment(?:aire)?s?[-_]?\w*\d\w*|(?:post|msg|message|reply|reponse|review|avis)"
    r"[-_]?\w*\d\w*|t[13]_\w+|c_\w+",
    re.IGNORECASE,
)
_SUBDOMAIN = re.compile(r"^(?:www|m|amp)\.(?=[^.]+\.[^.])")
_INDEX = re.compile(r"/index\.(?:html?|php|aspx?)$", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
_SLASHES = re.compile(r"//+")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_JUNK = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")  # RFC 3986 §2.3
_PATH_SIGNS = "%/:@!$&'()*+,;=~"  # RFC 3986 §3.3, and escapes as they are


def unwrap_url(url: str) -> str:
    """Return the target of a redirect link that carries it in its query, else the link itself.

    Only http and https targets are taken; wrappers in wrappers are opened up to three deep, and
    what is deeper is nobody's link and kept as it is.

    >>> unwrap_url("https://www.google.com/url?rct=j&url=https://exemple.fr/a%3Fb%3D1&ct=ga")
    'https://exemple.fr/a?b=1'
    >>> unwrap_url("https://exemple.fr/a?url=https://autre.fr/")
    'https://exemple.fr/a?url=https://autre.fr/'
    """
    link = url
    for _ in range(_MAX_UNWRAPPED):
        target = _target(link)
        if target is None:
            return link
        link = target
    return link if _target(link) is None else url


def canonical_url(url: str) -> str:
    """Return the one form of an address, whatever tracking or spelling it came with.

    It is a key to compare by, not a link to follow: http counts as https, ``www.``, ``m.`` and
    ``amp.`` as nothing. Redirect links are unwrapped first. Idempotent.

    >>> canonical_url("http://WWW.Exemple.fr:80/a//b/?utm_source=x&b=2&a=1#xtor=RSS-3")
    'https://exemple.fr/a/b?a=1&b=2'
    >>> canonical_url("https://exemple.fr/billet/index.html#comment-12")
    'https://exemple.fr/billet#comment-12'
    """
    cleaned = _JUNK.sub("", url).strip()
    parts = _split(unwrap_url(cleaned))
    if parts is None:
        return cleaned
    return urlunsplit(
        (
            "https",
            _authority(parts),
            _path(parts.path),
            _query(parts.query),
            quote(_normal_escapes(parts.fragment), safe=_PATH_SIGNS + "?")
            if _IDENTIFYING.fullmatch(parts.fragment)
            else "",
        )
    )


def site_of(url: str) -> str | None:
    """Return the host without ``www.``/``m.``/``amp.``, lower case; ``None`` if there is none.

    >>> site_of("https://www.Exemple.fr:8443/a")
    'exemple.fr'
    """
    parts = _split(_JUNK.sub("", url).strip())
    return None if parts is None else _site(parts.hostname or "")


def is_site_root(url: str) -> bool:
    """Tell whether an address names a whole site, no page of it.

    >>> is_site_root("https://www.exemple.fr/?utm_source=rss"), is_site_root("https://exemple.fr/a")
    (True, False)
    """
    parts = _split(canonical_url(url))
    return parts is not None and parts.path in {"", "/"} and not (parts.query or parts.fragment)


def shown_url(url: str) -> str:
    """Return an address fit for logs and errors: no user, password, query or fragment.

    >>> shown_url("https://simon:secret@exemple.fr:8443/flux?feed=secret#x")
    'https://exemple.fr:8443/flux'
    """
    cleaned = _JUNK.sub("", url).strip()
    try:
        parts = urlsplit(cleaned)
        host = parts.hostname or ""
    except ValueError:
        return re.split(r"[?#]", re.sub(r"//[^/]*@", "//", cleaned), maxsplit=1)[0]
    host = f"[{host}]" if ":" in host else host
    port = _port(parts)
    return urlunsplit(
        (parts.scheme, host if port is None else f"{host}:{port}", parts.path, "", "")
    )


def _split(url: str) -> SplitResult | None:
    """Split an http or https address with a host; ``None`` if it is not one."""
    try:
        parts = urlsplit(f"https:{url}" if url.startswith("//") else url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return parts if known else None


def _target(url: str) -> str | None:
    parts = _split(_JUNK.sub("", url))
    if parts is None:
        return None
    site, path = _site(parts.hostname or ""), _path(parts.path)
    for wrapper in _WRAPPERS:
        if wrapper.site.fullmatch(site) and wrapper.path.fullmatch(path):
            given = parse_qs(parts.query)
            values = (value for name in wrapper.names for value in given.get(name, ()))
            targets = (_JUNK.sub("", value).strip() for value in values)
            return next((target for target in targets if _split(target) is not None), None)
    return None


def _site(host: str) -> str:
    host = host.lower().strip(".")
    if not host.isascii() and len(host) <= _MAX_HOST:
        with suppress(UnicodeError):  # no valid name: compared as it is written
            host = host.encode("idna").decode("ascii")
    while (shorter := _SUBDOMAIN.sub("", host)) != host:
        host = shorter
    return host


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None


def _authority(parts: SplitResult) -> str:
    host = _site(parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    port = _port(parts)
    return host if port in {None, 80, 443} else f"{host}:{port}"


def _path(path: str) -> str:
    path = _SLASHES.sub("/", _SESSION.sub("", _normal_escapes(path)))
    path = quote(path, safe=_PATH_SIGNS).rstrip("/")
    while _INDEX.search(path):
        path = _INDEX.sub("", path).rstrip("/")
    return path or "/"


def _normal_escapes(text: str) -> str:
    """Undo needless percent-escapes, write the others in upper case, escape a bare percent."""

    def normal(escape: re.Match[str]) -> str:
        sign = chr(int(escape[1], 16))
        return sign if _UNRESERVED.fullmatch(sign) else escape[0].upper()

    return _PERCENT.sub(normal, _BARE_PERCENT.sub("%25", text))


def _query(query: str) -> str:
    """Drop what only tracks; sort what remains. Bytes that are no UTF-8 stay as they are."""
    given = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted(pair for pair in given if not _is_tracking(*pair))
    return urlencode(kept, quote_via=quote, errors="surrogateescape")


def _is_tracking(name: str, value: str) -> bool:
    if _TRACKING.fullmatch(name):
        return True
    return bool(_ORIGIN.fullmatch(name) and _FROM_FEED.fullmatch(value))
