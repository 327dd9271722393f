"""A shop whose command is killed again and again, and servers that keep the truth about it.

Each feed shows its newest articles only, and goes on to the next ones when the ETag of these comes
back: had an ETag been stored without its articles, they would be lost for good. The mail server
says no or hangs up now and then. What the database holds in the end is compared with what the
servers served and took.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from end_to_end.feeds import rss
from servers import (
    DROP,
    Answer,
    FeedServer,
    MailServer,
    Raw,
    Request,
    ecoute_env,
    run_ecoute,
    truncated,
    write_config,
)

OWN, BESIDE, APART = "simon@example.fr", "ana@example.fr", "zoe@example.fr"
"""Two who read at the business's own rhythm, in one mail, and one at another: each is told all,
once."""
FAST = {"ECOUTE_FLOOR": "1s"}
COMMANDS = ("run", "run", "run --once", "run --once", "poll --force", "digest --send")
LONGEST_S = {"run --once": 0.7, "poll --force": 0.4, "digest --send": 0.4}
"""Beyond this a run of a loaded command ends by itself; the machine's own times are learnt."""
LONGER, SHORTER = 1.06, 0.84
"""What a run teaches that was killed, or was not: of four, three are."""
DAEMON_S = 0.5
"""How much longer than a single pass the daemon lives."""
COLDEST_S = 2.5
"""The same for a command that has yet to be loaded."""
_PASS = {"commit": 9, "committed": 9, "written": 10, "renamed": 6, "said": 12}
MOST_OF = {
    "run": _PASS,
    "run --once": _PASS,
    "poll --force": {"commit": 5, "committed": 4, "written": 4},
    "digest --send": {"commit": 7, "committed": 6, "written": 7, "renamed": 6, "said": 12},
}
"""How often a run comes to each point, where there is something to tell."""
AT_A_POINT = 0.6
COLD = 0.05
UNKIND = 0.15
BROKEN = 0.1
UNCHANGED = 0.3
"""How often: a kill is at a named point; of a new process; the mail server says no; a feed breaks
off; a feed has nothing new."""
LAST_TRIES = 8


@dataclass
class Feed:
    """A feed that grows when its reader says to know what it showed."""

    name: str
    chance: random.Random
    articles: int = 2
    shown: int = 0
    is_ended: bool = False
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Answer | Raw:
        with self._turn:
            return self._answer(request.headers.get("if-none-match"))

    def _answer(self, known: str | None) -> Answer | Raw:
        if known == self._etag and (self.is_ended or self.chance.random() < UNCHANGED):
            return Answer(status=304, headers={"ETag": self._etag})
        if known == self._etag:
            self.shown, self.articles = self.articles, self.articles + self.chance.randint(1, 4)
        body = rss(
            map(self._article, range(self.shown, self.articles)), host=f"{self.name}.example"
        )
        if not self.is_ended and self.chance.random() < BROKEN:
            told = truncated(body).data
            return Raw(data=told.replace(b"\r\n", f"\r\nETag: {self._etag}\r\n".encode(), 1))
        return Answer(headers={"ETag": self._etag, "Content-Type": "text/xml"}, body=body)

    @property
    def _etag(self) -> str:
        return f'"{self.articles}"'

    def _article(self, number: int) -> tuple[str, str, str]:
        name = f"{self.name}{number}"
        return name, f"Fleurs Bougamont, article {name}", f"Un texte, vu parmi {self.articles}."

    @property
    def ids(self) -> list[str]:
        """All that it ever showed."""
        return [f"{self.name}{number}" for number in range(self.articles)]


@dataclass
class CrashShop:
    """A folder whose runs are killed; the same seed kills at the same moments."""

    folder: Path
    chance: random.Random
    feeds: Sequence[Feed]
    mail: MailServer
    forks: subprocess.Popen[str]
    kills: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    longest_s: dict[str, float] = field(default_factory=lambda: dict(LONGEST_S))

    def kill(self) -> None:
        """Run a command, and kill it, unless it ends before."""
        if self.chance.random() < UNKIND:
            step = self.chance.choice(["DATA", "DATA", "MAIL", f"RCPT {BESIDE}", f"RCPT {APART}"])
            self.mail.answer(step, self.chance.choice(["451 later", DROP]))
        command = self.chance.choice(COMMANDS)
        self.runs += 1
        if self.chance.random() < COLD:
            self._kill_cold(command)
        else:
            self._kill_fork(command)

    def _kill_fork(self, command: str) -> None:
        longest_s = self.longest_s.get(command, self.longest_s["run --once"] + DAEMON_S)
        after_s, point = self.chance.uniform(0, longest_s), "-"
        if self.chance.random() < AT_A_POINT:
            after_s, point = 2 * longest_s, self.chance.choice(points_of(command))
        assert self.forks.stdin is not None
        assert self.forks.stdout is not None
        self.forks.stdin.write(f"{after_s} {point} {command}\n")
        self.forks.stdin.flush()
        status = int(self.forks.stdout.readline())
        is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if is_killed:
            self.kills[f"{command}, {point.partition(':')[0]}"] += 1
        if point == "-" and command in self.longest_s:
            self.longest_s[command] *= LONGER if is_killed else SHORTER

    def _kill_cold(self, command: str) -> None:
        with (
            (self.folder / "said.log").open("a") as said,
            subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "monitor", *command.split()],
                cwd=self.folder,
                env=ecoute_env(self.folder, FAST),
                stdout=said,
                stderr=said,
            ) as process,
        ):
            time.sleep(self.chance.uniform(0, COLDEST_S))  # the moment is what is tried
            process.kill()
        self.kills[f"{command}, cold"] += process.returncode == -signal.SIGKILL

    def faults(self) -> list[str]:
        """Let it work in peace, and return what is not as it should be."""
        for feed in self.feeds:
            feed.is_ended = True
        codes = []
        for _ in range(LAST_TRIES):  # until the mail server has said each no that it was to say
            codes.append(run_ecoute("run", "--once", cwd=self.folder, env=FAST).returncode)
            if codes[-2:] == [0, 0]:
                break
        checked = run_ecoute("db", "check", cwd=self.folder, env=FAST)
        found = json.loads(run_ecoute("mentions", "--json", cwd=self.folder, env=FAST).stdout)
        with closing(sqlite3.connect(self.folder / "mentions.db")) as db:
            wrong = [*wrong_in(db), *wrong_with_mail(db, self.mail), *wrong_files(db, self.folder)]
        if codes[-2:] != [0, 0] or checked.returncode != 0:
            wrong.append(f"in the end it ended with {codes}, {checked.stderr.strip()}")
        served = Counter(article for feed in self.feeds for article in feed.ids)
        kept = Counter(mention["external_id"] for mention in found)
        wrong += [f"lost: {article}" for article in served - kept]
        wrong += [f"twice, or never served: {article}" for article in kept - served]
        said = (self.folder / "said.log").read_text(encoding="utf-8", errors="replace")
        return wrong + [line for line in said.splitlines() if is_surprise(line)]


def points_of(command: str) -> list[str]:
    """Return every point of a command, as ``forking`` wants it: each is as likely."""
    return [f"{p}:{n}" for p, most in MOST_OF[command].items() for n in range(1, most + 1)]


def wrong_in(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong within a database."""
    if (told := db.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
        yield f"integrity: {told}"
    mentions = {number for (number,) in db.execute("SELECT id FROM mention")}
    own = Counter(i for (i,) in db.execute("SELECT mention_id FROM digest_mention"))
    yield from differences("the business's digests", own, mentions)
    for reader in (OWN, BESIDE, APART):
        asked = """SELECT c.mention_id FROM digest_content AS c
            JOIN delivery AS d ON d.digest_id = c.digest_id WHERE d.recipient = ?"""
        told_to = Counter(i for (i,) in db.execute(asked, [reader]))
        yield from differences(reader, told_to, mentions)
    if waiting := db.execute("SELECT * FROM delivery WHERE state <> 'sent'").fetchall():
        yield f"not sent: {waiting}"


def differences(where: str, told: Counter[str], mentions: set[str]) -> Iterator[str]:
    """Yield the mentions that are not told exactly once."""
    yield from (f"{where}: {i} is told {told[i]} times" for i in mentions if told[i] != 1)


def wrong_with_mail(db: sqlite3.Connection, mail: MailServer) -> Iterator[str]:
    """Yield what a mail server was told otherwise than a database says, or not told."""
    messages = dict(db.execute("SELECT message_id, message FROM digest").fetchall())
    for letter in mail.seen:
        identity = str(letter.message["Message-ID"])
        if letter.content.rstrip() != messages.get(identity, b"").rstrip():
            yield f"{identity} was sent with other bytes than those that were fixed"
    taken = {(str(m.message["Message-ID"]), who) for m in mail.received for who in m.recipients}
    asked = """SELECT g.message_id, d.recipient FROM delivery AS d
        JOIN digest AS g ON g.id = d.digest_id"""
    queued = set(db.execute(asked))
    for pair in queued ^ taken:
        yield f"not both queued and taken: {pair}"
    for identity in messages.keys() - {identity for identity, _ in queued}:
        yield f"{identity} goes to nobody"


def wrong_files(db: sqlite3.Connection, folder: Path) -> Iterator[str]:
    """Yield what is wrong with the reports, and what else was left lying."""
    digests = dict(db.execute("SELECT report, message FROM digest").fetchall())
    files = {f.relative_to(folder / "reports").as_posix() for f in folder.glob("reports/**/*.*")}
    for name in files ^ {
        f"{report}{end}" for report in digests for end in (".html", ".txt", ".eml")
    }:
        yield f"report missing or too many: {name}"
    for report, message in digests.items():
        if (folder / f"reports/{report}.eml").read_bytes() != message:
            yield f"{report}.eml is not the mail"


def is_surprise(line: str) -> bool:
    """Tell whether a line of a run says what no run should say."""
    return line.startswith(("Traceback", "internal:", "db_corrupt:")) or '"internal"' in line


@contextmanager
def crash_shop(folder: Path, seed: int) -> Iterator[CrashShop]:
    """Open a shop that is to be killed."""
    chance = random.Random(seed)  # noqa: S311 - when to kill, not a secret
    feeds = [Feed(name, random.Random(chance.random())) for name in ("press", "blog")]  # noqa: S311 - likewise
    with FeedServer({f"/{f.name}": f for f in feeds}) as web, MailServer() as mail:
        sources = [{"type": "feed", "url": web.url(f"/{f.name}"), "every": "1s"} for f in feeds]
        readers: list[object] = [OWN, BESIDE, {"to": APART, "schedule": "*/2 * * * *"}]
        digest = {"schedule": "* * * * *", "to": readers}
        write_config(folder, feeds=sources, mail=mail, digest=digest)
        with loaded(folder) as forks:
            yield CrashShop(folder, chance, feeds, mail, forks)


@contextmanager
def loaded(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the process that forks."""
    with subprocess.Popen(  # noqa: S603 - this interpreter, a file of ours
        [sys.executable, Path(__file__).with_name("forking.py")],
        cwd=folder,
        env=ecoute_env(folder, FAST),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()


def crash(folder: Path, seed: int, kills: int) -> tuple[list[str], Counter[str]]:
    """Kill a new shop so many times; return what is wrong then, and how often it was killed how."""
    with crash_shop(folder, seed) as shop:
        while shop.kills.total() < kills:
            shop.kill()
        return shop.faults(), shop.kills
