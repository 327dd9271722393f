"""The two threads in which answers are read into entries, whatever their number.

Reading holds Python's lock, so more threads would not be faster; but each needs ten times the
memory of its answer, and ten megabytes may be one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from monitor.model import Response

_THREADS = ThreadPoolExecutor(2, thread_name_prefix="reader")

Read = TypeVar("Read")


async def read_aside(read: Callable[[Response], Read], response: Response) -> Read:
    """Return ``read(response)``; other polls go on meanwhile. Ten megabytes take seconds."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, read, response)


async def aside(work: Callable[[], Read]) -> Read:
    """Return ``work()``, likewise."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
