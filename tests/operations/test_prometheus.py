"""The text format, read back by a reader of its grammar."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from monitor.operations.prometheus import Metric, Sample, exposition

_LABEL = re.compile(r'(\w+)="((?:[^"\\\n]|\\[\\n"])*)"')
_LINE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")


def read(text: str) -> list[tuple[str, dict[str, str], float]]:
    found = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# "):
            continue
        match = _LINE.fullmatch(line)
        assert match is not None, line
        labels = {
            name: re.sub(r"\\(.)", lambda sign: {"n": "\n"}.get(sign[1], sign[1]), value)
            for name, value in _LABEL.findall(match[2] or "")
        }
        found.append((match[1], labels, float(match[3])))
    return found


@given(
    st.dictionaries(st.sampled_from(["source", "business"]), st.text(min_size=1), max_size=2),
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**15),
)
def test_any_label_and_value_comes_back(labels: Mapping[str, str], value: float) -> None:
    written = exposition(
        [Metric("x_total", "counter", "Told\nin \\ lines.", (Sample(value, labels),))]
    )
    assert len(written.split("\n")) == 4
    assert read(written) == [("x_total", dict(labels), value)]


def test_a_metric_without_samples_is_left_out() -> None:
    assert exposition([Metric("x", "gauge", "X.", ())]) == ""
