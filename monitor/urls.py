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
    _wrapper(r"l\.(?:instagram|threads)\.(?:com|net)", r"/", "u"),
    _wrapper(r"linkedin\.com", r"/redir/redirect", "url"),
    _wrapper(r"slack-redir\.net", r"/link", "url"),
    _wrapper(r"[a-z0-9]+\.safelinks\.protection\.outlook\.com", r"/", "url"),
    _wrapper(r"youtube\.com", r"/redirect", "q"),
    _wrapper(r"t\.umblr\.com", r"/redirect", "z"),
    _wrapper(r"out\.reddit\.com", r"/.*", "url"),
    _wrapper(r"(?:html\.)?duckduckgo\.com", r"/l", "uddg"),
)

# Services whose links carry their target in the path: what they show is the page itself.
# AMP caches: https://developers.google.com/amp/cache/amp-cache-urls, read 2026-11.
_IN_PATH = (
    (r"(?:[\w-]+\.)?cdn\.ampproject\.org", r"/[civ]/(?:s/)?([^/]+\..+)", "https://{}"),
    (r"google\.[a-z.]{2,6}", r"/amp/(?:s/)?([^/]+\..+)", "https://{}"),
    (r"youtu\.be", r"/([\w-]+)", "https://youtube.com/watch?v={}"),
)
# Hosts that are one site, besides what ``_SUBDOMAIN`` takes away.
_SAME_SITE = (
    (re.compile(r"(?:[a-z]{2}-[a-z]{2}|web|mbasic|touch)\.facebook\.com"), "facebook.com"),
    (re.compile(r"(?:old|new|np|i)\.reddit\.com"), "reddit.com"),
    (re.compile(r"twitter\.com"), "x.com"),
    (re.compile(r"([a-z-]+)\.m\.(wikipedia\.org)"), r"\1.\2"),
)
# What the address of a page of these sites may bear without being another: where to start, in
# which list; and of Google News all that stands behind the article's opaque name.
_SITE_TRACKING = {
    "youtube.com": re.compile(r"feature|si|pp|t|ab_channel|index|start_radio"),
    "news.google.com": re.compile(r"oc|hl|gl|ceid"),
    "facebook.com": re.compile(r"__.*|paipv|eav|_rdr|refsrc|rdid|locale2?"),
}

# What says where a reader came from, not what he reads: section 0 of the notes on open platforms,
# and the parameters that Google, Meta, Microsoft, LinkedIn, AT Internet, comScore, Matomo,
# Mailchimp, HubSpot and Vero document for their campaigns.
_TRACKING = re.compile(
    r"utm_.*|at_.*|xtor|xts|fbclid|fb_(?:action_ids|action_types|source|ref)|gclid|gbraid|wbraid"
    r"|gclsrc|dclid|msclkid|yclid|twclid|ttclid|igsh(?:id)?|mc_[ce]id|_ga|_gl|mkt_tok|_hs(?:enc|mi)"
    r"|(?:mtm|pk|piwik|matomo)_.*|wt_mc|cmpid|ref_src|ref_url|spm|phpsessid|jsessionid"
    r"|ns_(?:mchannel|source|campaign|linkname|fee)|srsltid|gaa_.*|mibextid|sfnsn|li_fat_id|icid"
    r"|vero_(?:id|conv)|oly_(?:enc|anon)_id|__twitter_impression|usqp|amp_(?:js_v|gsa|r)|_x_tr_.*",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"source|src|ref|from|via|origine?|share", re.IGNORECASE)
_ORIGINS = re.compile(
    r"(?:rss|feed|flux|bing|google(?:news)?|facebook|twitter|linkedin|instagram|whatsapp|newsletter)"
    r"(?:[-_].*)?",
    re.IGNORECASE,
)
_AMP_QUERY = re.compile(r"amp=(?:1|true|amp)?|outputtype=amp", re.IGNORECASE)
_AMP_NAME = re.compile(r"\.amp(?=\.html?$|$)", re.IGNORECASE)
# A fragment names a part of a page, except where it names one comment, or the page itself.
_IDENTIFYING = re.compile(
    r"[!/].+|(?:issue)?comment(?:aire)?s?[-_]?\w*\d\w*|(?:post|msg|message|reply|reponse|review|avis)"
    r"[-_]?\w*\d\w*|t[13]_\w+|c_\w+",
    re.IGNORECASE,
)
_SUBDOMAIN = re.compile(r"^(?:www|m|mobile|amp)\.(?=[^.]+\.[^.])")
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

    It is a key to compare by, not a link to follow: http counts as https; ``www.``, ``m.``,
    ``amp.`` and what else tells a page's AMP copy count as nothing. Redirect links are unwrapped
    first. Idempotent.

    >>> canonical_url("http://WWW.Exemple.fr:80/a//b/?utm_source=x&b=2&a=1#xtor=RSS-3")
    'https://exemple.fr/a/b?a=1&b=2'
    >>> canonical_url("https://exemple.fr/billet/index.html#comment-12")
    'https://exemple.fr/billet#comment-12'
    >>> canonical_url("https://www.google.com/amp/s/m.exemple.fr/a/amp/?xtor=RSS-3")
    'https://exemple.fr/a'
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
            _query(parts.query, _site(parts.hostname or "")),
            quote(_normal_escapes(parts.fragment), safe=_PATH_SIGNS + "?")
            if _IDENTIFYING.fullmatch(parts.fragment)
            else "",
        )
    )


def site_of(url: str) -> str | None:
    """Return the host without ``www.``/``m.``/``amp.``, lower case; ``None`` if there is none.

    Hosts of one network are one: ``x.com`` for twitter.com, ``reddit.com`` for old.reddit.com.

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
    # The one path that says "amp" itself is read as it stands.
    whole = _SLASHES.sub("/", parts.path) if site.startswith("google.") else path
    return _target_in_path(site, whole, parts.query)


def _target_in_path(site: str, path: str, query: str) -> str | None:
    for host, shape, target in _IN_PATH:
        found = re.fullmatch(shape, path) if re.fullmatch(host, site) else None
        if found is not None:
            link = target.format(found[1])
            whole = link + ("&" if "?" in link else "?") + query if query else link
            return whole if _split(whole) is not None else None
    return None


def _site(host: str) -> str:
    host = host.lower().strip(".")
    if not host.isascii() and len(host) <= _MAX_HOST:
        with suppress(UnicodeError):  # no valid name: compared as it is written
            host = host.encode("idna").decode("ascii")
    while (shorter := _SUBDOMAIN.sub("", host)) != host:
        host = shorter
    for hosts, site in _SAME_SITE:
        if found := hosts.fullmatch(host):
            return found.expand(site)
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
    while (shorter := _without_dress(path)) != path:
        path = shorter
    return path or "/"


def _without_dress(path: str) -> str:
    """Take away what tells a folder's own page or a page's AMP copy, if something remains."""
    path = _AMP_NAME.sub("", _INDEX.sub("", path))
    kept = [part for part in path.split("/") if part.lower() != "amp"]
    return ("/".join(kept) if any(kept) else path).rstrip("/")


def _normal_escapes(text: str) -> str:
    """Undo needless percent-escapes, write the others in upper case, escape a bare percent."""

    def normal(escape: re.Match[str]) -> str:
        sign = chr(int(escape[1], 16))
        return sign if _UNRESERVED.fullmatch(sign) else escape[0].upper()

    return _PERCENT.sub(normal, _BARE_PERCENT.sub("%25", text))


def _query(query: str, site: str) -> str:
    """Drop what only tracks; sort what remains. Bytes that are no UTF-8 stay as they are."""
    plain = query.replace("&amp;", "&")  # as it stands in HTML, and in careless feeds
    given = parse_qsl(plain, keep_blank_values=True, errors="surrogateescape")
    own = _SITE_TRACKING.get(site)
    kept = sorted(
        (name, value)
        for name, value in given
        if not _is_tracking(name, value) and not (own and own.fullmatch(name))
    )
    return urlencode(kept, quote_via=quote, errors="surrogateescape")


def _is_tracking(name: str, value: str) -> bool:
    if _TRACKING.fullmatch(name) or _AMP_QUERY.fullmatch(f"{name}={value}"):
        return True
    return bool(_ORIGIN.fullmatch(name) and _ORIGINS.fullmatch(value))
