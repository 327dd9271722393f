"""What the tests of the promises share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from promises.shop import Shop
from servers import FeedServer


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with a web server whose feeds a test sets."""
    with FeedServer() as web:
        yield Shop(tmp_path, web)
