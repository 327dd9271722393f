"""Down from a figure to its mentions: every command that a received mail prints, run as printed."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from promises.shop import Shop, item, rss_of
from servers import FeedServer, MailServer

BAD = "Fleurs Bougamont : accueil glacial, roses fanées, une honte, à fuir absolument"
GOOD = "Un immense merci à Fleurs Bougamont, bouquet magnifique, accueil chaleureux"
PLAIN = "Fleurs Bougamont ouvre dimanche de 9 h à 12 h"
FIGURE = re.compile(r"^- (\d+) (.+?) ?:\n  (ecoute .+)$", re.MULTILINE)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with FeedServer() as web:
        yield Shop(tmp_path, web)


def feed(*titles: str) -> bytes:
    return rss_of(*(item(f"g{n}", f"{title} ({n})") for n, title in enumerate(titles)))


def listed(shop: Shop, command: str) -> list[str]:
    """Run a printed command, and return the mentions that it lists."""
    program, *words = shlex.split(command)
    assert program == "ecoute"
    done = shop.ecoute(*words, "--json")
    assert done.code == 0, done.err
    return [mention["id"] for mention in json.loads(done.out)]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def assert_recounted(shop: Shop, text: str, *, mentions: int) -> None:
    found = FIGURE.findall(text.replace("\u00a0", " "))
    counts = {what: int(count) for count, what, _ in found}
    assert counts.get("mentions", counts.get("mention")) == mentions
    assert {what: len(listed(shop, command)) for _, what, command in found} == counts


def test_each_command_lists_as_many_as_its_figure_says(shop: Shop) -> None:
    shop.web["/f"] = feed(BAD, GOOD, PLAIN, BAD, "Bougamont : la succession de Denain")
    with MailServer() as mail:
        shop.configure("/f", mail=mail, to=["simon@example.fr"])
        shop.poll()
        dismissed = shop.mentions()[-1]["id"]
        assert shop.ecoute("label", dismissed, "--irrelevant").code == 0
        assert shop.ecoute("digest", "--send").code == 0
        assert_recounted(shop, text_of(mail.received[0].message), mentions=3)
        entries = [f"{title} ({n})" for n, title in enumerate([BAD, GOOD, PLAIN, BAD, "", GOOD])]
        shop.web["/f"] = rss_of(*(item(f"g{n}", title) for n, title in enumerate(entries)))
        shop.poll()
        assert_recounted(shop, shop.ecoute("digest").out, mentions=4)
        assert shop.ecoute("digest", "--send").code == 0
        assert_recounted(shop, text_of(mail.received[1].message), mentions=1)


def test_a_digest_that_there_is_not_is_a_mistake(shop: Shop) -> None:
    shop.web["/f"] = feed(PLAIN)
    shop.configure("/f")
    shop.poll()
    done = shop.ecoute("mentions", "--digest", "0123456789abcdef")
    assert done.code == 2
    assert "0123456789abcdef" in done.err


def test_a_theme_a_place_and_a_publication_narrow_what_is_listed(shop: Shop) -> None:
    shop.web["/f"] = rss_of(
        item("a", BAD, more="<pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate>"),
        item("b", PLAIN, "https://autre.example/b"),
    )
    shop.configure("/f")
    shop.poll()
    assert len(shop.mentions("--theme", "qualité", "--counted", "negative")) == 1
    assert len(shop.mentions("--theme", "quality")) == len(shop.mentions("--theme", "QUALITE"))
    assert [m["external_id"] for m in shop.mentions("--where", "autre.example")] == ["b"]
    november = ("--published", "--since", "2026-11-01", "--until", "2026-11-03")
    assert [m["external_id"] for m in shop.mentions(*november)] == ["a"]
    assert shop.mentions("--counted", "all", "--limit", "1", "--offset", "1") == [
        shop.mentions()[1]
    ]
