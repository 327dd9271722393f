from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from monitor.config.model import Config


class Load(Protocol):
    def __call__(self, text: str, env: Mapping[str, str] | None = None) -> Config: ...


Faults = Callable[..., list[str]]

ONE = "businesses: [{name: Fleurs Bougamont}]\n"
NAMED = "businesses: [{name: '${NAME}'}]\n"
MASTODON = f"{ONE}sources:\n  - type: mastodon\n    instance: https://m.fr\n    token: "


def _dotenv(folder: Path, text: str, mode: int = 0o600) -> None:
    (folder / ".env").write_text(text, encoding="utf-8")
    (folder / ".env").chmod(mode)


def _protect(folder: Path, mode: int) -> None:
    (folder / "sources.yaml").touch()
    (folder / "sources.yaml").chmod(mode)


def test_variables_come_from_the_environment_then_from_dotenv(load: Load, tmp_path: Path) -> None:
    _dotenv(tmp_path, "NAME='Chez Léa'\n# a comment\nexport OTHER=${NAME}\n")
    assert load(NAMED).businesses[0].name == "Chez Léa"
    assert load(NAMED, {"NAME": "Chez Max"}).businesses[0].name == "Chez Max"
    assert load(NAMED.replace("NAME", "OTHER")).businesses[0].name == "${NAME}"


def test_variables_may_stand_within_text_and_for_numbers(load: Load) -> None:
    text = f"{ONE}digest: {{items: '${{N}}', schedule: '${{M}} 8 * * *'}}\n"
    digest = load(text, {"N": "7", "M": "5"}).digest
    assert (digest.items, digest.schedule) == (7, "5 8 * * *")


def test_two_dollars_are_one(load: Load) -> None:
    name = load("businesses: [{name: 'A $ $${NAME} $$'}]\n").businesses[0].name
    assert name == "A $ ${NAME} $"


def test_every_unset_variable_is_named_and_nothing_else_said_of_it(faults: Faults) -> None:
    text = f"{NAMED}digest:\n  items: ${{N}}\n  lines: ${{L x}}\n"
    assert faults(text) == [
        (
            "sources.yaml:1: businesses[0].name: the variable NAME is not set; give it in the "
            "environment or in the .env file"
        ),
        (
            "sources.yaml:3: digest.items: the variable N is not set; give it in the environment "
            "or in the .env file"
        ),
        "sources.yaml:4: digest.lines: write ${NAME} for a variable, or $$ for a dollar",
    ]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_dotenv_that_others_can_read_is_refused(
    faults: Faults, tmp_path: Path, mode: int
) -> None:
    _dotenv(tmp_path, "A=1\n", mode)
    (fault,) = faults(ONE)
    assert fault == ".env: others can read this file of secrets; type: chmod 600 .env"


def test_a_line_of_dotenv_that_cannot_be_read_is_told_without_its_text(
    faults: Faults, tmp_path: Path
) -> None:
    _dotenv(tmp_path, "A=1\nhush hush\n")
    assert faults(ONE) == [".env:2: this line cannot be read; write NAME=value"]


def test_a_literal_secret_is_refused_in_a_file_that_others_can_read(
    load: Load, faults: Faults, tmp_path: Path
) -> None:
    _protect(tmp_path, 0o644)
    (fault,) = faults(f"{MASTODON}hush\n")
    assert fault.startswith("sources.yaml:5: sources[0].token: there is a secret here")
    assert fault.endswith("type: chmod 600 sources.yaml")
    assert load(f"{MASTODON}${{T}}\n", {"T": "hush"}).secrets == ("hush",)


def test_a_literal_secret_is_taken_in_a_file_of_the_owner_alone(load: Load, tmp_path: Path) -> None:
    _protect(tmp_path, 0o600)
    assert load(f"{MASTODON}hush\n").secrets == ("hush",)


@pytest.mark.parametrize(
    "text",
    [
        f"{MASTODON}[hush-hush]\n",
        f"{MASTODON}\n      a: hush-hush\n",
        f"{MASTODON}hush-hush\n    every: x\n",
        f"{ONE}sources: [{{type: mastodon, instance: 'https://a:hush-hush@m.fr:99999/'}}]\n",
        f"{ONE}sources: [{{type: mastodon, instance: 'm.fr/?token=hush-hush'}}]\n",
        f"{ONE}sources: [{{type: mastodon, instance: '${{S}}'}}]\n",
        f"{ONE}sources: [{{type: '${{S}}'}}]\n",
        f"{ONE}digest: {{to: ['${{S}}'], schedule: '${{S}}', items: '${{S}}'}}\n",
        f"{ONE}privacy: {{keep: '${{S}}'}}\n",
        f"{ONE}timezone: ${{S}}\nlanguage: ${{S}}\n",
        f"{ONE}sentiment: {{scorer: '${{S}}'}}\n",
        f"{ONE}network: {{allow_private_hosts: ['${{S}}'], contact: '${{S}}'}}\n",
        f"{ONE}database: ${{S}}://x\n",
        f"{ONE}mail: {{host: h, from: '${{S}}', password: hush-hush}}\n",
        f"{ONE}sources: [{{type: google_news, id: '${{S}} ', about: '${{S}}', every: '${{S}}'}}]\n",
        f"{ONE}sources: [{{type: google_news, about: '${{S}}'}}]\n",
        "businesses: [{name: '${S}'}, {name: '${S}'}]\n",
        f"{ONE}sources:\n" + 2 * "  - {type: feed, url: x, id: '${S}'}\n",
    ],
)
def test_no_fault_prints_a_secret(faults: Faults, tmp_path: Path, text: str) -> None:
    _protect(tmp_path, 0o644)
    assert "hush-hush" not in "\n".join(faults(text, {"S": "hush-hush"}))


def test_an_address_that_is_only_better_not_shown_is_taken_and_told(
    load: Load, tmp_path: Path
) -> None:
    _protect(tmp_path, 0o644)
    text = f"language: en\n{ONE}alerts:\n  notify: ['ntfy://topic']\n"
    assert "private address (line 4); type: chmod 600" in load(text).notices[-1]
    _protect(tmp_path, 0o600)
    assert "private address" not in " ".join(load(text).notices)


def test_an_address_with_a_password_is_refused_like_a_password(
    faults: Faults, tmp_path: Path
) -> None:
    _protect(tmp_path, 0o644)
    (fault,) = faults(f"{ONE}alerts:\n  notify: ['mailto://lea:hush@example.fr']\n")
    assert fault.startswith("sources.yaml:3: alerts.notify[0]: there is a secret here")


def test_the_password_of_an_address_is_not_logged(load: Load) -> None:
    config = load(f"{ONE}sources: [{{type: feed, url: 'https://lea:hush@example.fr/'}}]\n")
    assert config.secrets == ("hush",)
