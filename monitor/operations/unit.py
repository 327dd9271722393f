"""The systemd unit of the daemon: what it may touch is said, the rest is closed. Text only.

Directives are those of systemd 247 (Debian 11) on; an older one ignores what it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HEAD = "# Written by `ecoute service install`: install again rather than edit (see systemctl edit)."
"""The first line of a unit of ours; one without it is never replaced or removed."""

_WATCHDOG_S = 180
"""The daemon's heart beats every 15 seconds; our own database may keep it waiting for 30."""

_SEALED = """\
NoNewPrivileges=true
ProtectSystem=strict
PrivateTmp=true
LockPersonality=true
MemoryDenyWriteExecute=true
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""
"""What a unit of a user may ask for too; without user namespaces systemd leaves parts of it out."""

_SEALED_BY_ROOT = """\
ProtectHome=read-only
PrivateDevices=true
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectProc=invisible
RemoveIPC=true
KeyringMode=private
CapabilityBoundingSet=
AmbientCapabilities=
"""
"""What only the system's manager can give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One service. ``user`` is ``None`` for a unit of the user's own manager.

    ``command`` is run in ``folder``; it may write to ``written`` and not to ``read_only``, which
    may stand within; of ``hidden`` it sees nothing. ``listen`` goes into ``ECOUTE_LISTEN``.
    Raises ``ValueError`` for a path that no unit can name.
    """

    description: str
    command: tuple[str, ...]
    folder: Path
    user: str | None
    written: tuple[Path, ...]
    read_only: tuple[Path, ...] = ()
    hidden: tuple[Path, ...] = ()
    listen: str | None = None
    memory_mb: int = 512

    def text(self) -> str:
        """Return the file."""
        return "\n".join(
            [
                HEAD,
                "[Unit]",
                f"Description={_value(self.description)}",
                "Wants=network-online.target",
                "After=network-online.target time-sync.target",
                "",
                "[Service]",
                "Type=notify",
                *self._account(),
                f"WorkingDirectory={_value(str(self.folder))}",
                f"ExecStart={' '.join(_argument(word) for word in self.command)}",
                *([f"Environment={_word(f'ECOUTE_LISTEN={self.listen}')}"] if self.listen else []),
                "UMask=0077",
                "Restart=on-failure",
                "RestartSec=60",
                "# 2: sources.yaml is wrong; trying again does not mend it.",
                "RestartPreventExitStatus=2",
                "# A new version may copy the database aside and bring it forward first.",
                "TimeoutStartSec=15min",
                "TimeoutStopSec=20",
                f"WatchdogSec={_WATCHDOG_S}",
                f"MemoryHigh={self.memory_mb * 3 // 4}M",
                f"MemoryMax={self.memory_mb}M",
                "TasksMax=256",
                "",
                _SEALED + (_SEALED_BY_ROOT if self.user else "").rstrip("\n"),
                *self._places(),
                "",
                "[Install]",
                f"WantedBy={'multi-user' if self.user else 'default'}.target",
                "",
            ]
        )

    def _account(self) -> list[str]:
        return [] if self.user is None else [f"User={_value(self.user)}"]

    def _places(self) -> list[str]:
        told = (
            ("ReadWritePaths", self.written, ""),
            ("ReadOnlyPaths", self.read_only, "-"),
            ("InaccessiblePaths", self.hidden, "-"),
        )
        return [f"{name}={_paths(paths, mark)}" for name, paths, mark in told if paths]


def _paths(paths: Iterable[Path], mark: str) -> str:
    return " ".join(_word(mark + str(path)) for path in dict.fromkeys(paths))


def _value(text: str) -> str:
    """Write a whole value: percent signs begin specifiers, line breaks end it."""
    if not text.isprintable():
        raise ValueError(text)
    return text.replace("%", "%%")


def _word(text: str) -> str:
    r"""Write one of several words, systemd.syntax(7).

    >>> print(_word("/srv/Chez Léa 100 %"))
    "/srv/Chez Léa 100 %%"
    """
    escaped = _value(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if any(sign in text for sign in " \"'\\;") else escaped


def _argument(text: str) -> str:
    """Write a word of a command, where a dollar begins a variable."""
    return _word(text).replace("$", "$$")
