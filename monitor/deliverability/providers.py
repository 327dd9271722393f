"""Mail providers as known from their own documentation (read 2026-11): how mail leaves them.

Only what they publish: the host that takes mail, the SPF term they ask for, the selectors of
their DKIM keys where these are the same for every customer, the addresses they give to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider.

    ``hosts`` end the names of its mail servers, ``spf`` is the domain to include, ``domains`` are
    those whose addresses it gives to anybody, ``selectors`` name DKIM keys.
    """

    name: str
    hosts: tuple[str, ...]
    spf: str | None = None
    domains: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()


PROVIDERS = (
    Provider(
        name="Google",
        hosts=("gmail.com", "google.com"),
        spf="_spf.google.com",
        domains=("gmail.com", "googlemail.com"),
        selectors=("google",),
    ),
    Provider(
        name="Microsoft",
        hosts=("office365.com", "outlook.com"),
        spf="spf.protection.outlook.com",
        domains=(
            *("outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr"),
            *("live.com", "live.fr", "msn.com"),
        ),
        selectors=("selector1", "selector2"),
    ),
    # Its DKIM selectors hold a number of the customer's (ovhmo1234567-selector1).
    Provider(name="OVHcloud", hosts=("ovh.net", "ovh.com"), spf="mx.ovh.com"),
    Provider(
        name="Gandi",
        hosts=("gandi.net",),
        spf="_mailcust.gandi.net",
        selectors=("gm1", "gm2", "gm3"),
    ),
    Provider(
        name="IONOS",
        hosts=("ionos.fr", "ionos.com", "ionos.de", "1and1.fr", "1and1.com"),
        spf="_spf-eu.ionos.com",
        selectors=("s1-ionos", "s2-ionos"),
    ),
    Provider(name="Infomaniak", hosts=("infomaniak.com", "infomaniak.ch"), spf="spf.infomaniak.ch"),
    Provider(
        name="Brevo",
        hosts=("brevo.com", "sendinblue.com"),
        spf="spf.brevo.com",
        selectors=("mail", "brevo1", "brevo2"),
    ),
    Provider(name="Mailjet", hosts=("mailjet.com",), spf="spf.mailjet.com", selectors=("mailjet",)),
    Provider(name="SendGrid", hosts=("sendgrid.net",), spf="sendgrid.net", selectors=("s1", "s2")),
    Provider(name="Mailgun", hosts=("mailgun.org",), spf="mailgun.org", selectors=("k1", "mta")),
    Provider(
        name="Fastmail",
        hosts=("fastmail.com",),
        spf="spf.messagingengine.com",
        domains=("fastmail.com", "fastmail.fm"),
        selectors=("fm1", "fm2", "fm3"),
    ),
    Provider(
        name="Proton",
        hosts=("protonmail.ch", "proton.me"),
        spf="_spf.protonmail.ch",
        domains=("proton.me", "protonmail.com", "pm.me"),
        selectors=("protonmail", "protonmail2", "protonmail3"),
    ),
    Provider(
        name="iCloud",
        hosts=("mail.me.com",),
        spf="icloud.com",
        domains=("icloud.com", "me.com", "mac.com"),
        selectors=("sig1",),
    ),
    Provider(name="Orange", hosts=("orange.fr",), domains=("orange.fr", "wanadoo.fr")),
    Provider(name="Free", hosts=("free.fr",), domains=("free.fr", "aliceadsl.fr")),
    Provider(
        name="SFR",
        hosts=("sfr.fr",),
        domains=("sfr.fr", "neuf.fr", "cegetel.net", "club-internet.fr", "numericable.fr"),
    ),
    Provider(name="La Poste", hosts=("laposte.net",), domains=("laposte.net",)),
    Provider(name="Bouygues Telecom", hosts=("bbox.fr",), domains=("bbox.fr",)),
    Provider(
        name="Yahoo",
        hosts=("mail.yahoo.com", "mail.yahoo.fr"),
        domains=("yahoo.com", "yahoo.fr", "ymail.com", "rocketmail.com"),
    ),
    Provider(name="AOL", hosts=("aol.com",), domains=("aol.com",)),
    Provider(
        name="GMX", hosts=("gmx.com", "gmx.net"), domains=("gmx.com", "gmx.fr", "gmx.net", "gmx.de")
    ),
    Provider(name="Mailo", hosts=("mailo.com",), domains=("mailo.com", "netcourrier.com")),
)

COMMON_SELECTORS = tuple(
    dict.fromkeys(
        [selector for provider in PROVIDERS for selector in provider.selectors]
        + ["default", "dkim", "mail", "s1", "s2", "k1", "k2", "k3", "ovh", "key1", "key2"]
        + ["email", "smtp", "mx", "dkim1", "dkim2", "postfix", "s1024", "s2048", "zoho", "zmail"]
    )
)
"""Names that DKIM keys often have. A key under another name cannot be found without a mail."""


def is_within(name: str, domain: str) -> bool:
    """Tell whether a name is a domain's own or below it.

    >>> is_within("ssl0.ovh.net", "ovh.net"), is_within("notovh.net", "ovh.net")
    (True, False)
    """
    return name == domain or name.endswith(f".{domain}")


def provider_at(host: str) -> Provider | None:
    """Return who runs a mail server."""
    return next((p for p in PROVIDERS if any(is_within(host, end) for end in p.hosts)), None)


def provider_giving(domain: str) -> Provider | None:
    """Return who gives addresses of a domain to anybody."""
    return next((p for p in PROVIDERS if domain in p.domains), None)
