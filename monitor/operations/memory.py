"""What a small machine gets back of the memory that a poll needs for a moment (glibc's)."""

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


def give_back() -> None:
    """Give the system what is free between blocks in use, in every thread's part of the heap.

    Polls run in threads, and glibc gives each a part of its own, of which only the end shrinks by
    itself: 13 MB of a daemon at rest (bench/frugal.py).
    """
    import ctypes  # noqa: PLC0415 - as above

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
