"""A short run of ``bench/fuzz.py`` over every target, always with the same damages."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hostile.targets import SHARED, Target, targets

RUNS = 12
"""Of each target; the bench runs minutes."""
SLOW_S = 30.0

TARGETS = {target.name: target for target in targets(SHARED)}


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.filterwarnings("ignore")  # what parsers say of damaged documents
def test_no_damage_ends_in_a_surprise(name: str) -> None:
    target: Target = TARGETS[name]
    seeds = target.seeds()
    started = time.process_time()
    for number in range(RUNS):
        chance = random.Random(f"1 {name} {number}")  # noqa: S311 - the same each time
        target.run(chance.choice(seeds), chance)
    assert time.process_time() - started < SLOW_S


def test_the_recordings_are_fuzzed_where_they_are(shared: Path) -> None:
    feeds = next(target for target in targets(shared) if target.name == "feeds")
    assert len(feeds.seeds()) > 1_000
