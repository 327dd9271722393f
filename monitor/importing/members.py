"""The parts of an export: one file, the files of a folder, those of a zip. Nothing is unpacked.

Names within an archive only tell what a part may be: none is ever a path that is written to.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from monitor.importing.base import ExportUnusable, Trouble
from monitor.importing.inflating import Packed, PartStream
from monitor.importing.limits import MAX_FILES, Gauge
from monitor.importing.salvaging import parts_without_directory

READ = frozenset({".json", ".js", ".ndjson", ".jsonl", ".csv", ".tsv", ".txt", ".html", ".htm"})
"""Endings of what may be read; pictures and films are left where they are."""
HEAD = 64 * 1024
"""Bytes by which a part is recognised."""
_SHOWN = 120
_ENCRYPTED = 0x1  # .ZIP File Format Specification, general purpose bit flag 0
_END = b"PK\x05\x06"
_LONGEST_END = 22 + 65_535
_XLSX = "[Content_Types].xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A part of an export; ``size`` is its bytes unpacked, as told."""

    name: str
    size: int
    path: Path | None = None
    packed: Packed | None = None

    @property
    def shown(self) -> str:
        """Its name, as a person is told it."""
        return self.name if len(self.name) <= _SHOWN else f"…{self.name[-_SHOWN:]}"

    @property
    def base(self) -> str:
        """The last part of its name, in small letters."""
        return self.name.replace("\\", "/").rpartition("/")[2].lower()

    @property
    def suffix(self) -> str:
        """Its ending, such as ``.json``."""
        return PurePosixPath(self.base).suffix


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What a person gave to import; ``troubles`` are what is wrong with it as a whole."""

    path: Path
    members: Sequence[Member]
    gauge: Gauge
    is_single: bool
    troubles: tuple[Trouble, ...] = ()

    def open(self, member: Member) -> AbstractContextManager[PartStream]:
        """Open a part; only its own bytes are read, and within limits."""
        return self._opened(member)

    @contextmanager
    def _opened(self, member: Member) -> Iterator[PartStream]:
        with (member.path or self.path).open("rb") as file, closing(_stream(file, member)) as part:
            part.gauge = self.gauge
            yield part


def open_export(path: Path) -> Export:
    """Look at what a file or folder holds. Raises ExportUnusable, OSError."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        members = tuple(_of_folder(path))
        return Export(
            path=path, members=members, gauge=Gauge(packed=_total(members)), is_single=False
        )
    if not stat.S_ISREG(mode):
        raise ExportUnusable("no_file", file=path.name)
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            members, troubles = _of_zip(path, file)
            return Export(
                path=path,
                members=members,
                gauge=Gauge(packed=size),
                is_single=False,
                troubles=troubles,
            )
    if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")):
        raise ExportUnusable("other_archive", file=path.name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ExportUnusable("spreadsheet", file=path.name)
    member = Member(name=path.name, size=size, path=path)
    return Export(path=path, members=(member,), gauge=Gauge(packed=size), is_single=True)


def _total(members: Sequence[Member]) -> int:
    return sum(member.size for member in members)


def _stream(file: IO[bytes], member: Member) -> PartStream:
    if member.packed is None:
        return PartStream(file, member.size)
    return PartStream.of_packed(file, member.packed)


def _of_folder(folder: Path) -> Iterator[Member]:
    """Yield the files below a folder that may be read; links are not followed."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            path = Path(place, name)
            if path.suffix.lower() in READ and path.is_file() and not path.is_symlink():
                yield Member(
                    name=path.relative_to(folder).as_posix(), size=path.stat().st_size, path=path
                )


def _of_zip(path: Path, file: IO[bytes]) -> tuple[tuple[Member, ...], tuple[Trouble, ...]]:
    """Return what a zip holds by its directory, or without one, part by part."""
    _refuse_crowds(path, file)
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError, OSError):
        found = tuple(
            Member(name=name, size=packed.size, packed=packed)
            for name, packed in parts_without_directory(file)
        )
        if not found:
            raise ExportUnusable("bad_zip", file=path.name) from None
        told = Trouble(file=path.name, row=None, key="no_directory")
        return tuple(m for m in found if m.suffix in READ), (told,)
    if any(info.filename == _XLSX for info in infos):
        raise ExportUnusable("spreadsheet", file=path.name)
    readable = [
        i for i in infos if not i.is_dir() and PurePosixPath(i.filename.lower()).suffix in READ
    ]
    members = tuple(
        Member(
            name=info.filename,
            size=info.file_size,
            packed=Packed(
                header_at=info.header_offset,
                packed_size=info.compress_size,
                size=info.file_size,
                method=info.compress_type,
                crc=info.CRC,
            ),
        )
        for info in readable
        if not info.flag_bits & _ENCRYPTED
    )
    locked = len(readable) - len(members)
    troubles = (
        (Trouble(file=path.name, row=None, key="encrypted", values={"n": locked}),)
        if locked
        else ()
    )
    return members, troubles


def _refuse_crowds(path: Path, file: IO[bytes]) -> None:
    """Raise ExportUnusable for more files than a directory in memory should have."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - _LONGEST_END))
    tail = file.read()
    at = tail.rfind(_END)
    record = tail[at : at + 22]
    if at < 0 or len(record) < 22:  # noqa: PLR2004 - the record's length
        return
    count = int.from_bytes(record[10:12], "little")
    length = int.from_bytes(record[12:16], "little")
    if count == 0xFFFF and (zip64 := tail.rfind(b"PK\x06\x06", 0, at)) >= 0:  # noqa: PLR2004 - see zip64
        count = int.from_bytes(tail[zip64 + 32 : zip64 + 40], "little")
        length = int.from_bytes(tail[zip64 + 40 : zip64 + 48], "little")
    # The count may lie: each name takes 46 bytes of the directory at least.
    if count > MAX_FILES or (length > 46 * 65_535 and length > 400 * MAX_FILES):
        raise ExportUnusable("too_many_files", file=path.name, n=count, most=MAX_FILES)
