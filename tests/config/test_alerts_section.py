from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.config import fields
from monitor.config.model import Config

Load = Callable[[str], Config]
Faults = Callable[[str], list[str]]
ONE = "businesses: [{name: Fleurs Bougamont}]\n"


def test_without_a_section_alerts_are_as_a_florist_wants_them(load: Load) -> None:
    alerts = load(ONE).alerts
    assert (alerts.negative, alerts.low_rating, alerts.quiet, alerts.per_day) == (
        "immediate",
        2,
        "21h-8h",
        5,
    )
    assert alerts.spike
    assert alerts.to is None


def test_a_section_that_reaches_nobody_says_so(load: Load) -> None:
    (notice,) = [n for n in load(f"{ONE}alerts:\n  spike: true\n").notices if "alerts.to" in n]
    assert "alerts.notify" in notice


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("quiet: la nuit", '4: alerts.quiet: "la nuit" is not a span of hours; write for instance'),
        ("low_rating: 7", "4: alerts.low_rating: at most 4"),
        ("per_day: 0", "4: alerts.per_day: at least 1"),
        ("notify: [my-topic]", "4: alerts.notify[0]: this is no Apprise address"),
        ("to: [simon]", '4: alerts.to[0]: "simon" is no e-mail address'),
        ("quite: off", 'did you mean "quiet"?'),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_write(
    faults: Faults, lines: str, fault: str
) -> None:
    told = faults(f"language: en\n{ONE}alerts:\n  {lines}\n")
    assert any(fault in one for one in told)


def test_without_apprise_an_address_says_what_to_install(
    faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "find_spec", lambda _: None)
    (told,) = faults(f"language: en\n{ONE}alerts:\n  notify: ['ntfy://x']\n")
    assert (
        'alerts.notify[0]: Apprise is needed to notify; type: pip install "ecoute[notify]"' in told
    )
