"""How much of an export is read: what passes them is no export but a trap, and is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.importing.base import ExportUnusable

MAX_FILES = 100_000
"""Names in one archive: Python keeps 650 bytes of each. An unpacked folder may hold more."""
MAX_UNPACKED = 32 * 2**30
"""Bytes read of one archive in all; the largest real ones hold a tenth of it besides pictures."""
MAX_RATIO = 400
"""Times its packed size that a part may unpack to: JSON packs 10 to 60 times, a zip bomb 1,000."""
FREE = 64 * 2**20
"""Bytes within which the ratio is not asked about."""
CHUNK = 256 * 1024
"""Bytes read at once."""


class TooMuch(ExportUnusable):
    """A part of the archive unpacks to more than any export would."""


@dataclass
class Gauge:
    """Counts what is unpacked of one archive, and tells a progress bar."""

    packed: int
    unpacked: int = 0
    advance: Callable[[int], None] = field(default=lambda _: None)

    def take(self, count: int, of_part: int, packed_part: int) -> None:
        """Count bytes; ``of_part`` is all of this part so far. Raises TooMuch."""
        self.unpacked += count
        self.advance(count)
        is_bomb = of_part > FREE and of_part > MAX_RATIO * max(packed_part, 1)
        is_overlapping = self.unpacked > FREE and self.unpacked > MAX_RATIO * max(self.packed, 1)
        if is_bomb or is_overlapping or self.unpacked > MAX_UNPACKED:
            raise TooMuch("too_much")
