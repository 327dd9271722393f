"""``service``: the daemon as a unit of systemd."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.config.listening import VARIABLE, listen_at
from monitor.operations.unit import HEAD, Unit

T = TypeVar("T")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_WAIT_S = 60
_PRIVATE = (".ssh", ".gnupg", ".aws", ".config/gcloud", ".password-store")
"""What stands in a home and is none of ours."""


@dataclass(frozen=True)
class _Service:
    """One service, of the system or of the user who asks."""

    name: str
    is_system: bool

    @property
    def file(self) -> Path:
        if self.is_system:
            folder = Path("/etc/systemd/system")
        else:
            base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
            folder = Path(base) / "systemd" / "user"
        return folder / f"{self.name}.service"

    @property
    def exists(self) -> bool:
        return self.file.exists()

    @property
    def is_ours(self) -> bool:
        return self.file.read_text(encoding="utf-8", errors="replace").startswith(HEAD)

    def command(self, *words: str) -> list[str]:
        return ["systemctl", *([] if self.is_system else ["--user"]), *words]

    def ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run systemctl; a service manager that does not answer counts as one that says no."""
        command = self.command(*words)
        try:
            return subprocess.run(  # noqa: S603 - systemctl, found as the shell would
                command, capture_output=True, text=True, timeout=_WAIT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 1, "", "systemctl: no answer")


def _which(function: Callable[..., T]) -> Callable[..., T]:
    """Add the options that say which service is meant."""
    for option in (
        click.option("--name", default="ecoute", show_default=True, help="Of the service."),
        click.option(
            "--system/--user",
            "is_system",
            default=None,
            help="The machine's, or yours alone. Default: root's is the machine's.",
        ),
    ):
        function = option(function)
    return function


@click.group()
def service() -> None:
    """Run the daemon as a service of systemd."""


@service.command()
@_which
@click.option("--print", "only_print", is_flag=True, help="Show the unit, install nothing.")
@click.option("--run-as", metavar="USER", help="Default: whose sources.yaml is. With --system.")
@click.option("--listen", metavar="HOST:PORT", help="Where to answer /healthz and /metrics.")
@click.option("--memory", type=click.IntRange(128), default=512, show_default=True, help="MB.")
@pass_door
def install(
    door: Door,
    *,
    name: str,
    is_system: bool | None,
    only_print: bool,
    run_as: str | None,
    listen: str | None,
    memory: int,
) -> int:
    """Write a hardened unit for this sources.yaml, and start it.

    It restarts by itself, starts with the machine, writes nowhere but to its own folders. Installed
    again, it replaces a unit of ours.
    """
    chosen = _chosen(door, name, is_system=is_system)
    text = _unit(door, chosen, run_as=run_as, listen=listen, memory=memory)
    if only_print:
        show.result(text.rstrip("\n"))
        return ExitCode.DONE
    _require_systemd(door, chosen)
    if chosen.exists and not chosen.is_ours:
        raise _wrong(door, "not_ours", path=chosen.file)
    chosen.file.parent.mkdir(parents=True, exist_ok=True)
    part = chosen.file.with_name(f".{chosen.file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(chosen.file)
    show.result(door.app.words("service.written", path=chosen.file))
    return _start(door, chosen)


@service.command()
@_which
@pass_door
def uninstall(door: Door, *, name: str, is_system: bool | None) -> int:
    """Stop the service and remove its unit; nothing else is touched."""
    chosen = _chosen(door, name, is_system=is_system)
    _require_systemd(door, chosen)
    words = door.words
    if not chosen.exists:
        show.result(words("service.not_there", name=name))
        return ExitCode.DONE
    if not chosen.is_ours:
        raise _wrong(door, "not_ours", path=chosen.file)
    chosen.ask("disable", "--now", chosen.file.name)
    chosen.file.unlink()
    chosen.ask("daemon-reload")
    show.result(words("service.removed", path=chosen.file))
    return ExitCode.DONE


@service.command()
@_which
@pass_door
def status(door: Door, *, name: str, is_system: bool | None) -> int:
    """Say whether it is installed, up, and starts with the machine; exit code 1 if it is not up."""
    chosen = _chosen(door, name, is_system=is_system)
    if not chosen.exists:
        show.result(door.words("service.not_there", name=name))
        return ExitCode.IN_PART
    if shutil.which("systemctl") is None:
        raise _wrong(door, "no_systemd")
    active = chosen.ask("is-active", chosen.file.name).stdout.strip() or "unknown"
    enabled = chosen.ask("is-enabled", chosen.file.name).stdout.strip() or "unknown"
    told = {"name": name, "active": active, "enabled": enabled, "path": chosen.file}
    show.result(door.words("service.state", **told))
    return ExitCode.DONE if active == "active" else ExitCode.IN_PART


def _chosen(door: Door, name: str, *, is_system: bool | None) -> _Service:
    if not _NAME.fullmatch(name):
        raise _wrong(door, "bad_name", name=name)
    return _Service(name, os.geteuid() == 0 if is_system is None else is_system)


def _require_systemd(door: Door, chosen: _Service) -> None:
    if shutil.which("systemctl") is None:
        raise _wrong(door, "no_systemd")
    if chosen.is_system and os.geteuid() != 0:
        raise _wrong(door, "needs_root")


def _start(door: Door, chosen: _Service) -> int:
    """Have systemd read the unit, and start it anew; what it refuses is told."""
    words, unit = door.app.words, chosen.file.name
    steps = (("daemon-reload",), ("enable", unit), ("restart", unit))
    for step in steps:
        done = chosen.ask(*step)
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip() or "?").splitlines()[0]
            typed = "; ".join(" ".join(chosen.command(*words)) for words in steps)
            show.note(words("service.not_started", problem=said, commands=typed))
            return ExitCode.IN_PART
    log = f"journalctl {'-u' if chosen.is_system else '--user -u'} {chosen.name}"
    show.result(words("service.started", name=chosen.name, log=log))
    if not chosen.is_system:
        show.result(words("service.linger"))
    return ExitCode.DONE


def _unit(
    door: Door, chosen: _Service, *, run_as: str | None, listen: str | None, memory: int
) -> str:
    """Return the unit of this configuration, which must be right."""
    config, file = door.app.config, door.file.absolute()
    try:
        listen_at(config.monitoring, {VARIABLE: listen or ""})
    except ValueError as error:
        raise click.UsageError(door.words("config.host_port", value=error)) from None
    owner = _owner(door, file, run_as)
    if chosen.is_system and owner.pw_uid == 0:
        show.note(door.app.words("service.as_root", path=file.parent))
    folders = (config.database.absolute().parent, _nearest(config.reports.absolute()))
    for folder in folders:
        if not folder.is_dir():
            raise _wrong(door, "no_folder", path=folder)
    home = Path(owner.pw_dir)
    try:
        return Unit(
            description=f"Ecoute, {', '.join(b.name for b in config.businesses[:3])}",
            command=(*_program(), "--config", str(file), "run"),
            folder=file.parent,
            user=owner.pw_name if chosen.is_system else None,
            written=folders,
            read_only=(file, file.with_name(".env")),
            hidden=tuple(home / name for name in _PRIVATE),
            listen=listen,
            memory_mb=memory,
        ).text()
    except ValueError as error:
        raise _wrong(door, "bad_path", path=str(error)) from None


def _owner(door: Door, file: Path, run_as: str | None) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(run_as) if run_as else pwd.getpwuid(file.stat().st_uid)
    except KeyError:
        raise _wrong(door, "no_user", user=run_as or file.stat().st_uid) from None


def _nearest(folder: Path) -> Path:
    """Return a folder, or where it will be made: that has to be writable then."""
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def _program() -> tuple[str, ...]:
    """Return the command as it is installed, by its place: a unit has no PATH of a shell's."""
    command = Path(sys.executable).with_name("ecoute")
    return (str(command),) if command.is_file() else (sys.executable, "-m", "monitor")


def _wrong(door: Door, key: str, **values: object) -> click.UsageError:
    return click.UsageError(door.words(f"service.{key}", **values))
