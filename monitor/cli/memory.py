"""What a small machine gets back of the memory that a poll needs for a moment."""

from __future__ import annotations

from typing import Final

_M_MMAP_THRESHOLD: Final = -3  # mallopt(3), <malloc.h>
_LARGE: Final = 128 * 1024


def return_large_blocks() -> None:
    """Have blocks from 128 KB on given back to the system when they are freed.

    glibc does so only until the first is freed, then keeps ever larger ones (mallopt(3), "dynamic
    mmap threshold"): 16 MB of a daemon at rest (bench/frugal.py). Elsewhere this does nothing.
    """
    import ctypes  # noqa: PLC0415 - what does not read the configuration does not wait for it

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
