"""A canary in every place that takes a secret is found in none that is kept or shown (promise 24).

Every source type, the mail server, the mailbox, notices, the chat model and the dead-man's switch
are given one; the servers work, fail, and say back all that they were told.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from email import message_from_bytes
from pathlib import Path
from urllib.parse import quote

import pytest
from servers import (
    LOOPBACK,
    Answer,
    FeedServer,
    MailServer,
    Request,
    Route,
    ecoute_env,
    run_ecoute,
    started_ecoute,
    write_config,
)
from sources.test_conformance import CASES

from monitor.config.secrets import is_secret
from monitor.sources.registry import source_types

CANARY = "c4nari-plumejaune"
ALERT = "4815162342108"
"""Stands for it where only digits can be."""
USER = "simon@example.fr"
NOW = "2026-11-20T10:00:00Z"
RELATIVE = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>
<id>f</id><entry><id>one</id><title>Fleurs Bougamont ouvre</title><link href="article?p=1"/>
<updated>{NOW}</updated><content>Fleurs Bougamont est horrible, à éviter.</content></entry></feed>
"""


def echo(request: Request, status: int = 500) -> Answer:
    """Say back all that was asked, as some error pages do, and send on to it."""
    told = json.dumps({"message": request.target, "error": request.headers, "b": str(request.body)})
    headers = {"Content-Type": "application/json", "Location": f"/again?{request.target[1:]}"}
    return Answer(status=status, headers=headers, body=told.encode())


def working(kind: str) -> Route:
    """Answer all with the type's own payload."""
    case = next(case for case in CASES.values() if case.kind.type == kind)
    told = {"Content-Type": case.content_type, "ETag": '"v1"', "Set-Cookie": f"s={CANARY}"}
    return Answer(headers=told, body=case.full)


FAULTS = {
    "500": lambda request: echo(request, 500),
    "401": lambda request: echo(request, 401),
    "400": lambda request: echo(request, 400),
    "moved": lambda request: echo(request, 302),
    "not what was asked": lambda request: echo(request, 200),
}


MAY_FAIL = {
    "app",
    "flickr",
    "linkedin-grant",
    "mailbox",
    "mastodon",
    "pinterest",
    "pinterest-grant",
    "tumblr",
    "webhook",
    "youtube",
}
"""Sources that one payload for all that they ask does not satisfy, or that ask nobody here."""


def everywhere(webs: Mapping[str, FeedServer]) -> list[dict[str, object]]:
    """Return a source of every type with a canary in every option that is a secret.

    Each has a server of its own: one host is asked slowly.
    """
    places: list[dict[str, object]] = []
    for name, kind in source_types().items():
        if name == "webhook":  # it is pushed to, and asks nobody
            places.append({"type": name, "id": name, "secret": f"{CANARY}-{name}"})
            continue
        case = next(case for case in CASES.values() if case.kind.type == name)
        options: dict[str, object] = {**case.options, "type": name, "id": name}
        if "base_url" in kind.options_type.model_fields:
            options["base_url"] = webs[name].url("")
        for option, field in kind.options_type.model_fields.items():
            if is_secret(field.annotation):
                options[option] = f"{CANARY}-{name}-{option}"
        places.append(options)
    known = {str(place["type"]): place for place in places}
    known["google_alerts"]["url"] = f"https://www.google.com/alerts/feeds/17/{ALERT}"
    known["reddit"] |= {"user": "simon", "client_secret": None}
    del known["reddit"]["client_secret"]
    granted = ("token_url", "client_id", "client_secret", "refresh_token")
    for name in ("linkedin", "pinterest", "mailbox"):
        both = known[name]
        known[name] = {key: value for key, value in both.items() if key not in granted}
        if name != "mailbox":
            by_grant = both | {"id": f"{name}-grant", "client_id": "app"}
            places.append({key: value for key, value in by_grant.items() if key != "token"})
    known["mailbox"] |= {"host": LOOPBACK, "port": closed_port()}
    known["feed"] |= {
        "url": f"http://{USER[:5]}:{CANARY}@{webs['feed'].address}/rss?token={CANARY}-query"
    }
    del known["feed"]["base_url"]
    by_query: dict[str, object] = {
        "type": "feed",
        "id": "by-query",
        "url": webs["by-query"].url(f"/f/?access_token={CANARY}"),
    }
    app: dict[str, object] = {"type": "reddit", "id": "app", "client_id": "app"}
    app |= {"base_url": webs["app"].url(""), "client_secret": f"{CANARY}-app"}
    places = [known.get(str(place["id"]), place) for place in places]
    return [*places, by_query, app]


class Shop:
    """A shop that was given a canary everywhere; remembers all that the command said."""

    def __init__(self, folder: Path, webs: ExitStack) -> None:
        self.folder = folder
        self.said = ""
        self.web = webs.enter_context(FeedServer())
        names = [*source_types(), "by-query", "app"]
        self.webs = {name: webs.enter_context(FeedServer()) for name in names}
        self.mail = webs.enter_context(MailServer(users={USER: f"{CANARY}-mail"}))
        self.configure()

    def configure(self) -> None:
        """Write the configuration: secrets in ``.env`` but for those within addresses."""
        web = self.web
        sources = everywhere(self.webs)
        lines: list[str] = []
        for place in sources:
            for option, value in place.items():
                if isinstance(value, str) and value.startswith(CANARY):
                    name = f"S{len(lines)}"
                    lines.append(f"{name}={value}")
                    place[option] = f"${{{name}}}"
        env = self.folder / ".env"
        env.write_text("\n".join(lines) + "\n")
        env.chmod(0o600)
        write_config(
            self.folder,
            feeds=sources,
            mail=self.mail,
            sentiment={
                "scorer": "llm",
                "model": "m",
                "url": web.url("/v1"),
                "api_key": f"{CANARY}-llm",
                "timeout": "5s",
            },
            alerts={
                "low_rating": 2,
                "notify": [f"json://simon:{CANARY}-n@{web.address}/{CANARY}?+x={CANARY}"],
            },
            mailbox={
                "host": LOOPBACK,
                "port": closed_port(),
                "security": "tls",
                "username": USER,
                "password": f"{CANARY}-imap",
            },
            monitoring={"ping": f"http://{web.address}/ping/{CANARY}", "ping_every": "1s"},
            network={
                "allow_private_hosts": [
                    self.mail.address,
                    *(one.address for one in (web, *self.webs.values())),
                ],
                "timeout": "5s",
            },
        )

    def answer(self, route: Route) -> None:
        """Have every server answer all that is asked with this."""
        for web in (self.web, *self.webs.values()):
            web["*"] = route

    def run(self, *args: str) -> int:
        """Run a command, verbose; keep what it said."""
        done = run_ecoute("--verbose", *args, cwd=self.folder)
        self.said += done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr[-3000:]
        assert "internal" not in done.stderr, done.stderr[-3000:]
        return done.returncode

    def leaks(self) -> list[str]:
        """Return where the canary is, in any spelling."""
        found = [line for line in self.said.splitlines() if holds(line.encode())]
        for file in sorted(self.folder.rglob("*")):
            is_ours = file.name in {"sources.yaml", ".env"}
            if file.is_file() and not is_ours and holds(all_of(file)):
                found.append(str(file.relative_to(self.folder)))
        return found


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server((LOOPBACK, 0)) as once:
        return int(once.getsockname()[1])


def holds(told: bytes) -> bool:
    pairs = [f"simon:{CANARY}", f"app:{CANARY}-app", f"{USER}:{CANARY}-mail"]
    coded = [b64encode(pair.encode())[:20].decode() for pair in pairs]
    return any(form.encode() in told for form in (CANARY, quote(CANARY), ALERT, *coded))


def all_of(file: Path) -> bytes:
    """Return the bytes of a file, mails decoded."""
    raw = file.read_bytes()
    mails = [raw] if file.suffix == ".eml" else []
    if file.suffix == ".db":
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
            asked = "SELECT message FROM digest UNION ALL SELECT message FROM alert"
            mails = [message for (message,) in db.execute(asked)]
    parts = [p for m in mails for p in message_from_bytes(m).walk() if not p.is_multipart()]
    return raw + b"".join(p.get_payload(decode=True) or b"" for p in parts)  # type: ignore[misc] # bytes with decode


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    pytest.importorskip("apprise", reason="the extra ecoute[notify] is not installed")
    with ExitStack() as webs:
        yield Shop(tmp_path, webs)


def test_a_canary_is_in_no_log_table_page_or_mail(shop: Shop) -> None:
    assert shop.run("config", "validate") == 0, shop.said
    for name, fault in FAULTS.items():
        shop.answer(fault)
        shop.run("poll", "--force", "--json")
        assert shop.leaks() == [], name
    shop.answer(RELATIVE)
    shop.run("poll", "--force")
    assert shop.run("mentions", "--json") == 0
    assert "Fleurs Bougamont ouvre" in shop.said
    assert shop.leaks() == []
    for command in (
        ("check",),
        ("sources", "--json"),
        ("run", "--once"),
        ("alerts", "--send"),
        ("digest", "--html", "d.html"),
        ("report",),
        ("stats", "--json"),
        ("access", "camille"),
        ("backup", "b.db"),
    ):
        shop.run(*command)
        assert shop.leaks() == [], command
    shop.mail.users[USER] = "another"
    shop.run("run", "--once")
    shop.run("digest", "--send")
    assert shop.leaks() == []


def test_a_canary_given_to_sources_that_work_is_kept_nowhere(shop: Shop) -> None:
    for name, web in shop.webs.items():
        web["*"] = working({"by-query": "feed", "app": "reddit", "webhook": "feed"}.get(name, name))
    shop.run("poll", "--json")
    done = run_ecoute("sources", "--json", cwd=shop.folder)
    unread = {told["id"] for told in json.loads(done.stdout) if told["status"] != "ok"}
    assert unread <= MAY_FAIL, " ".join(sorted(unread - MAY_FAIL))
    shop.said += done.stdout
    shop.run("check", "--json")
    assert shop.leaks() == []


def test_a_canary_is_in_no_argument_list(shop: Shop) -> None:
    shop.answer(RELATIVE)
    with started_ecoute("--verbose", "run", cwd=shop.folder) as process:
        until = time.monotonic() + 60
        while not shop.webs["feed"].requests and time.monotonic() < until:
            time.sleep(0.05)
        assert shop.webs["feed"].requests
        for pid in (str(process.pid), *children(process.pid)):
            assert CANARY.encode() not in Path("/proc", pid, "cmdline").read_bytes()
        process.terminate()
        out, err = process.communicate(timeout=30)
    shop.said += out + err
    assert shop.leaks() == []


def children(pid: int) -> list[str]:
    tasks = Path("/proc", str(pid), "task")
    return [one for task in tasks.iterdir() for one in (task / "children").read_text().split()]


def test_a_wrong_configuration_is_told_without_its_secrets(shop: Shop) -> None:
    file = shop.folder / "sources.yaml"
    text = file.read_text(encoding="utf-8")
    for wrong in (
        text.replace("type: mastodon", "type: mastodonn"),
        text.replace("security: none", "security: nothing"),
        text.replace("timeout: 5s", "timeout: soon"),
        text + f"\npassword: {CANARY}\n",
        text.replace("json://", "no-such-service://"),
    ):
        assert wrong != text
        file.write_text(wrong, encoding="utf-8")
        assert shop.run("config", "validate") in {0, 2}
        assert shop.run("check") in {1, 2}
        assert shop.leaks() == []


def test_a_file_that_others_can_read_may_hold_no_secret(shop: Shop) -> None:
    for name in ("sources.yaml", ".env"):
        file = shop.folder / name
        file.chmod(0o644)
        done = run_ecoute("check", cwd=shop.folder)
        assert done.returncode == 2
        assert name in done.stderr
        assert CANARY not in done.stdout + done.stderr
        file.chmod(0o600)


def test_the_environment_is_enough(shop: Shop) -> None:
    env = shop.folder / ".env"
    pairs = dict(line.split("=", 1) for line in env.read_text().splitlines())
    env.unlink()
    done = run_ecoute("config", "validate", cwd=shop.folder, env=pairs)
    assert done.returncode == 0, done.stderr
    assert os.fspath(shop.folder) in ecoute_env(shop.folder)["HOME"]
