"""The parts of a zip whose directory is missing: a download that was cut off.

Each part has a header of its own before it; they are gone through one after the other.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO

from monitor.importing.inflating import DEFLATED, Packed
from monitor.importing.limits import CHUNK, MAX_FILES, MAX_RATIO

_LOCAL = b"PK\x03\x04"
_SIZES_FOLLOW = 0x8  # general purpose bit flag 3: the sizes stand behind the bytes
_ENCRYPTED = 0x1
_HEADER = 30
_ZIP64 = 0xFFFFFFFF
_NEAR = 64
"""Bytes behind a part's bytes within which the next header begins: 24 of sizes, and some."""


def parts_without_directory(file: IO[bytes]) -> Iterator[tuple[str, Packed]]:
    """Yield name and place of each part, as far as they can be found."""
    at = 0
    for _ in range(MAX_FILES):
        file.seek(at)
        header = file.read(_HEADER)
        if len(header) < _HEADER or header[:4] != _LOCAL:
            return
        flags, method = _number(header, 6, 8), _number(header, 8, 10)
        name = file.read(_number(header, 26, 28)).decode("utf-8", "replace")
        start = at + _HEADER + _number(header, 26, 28) + _number(header, 28, 30)
        size, crc = _number(header, 18, 22), None
        if flags & _SIZES_FOLLOW or size == _ZIP64:
            if method != DEFLATED:
                return  # nothing tells where it ends
            size = _deflated_size(file, start)
        else:
            crc = _number(header, 14, 18)
        if not flags & _ENCRYPTED:
            packed = Packed(header_at=at, packed_size=size, size=size * 10, method=method, crc=crc)
            yield name, packed
        following = _next_header(file, start + size)
        if following is None:
            return
        at = following


def _number(header: bytes, start: int, end: int) -> int:
    return int.from_bytes(header[start:end], "little")


def _deflated_size(file: IO[bytes], start: int) -> int:
    """Return how many packed bytes a part has: as many as unpacking takes, or all that is left."""
    file.seek(start)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    read = given = 0
    while chunk := inflate.unconsumed_tail or file.read(CHUNK):
        read += 0 if inflate.unconsumed_tail else len(chunk)
        try:
            given += len(inflate.decompress(chunk, CHUNK))
        except zlib.error:
            break
        if inflate.eof:
            return read - len(inflate.unused_data)
        if given > MAX_RATIO * (read + CHUNK):
            break
    return read


def _next_header(file: IO[bytes], end: int) -> int | None:
    file.seek(end)
    found = file.read(_NEAR).find(_LOCAL)
    return None if found < 0 else end + found
