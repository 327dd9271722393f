from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from pydantic import SecretStr

from monitor.config.load import load_config
from monitor.config.model import Config
from monitor.errors import ConfigError
from monitor.sources.base import Source
from monitor.sources.registry import source_types


class Load(Protocol):
    def __call__(self, text: str, env: Mapping[str, str] | None = None) -> Config: ...


Faults = Callable[..., list[str]]

ONE = "businesses: [{name: Fleurs Bougamont}]\n"


def test_the_smallest_file_has_defaults_that_suit_a_florist(load: Load, tmp_path: Path) -> None:
    config = load(ONE)
    assert config.language == "fr"
    assert config.timezone == "Europe/Paris"
    assert config.database == tmp_path / "mentions.db"
    assert config.reports == tmp_path / "reports"
    assert config.digest.schedule == "0 8 * * mon"
    assert (config.digest.items, config.digest.lines) == (12, 60)
    assert config.sentiment.scorer == "ecoute"
    assert config.privacy.keep == timedelta(days=720)
    assert config.network.timeout == timedelta(seconds=30)
    assert config.network.max_bytes == 10_000_000
    assert config.mail is None


def test_the_contracts_example_is_read_whole(load: Load, tmp_path: Path) -> None:
    env = {"MASTODON_TOKEN": "tok", "SMTP_USER": "simon", "SMTP_PASSWORD": "hush"}
    config = load(
        """\
language: fr                    # of digests, alerts, pages: fr | en
timezone: Europe/Paris
database: mentions.db
reports: reports
businesses:
  - name: Fleurs Bougamont
    aliases: ["Simon Bougamont", "@fleursbougamont", "#fleursbougamont"]
    context: [fleuriste, bouquet, Valenciennes]
    exclude: ["Bougamont Immobilier"]
    website: https://www.example.fr
    languages: [fr, nl]
    competitors: ["Interflora Valenciennes"]
sources:
  - type: feed
    url: https://example.org/rss.xml
    every: 15m
    id: local-press
    businesses: [Fleurs Bougamont]
    about: Fleurs Bougamont
  - type: google_news
  - type: mastodon
    instance: https://mastodon.social
    token: ${MASTODON_TOKEN}
digest:
  schedule: "0 8 * * mon"
  to: [simon@example.fr]
  items: 12
  lines: 60
alerts:
  negative: immediate
  spike: true
mail:
  host: smtp.example.fr
  port: 587
  security: starttls
  username: ${SMTP_USER}
  password: ${SMTP_PASSWORD}
  from: "Écoute <ecoute@example.fr>"
sentiment:
  scorer: textblob
privacy:
  keep: 24 months
network:
  allow_private_hosts: []
  contact: https://example.fr
""",
        env,
    )
    assert config.businesses[0].aliases[1] == "@fleursbougamont"
    assert config.businesses[0].competitors == ("Interflora Valenciennes",)
    assert [source.line for source in config.sources] == [14, 20, 21]
    assert config.sources[0].id == "local-press"
    assert config.sources[0].options.every == timedelta(minutes=15)
    assert config.mail is not None
    assert config.mail.sender_name == "Écoute"
    assert config.mail.sender_address == "ecoute@example.fr"
    assert config.mail.password == SecretStr("hush")
    assert config.mail.username == "simon"
    assert config.secrets == ("hush", "tok")
    assert "hush" not in repr(config)
    assert config.notices == ()


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("langage: fr", '2: langage: there is no key "langage"; did you mean "language"?'),
        ("language: de", '2: language: "de" is not accepted; there are: en, fr'),
        (
            "timezone: Europe/Pari",
            '2: timezone: "Europe/Pari" is no time zone; write for instance Europe/Paris',
        ),
        (
            "database: postgresql://u@h/e",
            (
                "2: database: PostgreSQL is not yet supported in this version; write the name of a "
                "file, for instance mentions.db"
            ),
        ),
        ("reports:\n  a: b", "2: reports: a single value is expected here, as text"),
        (
            "sources:\n  - url: https://x.fr",
            (
                "3: sources[0].type: the source's type is missing; there are: feed, google_news, "
                "mastodon"
            ),
        ),
        (
            "sources:\n  - type: mastodont",
            '3: sources[0].type: there is no source type "mastodont"; did you mean "mastodon"?',
        ),
        ("sources:\n  - type: feed", "3: sources[0].url: this key is missing; add it"),
        (
            "sources:\n  - type: mastodon\n    instance: mastodon.social",
            (
                '4: sources[0].instance: "mastodon.social" has no scheme; write '
                "https://mastodon.social"
            ),
        ),
        (
            "sources:\n  - type: google_news\n    max_pages: 99",
            "4: sources[0].max_pages: at most 20",
        ),
        (
            "sources:\n  - type: google_news\n    every: often",
            (
                '4: sources[0].every: "often" is not a duration; write for instance 30s, 15m, 2h, '
                "7d or 4w"
            ),
        ),
        (
            "sources:\n  - type: google_news\n    every: 59s",
            "4: sources[0].every: that is too often; write 1m or more",
        ),
        (
            "sources:\n  - type: google_news\n    businesses: [Fleur Bougamont]",
            (
                '4: sources[0].businesses[0]: no business is named "Fleur Bougamont"; did you mean '
                '"Fleurs Bougamont"?'
            ),
        ),
        (
            "sources:\n  - type: google_news\n    about: Zorro",
            '4: sources[0].about: no business is named "Zorro"; there are: Fleurs Bougamont',
        ),
        (
            "sources:\n  - {type: google_news, id: a}\n  - {type: google_news, id: A}",
            '4: sources[1].id: the id "A" is already that of the source at line 3; choose another',
        ),
        (
            "sources:\n  - type: google_news\n  - type: google_news",
            (
                "4: sources[1]: the same source is already at line 3; delete one of the two, or "
                "give this one an id"
            ),
        ),
        ("sources:\n  - type: feed\n    url: odd", '4: sources[0].url: "odd" is odd'),
        (
            "digest:\n  schedule: 0 25 * * *",
            (
                '3: digest.schedule: "0 25 * * *" is no schedule; write daily, weekly, monthly, or '
                'five cron fields such as "0 8 * * mon"'
            ),
        ),
        (
            "digest:\n  to: [simon]",
            (
                '3: digest.to[0]: "simon" is no e-mail address; write for instance '
                'simon@example.fr or "Écoute <ecoute@example.fr>"'
            ),
        ),
        (
            "digest:\n  to: a@example.fr",
            '3: digest.to: a list is expected here; write [a, b], or a line "- a" for each value',
        ),
        ("digest:\n  items: many", "3: digest.items: a whole number is expected here"),
        ("alerts:\n  spike: perhaps", "3: alerts.spike: true or false is expected here"),
        ("mail:\n  host: h", "2: mail.from: this key is missing; add it"),
        (
            "mail:\n  host: h\n  from: a@b.fr\n  security: none\n  username: u",
            (
                "6: mail.username: the password would travel unprotected; set security: starttls "
                "or tls, or plain_login: true if that is wanted"
            ),
        ),
        (
            "sentiment:\n  scorer: textblub",
            '3: sentiment.scorer: there is no scorer "textblub"; did you mean "textblob"?',
        ),
        ("privacy:\n  keep: 0d", "3: privacy.keep: the duration must be between 1d and 100y"),
        (
            "network:\n  allow_private_hosts: [localhost]",
            (
                '3: network.allow_private_hosts[0]: "localhost" is not host:port; write for '
                'instance localhost:1025 or "[::1]:25"'
            ),
        ),
    ],
)
def test_each_fault_says_line_path_and_what_to_do(faults: Faults, lines: str, fault: str) -> None:
    assert faults(f"{ONE}{lines}\n") == [f"sources.yaml:{fault}"]


def test_businesses_are_wanted_and_their_names_differ(faults: Faults) -> None:
    assert faults("language: en\n") == ["sources.yaml:1: businesses: this key is missing; add it"]
    assert faults("language: en\nbusinesses: []\n") == [
        "sources.yaml:2: businesses: the value is empty; write it, or delete the line"
    ]
    assert faults("businesses:\n  - name: Chez Léa\n  - name: CHEZ  LEA\n") == [
        (
            'sources.yaml:3: businesses[1].name: "CHEZ  LEA" is already the name of the business '
            "at line 2; name it otherwise"
        )
    ]


def test_every_fault_is_told_at_once_in_the_order_of_the_file(faults: Faults) -> None:
    found = faults(
        "language: en\nbusinesses:\n  - nom: X\nsources:\n  - type: mastodon\n"
        "    instance: x.fr\n    token: ${NO_TOKEN}\n    every: 2s\ndigest:\n  items: 0\nmial: {}\n"
    )
    assert [fault.split(": ")[:2] for fault in found] == [
        ["sources.yaml:3", "businesses[0].name"],
        ["sources.yaml:3", "businesses[0].nom"],
        ["sources.yaml:6", "sources[0].instance"],
        ["sources.yaml:7", "sources[0].token"],
        ["sources.yaml:10", "digest.items"],
        ["sources.yaml:11", "mial"],
    ]


def test_faults_speak_the_files_language_else_the_environments(faults: Faults) -> None:
    french = "le type de source «\u00a0fed\u00a0» n’existe pas\u00a0; vouliez-vous dire"
    assert french in faults(f"language: fr\n{ONE}sources: [{{type: fed}}]\n")[0]
    assert "did you mean" in faults(f"{ONE}sources: [{{type: fed}}]\n")[0]
    assert french in faults(f"{ONE}sources: [{{type: fed}}]\n", {"LANG": "C.UTF-8"})[0]


def test_a_missing_file_says_how_to_get_one(
    tmp_path: Path, fake_types: Mapping[str, type[Source[Any]]]
) -> None:
    with pytest.raises(ConfigError, match='does not exist; "ecoute init" writes one'):
        load_config(tmp_path / "sources.yaml", {"LANG": "en"}, fake_types, [])


def test_the_floor_goes_down_to_a_second_for_trials(load: Load, faults: Faults) -> None:
    text = f"{ONE}sources: [{{type: google_news, every: 1s}}]\n"
    assert load(text, {"ECOUTE_FLOOR": "1s"}).sources[0].options.every == timedelta(seconds=1)
    assert "write 2s or more" in faults(text, {"ECOUTE_FLOOR": "2s"})[0]
    assert "ECOUTE_FLOOR: the duration must be between 1s and 1m" in faults(
        text, {"ECOUTE_FLOOR": "0s"}
    )


def test_paths_are_relative_to_the_file(load: Load, tmp_path: Path) -> None:
    config = load(
        f"{ONE}database: data/m.db\nreports: /srv/r\nsources: [{{type: feed, url: ./x.xml}}]\n"
    )
    assert config.database == tmp_path / "data/m.db"
    assert config.reports == Path("/srv/r")
    assert config.sources[0].options.model_dump()["url"] == str(tmp_path / "x.xml")
    assert config.sources[0].id.startswith("feed-x-xml-")


def test_a_key_without_value_is_as_if_it_were_not_there(load: Load) -> None:
    config = load(f"{ONE}mail:\ndigest:\n  to:\nsources:\n  - type: google_news\n    every:\n")
    assert config.mail is None
    assert config.digest.to == ()
    assert config.sources[0].options.every is None


def test_businesses_of_a_source_are_spelled_as_the_businesses_are(load: Load) -> None:
    source = "{type: google_news, businesses: [fleurs bougamont], about: FLEURS BOUGAMONT}"
    options = load(f"{ONE}sources: [{source}]\n").sources[0].options
    assert options.businesses == ("Fleurs Bougamont",)
    assert options.about == "Fleurs Bougamont"


def test_a_local_mail_server_may_be_asked_without_tls_or_login(load: Load) -> None:
    mail = "mail: {host: localhost, port: 1025, security: none, from: ecoute@localhost}\n"
    config = load(f"{ONE}{mail}network: {{allow_private_hosts: ['LOCALHOST:1025', '[::1]:25']}}\n")
    assert config.mail is not None
    assert config.mail.port == 1025
    assert config.network.allow_private_hosts == ("localhost:1025", "[::1]:25")
    assert "digest.to" in " ".join(config.notices)


def test_the_port_follows_the_security(load: Load) -> None:
    config = load(f"{ONE}mail: {{host: h, security: tls, from: a@b.fr}}\n")
    assert config.mail is not None
    assert config.mail.port == 465


def test_numbers_keep_their_zeros_where_text_is_wanted(load: Load) -> None:
    (business,) = load("businesses: [{name: 0123, aliases: [1664, yes]}]\n").businesses
    assert business.name == "0123"
    assert business.aliases == ("1664", "yes")


def test_a_sender_with_signs_of_mail_syntax_is_quoted(load: Load) -> None:
    config = load(f"{ONE}mail: {{host: h, from: 'Fleurs, Simon <s@élysée.fr>'}}\n")
    assert config.mail is not None
    assert config.mail.sender == '"Fleurs, Simon" <s@xn--lyse-9oad.fr>'
    assert config.mail.sender_name == "Fleurs, Simon"


def test_the_shipped_file_is_valid_with_the_real_source_types() -> None:
    shipped = Path(__file__).parents[2] / "sources.yaml"
    config = load_config(shipped, {}, source_types(), ["ecoute", "textblob"])
    assert config.businesses[0].name == "Fleurs Bougamont"
    assert len({source.id for source in config.sources}) == len(config.sources)
    assert config.notices == ()
