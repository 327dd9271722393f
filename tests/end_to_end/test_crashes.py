"""Whatever is killed, at any moment: each article is one mention, told in one digest, mailed once.

A process of its own loads the command once and forks for each run: what is killed is the real
command in a real process, without the half second that Python takes to load it.
"""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from end_to_end.feeds import rss
from servers import DROP, FeedServer, MailServer, Request, ecoute_env, run_ecoute, write_config

KILLS = 60
LONGEST_S = {"poll": 0.5, "digest": 0.6, "run": 1.0}
"""Beyond this a run has ended by itself, most of the time."""
UNKIND = 0.2
"""How often the mail server says no, or hangs up."""
TO = ("simon@example.fr", "zoe@example.fr")
FAST = {"ECOUTE_FLOOR": "1s"}

FORKS = """
import os, signal, sys, time
from monitor.cli import main
from monitor.language.detect import detect_language
from monitor.sentiment.base import Passage
from monitor.sentiment.registry import make_scorer

detect_language("Un texte en français, assez long pour que le modèle soit lu.")
make_scorer("textblob").score([Passage(text="Un bon texte", business="x", language="fr")])
while line := sys.stdin.readline():
    after_s, *sys.argv[1:] = line.split()
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        main()
    time.sleep(float(after_s))  # the moment of the kill is what is tried
    os.kill(child, signal.SIGKILL)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@dataclass
class Growing:
    """A feed that grows by an article at each request."""

    name: str
    served: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> bytes:
        self.served.append(f"{self.name}{len(self.served)}")
        entries = ((g, f"Fleurs Bougamont, article {g}", "Un texte.") for g in self.served)
        return rss(entries, host=f"{self.name}.example")


@contextmanager
def loaded(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 - this interpreter, a script above
        [sys.executable, "-c", FORKS],
        cwd=folder,
        env=ecoute_env(folder, FAST),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed(process: subprocess.Popen[str], command: str, after_s: float) -> bool:
    """Run a command, kill it after a while; tell whether it was killed before its end."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{after_s} {command}\n")
    process.stdin.flush()
    return int(process.stdout.readline()) == signal.SIGKILL


def test_kills_at_any_moment_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - when to kill, not a secret
    press, blog = Growing("press"), Growing("blog")
    with FeedServer({"/press": press, "/blog": blog}) as web, MailServer() as mail:
        feeds = [{"type": "feed", "url": web.url(p), "every": "1s"} for p in ("/press", "/blog")]
        write_config(tmp_path, feeds=feeds, mail=mail, to=TO)
        kills = 0
        with loaded(tmp_path) as process:
            while kills < KILLS:
                command = chance.choice(["poll --force", "digest --send", "run --once", "run"])
                if chance.random() < UNKIND:
                    step = chance.choice(["DATA", f"RCPT {TO[1]}"])
                    mail.answer(step, chance.choice(["451 later", DROP]))
                longest = LONGEST_S[command.split()[0]]
                kills += killed(process, command, chance.uniform(0.01, longest))
        assert_nothing_lost(tmp_path, mail, press, blog)


def assert_nothing_lost(folder: Path, mail: MailServer, *feeds: Growing) -> None:
    for _ in range(KILLS):  # until the mail server has said all the no that it was to say
        last = run_ecoute("run", "--once", cwd=folder, env=FAST)
        if last.returncode == 0:
            break
    assert last.returncode == 0, last.stderr
    served = [article for feed in feeds for article in feed.served]
    found = json.loads(run_ecoute("mentions", "--json", cwd=folder, env=FAST).stdout)
    assert sorted(m["external_id"] for m in found) == sorted(served)
    with closing(sqlite3.connect(folder / "mentions.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        told = "SELECT count(*), count(DISTINCT mention_id) FROM digest_mention"
        assert database.execute(told).fetchone() == (len(served), len(served))
        digests = database.execute("SELECT message_id, message, report FROM digest").fetchall()
    assert_all_mailed(mail, {identity: message for identity, message, _ in digests})
    reports = {f.relative_to(folder).as_posix() for f in folder.glob("reports/**/*") if f.is_file()}
    endings = (".html", ".txt", ".eml")
    assert reports == {f"reports/{report}{end}" for _, _, report in digests for end in endings}
    for _, message, report in digests:
        assert (folder / f"reports/{report}.eml").read_bytes() == message


def assert_all_mailed(mail: MailServer, messages: dict[str, bytes]) -> None:
    """Each digest reached each recipient; every try of one was the same bytes."""
    reached: dict[str, set[str]] = defaultdict(set)
    for letter in mail.seen:
        identity = str(letter.message["Message-ID"])
        assert letter.content.rstrip() == messages[identity].rstrip()
    for letter in mail.received:
        reached[str(letter.message["Message-ID"])] |= set(letter.recipients)
    assert reached == {identity: set(TO) for identity in messages}
