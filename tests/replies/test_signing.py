"""The token: nobody makes one who has not the key, and the key is its owner's."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigError, StoreError
from monitor.replies.signing import Reference, Signer, load_signer, references_in
from monitor.wording import Wording

WORDS = Wording("fr")
DIGEST = "0123456789abcdef"
SIMON, ZOE = "simon@example.fr", "zoe@example.fr"


def test_a_reference_is_found_wherever_a_program_left_it() -> None:
    reference = Signer(b"k" * 32).refer(DIGEST, [SIMON])
    assert list(references_in(f"> Référence : {reference}\n", f"<{reference}.ecoute@x>")) == [
        reference
    ]
    assert list(references_in(f"<{DIGEST}.{reference.token}.ecoute@x>")) == [reference]
    assert list(references_in(str(reference).upper())) == [reference]
    assert list(references_in(f"a{reference}", f"{reference}7")) == []


def test_a_token_is_of_one_digest_its_recipients_and_one_key() -> None:
    signer = Signer(b"k" * 32)
    reference = signer.refer(DIGEST, [SIMON, ZOE])
    assert signer.is_genuine(reference, [ZOE, SIMON.upper()])
    assert not signer.is_genuine(reference, [SIMON])
    assert not signer.is_genuine(Reference("f" * 16, reference.token), [SIMON, ZOE])
    assert not signer.is_genuine(Reference(DIGEST, "a" * 24), [SIMON, ZOE])
    assert not Signer(b"l" * 32).is_genuine(reference, [SIMON, ZOE])


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "mentions.db.reply-key"
    first = load_signer(file, WORDS)
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_signer(file, WORDS).key == first.key
    assert [other.name for other in tmp_path.iterdir()] == [file.name]
    assert first.key.hex() not in repr(first)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    load_signer(file, WORDS)
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        load_signer(file, WORDS)


def test_what_is_no_key_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("autre chose")
    file.chmod(0o600)
    with pytest.raises(ConfigError):
        load_signer(file, WORDS)
    assert file.read_text() == "autre chose"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="read_only"):
        load_signer(tmp_path / "absent" / "key", WORDS)
