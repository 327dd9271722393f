"""The transformer, read forwards in numpy: numbers of pieces in, one vector a text out.

Post-norm BERT, as multilingual-e5-small is, its GELU by the usual tangent. Texts of one batch are
filled up to the longest, so a batch should be of like lengths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.sentiment.neural.base_file import BaseFile, Floats, Settings, floats

_FAR = np.float32(-1e9)
_GELU_ROOT = np.float32(np.sqrt(2 / np.pi))
_GELU_CUBE = np.float32(0.044715)

Arrays = Mapping[str, Floats]
MATRICES = ("q", "k", "v", "ao", "fi", "fo")
NORMS = ("aln", "oln")


@dataclass(frozen=True)
class Layer:
    """One layer: matrices with a row for each input, biases, norms."""

    arrays: Arrays


def base_layer(base: BaseFile, number: int) -> Layer:
    """Read a layer of the base file."""
    sizes = dict.fromkeys(MATRICES, base.settings.width) | {"fo": base.settings.inner}
    arrays = {f"{m}.w": base.matrix(f"l{number}.{m}.w", size) for m, size in sizes.items()}
    arrays |= {f"{m}.b": base.plain(f"l{number}.{m}.b") for m in MATRICES}
    arrays |= {f"{n}.{p}": base.plain(f"l{number}.{n}.{p}") for n in NORMS for p in "wb"}
    return Layer(arrays)


class Encoder:
    """Embeddings of the base, and the layers given."""

    def __init__(self, base: BaseFile, layers: Sequence[Layer]) -> None:
        """Read the embeddings' places; the words themselves stay in the file."""
        self._settings = base.settings
        width = base.settings.width
        self._words: NDArray[Any] = base.blocks("emb.word", width)
        kinds = base.plain("emb.type")[:width]
        self._places = base.plain("emb.pos").reshape(-1, width) + kinds
        self._norm = (base.plain("emb.ln.w"), base.plain("emb.ln.b"))
        self._layers = tuple(layers)

    def vectors(self, batch: Sequence[Sequence[int]]) -> Floats:
        """Return the mean of the last layer over each text's pieces; no text is empty."""
        x, is_there = self.states(batch)
        shares = is_there / is_there.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("nth,nt->nh", x, shares), dtype=np.float32)

    def states(self, batch: Sequence[Sequence[int]]) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the last layer at each piece of each text, and where there is one."""
        longest = max(map(len, batch))
        is_there = np.arange(longest) < np.array([len(ids) for ids in batch])[:, None]
        filled = np.array([[*ids, *[0] * (longest - len(ids))] for ids in batch])
        found, places = np.unique(filled, return_inverse=True)
        x = floats(self._words[found])[places.reshape(filled.shape)] + self._places[:longest]
        x = _normed(x, *self._norm, self._settings.epsilon)
        hidden = np.where(is_there, np.float32(0), _FAR)[:, None, None, :]
        for layer in self._layers:
            x = _through(x, hidden, layer.arrays, self._settings)
        return x, is_there


def _through(x: Floats, hidden: Floats, layer: Arrays, settings: Settings) -> Floats:
    texts, longest, width = x.shape

    def linear(name: str, y: Floats) -> Floats:
        flat = y.reshape(-1, y.shape[-1]) @ layer[f"{name}.w"].T
        flat += layer[f"{name}.b"]
        return flat.reshape(texts, longest, -1)

    def heads(name: str) -> Floats:
        return linear(name, x).reshape(texts, longest, settings.heads, -1).transpose(0, 2, 1, 3)

    sums = heads("q") @ heads("k").transpose(0, 1, 3, 2)
    sums *= np.float32((width / settings.heads) ** -0.5)
    sums += hidden
    seen = _softmaxed(sums) @ heads("v")
    said = linear("ao", seen.transpose(0, 2, 1, 3).reshape(texts, longest, width))
    x = _normed(x + said, layer["aln.w"], layer["aln.b"], settings.epsilon)
    inner = linear("fo", _gelu(linear("fi", x)))
    return _normed(x + inner, layer["oln.w"], layer["oln.b"], settings.epsilon)


def _softmaxed(sums: Floats) -> Floats:
    sums -= sums.max(axis=-1, keepdims=True)
    np.exp(sums, out=sums)
    sums /= sums.sum(axis=-1, keepdims=True)
    return sums


def _gelu(x: Floats) -> Floats:
    inner = x * x
    inner *= _GELU_CUBE
    inner += 1
    inner *= x
    inner *= _GELU_ROOT
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= np.float32(0.5)
    return inner


def _normed(x: Floats, weight: Floats, bias: Floats, epsilon: float) -> Floats:
    x = x - x.mean(axis=-1, keepdims=True)
    x /= np.sqrt(np.einsum("nth,nth->nt", x, x)[..., None] / x.shape[-1] + np.float32(epsilon))
    x *= weight
    x += bias
    return x
