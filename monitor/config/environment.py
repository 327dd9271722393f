"""``${NAME}`` from the environment, the ``.env`` file or the keyring, and who may read secrets."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from dotenv.parser import parse_stream

from monitor.config.document import Document, Tree
from monitor.config.faults import Loc, Problem
from monitor.config.keyrings import KeyringFailed, is_installed, secret_in_keyring

DOTENV = ".env"
_READABLE_BY_OTHERS = 0o044
_REFERENCE = re.compile(r"\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{")


@dataclass(frozen=True, slots=True)
class Variables:
    """The values that ``${NAME}`` may take, and what was wrong with reading them."""

    values: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


def read_variables(folder: Path, env: Mapping[str, str]) -> Variables:
    """Join the ``.env`` file of a folder and the environment, which wins."""
    path = folder / DOTENV
    if not path.is_file():
        return Variables(env)
    problems = []
    if is_readable_by_others(path):
        problems.append(Problem(key="dotenv_readable", file=DOTENV))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return Variables(env, (*problems, Problem(key="not_utf8", file=DOTENV)))
    except OSError as error:
        values = {"detail": error.strerror or ""}
        return Variables(env, (*problems, Problem(key="unreadable", values=values, file=DOTENV)))
    bindings = list(parse_stream(io.StringIO(text)))
    problems += [
        Problem(key="dotenv_line", file=DOTENV, line=binding.original.line)
        for binding in bindings
        if binding.error
    ]
    read = {b.key: b.value for b in bindings if b.key is not None and b.value is not None}
    return Variables({**read, **env}, tuple(problems))


def is_readable_by_others(path: Path) -> bool:
    """Tell whether the file's group or others may read it."""
    return bool(path.stat().st_mode & _READABLE_BY_OTHERS)


def fill(document: Document, variables: Mapping[str, str]) -> Document:
    """Replace ``${NAME}`` in every scalar, once, and ``$$`` by ``$``; note the unset ones.

    The keyring is asked for what the variables do not have, once a name.
    """
    problems: list[Problem] = []
    values = _Values(variables)

    def filled(tree: Tree, loc: Loc) -> Tree:
        if isinstance(tree, dict):
            return {key: filled(value, (*loc, key)) for key, value in tree.items()}
        if isinstance(tree, list):
            return [filled(value, (*loc, place)) for place, value in enumerate(tree)]
        return tree if tree is None else _REFERENCE.sub(lambda found: value_of(found, loc), tree)

    def value_of(found: re.Match[str], loc: Loc) -> str:
        if found[0] == "$$":
            return "$"
        if found[1] is None:
            problems.append(Problem(key="bad_variable", loc=loc))
            return ""
        if (value := values.value_of(found[1])) is None:
            problems.append(replace(values.unset[found[1]], loc=loc))
        return value or ""

    tree = {key: filled(value, (key,)) for key, value in document.tree.items()}
    found = (*document.problems, *problems)
    return replace(document, tree=tree, problems=found, used=values.used)


class _Values:
    """What names stand for; ``used`` those that were asked for, ``unset`` why some have none."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.used: dict[str, str] = {}
        self.unset: dict[str, Problem] = {}

    def value_of(self, name: str) -> str | None:
        if name not in self.used and name not in self.unset:
            value = self._variables.get(name)
            value = self._from_keyring(name) if value is None else value
            if value is not None:
                self.used[name] = value
        return self.used.get(name)

    def _from_keyring(self, name: str) -> str | None:
        if not is_installed():
            self.unset[name] = Problem(key="unset", values={"name": name})
            return None
        try:
            found = secret_in_keyring(name)
        except KeyringFailed as error:
            values = {"name": name, "detail": error.detail}
            self.unset[name] = Problem(key="keyring_failed", values=values)
            return None
        if found is None:
            self.unset[name] = Problem(key="unset_anywhere", values={"name": name})
        return found


def is_from_variable(raw: str) -> bool:
    """Tell whether a scalar as written takes its value from a variable."""
    return any(found[1] for found in _REFERENCE.finditer(raw))
