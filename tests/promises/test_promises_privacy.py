"""Promises 29 to 31: what is kept of persons, for how long, how it goes, and where it is sent."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.feeds import GOOD, rss
from promises.shop import Shop, json_feed
from servers import LOOPBACK, FeedServer, MailServer

NAME = "Zéphirine Canari"
HERS = "Fleurs Bougamont a livré un bouquet fané à Ophélie."


def told_by(name: str) -> str:
    return json_feed(
        [
            {
                "id": "hers",
                "url": "https://echo.example/hers",
                "title": "Un avis",
                "content_text": HERS,
                "authors": [{"name": name}],
            }
        ]
    )


def bytes_of(folder: Path, *, but: str = "sources.yaml") -> bytes:
    files = [f for f in folder.rglob("*") if f.is_file() and f.name != but]
    return b"".join(file.read_bytes() for file in files)


def test_promise_29_what_concerns_nobody_is_not_kept(shop: Shop) -> None:
    other = ("autre", "Handball : Ophélie marque", "Valenciennes s’incline.")
    shop.web["/rss"] = rss([GOOD, other])
    shop.configure("/rss")
    assert shop.poll()["rss"]["fetched"] == 2
    assert "Ophélie".encode() not in bytes_of(shop.folder)


def test_promise_29_after_its_time_a_text_is_gone_and_its_counts_stay(shop: Shop) -> None:
    shop.web["/feed"] = told_by(NAME)
    shop.configure("/feed", privacy={"keep": "30 days"})
    shop.poll()
    [known] = shop.mentions("Ophélie")
    shop.sql("UPDATE mention SET found_at = '2020-01-01T00:00:00Z'")
    shop.web["/feed"] = json_feed([])
    shop.ecoute("run", "--once")
    [mention] = shop.mentions()
    assert (mention["text"], mention["author"]) == ("", None)
    assert (mention["id"], mention["sentiment"]) == (known["id"], known["sentiment"])
    assert shop.mentions("Ophélie") == []
    assert shop.sql("SELECT count(*) FROM mention_fts WHERE mention_fts MATCH 'ophelie'") == [(0,)]


def test_promise_29_the_time_is_two_years_unless_set(shop: Shop) -> None:
    shop.web["/feed"] = told_by(NAME)
    shop.configure("/feed")
    shop.poll()
    shop.web["/feed"] = json_feed([])
    for days, text in ((700, HERS), (740, "")):
        shop.sql(
            "UPDATE mention SET found_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', ?)",
            f"-{days} days",
        )
        shop.ecoute("run", "--once")
        assert [mention["text"] for mention in shop.mentions()] == [text]


def test_promise_30_access_gives_all_that_forget_then_removes(shop: Shop, mail: MailServer) -> None:
    shop.web["/feed"] = told_by(NAME)
    mail.always("MAIL", "451 later")
    shop.configure("/feed", mail=mail)
    assert shop.ecoute("run", "--once").code == 1
    held = shop.ecoute("access", NAME)
    assert HERS in held.out
    json.loads(held.out)
    assert NAME.encode() in bytes_of(shop.folder)
    gone = shop.ecoute("forget", "--author", NAME, "--yes")
    assert gone.code == 0, gone.err
    assert "1" in gone.out
    kept = bytes_of(shop.folder)
    assert NAME.encode() not in kept
    assert HERS.encode() not in kept
    shop.poll()
    assert NAME.encode() not in bytes_of(shop.folder)
    assert NAME not in shop.ecoute("access", NAME).out.replace(f'"{NAME}"', "", 1)


class Heard:
    """The addresses that this process connects to, or looks up."""

    def __init__(self) -> None:
        self.is_on = False
        self.addresses: set[tuple[str, int]] = set()

    def hear(self, event: str, args: tuple[object, ...]) -> None:
        """Note what the interpreter says that it does next."""
        if self.is_on and event == "socket.connect" and isinstance(args[1], tuple):
            self.addresses.add((str(args[1][0]), int(args[1][1])))
        elif self.is_on and event == "socket.getaddrinfo":
            self.addresses.add((str(args[0]), int(str(args[1]))))


HEARD = Heard()
sys.addaudithook(HEARD.hear)  # there is no way to take one off again


@pytest.fixture
def heard() -> Iterator[Heard]:
    HEARD.addresses.clear()
    HEARD.is_on = True
    yield HEARD
    HEARD.is_on = False


def test_promise_31_nothing_is_sent_but_to_the_sources_and_the_mail_server(
    shop: Shop, web: FeedServer, mail: MailServer, heard: Heard
) -> None:
    web["/rss"] = rss([GOOD])
    web["/feed"] = told_by(NAME)
    shop.configure("/rss", "/feed", mail=mail)
    for command in (["check"], ["run", "--once"], ["digest", "--send"], ["stats"], ["mentions"]):
        assert shop.ecoute(*command).code == 0, command
    assert mail.received
    assert heard.addresses == {(LOOPBACK, web.port), (LOOPBACK, mail.port)}
    for asked in web.requests:
        assert NAME not in asked.target + str(asked.headers) + str(asked.body)
