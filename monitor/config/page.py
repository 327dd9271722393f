"""``docs/configuration.md``, made from the models; ``docs/sources.md`` tells the source types."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from monitor.config.secrets import model_in
from monitor.config.sections import Settings

_HEAD = """\
# `sources.yaml`, key by key

<!-- Made by monitor/config/page.py from monitor/config/sections.py: change it there. -->

One file says everything: the businesses to watch, where to look, who gets the digest. It is checked
as a whole before anything runs, and every fault is told at once with its line:

```text
sources.yaml:14: sources[2].instance: "mastodon.social" has no scheme; write https://mastodon.social
```

- `ecoute config validate` checks it; `ecoute config schema` prints its JSON Schema for editors;
  `ecoute init` writes a first one.
- Relative paths are relative to the file.
- `${NAME}` is taken from the environment, else from a file `.env` beside it (`NAME=value` lines),
  else from the system keyring; an unset one is a fault. `$$` is a dollar. Within brackets, put it
  in quotes: `["${NAME}"]`.
- Passwords and tokens belong in `.env` (`chmod 600 .env`) or in the keyring. A file that others can
  read is refused when it holds a secret.
- The keyring (macOS Keychain, GNOME, KWallet, Windows) is asked with `pip install
  "ecoute[keyring]"`, only for names that are set nowhere else: `keyring set ecoute NAME` puts one
  there. A service started at boot mostly has no unlocked keyring: use `.env` there.
- Durations are written `30s`, `15m`, `2h`, `7d`, `4w`, `24 months`.
- It is YAML 1.2 (UTF-8, up to 1 MB). A key that stands twice is a fault; so is an unknown one.

The options of each source type are in [sources.md](sources.md).
"""


def render_configuration_page() -> str:
    """Return the page, as it must stand in ``docs/configuration.md``."""
    return "\n".join([_HEAD, *_tables(Settings, "The top level", "")])


def _tables(model: type[BaseModel], title: str, prefix: str) -> Iterator[str]:
    yield f"## {title}\n"
    if prefix:
        yield f"{model.__doc__}\n"
    yield "| key | what it means | default | example |"
    yield "| --- | --- | --- | --- |"
    schema = model.model_json_schema()
    for key, told in schema["properties"].items():
        yield _row(key, told, required=key in schema.get("required", ()))
    yield ""
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        if inner is not None:
            shown = field.alias or name
            many = str(field.annotation).startswith("tuple")
            yield from _tables(inner, f"`{shown}[]`" if many else f"`{shown}`", f"{shown}.")


def _row(key: str, told: dict[str, Any], *, required: bool) -> str:
    examples = told.get("examples", [])
    example = f"`{_yaml(examples[0])}`" if examples else ""
    default = "required" if required else _default(told)
    cells = (f"`{key}`", told.get("description", "") + _bounds(told), default, example)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(told: dict[str, Any]) -> str:
    default = told.get("default")
    return "" if default is None or default == {} else f"`{_yaml(default)}`"


def _bounds(told: dict[str, Any]) -> str:
    if "enum" in told:
        return " One of " + ", ".join(f"`{word}`" for word in told["enum"]) + "."
    if "minimum" in told and "maximum" in told:
        return f" From {told['minimum']} to {told['maximum']}."
    return ""


def _yaml(value: object) -> str:
    """Write a value as it may be typed: JSON is YAML, and a bare word needs no quotes."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(render_configuration_page())
