"""Files, folders and zips: what may be read of them, and what is refused."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from unittest.mock import patch

import pytest
from importing.exports import write_zip

from monitor.importing import inflating, limits, members
from monitor.importing.base import ExportUnusable
from monitor.importing.members import Export, open_export


def contents(export: Export) -> dict[str, tuple[bytes, str | None]]:
    """What each part holds, and what was wrong with it."""
    read = {}
    for member in export.members:
        with export.open(member) as stream:
            whole = b""
            while chunk := stream.read():
                whole += chunk
            read[member.name] = (whole, stream.fault)
    return read


def test_parts_of_a_zip_are_read_and_pictures_left(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"data/a.js": "x" * 300_000, "b.json": "", "c.jpg": "z"})
    assert contents(open_export(path)) == {
        "data/a.js": (b"x" * 300_000, None),
        "b.json": (b"", None),
    }


def test_nothing_is_written_whatever_the_names(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    names = ["../../a.json", "/etc/b.json", "c\\..\\d.json", "e\x00f.json", "é/" * 200 + "g.json"]
    path = write_zip(folder / "a.zip", dict.fromkeys(names, "[1]"))
    assert {content for content, _ in contents(open_export(path)).values()} == {b"[1]"}
    assert sorted(tmp_path.rglob("*")) == [folder, path]


def test_what_comes_before_damage_is_given(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.json": os.urandom(200_000), "b.json": "good"})
    raw = bytearray(path.read_bytes())
    raw[150_000] ^= 0xFF
    path.write_bytes(raw)
    read = contents(open_export(path))
    assert (len(read["a.json"][0]) > 100_000, read["a.json"][1]) == (True, "damaged")
    assert read["b.json"] == (b"good", None)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_download_that_was_cut_off_gives_its_whole_parts(
    tmp_path: Path,
    streamed: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(
        Unseekable(target) if streamed else target, "w", zipfile.ZIP_DEFLATED
    ) as z:
        for name in ("a.json", "b.json"):
            z.writestr(name, name * 1000)
        z.writestr("c.json", os.urandom(50_000))
    path = tmp_path / "a.zip"
    path.write_bytes(target.getvalue()[:30_000])
    export = open_export(path)
    read = contents(export)
    assert [t.key for t in export.troubles] == ["no_directory"]
    assert read["a.json"] == (b"a.json" * 1000, None)
    assert read["b.json"] == (b"b.json" * 1000, None)
    assert read["c.json"][1] == "damaged"


class Unseekable(io.RawIOBase):
    """What a server streams a zip into: sizes then stand behind the parts."""

    def __init__(self, target: io.BytesIO) -> None:
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return self._target.write(data)  # type: ignore[arg-type] # as it comes


def test_a_bomb_is_read_no_further_than_it_may(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    write_zip(path, {"a.json": bytes(8 * 2**20)})
    export = open_export(path)
    (member,) = export.members
    total = 0
    with patch.object(limits, "FREE", 2**20), export.open(member) as stream:
        while chunk := stream.read():
            total += len(chunk)
    assert (stream.fault, total < 5 * 2**20) == ("too_much", True)


def test_more_files_than_fit_in_memory_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {f"{n}.json": "" for n in range(20)})
    with patch.object(members, "MAX_FILES", 10), pytest.raises(ExportUnusable) as refused:
        open_export(path)
    assert refused.value.values_told == {"file": "a.zip", "n": 20, "most": 10}


def test_encrypted_parts_are_told_and_the_others_read(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.json": "secret", "b.json": "open"})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    export = open_export(path)
    assert contents(export) == {"b.json": (b"open", None)}
    assert [(t.key, t.values) for t in export.troubles] == [("encrypted", {"n": 1})]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\x1f\x8b\x08rest", "other_archive"),
        (b"\xd0\xcf\x11\xe0rest", "spreadsheet"),
        (b"PK\x03\x04", "bad_zip"),
    ],
)
def test_what_cannot_be_read_at_all_is_said(tmp_path: Path, content: bytes, key: str) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    with pytest.raises(ExportUnusable) as refused:
        open_export(path)
    assert refused.value.key == key


def test_a_workbook_is_no_archive_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ExportUnusable, match="spreadsheet"):
        open_export(write_zip(tmp_path / "a.xlsx", {"[Content_Types].xml": "", "a.json": ""}))


def test_a_folder_is_read_without_following_links(tmp_path: Path) -> None:
    folder = tmp_path / "takeout"
    (folder / "posts").mkdir(parents=True)
    (folder / "posts" / "a.json").write_text("[1]")
    (tmp_path / "outside.json").write_text("[2]")
    (folder / "b.json").symlink_to(tmp_path / "outside.json")
    assert contents(open_export(folder)) == {"posts/a.json": (b"[1]", None)}


def test_an_unknown_packing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.json", "[]")
    assert contents(open_export(path)) == {"a.json": (b"", "packed_otherwise")}


def test_lines_are_read_within_their_limit() -> None:
    stream = inflating.PartStream(io.BytesIO(b"ab\ncdef\ng"), 9)
    assert [stream.readline(3) for _ in range(5)] == [b"ab\n", b"cde", b"f\n", b"g", b""]
