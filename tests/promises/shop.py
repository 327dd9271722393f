"""A shop's folder, its feeds, and the command run in this process: most promises need no other.

A command run so leaves the database open until Python collects it; the daemon ends its process.
"""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import chdir, closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from servers import FeedServer, MailServer, ecoute_env, run_ecoute, write_config

from monitor.cli.ending import run_to_exit_code
from monitor.cli.root import cli


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass
class Shop:
    """A folder with a ``sources.yaml``; ``web`` has the feeds."""

    folder: Path
    web: FeedServer

    def configure(
        self,
        *paths: str,
        mail: MailServer | None = None,
        to: Sequence[str] = ("simon@example.fr",),
        **sections: object,
    ) -> None:
        """Watch the feeds at these paths; a source's id is its path's words."""
        feeds = [{"type": "feed", "id": path[1:], "url": self.web.url(path)} for path in paths]
        write_config(self.folder, feeds=feeds, mail=mail, to=to, **sections)

    def ecoute(self, *args: str, env: Mapping[str, str] | None = None) -> Done:
        """Run a command to its end; the daemon in a process of its own."""
        if args == ("run",):
            done = run_ecoute(*args, cwd=self.folder, env=env)
            return Done(done.returncode, done.stdout, done.stderr)
        out, err = io.StringIO(), io.StringIO()
        environ = ecoute_env(self.folder, env)
        with (
            chdir(self.folder),
            patch("sys.argv", ["ecoute", *args]),
            patch.dict("os.environ", environ, clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = run_to_exit_code(cli)
        assert "Traceback" not in err.getvalue()
        return Done(int(code), out.getvalue(), err.getvalue())

    def poll(self, *args: str) -> dict[str, dict[str, Any]]:
        """Poll all that is not paused; return what is told of each source."""
        done = self.ecoute("poll", "--force", "--json", *args)
        assert done.code in {0, 1}, done.err
        return {source["id"]: source for source in json.loads(done.out)["sources"]}

    def mentions(self, *args: str) -> list[dict[str, Any]]:
        """Return the stored mentions."""
        done = self.ecoute("mentions", "--json", *args)
        assert done.code == 0, done.err
        found: list[dict[str, Any]] = json.loads(done.out)
        return found

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database, or change it, with a tool of its own."""
        with closing(sqlite3.connect(self.folder / "mentions.db")) as db, db:
            return db.execute(statement, values).fetchall()


def rss_of(*items: str) -> bytes:
    """Return an RSS feed of items written out."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel>"
        f"<title>L’Écho</title>{''.join(items)}</channel></rss>"
    ).encode()


def item(guid: str, title: str, link: str = "", more: str = "") -> str:
    """Return one item; its title is markup."""
    link = link or f"https://echo.example/{guid}"
    return (
        f"<item><guid isPermaLink='false'>{guid}</guid><link>{link}</link>"
        f"<title>{title}</title>{more}</item>"
    )


def json_feed(items: Iterable[Mapping[str, object]]) -> str:
    """Return a JSON feed."""
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "L’Écho", "items": list(items)})
