"""py3langid's model with the languages that a French business may meet, packed for small machines.

As py3langid loads it, the model takes 96 MB; so packed, 8 MB, with the same answers.
"""

from __future__ import annotations

import lzma
import shutil
from array import array
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

_OF_EUROPE: Final = (  # with the regional ones of France
    "be bg br ca cs cy da de el en es et eu fi fr ga gl hr hu is it lb lt lv mk mt nl no oc pl pt "
    "ro ru sk sl sq sr sv uk"
)
_OF_TERRITORIES_AND_NEWCOMERS: Final = "gcf gcr ht mg ar ary arz fa he hy ka kab ku tr ur"
_OF_TOURISTS_AND_RESTAURANTS: Final = "hi id ja km ko lo ta th vi zh"
_NONE: Final = "zxx"

LANGUAGES: Final = frozenset(
    f"{_OF_EUROPE} {_OF_TERRITORIES_AND_NEWCOMERS} {_OF_TOURISTS_AND_RESTAURANTS} {_NONE}".split()
)
"""Codes of py3langid that are told apart; a text in another language mostly stays unsure."""

_ROWS_AT_ONCE: Final = 1024  # packed: keeps the temporary tables under 2 MB


@dataclass(frozen=True, slots=True)
class _Moves:
    """The automaton's next state by row and byte, as py3langid looks it up: ``[row * 256 + byte]``.

    Most rows differ in a few places only from the row of the one-byte text that they end with.
    Those places are kept: 4 MB in place of 39.
    """

    bytes_: bytes
    """Where a row differs, row after row."""
    states: array[int]
    """And its next state there."""
    starts: array[int]
    """Where each row begins in the two above, and the end."""
    base: array[int]
    """The row of each one-byte text."""
    lasts: bytes
    """The byte that each row's text ends with."""

    def __getitem__(self, place: int) -> int:
        row, byte = place >> 8, place & 255
        found = self.bytes_.find(byte, self.starts[row], self.starts[row + 1])
        return self.states[found] if found >= 0 else self.base[self.lasts[row] << 8 | byte]


@dataclass(frozen=True, slots=True)
class _Weights:
    """The model's table of features by language, as py3langid takes rows of it: ``[numbers]``.

    Four in five of its values are the least of their column: a word that a language does not use.
    The others are kept: 4 MB in place of 13.
    """

    least: NDArray[np.float16]
    """Of each column."""
    columns: NDArray[np.uint8]
    """Where a row has more, row after row."""
    values: NDArray[np.float16]
    """And what it has there."""
    starts: NDArray[np.int32]
    """Where each row begins in the two above, and the end."""

    def __getitem__(self, rows: NDArray[np.intp]) -> NDArray[np.float16]:
        firsts = self.starts[rows]
        lengths = self.starts[rows + 1] - firsts
        before = np.cumsum(lengths) - lengths
        places = np.arange(lengths.sum()) + np.repeat(firsts - before, lengths)
        width = len(self.least)
        found = np.tile(self.least, len(rows))
        found[np.repeat(np.arange(len(rows)) * width, lengths) + self.columns[places]] = (
            self.values[places]
        )
        return found.reshape(-1, width)


def load_identifier() -> Any:  # noqa: ANN401 - py3langid ships no types
    """Load the model; takes about 0.6 s and, for a moment, 70 MB."""
    # As py3langid.modelio.load_model does, but each table is packed before the next is read.
    with TemporaryFile(suffix=".npz") as plain:
        with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
            shutil.copyfileobj(packed, plain, 1 << 20)
        plain.seek(0)
        with np.load(plain, allow_pickle=False) as model:
            classes: list[str] = model["classes"].tolist()
            kept = [number for number, code in enumerate(classes) if code in LANGUAGES]
            rows = model["nextmove_row"]
            identifier = LanguageIdentifier(
                _sparse(np.take(model["ptc"], kept, axis=1)),
                model["pc"][kept],
                [classes[number] for number in kept],
                _pack(model["nextmove"].reshape(-1, 256), rows),
                _array(model["out_feat"]),
                norm_probs=True,
                tk_row=(),
            )
    # As its constructor makes it of tk_row, but no list: that would be 4 MB.
    identifier._rowbase = _array(rows.astype(np.int32) << 8)  # noqa: SLF001
    return identifier


def _sparse(table: NDArray[np.float16]) -> _Weights:
    least = table.min(axis=0)
    columns, values, counts = [], [], []
    for start in range(0, len(table), _ROWS_AT_ONCE):
        some = table[start : start + _ROWS_AT_ONCE]
        is_more = some > least
        columns.append(np.nonzero(is_more)[1].astype(np.uint8))
        values.append(some[is_more])
        counts.append(is_more.sum(axis=1))
    starts = np.cumsum(np.concatenate([[0], *counts])).astype(np.int32)
    return _Weights(least, np.concatenate(columns), np.concatenate(values), starts)


def _pack(moves: NDArray[np.uint32], rows: NDArray[np.uint16]) -> _Moves:
    lasts = np.zeros(len(rows), np.uint8)
    for byte in range(256):
        lasts[moves[:, byte]] = byte
    last_of_row = np.zeros(len(moves), np.uint8)
    last_of_row[rows] = lasts
    base = moves[rows[moves[rows[0]]]]
    places, states, counts = [], [], []
    for start in range(0, len(moves), _ROWS_AT_ONCE):
        some = moves[start : start + _ROWS_AT_ONCE]
        differs = some != base[last_of_row[start : start + _ROWS_AT_ONCE]]
        places.append(np.nonzero(differs)[1].astype(np.uint8))
        states.append(some[differs])
        counts.append(differs.sum(axis=1))
    return _Moves(
        bytes_=np.concatenate(places).tobytes(),
        states=_array(np.concatenate(states)),
        starts=_array(np.cumsum(np.concatenate([[0], *counts]))),
        base=_array(base.ravel()),
        lasts=last_of_row.tobytes(),
    )


def _array(values: NDArray[Any]) -> array[int]:
    """Keep the values in Python's own array, which gives one of them faster than numpy's."""
    return array("i", values.astype(np.int32).tobytes())
