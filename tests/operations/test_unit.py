"""The unit's text: any path comes back as systemd reads it, and what it closes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.operations.unit import HEAD, Unit

_ODD = st.text(st.sampled_from("aé %$\"'\\;=#@-"), min_size=1, max_size=12).map(
    lambda name: Path("/srv") / name.strip(" ./") / "shop"
)


def unit(folder: Path, user: str | None = "ecoute", **more: object) -> str:
    return Unit(
        description="Ecoute",
        command=("/bin/true", "--config", str(folder / "sources.yaml"), "run"),
        folder=folder,
        user=user,
        written=(folder,),
        **more,  # type: ignore[arg-type] # as told
    ).text()


def value(text: str, name: str) -> str:
    (found,) = re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)
    assert isinstance(found, str)
    return found


def words(told: str) -> list[str]:
    """Split as systemd.syntax(7) does: double quotes, C escapes; then specifiers."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', told)
    return [re.sub(r"\\(.)", r"\1", a or b).replace("%%", "%") for a, b in found]


@given(_ODD)
def test_any_path_comes_back(folder: Path) -> None:
    text = unit(folder)
    assert words(value(text, "ReadWritePaths")) == [str(folder)]
    assert value(text, "WorkingDirectory").replace("%%", "%") == str(folder)
    command = [word.replace("$$", "$") for word in words(value(text, "ExecStart"))]
    assert command == ["/bin/true", "--config", f"{folder}/sources.yaml", "run"]


@pytest.mark.parametrize("name", ["a\nExecStartPre=/bin/evil", "a\x00b", "a\u2028b"])
def test_a_path_with_a_line_break_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"/srv"):
        unit(Path("/srv") / name)


def test_it_is_closed() -> None:
    told = unit(Path("/srv/shop"), read_only=(Path("/srv/shop/.env"),), hidden=(Path("/h/.ssh"),))
    assert told.startswith(HEAD + "\n[Unit]\n")
    for line in (
        "User=ecoute",
        "Type=notify",
        "NoNewPrivileges=true",
        "ProtectSystem=strict",
        "ReadWritePaths=/srv/shop",
        "ReadOnlyPaths=-/srv/shop/.env",
        "InaccessiblePaths=-/h/.ssh",
        "CapabilityBoundingSet=",
        "MemoryMax=512M",
        "Restart=on-failure",
        "RestartPreventExitStatus=2",
        "WantedBy=multi-user.target",
    ):
        assert line in told.splitlines()


def test_a_unit_of_a_user_asks_for_nothing_that_only_root_can_give() -> None:
    told = unit(Path("/srv/shop"), user=None)
    assert "User=" not in told
    assert "CapabilityBoundingSet=" not in told
    assert "ProtectSystem=strict" in told
    assert "WantedBy=default.target" in told


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("user", ["root", None])
def test_systemd_has_nothing_to_say_against_it(tmp_path: Path, user: str | None) -> None:
    file = tmp_path / "ecoute.service"
    file.write_text(unit(Path("/srv/a b 100%"), user, listen="127.0.0.1:9464"), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own file
        ["systemd-analyze", "verify", str(file)],  # noqa: S607 - where the system has it
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
