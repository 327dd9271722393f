from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from store.samples import entry

from monitor.keys import KeyUnusable, make_key, read_key
from monitor.names import KeyedNames, Veil

NAMES = KeyedNames(b"k" * 32)
VEIL = Veil(NAMES, {"fleurs bougamont"})
POST = entry(author="Zoé Dupré", author_url="https://m.example/@zoe", text="Moi, zoé dupré, déçue.")


def test_one_author_has_one_pseudonym_whatever_the_case() -> None:
    assert NAMES.pseudonym("Zoé Dupré") == NAMES.pseudonym("ZOE  DUPRE")
    assert NAMES.pseudonym("Zoé Dupré") != NAMES.pseudonym("Zoé Durand")
    assert KeyedNames(b"other").pseudonym("Zoé Dupré") != NAMES.pseudonym("Zoé Dupré")
    assert NAMES.pseudonym(NAMES.pseudonym("Zoé")) == NAMES.pseudonym("Zoé")


def test_a_veiled_entry_names_nobody() -> None:
    veiled = VEIL(POST)
    assert veiled.author == NAMES.pseudonym("Zoé Dupré")
    assert (veiled.author_url, veiled.text) == (None, "Moi, […], déçue.")
    assert veiled.url == POST.url
    assert VEIL(veiled) == veiled


def test_an_author_without_a_name_is_known_by_the_page() -> None:
    veiled = VEIL(replace(POST, author=None))
    assert veiled.author == NAMES.pseudonym("https://m.example/@zoe")


@pytest.mark.parametrize(("author", "outlet"), [("@Fleurs Bougamont", None), ("L’Écho", "L'Echo")])
def test_the_shop_and_a_newspaper_keep_their_names(author: str, outlet: str | None) -> None:
    assert VEIL(replace(POST, author=author, outlet=outlet)).author == author


def test_a_key_is_its_owners_and_made_once(tmp_path: Path) -> None:
    file = tmp_path / "key"
    assert read_key(file) is None
    key = make_key(file)
    assert read_key(file) == make_key(file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert [*tmp_path.iterdir()] == [file]
    file.chmod(0o640)
    with pytest.raises(KeyUnusable, match="readable"):
        read_key(file)
    file.chmod(0o600)
    file.write_text("short")
    with pytest.raises(KeyUnusable, match="broken"):
        read_key(file)
