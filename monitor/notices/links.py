"""Where the links of a notice really lead, as far as they say so themselves: nothing is asked."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from monitor.text import fold
from monitor.urls import unwrap_url

MAX_LINK = 4_000
"""Characters of a link that is read."""

# Controls, spaces, marks that turn the direction of what is shown, halves of surrogate pairs.
_NEVER = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Hosts and paths by which mailers count clicks; their target stands in the query, if at all.
_COUNTING = re.compile(
    r"(?:click|clicks|clic|link|links|lnk|lien|liens|trk|track|tracking|email|e?mail|go|r|t|e|url)"
    r"\d*[.-].*|.*\.(?:list-manage|sendgrid|mailjet|sparkpostmail|mandrillapp)\.(?:com|net)"
    r"|(?:www\.)?(?:f5bot|talkwalker)\.com",
    re.IGNORECASE,
)
_TARGETS = ("url", "u", "target", "redirect", "redirect_url", "redir", "dest", "destination", "q")
# What logs in whoever has the link, or says who was sent it.
_ACCESS = re.compile(
    r"[^=]*token[^=]*=|(?:ses|session(?:_?id)?|sid|auth\w*|sig\w*|midsig|otp\w*|e?mail\w*|trk\w*|lipi"
    r"|eid|mid|n_m|hash|utm_\w*|recipient\w*|user_?id|login\w*|pass\w*|code|jwt)=",
    re.IGNORECASE,
)
_ASIDE_ADDRESS = re.compile(
    r"unsubscribe|desabonn|desinscri|opt-?out|list-manage\.com/profile|/preferences\b"
    r"|(?:notification|email|mail)-?(?:setting|preference|option)s?|[?&]action=unsub"
    r"|google\.[a-z.]+/(?:alerts|intl|policies)|(?:support|policies|accounts)\.google\.com"
    r"|facebook\.com/(?:sharer|share\.php|settings|help|o\.php)|(?:twitter|x)\.com/(?:intent|share)"
    r"|linkedin\.com/(?:sharearticle|comm/psettings|e/v2)|wa\.me/|api\.whatsapp\.com"
    r"|play\.google\.com/store|apps\.apple\.com|itunes\.apple\.com",
    re.IGNORECASE,
)
_ASIDE_TEXT = re.compile(
    r"(?:se |me |vous )?des(?:abonn|inscri)\w*.*|unsubscribe.*|.*\bpreferences?\b.*|gerer .*"
    r"|manage .*|parametres.*|settings.*|aide|help.*|contact.*|mentions legales|conditions .*"
    r"|terms.*|privacy.*|(?:politique de )?confidentialite.*|politique .*|cgu|cgv"
    r"|voir (?:dans|ce message|cet e-?mail|la version).*|view (?:in|this) .*|.*navigateur"
    r"|signaler .*|flag as .*|modifier cette alerte|edit this alert|partager.*|share.*"
    r"|telecharger .*|download .*|facebook|twitter|x|instagram|youtube|linkedin|tiktok|pinterest"
)


def real_link(link: str) -> str | None:
    """Return a link's target as an http(s) address; ``None`` for any other thing.

    >>> real_link("https://www.google.com/url?rct=j&url=https://exemple.fr/a%3Fb%3D1&ct=ga")
    'https://exemple.fr/a?b=1'
    >>> real_link("https://click.avis.example/t?u=https%3A%2F%2Fexemple.fr%2Favis")
    'https://exemple.fr/avis'
    """
    if not link or len(link) > MAX_LINK:
        return None
    cleaned = _NEVER.sub("", link)
    host = _host(cleaned)
    if host is None:
        return None
    if _COUNTING.fullmatch(host):
        cleaned = next((value for value in _values(cleaned) if _host(value)), cleaned)
    return unwrap_url(cleaned)


def without_access(url: str) -> str:
    """Return a platform's link to its own page without what logs its reader in, or counts him.

    >>> without_access("https://www.linkedin.com/comm/feed/update/urn:li:activity:7?midToken=x")
    'https://www.linkedin.com/feed/update/urn:li:activity:7'
    >>> without_access("https://www.facebook.com/n/?fleurs%2Freviews%2F&n_m=a%40b.fr&aref=1")
    'https://www.facebook.com/fleurs/reviews/'
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    path, given = parts.path, parts.query.split("&")
    if is_at(url, "facebook.com") and path.startswith("/n/") and given[0] and "=" not in given[0]:
        path, given = f"/{unquote(given[0]).lstrip('/')}", []
    if is_at(url, "linkedin.com"):
        path = path.replace("/comm/", "/", 1)
    kept = "&".join(one for one in given if not _ACCESS.match(one))
    return _NEVER.sub("", urlunsplit((parts.scheme, parts.netloc, path, kept, ""))) if host else url


def leads_aside(url: str, text: str) -> bool:
    """Tell whether a link leads to no mention: settings, unsubscribing, sharing, the app.

    >>> leads_aside("https://exemple.fr/unsubscribe?x=1", "ici"), leads_aside("https://a.fr/b", "b")
    (True, False)
    """
    return bool(_ASIDE_ADDRESS.search(url[:MAX_LINK]) or _ASIDE_TEXT.fullmatch(fold(text[:200])))


def is_at(url: str, domain: str) -> bool:
    """Tell whether an address is of a domain or of one within it."""
    host = _host(url) or ""
    return host == domain or host.endswith(f".{domain}")


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return host.lower() if host and parts.scheme.lower() in {"http", "https"} else None


def _values(url: str) -> list[str]:
    query = parse_qs(urlsplit(url).query[:MAX_LINK], max_num_fields=100)
    return [_NEVER.sub("", value) for name in _TARGETS for value in query.get(name, ())]
