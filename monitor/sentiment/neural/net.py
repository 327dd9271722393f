"""The layers that are tuned, in torch, and the tuning itself; imported by ``train`` alone.

What lies under them does not change, so its states are computed once, in numpy, as the scorer does.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found] # only who trains has it
from numpy.typing import NDArray
from torch.nn import functional as F  # type: ignore[import-not-found] # noqa: N812 - its usual name

from monitor.sentiment.model import Floats, Ints
from monitor.sentiment.neural.base_file import Settings
from monitor.sentiment.neural.encoder import Layer

_INNER, _CLASSES = 128, 3
_WARMED_BY, _COOLED_TO = 0.1, 0.02

States = Sequence[NDArray[np.float16]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast; ``smoothing`` is of the labels, ``dropped`` the share dropped out."""

    epochs: int = 5
    batch: int = 32
    rate: float = 2e-4
    head_rate: float = 1e-3
    decay: float = 0.01
    smoothing: float = 0.05
    dropped: float = 0.1
    seed: int = 0


class Net:
    """Layers and a head, as tensors by name."""

    def __init__(self, settings: Settings, layers: Mapping[int, Layer], plan: Plan) -> None:
        """Take the layers of the base by number; the head starts at random."""
        torch.manual_seed(plan.seed)
        torch.set_num_threads(1)
        self._settings, self._numbers, self._plan = settings, tuple(layers), plan
        self.layers = {
            f"l{number}.{name}": torch.tensor(array, requires_grad=True)
            for number, layer in layers.items()
            for name, array in layer.arrays.items()
        }
        width = settings.width
        self.head = {
            "inner.w": (torch.randn(_INNER, width) / width**0.5).requires_grad_(),
            "inner.b": torch.zeros(_INNER, requires_grad=True),
            "outer.w": (torch.randn(_CLASSES, _INNER) / _INNER**0.5).requires_grad_(),
            "outer.b": torch.zeros(_CLASSES, requires_grad=True),
        }

    def tune(self, states: States, wanted: Ints, after_epoch: Callable[[int, float], None]) -> None:
        """Fit to the texts; tell after each epoch its number and its mean loss."""
        plan, chance = self._plan, random.Random(self._plan.seed)  # noqa: S311 - order of texts
        groups = [
            {"params": list(self.layers.values()), "lr": plan.rate},
            {"params": list(self.head.values()), "lr": plan.head_rate},
        ]
        adam = torch.optim.AdamW(groups, weight_decay=plan.decay, betas=(0.9, 0.98))
        steps = plan.epochs * -(-len(states) // plan.batch)
        pace = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: _pace(step / steps))
        for epoch in range(plan.epochs):
            losses = []
            for batch in _batches(states, plan.batch, chance):
                sums = self._sums([states[n] for n in batch], dropped=plan.dropped)
                target = torch.from_numpy(wanted[batch])
                loss = F.cross_entropy(sums, target, label_smoothing=plan.smoothing)
                adam.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self._all(), 1.0)
                adam.step()
                pace.step()
                losses.append(loss.item())
            after_epoch(epoch, float(np.mean(losses)))

    def sums(self, states: States) -> Floats:
        """Return the sums of each text by class."""
        found = np.empty((len(states), _CLASSES), dtype=np.float32)
        order = sorted(range(len(states)), key=lambda n: len(states[n]))
        with torch.no_grad():
            for start in range(0, len(order), self._plan.batch):
                batch = order[start : start + self._plan.batch]
                found[batch] = self._sums([states[n] for n in batch], dropped=0.0).numpy()
        return found

    def snapshot(self) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Return layers and head as they are now."""
        return _copied(self.layers), _copied(self.head)

    def _all(self) -> list[Any]:
        return [*self.layers.values(), *self.head.values()]

    def _sums(self, states: States, dropped: float) -> Any:  # noqa: ANN401 - a tensor
        lengths = torch.tensor([len(one) for one in states])
        x = torch.nn.utils.rnn.pad_sequence(
            [torch.from_numpy(one).float() for one in states], batch_first=True
        )
        is_there = torch.arange(x.shape[1]) < lengths[:, None]
        with torch.autocast("cpu", torch.bfloat16):
            for number in self._numbers:
                x = self._through(x, is_there[:, None, None, :], number, dropped)
        vectors = (x.float() * is_there[..., None]).sum(1) / lengths[:, None]
        head = self.head
        inner = torch.tanh(F.linear(_drop(vectors, dropped), head["inner.w"], head["inner.b"]))
        return F.linear(_drop(inner, dropped), head["outer.w"], head["outer.b"])

    def _through(self, x: Any, is_there: Any, number: int, dropped: float) -> Any:  # noqa: ANN401 - tensors
        texts, longest, width = x.shape

        def linear(name: str, y: Any) -> Any:  # noqa: ANN401 - tensors
            of = f"l{number}.{name}"
            return F.linear(y, self.layers[f"{of}.w"], self.layers[f"{of}.b"])

        def heads(name: str) -> Any:  # noqa: ANN401 - a tensor
            return linear(name, x).view(texts, longest, self._settings.heads, -1).transpose(1, 2)

        def norm(name: str, y: Any) -> Any:  # noqa: ANN401 - tensors
            weight, bias = self.layers[f"l{number}.{name}.w"], self.layers[f"l{number}.{name}.b"]
            return F.layer_norm(y, (width,), weight, bias, self._settings.epsilon)

        seen = F.scaled_dot_product_attention(
            heads("q"), heads("k"), heads("v"), attn_mask=is_there, dropout_p=dropped
        )
        said = linear("ao", seen.transpose(1, 2).reshape(texts, longest, width))
        x = norm("aln", x + _drop(said, dropped))
        inner = linear("fo", F.gelu(linear("fi", x), approximate="tanh"))
        return norm("oln", x + _drop(inner, dropped))


def _pace(done: float) -> float:
    """Return the share of the full rate, by the share of the steps done: up fast, down slowly."""
    return float(min(1.0, (done + 1e-3) / _WARMED_BY) * max(_COOLED_TO, 1 - done))


def _batches(states: States, size: int, chance: random.Random) -> Iterator[list[int]]:
    """Part the texts at random into batches of like lengths."""
    order = list(range(len(states)))
    chance.shuffle(order)
    batches = []
    for start in range(0, len(order), size * 32):
        like = sorted(order[start : start + size * 32], key=lambda n: len(states[n]))
        batches += [like[at : at + size] for at in range(0, len(like), size)]
    chance.shuffle(batches)
    yield from batches


def _drop(x: Any, share: float) -> Any:  # noqa: ANN401 - tensors
    return F.dropout(x, share) if share else x


def _copied(tensors: Mapping[str, Any]) -> dict[str, Floats]:
    return {name: tensor.detach().numpy().copy() for name, tensor in tensors.items()}
