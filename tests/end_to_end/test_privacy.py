"""``forget`` and ``access`` at the door: what is gone is in no byte of the folder (promise 30)."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from email import message_from_bytes
from html import escape
from pathlib import Path
from shutil import copyfile, copytree
from typing import Any
from urllib.parse import quote

import pytest
from servers import FeedServer, MailServer, ecoute_env, run_ecoute, write_config

NAME = "Zéphirine Canari-Dupré"
PAGE = "https://forum.example/u/zephirine-page"
HERS = "Fleurs Bougamont a livré un bouquet fané pour le mariage de ma cousine Ophélie."
OTHERS = f"Chez Fleurs Bougamont, merci à {NAME} et à toute l’équipe pour ces belles roses."
PLAIN = "Fleurs Bougamont ouvre dimanche de 9 h à 12 h, a dit la mairie."
SHOWN_TWICE = f"Comme l’écrit zéphirine  canari-dupré ({PAGE}), Fleurs Bougamont déçoit."


def item(name: str, title: str, text: str, author: str, page: str | None = None) -> str:
    told = f"<uri>{escape(page)}</uri>" if page else ""
    return (
        f"<entry><id>tag:forum.example,2026:{name}</id><title>{escape(title)}</title>"
        f"<link href='https://forum.example/t/{name}'/>"
        f"<author><name>{escape(author)}</name>{told}</author>"
        f"<updated>2026-11-20T10:00:00Z</updated><content>{escape(text)}</content></entry>"
    )


FIRST = [
    item("hers", "Bouquet fané pour un mariage", HERS, NAME, PAGE),
    item("others", "Merci à Fleurs Bougamont", OTHERS, "Paul Martin"),
    item("plain", "Ouverture dimanche", PLAIN, "La mairie"),
    item("twice", "Encore un avis", SHOWN_TWICE, "Luc"),
    item("slug-zephirine-canari-dupre", "Un portrait", "Fleurs Bougamont en portrait.", "Luc"),
]
LATER = [
    *FIRST,
    item("new", "Encore elle", "Fleurs Bougamont, toujours aussi lent.", NAME.upper(), None),
    item("page", "Nom changé", "Fleurs Bougamont, je maintiens.", "Zaza", PAGE),
    item("quoted", "Un salut", f"Salut à {NAME} de la part de Fleurs Bougamont.", "Luc"),
]


def atom(entries: list[str]) -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'>"
        f"<title>Forum</title><id>tag:forum.example,2026:f</id>{''.join(entries)}</feed>"
    )


class Shop:
    """A shop whose database, digests, outbox, reports, labels and blocks know a person."""

    def __init__(self, folder: Path, web: FeedServer, mail: MailServer) -> None:
        self.folder, self.web, self.mail = folder, web, mail

    def ecoute(self, *args: str, code: int = 0) -> str:
        done = run_ecoute(*args, cwd=self.folder)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def mentions(self) -> dict[str, dict[str, Any]]:
        found = json.loads(self.ecoute("mentions", "--json"))
        return {m["external_id"].rpartition(":")[2]: m for m in found}

    def places_of(self, *forms: str) -> set[str]:
        """Return the files of the folder that hold any of these, byte for byte."""
        return {
            str(file.relative_to(self.folder))
            for file in self.folder.rglob("*")
            if file.is_file()
            for form in forms
            if form.encode() in decoded(file)
        }


def decoded(file: Path) -> bytes:
    """Return what a file holds, and what that means where mails encode it."""
    raw = file.read_bytes()
    mails = [raw] if file.suffix == ".eml" else []
    if file.suffix == ".db":
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
            asked = "SELECT message FROM digest UNION ALL SELECT message FROM alert"
            mails = [message for (message,) in db.execute(asked)]
    parts = [p for m in mails for p in message_from_bytes(m).walk() if not p.is_multipart()]
    return raw + b"".join(bytes(p.get_payload(decode=True)) for p in parts)


FORMS = (NAME, NAME.upper(), NAME.lower(), quote(NAME), PAGE, "zephirine-page", "zephirine-canari")


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[FeedServer, MailServer]]:
    with FeedServer() as web, MailServer() as mail:
        yield web, mail


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, servers: tuple[FeedServer, MailServer]) -> Path:
    """A folder in which the person is known everywhere; each test gets a copy."""
    folder = tmp_path_factory.mktemp("known")
    web, mail = servers
    web["/atom"] = atom(FIRST)
    mail.always("MAIL", "451 later")
    write_config(
        folder,
        feeds=[{"type": "feed", "id": "forum", "url": web.url("/atom")}],
        mail=mail,
        alerts={"negative": "immediate", "reach": False, "sources": False},
    )
    made = Shop(folder, web, mail)
    made.ecoute("poll")
    hers = made.mentions()["hers"]["id"]
    made.ecoute("label", hers, "negative")
    made.ecoute("status", hers, "handled", "--note", f"rappeler {NAME}")
    made.ecoute("digest", "--send", code=1)
    made.ecoute("report", "--month", "2026-11")
    made.ecoute("block", hers, "--author")
    copyfile(folder / "mentions.db", folder / "mentions.db.before-m0001.bak")
    return folder


@pytest.fixture
def shop(tmp_path: Path, known: Path, servers: tuple[FeedServer, MailServer]) -> Shop:
    web, mail = servers
    web["/atom"] = atom(FIRST)
    mail.always("MAIL", "451 later")
    mail.received.clear()
    return Shop(copytree(known, tmp_path / "shop"), web, mail)


def test_what_was_forgotten_is_in_no_byte_and_stays_away(shop: Shop) -> None:
    assert {"mentions.db", "mentions.db.before-m0001.bak"} <= shop.places_of(*FORMS)
    assert len(shop.places_of(NAME, "mariage de ma cousine Oph")) >= 5
    shop.ecoute("forget", "--author", NAME, "--yes")
    assert shop.places_of(*FORMS, "cousine Oph", "bouquet fané") == set()
    left = shop.mentions()
    assert {"others", "plain", "twice"} <= left.keys()
    assert left["plain"]["text"] == PLAIN
    assert left["others"]["text"].startswith("Chez Fleurs Bougamont, merci à […] et à toute")
    assert shop.ecoute("db", "check")

    shop.web["/atom"] = atom(LATER)
    for _ in range(2):
        shop.ecoute("poll", "--force")
        assert shop.places_of(*FORMS, "cousine Oph") == set()
    after = shop.mentions()
    assert "quoted" in after
    assert not {"new", "page", "hers"} & after.keys()
    assert after["others"] == left["others"]


def test_a_mail_that_waits_goes_out_without_them_and_is_the_same_mail(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.folder / "mentions.db")) as db:
        [(identity, before)] = db.execute("SELECT message_id, message FROM digest").fetchall()
    shop.ecoute("forget", "--author", NAME, "--yes")
    shop.mail.always("MAIL", "250 OK")
    shop.ecoute("digest", "--send")
    sent = [one.message for one in shop.mail.received if one.message["Message-ID"] == identity]
    assert len(sent) == 1
    for kind in ("plain", "html"):
        part = sent[0].get_body((kind,))
        assert part is not None
        text = str(part.get_content())
        assert not any(form in text for form in (*FORMS, "cousine Oph"))
        assert "Ouverture dimanche" in text
    assert len(before) > 1000


def test_what_is_held_of_a_person_is_told_before_and_not_after(shop: Shop) -> None:
    held = json.loads(shop.ecoute("access", NAME))
    assert {m["external_id"].rpartition(":")[2] for m in held["mentions"]} == {
        "hers",
        "slug-zephirine-canari-dupre",
    }
    hers = next(m for m in held["mentions"] if m["author"] == NAME)
    assert (hers["text"], hers["note"], len(hers["labels"])) == (HERS, f"rappeler {NAME}", 1)
    assert {m["external_id"].rpartition(":")[2] for m in held["named_in"]} == {"others", "twice"}
    assert held["digests"][0]["recipients"][0]["recipient"] == "simon@example.fr"
    assert held["blocks"][0]["value"] == NAME
    assert len(held["reports"]) == 4
    assert [Path(copy).name for copy in held["copies"]] == ["mentions.db.before-m0001.bak"]
    by_page = json.loads(shop.ecoute("access", PAGE))
    assert [m["author"] for m in by_page["mentions"]] == [NAME]

    shop.ecoute("forget", "--author", NAME, "--yes")
    after = json.loads(shop.ecoute("access", NAME))
    assert not any(after[key] for key in held.keys() - {"author", "at", "keep_days"})


def test_a_dry_run_tells_the_same_and_changes_nothing(shop: Shop) -> None:
    before = shop.places_of(*FORMS)
    told = json.loads(shop.ecoute("forget", "--author", NAME, "--dry-run", "--json"))
    assert shop.places_of(*FORMS) == before
    assert json.loads(shop.ecoute("forget", "--author", NAME, "--yes", "--json")) == told
    assert (told[0]["mentions"], told[0]["named_in"], told[0]["blocks"]) == (2, 2, 1)
    assert told[0]["left"] == {}


def test_without_a_yes_nothing_is_erased(shop: Shop) -> None:
    before = shop.places_of(*FORMS)
    done = run_ecoute("forget", "--author", NAME, cwd=shop.folder)
    assert done.returncode == 2
    assert "rien n’a été effacé" in done.stderr
    assert shop.places_of(*FORMS) == before


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--author", "Simon Bougamont"),
        ("--author", "bougamont"),
        ("--url", "forum"),
        ("--author", "!"),
    ],
)
def test_what_cannot_be_forgotten_is_refused(shop: Shop, args: tuple[str, ...]) -> None:
    done = run_ecoute("forget", *args, "--yes", cwd=shop.folder)
    assert (done.returncode, done.stdout) == (2, "")


def test_an_address_is_forgotten_with_what_stands_there(shop: Shop) -> None:
    url = "https://www.forum.example/t/plain?utm_source=x"
    shop.ecoute("forget", "--url", url, "--yes")
    assert shop.places_of("forum.example/t/plain", "a dit la mairie") == set()
    shop.ecoute("poll", "--force")
    assert shop.places_of("forum.example/t/plain", "a dit la mairie") == set()
    assert "hers" in shop.mentions()


def test_a_business_is_forgotten_with_all_that_was_kept_for_it(shop: Shop) -> None:
    shop.ecoute("forget", "--business", "fleurs bougamont", "--yes")
    assert shop.mentions() == {}
    assert [*(shop.folder / "reports").rglob("*.*")] == []
    with closing(sqlite3.connect(shop.folder / "mentions.db")) as db:
        for table in ("mention", "digest", "delivery", "alert", "block", "story_key", "label"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608
    shop.ecoute("poll", "--force")
    assert shop.mentions() == {}


def test_without_its_key_nobody_forgotten_comes_back(shop: Shop) -> None:
    shop.ecoute("forget", "--author", NAME, "--yes")
    key = shop.folder / "mentions.db.names-key"
    assert key.stat().st_mode & 0o077 == 0
    key.unlink()
    shop.web["/atom"] = atom(LATER)
    shop.ecoute("poll", "--force", code=3)
    assert shop.places_of(*FORMS) == set()
    shop.ecoute("forget", "--lost-key")
    shop.ecoute("poll", "--force")


def test_authors_can_be_kept_by_pseudonyms(shop: Shop) -> None:
    file = shop.folder / "sources.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "privacy: {authors: pseudonym}\n")
    hers = shop.mentions()["hers"]
    assert hers["author"].startswith("anon-")
    shop.web["/atom"] = atom(LATER)
    shop.ecoute("poll", "--force")
    after = shop.mentions()
    assert after["new"]["author"] == hers["author"]
    held = json.loads(shop.ecoute("access", NAME))
    assert {"hers", "new"} <= {m["external_id"].rpartition(":")[2] for m in held["mentions"]}
    assert after["new"]["relevance"] == 0  # still blocked
    shop.ecoute("forget", "--author", NAME, "--yes")
    assert shop.places_of(NAME, NAME.upper(), hers["author"]) == set()


@pytest.mark.parametrize(("answer", "code"), [("n", 2), ("", 2), ("oui", 0)])
def test_at_a_terminal_it_asks(shop: Shop, answer: str, code: int) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(shop.folder)
        command = [sys.executable, "-m", "monitor", "forget", "--author", "Luc"]
        os.execve(sys.executable, command, ecoute_env(shop.folder))  # noqa: S606 - our own command
    said = b""
    with suppress(OSError):  # how a terminal ends
        while part := os.read(terminal, 4096):
            said += part
            if b"Effacer pour de bon" in part:
                os.write(terminal, f"{answer}\n".encode())
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    assert (ended, "2 mentions effacées" in said.decode()) == (code, True)
    assert ("twice" in shop.mentions()) is (code == 2)
