"""Promises 12 to 18: each mention in one digest, fixed before it is sent, safe to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from fixed_clock import FixedClock
from lxml import html as lxml_html
from promises.shop import Shop, item, rss_of
from servers import DROP, LOOPBACK, MailServer, make_tls
from store.samples import SHOP, outcome, sighting, state

from monitor.delivery.mail import Mailer, MailSettings
from monitor.delivery.outbox import next_try_at
from monitor.digest_settings import DigestSettings
from monitor.digesting import Digester
from monitor.errors import DeliveryError
from monitor.model import DeliveryResult, DeliveryState, PollError, PollStatus
from monitor.store.sqlite import SqliteStore

SIMON, ZOE = "simon@example.fr", "zoe@example.fr"
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
UNSEEN = "\u202e\u2066\u200f"


def body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


# --- one digest, fixed before it is sent --------------------------------------------------------


def test_promise_12_each_mention_stands_in_one_digest_fixed_before_the_first_try(
    shop: Shop, mail: MailServer
) -> None:
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss", mail=mail)
    mail.answer("MAIL", DROP)
    assert shop.ecoute("run", "--once").code == 1
    assert mail.seen == []
    fixed = shop.sql("SELECT message_id, message, text FROM digest")
    shop.web["/rss"] = rss([GOOD, BAD])
    assert shop.ecoute("run", "--once").code == 0
    assert shop.sql("SELECT message_id, message, text FROM digest ORDER BY closed_at, rowid")[
        :1
    ] == [*fixed]
    assert fixed[0][1] in [letter.content for letter in mail.received]
    counts = "SELECT count(*) FROM digest_mention GROUP BY mention_id"
    mentions = shop.sql("SELECT count(*) FROM mentions")
    assert (mentions, shop.sql(counts)) == ([(2,)], [(1,), (1,)])


@pytest.mark.parametrize("said", [DROP, "451 later"])
def test_promise_13_what_may_have_been_taken_is_sent_again_with_the_same_bytes(
    shop: Shop, mail: MailServer, said: str
) -> None:
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss", mail=mail)
    shop.poll()
    mail.answer("DATA", said)
    assert shop.ecoute("digest", "--send").code == 1
    shop.configure("/rss", mail=mail, language="en")
    assert shop.ecoute("run", "--once").code == 0
    first = mail.seen[0]
    [again] = [
        letter
        for letter in mail.received
        if letter.message["Message-ID"] == first.message["Message-ID"]
    ]
    assert again.content == first.content


def test_promise_14_a_refusal_is_kept_and_shown_and_does_not_stop_the_others(
    shop: Shop, mail: MailServer
) -> None:
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss", mail=mail, to=[SIMON, ZOE])
    shop.poll()
    mail.answer(f"RCPT {SIMON}", "550 no such user")
    done = shop.ecoute("digest", "--send")
    assert (done.code, "550 no such user" in done.err) == (1, True)
    assert [letter.recipients for letter in mail.received] == [(ZOE,)]
    states = "SELECT recipient, state, last_error IS NULL FROM delivery ORDER BY recipient"
    assert shop.sql(states) == [
        (SIMON, "refused", 0),
        (ZOE, "sent", 1),
    ]
    shop.ecoute("run", "--once")
    [digest_id, *_] = shop.sql("SELECT id FROM digest ORDER BY closed_at, rowid")[0]
    waiting = "SELECT count(*) FROM delivery WHERE state = 'waiting' AND digest_id = ?"
    assert shop.sql(waiting, digest_id) == [(0,)]


def test_promise_14_the_waits_grow_from_a_minute_to_six_hours_for_five_days() -> None:
    waits: list[timedelta] = []
    at = MONDAY
    while (retry_at := next_try_at(MONDAY, len(waits), at, 0)) is not None:
        waits.append(retry_at - at)
        at = retry_at
    assert waits[:9] == [timedelta(minutes=2**n) for n in range(9)]
    assert waits[10] == max(waits) == timedelta(hours=6)
    assert at == MONDAY + timedelta(days=5)


# --- the mail server ----------------------------------------------------------------------------


def mailer_for(server: MailServer, security: str) -> Mailer:
    settings = MailSettings(
        host=LOOPBACK,
        port=server.port,
        security=security,  # type: ignore[arg-type] # one of three
        username=SIMON,
        password="passw0rd",
        step_s=10,
        whole_s=20,
    )
    return Mailer(settings, allow_private_hosts=frozenset({server.address}))


@pytest.mark.parametrize("case", ["plain", "no starttls", "unknown authority", "tls at once"])
def test_promise_15_no_login_and_no_mail_without_a_checked_tls(case: str) -> None:
    tls = make_tls() if case in {"unknown authority", "tls at once"} else None
    security = {"plain": "none", "tls at once": "tls"}.get(case, "starttls")
    users = {SIMON: "passw0rd"}
    with MailServer(tls=tls, implicit=case == "tls at once", users=users) as server:
        try:
            results = mailer_for(server, security).send(b"To: a\r\n\r\nb", "a@example.fr", [SIMON])
        except DeliveryError as error:
            assert "passw0rd" not in str(error)  # noqa: PT017 - or a result says no
        else:
            assert DeliveryState.SENT not in {result.state for result in results}
        assert (server.logins, server.seen) == ([], [])


# --- what a feed wrote --------------------------------------------------------------------------


@pytest.fixture
def hostile(shop: Shop, mail: MailServer) -> EmailMessage:
    """A digest of what a hostile feed wrote."""
    title = (
        "Fleurs Bougamont&#13;&#10;Bcc: evil@example.net =?utf-8?q?=0ABcc=3A?=&#8238;"
        "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=https://evil.example/p.png onerror=x&gt;"
    )
    text = (
        "<description><![CDATA[<svg onload=x></svg><form action=//evil><style>*{}</style>"
        f"<a href='javascript:x'>Fleurs Bougamont</a>{'mot' * 2000}]]></description>"
    )
    links = ["javascript:alert(1)", "data:text/html,x", "https://echo.example/&quot;onclick=x"]
    shop.web["/rss"] = rss_of(*(item(f"g{n}", title, k, text) for n, k in enumerate(links)))
    shop.configure("/rss", mail=mail)
    shop.poll()
    assert shop.mentions()
    assert shop.ecoute("digest", "--send").code == 0
    [letter] = mail.received
    assert max(map(len, letter.content.split(b"\r\n"))) <= 998
    return letter.message


def test_promise_16_headers_hold_nothing_a_feed_wrote(hostile: EmailMessage) -> None:
    assert hostile["Bcc"] is None
    for value in hostile.values():
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", str(value))
        assert "evil" not in str(value)
    assert hostile["Date"]
    assert str(hostile["Auto-Submitted"]).startswith("auto-")
    assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", hostile["Message-ID"])
    assert body(hostile, "plain").strip()
    assert body(hostile, "html").strip()


def test_promise_17_the_html_is_harmless_and_what_a_feed_wrote_is_text(
    hostile: EmailMessage,
) -> None:
    forbidden = {"script", "link", "form", "iframe", "frame", "svg", "object", "embed", "img"}
    for element in lxml_html.document_fromstring(body(hostile, "html")).iter():
        assert element.tag not in forbidden
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            assert name not in {"src", "background", "action", "srcset"}
            assert name != "href" or re.match("https?://", str(value))
            assert name != "style" or not re.search(r"url\(|@import", str(value))


# --- late, and silent ---------------------------------------------------------------------------


class Taken(Mailer):
    """A mail server that takes all."""

    def __init__(self) -> None:
        pass

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> list[DeliveryResult]:
        return [DeliveryResult(recipient=r, state=DeliveryState.SENT) for r in recipients]


def digester(store: SqliteStore, clock: FixedClock) -> Digester:
    told = DigestSettings(
        language="fr",
        zone=ZoneInfo("Europe/Paris"),
        schedule="weekly",
        recipients=(SIMON,),
        sender="Écoute <ecoute@example.fr>",
        items=12,
        lines=60,
        when_empty=False,
        reports=Path("reports"),
    )
    return Digester(store=store, businesses=(SHOP,), settings=told, mailer=Taken(), clock=clock)


def test_promise_18_a_digest_due_while_off_goes_out_once_and_late(tmp_path: Path) -> None:
    clock = FixedClock(MONDAY - timedelta(days=4))
    with closing(SqliteStore.open(tmp_path / "mentions.db", clock=clock)) as store:
        store.register_sources([state()])
        digester(store, clock).close_due()
        found = store.save_poll(outcome(sighting(1, published_at=clock.at), at=clock.at)).new
    clock.at = MONDAY + timedelta(weeks=3, hours=5)
    with closing(SqliteStore.open(tmp_path / "mentions.db", clock=clock)) as store:
        late = digester(store, clock).close_due()
        assert [digest.mention_ids for digest in late] == [found]
        assert digester(store, clock).close_due() == []


def test_promise_18_sources_silent_for_a_day_are_told_without_mentions(tmp_path: Path) -> None:
    clock = FixedClock(MONDAY - timedelta(days=4))
    with closing(SqliteStore.open(tmp_path / "mentions.db", clock=clock)) as store:
        store.register_sources([state()])
        digester(store, clock).close_due()
        clock.at = MONDAY
        silent = replace(
            state(),
            status=PollStatus.FAILED,
            error=PollError(code="dns", message="introuvable"),
            polled_at=MONDAY - timedelta(hours=1),
            last_ok_at=MONDAY - timedelta(days=3),
        )
        store.save_poll(replace(outcome(at=MONDAY), state=silent))
        [told] = digester(store, clock).close_due()
    assert "local-press" in told.text
