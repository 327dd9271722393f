"""The five zones of French landline numbers: 02 is the North-West, its départements among others.

Source: ARCEP's plan national de numérotation. Since 2023 a number may move to another zone, so
that it tells a good deal and not all.
"""

from __future__ import annotations

_ZONES = {
    "1": "75 77 78 91 92 93 94 95",
    "2": "14 18 22 27 28 29 35 36 37 41 44 45 49 50 53 56 61 72 76 85 974 976",
    "3": "02 08 10 21 25 39 51 52 54 55 57 58 59 60 62 67 68 70 71 80 88 89 90",
    "4": "01 03 04 05 06 07 11 13 15 2A 2B 26 30 34 38 42 43 48 63 66 69 73 74 83 84",
    "5": "09 12 16 17 19 23 24 31 32 33 40 46 47 64 65 79 81 82 86 87 971 972 973",
}
_ZONE_OF = {code: zone for zone, codes in _ZONES.items() for code in codes.split()}


def zone_of(departement: str) -> str:
    """Return the first digit after 0 of a département's landlines; empty for none of ours.

    >>> zone_of("67"), zone_of("29"), zone_of("99")
    ('3', '2', '')
    """
    return _ZONE_OF.get(departement, "")
