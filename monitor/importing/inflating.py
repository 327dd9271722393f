"""The bytes of one part of an archive, unpacked as they are asked for.

Python's ``zipfile`` throws the last good bytes of a damaged part away with its error; here they
are all given, and ``fault`` says afterwards what was wrong.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import IO, Self

from monitor.importing.limits import CHUNK, Gauge, TooMuch

STORED, DEFLATED = 0, 8
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Where a part begins, and how it is packed; ``crc`` is ``None`` where it is not known."""

    header_at: int
    packed_size: int
    size: int
    method: int
    crc: int | None


class PartStream:
    """A part's bytes, to be read once from the beginning to the end.

    ``fault`` is a sentence of ``importing.toml`` once something was wrong; what came before was
    given. ``head`` is what was peeked at.
    """

    def __init__(self, file: IO[bytes], size: int, packed: Packed | None = None) -> None:
        """Read a plain file; ``of_packed`` reads one of an archive."""
        self._file = file
        self._left = packed.packed_size if packed else size
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS) if packed else None
        self._packed = packed
        self._packed_size = max(self._left, 1)
        self._given = 0
        self._crc = 0
        self._ready = bytearray()
        self._ended = False
        self.gauge = Gauge(packed=self._packed_size)
        self.fault: str | None = None
        self.head = b""

    @classmethod
    def of_packed(cls, file: IO[bytes], packed: Packed) -> Self:
        """Read a part of a zip."""
        part = cls(file, packed.size, packed)
        file.seek(packed.header_at)
        header = file.read(_LOCAL_SIZE)
        if packed.method not in {STORED, DEFLATED}:
            part._end("packed_otherwise")
        elif len(header) < _LOCAL_SIZE or header[:4] != _LOCAL:
            part._end("damaged")
        else:
            beside = int.from_bytes(header[26:28], "little") + int.from_bytes(
                header[28:30], "little"
            )
            file.seek(packed.header_at + _LOCAL_SIZE + beside)
        if packed.method == STORED:
            part._inflate = None
        return part

    def peek(self, size: int) -> bytes:
        """Return the first bytes without taking them."""
        while len(self._ready) < size and self._fill():
            pass
        self.head = bytes(self._ready[:size])
        return self.head

    def read(self, size: int = CHUNK) -> bytes:
        """Return at most so many bytes; none at the end."""
        while not self._ready and self._fill():
            pass
        return self._take(size if size >= 0 else len(self._ready))

    def readline(self, size: int = -1) -> bytes:
        """Return bytes to the end of the line, that included, and at most ``size``."""
        searched = 0
        while True:
            end = self._ready.find(b"\n", searched)
            if end >= 0:
                return self._take(min(end + 1, size) if size >= 0 else end + 1)
            searched = len(self._ready)
            if 0 <= size <= searched or not self._fill():
                return self._take(size if size >= 0 else searched)

    def close(self) -> None:
        """Let go of what was read."""
        self._ready.clear()
        self._ended = True

    def _take(self, size: int) -> bytes:
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def _fill(self) -> bool:
        """Unpack some more; false at the end."""
        if self._ended:
            return False
        given = self._unpacked()
        if given is None:
            return False
        self._crc = zlib.crc32(given, self._crc)
        self._given += len(given)
        self._ready += given
        try:
            self.gauge.take(len(given), self._given, self._packed_size)
        except TooMuch:
            self._end("too_much")
        return True

    def _unpacked(self) -> bytes | None:
        """Return the next bytes; ``None`` at the end, which says whether it was a good one."""
        tail = self._inflate.unconsumed_tail if self._inflate else b""
        chunk = tail or self._file.read(min(CHUNK // 4 if self._inflate else CHUNK, self._left))
        self._left -= 0 if tail else len(chunk)
        if self._inflate is None:
            if not chunk:
                self._conclude(is_whole=self._left == 0)
                return None
            return chunk
        if self._inflate.eof:
            self._conclude(is_whole=True)
            return None
        if not chunk:
            rest = self._inflate.flush()
            self._conclude(is_whole=self._inflate.eof)
            return rest or None
        try:
            return self._inflate.decompress(chunk, CHUNK)
        except zlib.error:
            self._end("damaged")
            return None

    def _conclude(self, *, is_whole: bool) -> None:
        crc = self._packed.crc if self._packed else None
        is_right = crc is None or self._crc == crc
        self._end(None if is_whole and is_right else "damaged")

    def _end(self, fault: str | None) -> None:
        self._ended = True
        self.fault = self.fault or fault
