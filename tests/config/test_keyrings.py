"""The system keyring: asked for what is set nowhere else, and told plainly when it fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Protocol

import pytest

from monitor.config import environment
from monitor.config.keyrings import SERVICE, KeyringFailed, is_installed, secret_in_keyring
from monitor.config.model import Config

NAMED = "language: en\nbusinesses: [{name: '${NAME}'}]\n"


class Load(Protocol):
    def __call__(self, text: str, env: Mapping[str, str] | None = None) -> Config: ...


Faults = Callable[..., list[str]]


class InMemory:
    """A keyring in memory, with the one function that is asked; ``fails`` is what it raises."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}
        self.asked: list[str] = []
        self.fails: Exception | None = None

    def get_password(self, service: str, name: str) -> str | None:
        self.asked.append(name)
        if self.fails is not None:
            raise self.fails
        return self.secrets.get((service, name))


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> InMemory:
    made = InMemory()
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=made.get_password))
    monkeypatch.setattr(environment, "is_installed", lambda: True)
    return made


def test_a_name_set_nowhere_else_is_taken_from_the_keyring(load: Load, keyring: InMemory) -> None:
    keyring.secrets[SERVICE, "NAME"] = "Chez Léa"
    assert load(NAMED).businesses[0].name == "Chez Léa"


def test_the_keyring_is_asked_for_nothing_that_is_set(
    load: Load, keyring: InMemory, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("OTHER=Chez Max\n", encoding="utf-8")
    (tmp_path / ".env").chmod(0o600)
    text = "businesses: [{name: '${NAME}'}, {name: '${OTHER}'}]\n"
    assert len(load(text, {"NAME": "Chez Léa"}).businesses) == 2
    assert keyring.asked == []


def test_it_is_asked_once_a_name(load: Load, keyring: InMemory) -> None:
    keyring.secrets[SERVICE, "NAME"] = "Chez Léa"
    load("businesses: [{name: '${NAME}', aliases: ['le ${NAME}', '@${NAME}']}]\n")
    assert keyring.asked == ["NAME"]


def test_what_is_not_there_is_told_with_what_to_type(faults: Faults, keyring: InMemory) -> None:
    (fault,) = faults(NAMED)
    assert fault == (
        "sources.yaml:2: businesses[0].name: the variable NAME is not set; give it in the "
        "environment, in the .env file, or in the system keyring: keyring set ecoute NAME"
    )


@pytest.mark.parametrize(
    "error", [RuntimeError("hush-hush"), OSError("hush-hush"), KeyError("hush-hush")]
)
def test_a_keyring_that_fails_is_told_by_the_kind_of_its_error(
    faults: Faults, keyring: InMemory, error: Exception
) -> None:
    keyring.fails = error
    (fault,) = faults(NAMED)
    assert f"the system keyring does not answer ({type(error).__name__}); unlock it" in fault
    assert "hush" not in fault


def test_no_secret_of_the_keyring_is_logged_or_told(
    load: Load, faults: Faults, keyring: InMemory
) -> None:
    keyring.secrets[SERVICE, "TOKEN"] = "hush-hush"
    text = (
        "language: en\nbusinesses: [{name: A shop}]\n"
        "sources: [{type: mastodon, instance: 'https://m.fr', token: '${TOKEN}'}]\n"
    )
    assert load(text).secrets == ("hush-hush",)
    told = faults(text.replace("'https://m.fr'", "'${TOKEN}'"))
    assert told
    assert "hush-hush" not in "\n".join(told)


def test_without_the_extra_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert not is_installed()


def test_the_package_itself_answers_through_its_backend() -> None:
    """With the real package, where the extra is installed: a backend of its own kind."""
    package = pytest.importorskip("keyring")
    backend = pytest.importorskip("keyring.backend")
    before = package.get_keyring()

    class Backend(backend.KeyringBackend):  # type: ignore[misc, name-defined] # a package that may be absent
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return {("ecoute", "NAME"): "Chez Léa"}.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

        def delete_password(self, service: str, username: str) -> None:
            raise NotImplementedError

    try:
        package.set_keyring(Backend())
        assert secret_in_keyring("NAME") == "Chez Léa"
        assert secret_in_keyring("OTHER") is None
        package.set_keyring(pytest.importorskip("keyring.backends.fail").Keyring())
        with pytest.raises(KeyringFailed, match="NoKeyringError"):
            secret_in_keyring("NAME")
    finally:
        package.set_keyring(before)
