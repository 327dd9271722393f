from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from monitor.errors import ScorerUnavailable
from monitor.sentiment import registry
from monitor.sentiment.registry import DEFAULT_SCORER, make_scorer, scorers


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Pretend that a distribution declares a scorer; installing a real one is slow."""

    def declare(name: str, value: str) -> None:
        entry = EntryPoint(name=name, value=value, group=registry.GROUP)
        monkeypatch.setattr(registry, "entry_points", lambda group: EntryPoints([entry]))

    return declare


def test_the_default_scorer_exists_and_carries_its_version() -> None:
    assert make_scorer(DEFAULT_SCORER).name == "ecoute-1"
    assert DEFAULT_SCORER in scorers()


@pytest.mark.parametrize(
    ("name", "hint"),
    [("textblop", "did you mean 'textblob'?"), ("zzz", "there are: ecoute, hub, llm, ")],
)
def test_an_unknown_name_says_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ScorerUnavailable) as caught:
        make_scorer(name)
    assert f"no scorer is called '{name}'" in str(caught.value)
    assert hint in str(caught.value)


def test_another_distribution_adds_a_scorer(install: Callable[[str, str], None]) -> None:
    """Any callable will do for the test; only a module known by name can be an entry point."""
    install("theirs", "fractions:Fraction")
    assert {"ecoute", "textblob", "theirs"} <= set(scorers())
    assert type(make_scorer("theirs")).__name__ == "Fraction"


@pytest.mark.parametrize("value", ["no_such_module_here:Scorer", "math:no_such_name"])
def test_a_broken_one_is_named_when_it_is_made(
    install: Callable[[str, str], None], value: str
) -> None:
    install("broken", value)
    assert make_scorer("textblob").name == "textblob-1"
    with pytest.raises(ScorerUnavailable, match=r"scorer 'broken' of .* cannot be loaded"):
        make_scorer("broken")


def test_two_of_one_name_are_refused(install: Callable[[str, str], None]) -> None:
    install("textblob", "math:pi")
    with pytest.raises(ScorerUnavailable, match=r"two scorers are called 'textblob'.*math:pi"):
        scorers()
