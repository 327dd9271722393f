"""Local files that the configuration names, read as if they had been fetched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from monitor.errors import Code, FetchError
from monitor.model import Response, Validators

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


def read_local_file(path: Path, known: Validators | None, max_bytes: int) -> Response:
    """Read a regular file whole, or find it unchanged since ``known`` (then ``not_modified``).

    Its ETag is made of its time, size and inode. Raises ``FetchError``: connect (none, or not
    readable), blocked (a folder, pipe or device), too_large.
    """
    try:
        # Without O_NONBLOCK, opening a pipe waits for its writer.
        with open(path, "rb", opener=_open_at_once) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise FetchError(Code.BLOCKED, f"not a regular file: {path.name}")
            etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"'
            is_known = known is not None and known.etag == etag
            body = b"" if is_known else file.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise FetchError(Code.CONNECT, f"no such file: {path.name}") from error
    except IsADirectoryError as error:
        raise FetchError(Code.BLOCKED, f"not a regular file: {path.name}") from error
    except (OSError, ValueError) as error:
        raise FetchError(Code.CONNECT, f"cannot be read: {path.name}") from error
    if len(body) > max_bytes:
        raise FetchError(Code.TOO_LARGE, f"over {max_bytes} bytes")
    return Response(
        url=path.absolute().as_uri(),
        status=304 if is_known else 200,
        headers={"etag": etag},
        body=body,
        not_modified=is_known,
    )


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | _FLAGS)
