"""Who gets the digests of which business, and at what rhythm, as ``digest.to`` tells it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from monitor.config.load import load_config
from monitor.errors import ConfigError
from monitor.readers import Readership, Rhythm

SHOPS = """
language: fr
timezone: Europe/Paris
businesses:
  - name: Fleurs Bougamont
    context: [fleuriste]
  - name: Chez Léa
    context: [pain]
    schedule: daily
digest:
"""
WEEKLY = Rhythm("0 8 * * mon", "fr", "Europe/Paris")
DAILY = Rhythm("0 8 * * *", "fr", "Europe/Paris")


def readerships(folder: Path, digest: str) -> dict[str, Readership]:
    file = folder / "sources.yaml"
    file.write_text(SHOPS + textwrap.indent(textwrap.dedent(digest), "  "), encoding="utf-8")
    return dict(load_config(file, {}, {}, ("ecoute",)).readerships)


def read(found: Readership) -> dict[str, Rhythm]:
    return {reader.address: reader.rhythm for reader in found.readers}


def test_an_address_gets_every_business_when_its_own_is_due(tmp_path: Path) -> None:
    found = readerships(tmp_path, "to: [a@example.fr]")
    assert read(found["Fleurs Bougamont"]) == {"a@example.fr": WEEKLY}
    assert read(found["Chez Léa"]) == {"a@example.fr": DAILY}
    assert found["Chez Léa"].own == DAILY


def test_a_mapping_says_who_of_what_when_and_how(tmp_path: Path) -> None:
    found = readerships(
        tmp_path,
        """\
        schedule: weekly
        to:
          - to: lea@example.fr
            businesses: [chez lea]
          - to: [agence@example.fr, chef@example.fr]
            schedule: "30 18 * * 1-5"
            language: en
            timezone: Indian/Reunion
        """,
    )
    agency = Rhythm("30 18 * * 1-5", "en", "Indian/Reunion")
    both = {"agence@example.fr": agency, "chef@example.fr": agency}
    assert read(found["Chez Léa"]) == {"lea@example.fr": DAILY, **both}
    assert read(found["Fleurs Bougamont"]) == both
    assert found["Chez Léa"].own == DAILY
    assert found["Fleurs Bougamont"].own == agency  # nobody wants the usual one


def test_an_entry_that_names_the_business_wins(tmp_path: Path) -> None:
    found = readerships(
        tmp_path,
        """\
        to:
          - agence@example.fr
          - to: agence@example.fr
            businesses: [Fleurs Bougamont]
            schedule: monthly
        """,
    )
    monthly = Rhythm("0 8 1 * *", "fr", "Europe/Paris")
    assert read(found["Fleurs Bougamont"]) == {"agence@example.fr": monthly}
    assert read(found["Chez Léa"]) == {"agence@example.fr": DAILY}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("{to: [], schedule: daily}", "digest.to[0].to: "),
        ("{schedule: daily}", "digest.to[0].to: "),
        ("{to: lea}", "digest.to[0].to"),
        ("{to: a@example.fr, businesses: [Chez Leo]}", "digest.to[0].businesses[0]: "),
        ("{to: a@example.fr, schedule: hourly}", "digest.to[0].schedule: "),
        ("{to: a@example.fr, when: daily}", "digest.to[0].when: "),
        ("{to: a@example.fr, timezone: Paris}", "digest.to[0].timezone: "),
        ("3", "digest.to[0]: "),
        ("[a@example.fr]", "digest.to[0]: "),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tmp_path: Path, entry: str, fault: str) -> None:
    with pytest.raises(ConfigError) as raised:
        readerships(tmp_path, f"to:\n  - {entry}")
    (told,) = raised.value.faults
    assert fault in str(told)


def test_nobody_gets_one_business_at_two_rhythms(tmp_path: Path) -> None:
    entries = """\
    to:
      - {to: a@example.fr, businesses: [Chez Léa], schedule: daily}
      - {to: [b@example.fr, A@example.fr], businesses: [chez lea], schedule: monthly}
    """
    with pytest.raises(ConfigError) as raised:
        readerships(tmp_path, entries)
    (told,) = raised.value.faults
    assert "digest.to[1]" in str(told)
    assert "12" in str(told)
