"""What is installed and shipped: pinned, licensed, unpickled, and built to the same bytes."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import cast

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", ".ci/audit.lock")
PIN = re.compile(r"^([a-z0-9]+(?:-[a-z0-9]+)*)==([^ ;\\]+)", re.MULTILINE)

MAY_SHIP = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "MIT"),
    *("MIT-0", "MPL-2.0", "PSF-2.0", "Zlib", "BSD-3-Clause-Clear", "HPND", "ISC", "Unlicense"),
    *("MIT-CMU", "LGPL-2.0-or-later", "LGPL-2.1-or-later"),
}
"""Licences that leave Écoute under its own: permissive ones, and those that bind only changes to
their own files."""
SAID_OTHERWISE = {
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "Copyright 2013 Steven Loria": "MIT",  # textblob-fr: its LICENSE file is MIT's text
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Public Domain": "CC0-1.0",
    "Python Software Foundation License": "PSF-2.0",
    "The BSD 2-Clause License": "BSD-2-Clause",
}
"""What older packages say in place of an SPDX name."""
UNPICKLERS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


def pins(lock: str) -> dict[str, set[str]]:
    """Return the versions by name: some have another one for another Python."""
    found: dict[str, set[str]] = {}
    for name, version in PIN.findall((ROOT / lock).read_text(encoding="utf-8")):
        found.setdefault(name, set()).add(version)
    return found


# --- the lock -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_each_package_to_files_known_by_their_hash(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert PIN.match(entry), entry
        assert "--hash=sha256:" in entry, entry
    assert "://" not in text  # no address: whoever installs says where from


def test_what_is_run_and_what_is_tested_are_the_same_versions() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_the_lock_has_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[^A-Za-z0-9._-]", told)[0].lower() for told in project["dependencies"]}
    assert {re.sub(r"[._]", "-", name) for name in named} <= pins("requirements.lock").keys()


def test_what_is_installed_here_is_what_the_lock_says() -> None:
    here = {name: found.version for name, found in installed("requirements-dev.lock").items()}
    said = pins("requirements-dev.lock")
    assert {name: version for name, version in here.items() if version not in said[name]} == {}


# --- licences -----------------------------------------------------------------------------------


def installed(lock: str) -> dict[str, importlib.metadata.Distribution]:
    """Return what a lock pins and is there: some is for other systems."""
    found = {}
    for name in pins(lock):
        try:
            found[name] = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def licences(distribution: importlib.metadata.Distribution) -> list[str]:
    """Return the licences a package may be used under; of one that asks for all of several, all."""
    told = cast("Message", distribution.metadata)  # typed as less than it is
    classified = [
        line.rpartition(" :: ")[2]
        for line in told.get_all("Classifier") or ()
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    plain = (told.get("License") or "").strip().partition("\n")[0]
    expression = told.get("License-Expression") or plain or " OR ".join(classified)
    return [SAID_OTHERWISE.get(name, name) for name in re.split(r" OR ", expression)]


def is_allowed(licence: str) -> bool:
    return all(SAID_OTHERWISE.get(part, part) in MAY_SHIP for part in licence.split(" AND "))


def test_every_package_is_under_a_licence_that_lets_us_ship() -> None:
    found = {
        name: licences(package) for name, package in installed("requirements-dev.lock").items()
    }
    assert len(found) > 50
    assert {name: said for name, said in found.items() if not any(map(is_allowed, said))} == {}


@pytest.mark.parametrize(
    "licence", ["AGPL-3.0", "GPL-3.0-only", "MIT AND GPL-2.0-only", "", "Proprietary"]
)
def test_another_licence_would_be_seen(licence: str) -> None:
    assert not is_allowed(licence)


# --- no pickle ----------------------------------------------------------------------------------


def sources() -> Iterator[tuple[Path, ast.AST]]:
    for file in (ROOT / "monitor").rglob("*.py"):
        yield file, ast.parse(file.read_text(encoding="utf-8"))


def unpickling(tree: ast.AST) -> Iterator[str]:
    """Yield what runs code that data brings along."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from (name for name in names if name.partition(".")[0] in UNPICKLERS)
        if isinstance(node, ast.Call):
            yield from _calls(node)


def _calls(call: ast.Call) -> Iterator[str]:
    said = ast.unparse(call.func)
    given = {word.arg: ast.unparse(word.value) for word in call.keywords}
    if said in {"eval", "exec", "compile", "__import__", "pandas.read_pickle"}:
        yield said
    if said in {"np.load", "numpy.load"} and given.get("allow_pickle") != "False":
        yield f"{said} that may unpickle"
    if said == "torch.load" and given.get("weights_only") != "True":
        yield f"{said} of more than weights"
    if given.get("allow_pickle") == "True" or given.get("trust_remote_code") == "True":
        yield f"{said} of code"
    if said in {"yaml.load", "yaml.unsafe_load"} or given.get("typ") == "'unsafe'":
        yield f"{said} of any object"


def test_nothing_here_unpickles() -> None:
    found = {str(file.relative_to(ROOT)): [*unpickling(tree)] for file, tree in sources()}
    assert {file: what for file, what in found.items() if what} == {}


def test_no_pickle_is_shipped() -> None:
    names = {".pkl", ".pickle", ".pt", ".pth", ".joblib", ".bin", ".npy"}
    shipped = [file for file in (ROOT / "monitor").rglob("*") if file.is_file()]
    assert [str(file) for file in shipped if file.suffix in names] == []
    odd = [
        f
        for f in shipped
        if f.suffix == ".npz"
        for n in zipfile.ZipFile(f).namelist()
        if not n.endswith(".npy")
    ]
    assert odd == []


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from joblib import load",
        "import numpy as np; np.load(f)",
        "np.load(f, allow_pickle=True)",
        "torch.load(f)",
        "YAML(typ='unsafe')",
        "eval(text)",
    ],
)
def test_unpickling_would_be_seen(line: str) -> None:
    assert [*unpickling(ast.parse(line))]


# --- the build ----------------------------------------------------------------------------------


def copied(to: Path, *, mode: int) -> Path:
    """Copy what is built from, as another checkout would have it: other times, other modes."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "monitor", to / "monitor", ignore=ignored, copy_function=shutil.copyfile)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copyfile(ROOT / name, to / name)
    for file in to.rglob("*"):
        file.chmod(mode | (0o111 if file.is_dir() else 0))
    return to


def built(folder: Path, epoch: str) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out"],
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": epoch},
        check=True,
        capture_output=True,
    )
    (wheel,) = (folder / "out").glob("*.whl")
    return wheel


def test_two_checkouts_build_the_same_wheel(tmp_path: Path) -> None:
    one = built(copied(tmp_path / "one", mode=0o644), "1764028800")
    other = built(copied(tmp_path / "other", mode=0o600), "1764028800")
    assert one.name == other.name
    digests = {hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in (one, other)}
    assert len(digests) == 1
    with zipfile.ZipFile(one) as wheel:
        names = wheel.namelist()
        assert {info.date_time[0] for info in wheel.infolist()} == {2025}
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"monitor", "ecoute"}
    assert {"monitor/wording/fr/errors.toml", "monitor/py.typed"} <= {*names}
    assert [name for name in names if "__pycache__" in name or "/tests/" in name] == []


# --- the container ------------------------------------------------------------------------------


def test_the_image_is_built_from_the_lock_and_runs_as_nobody_in_particular() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = text.replace("\\\n", " ").splitlines()
    assert [line for line in lines if "pip install" in line and "--require-hashes" not in line] == [
        line for line in lines if "--no-deps --no-index" in line
    ]
    (user,) = [line for line in lines if line.startswith("USER ")]
    assert user == "USER 10001:10001"
    assert any(line.startswith("HEALTHCHECK ") for line in lines)
    assert lines.index(user) > max(n for n, line in enumerate(lines) if line.startswith("RUN "))
    addresses = re.findall(r"https?://[^/'\"\s]+", text)
    assert set(addresses) == {"http://127.0.0.1:"}


def test_nothing_of_the_owner_gets_into_the_image() -> None:
    told = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert told[1] == "*"
    assert {line.removeprefix("!") for line in told if line.startswith("!")} == {
        *("pyproject.toml", "requirements.lock", "README.md", "LICENSE", "monitor")
    }


def test_the_composed_container_can_write_to_its_folder_only() -> None:
    service = YAML(typ="safe").load(ROOT / "compose.yaml")["services"]["ecoute"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["./shop:/data"]
    assert "ports" not in service
