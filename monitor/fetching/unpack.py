"""Unpack a body as it arrives, never beyond the limit: what a few packed bytes may become.

httpx would unpack whole chunks (64 kB of gzip become 64 MB), stacked encodings, and would take a
cut-off gzip for a whole one; so it is done here, on zlib.
"""

from __future__ import annotations

import zlib
from tempfile import SpooledTemporaryFile

from monitor.errors import Code, FetchError

ACCEPTED = "gzip, deflate"
"""The value of ``Accept-Encoding`` that goes with this."""

_IN_MEMORY = 500_000
"""Bytes of a body that are kept in memory until it ends, the rest goes to a nameless file: 48 slow
answers of 10 MB took 800 MB (measured 2026-11, promise 1)."""
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WBITS = 31
_RAW_WBITS = -15
_ZLIB_WBITS = 15
_ZLIB_HEADER_BYTES = 2


class Unpacker:
    """Collects one body. Raises ``FetchError``: bad_encoding, too_large, truncated."""

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        """Take the value of ``Content-Encoding`` and the most bytes to collect, unpacked."""
        names = [name.strip().lower() for name in content_encoding.split(",")]
        names = [name.removeprefix("x-") for name in names if name not in {"", "identity"}]
        if len(names) > 1:
            raise FetchError(Code.BAD_ENCODING, "compressed more than once")
        self._encoding = names[0] if names else None
        if self._encoding not in {None, "gzip", "deflate"}:
            raise FetchError(Code.BAD_ENCODING, "compressed in an unknown way")
        self._max_bytes = max_bytes
        self._packed_bytes = 0
        self._body = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by close()
        self._size = 0
        self._head = b""
        self._stream: zlib._Decompress | None = None
        self._is_over = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes as they came."""
        self._packed_bytes += len(data)
        if self._packed_bytes > self._max_bytes:
            raise self._too_large()
        if self._encoding is None:
            self._keep(data)
            return
        try:
            self._inflate(self._head + data)
        except zlib.error as error:
            raise FetchError(Code.BAD_ENCODING, "its compression is broken") from error

    def finish(self) -> bytes:
        """Return the whole body; the end of the bytes must be the end of the compression."""
        is_packed = self._encoding is not None and self._packed_bytes > 0
        if is_packed and (self._stream is None or not self._stream.eof):
            raise FetchError(Code.TRUNCATED, "its compression ends too early")
        self._body.seek(0)
        return self._body.read()

    def close(self) -> None:
        """Forget what was collected."""
        self._body.close()

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._max_bytes:
            raise self._too_large()
        try:
            self._body.write(data)
        except OSError as error:
            raise FetchError(Code.INTERNAL, "no room for a temporary file") from error

    def _inflate(self, data: bytes) -> None:
        stream = self._stream or _start_stream(self._encoding, data)
        self._head = data if stream is None else b""
        while stream is not None and data and not self._is_over:
            if stream.eof:
                # Several gzip members make one body (RFC 1952 §2.2); anything else is padding.
                self._is_over = not data.startswith(_GZIP_MAGIC)
                stream = stream if self._is_over else zlib.decompressobj(_GZIP_WBITS)
                continue
            # One byte over the limit is enough to know; the rest is never unpacked.
            self._keep(stream.decompress(data, self._max_bytes - self._size + 1))
            data = stream.unused_data
        self._stream = stream

    def _too_large(self) -> FetchError:
        return FetchError(Code.TOO_LARGE, f"over {self._max_bytes} bytes")


def _start_stream(encoding: str | None, head: bytes) -> zlib._Decompress | None:
    """Return what inflates a body that begins so; ``None``: more bytes are needed to tell."""
    if encoding == "gzip":
        return zlib.decompressobj(_GZIP_WBITS)
    if len(head) < _ZLIB_HEADER_BYTES:
        return None
    # "deflate" is zlib by the book (RFC 9110 §8.4.1.2), raw from some servers (RFC 1950 §2.2).
    is_zlib = head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2], "big") % 31 == 0
    return zlib.decompressobj(_ZLIB_WBITS if is_zlib else _RAW_WBITS)
