"""The tail of the negative binomial (Poisson where nothing is uncertain), by plain summation.

Model: Y counts events with a mean that is itself only known to some spread; as a gamma mixture of
Poissons it is negative binomial with variance ``mean + mean² / size`` (Johnson, Kemp & Kotz,
*Univariate Discrete Distributions*, 3rd ed., §5.3). ``size = inf`` is the Poisson.
"""

from __future__ import annotations

import math

_NEGLIGIBLE = 1e-12
"""Terms that add less than this share of the sum change no decision."""


def tail(least: int, mean: float, size: float = math.inf) -> float:
    """Return the probability of ``least`` or more events.

    >>> round(tail(1, 0.5), 4), round(tail(12, 3), 6), round(tail(12, 3, size=10), 4)
    (0.3935, 7.1e-05, 0.0008)
    """
    if least <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if least <= mean:
        return max(0.0, 1.0 - _sum(0, least, mean, size))
    return min(1.0, _sum(least, None, mean, size))


def most(chance: float, mean: float, size: float = math.inf) -> int:
    """Return the count that is exceeded with a probability of at most ``chance``.

    >>> most(0.05, 3), most(0.05, 0.2)
    (6, 1)
    """
    count, left = 0, 1.0 - probability(0, mean, size)
    while left > chance:
        count += 1
        left -= probability(count, mean, size)
    return count


def probability(count: int, mean: float, size: float = math.inf) -> float:
    """Return the probability of exactly so many events."""
    if mean <= 0:
        return 1.0 if count == 0 else 0.0
    if math.isinf(size):
        return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    share = mean / (mean + size)
    ways = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
    return math.exp(ways + size * math.log1p(-share) + count * math.log(share))


def _sum(start: int, end: int | None, mean: float, size: float) -> float:
    """Add the probabilities from ``start`` up to before ``end``, or as long as they matter."""
    total = 0.0
    count = start
    while end is None or count < end:
        term = probability(count, mean, size)
        total += term
        if end is None and count > mean and term <= total * _NEGLIGIBLE:
            break
        count += 1
    return total
