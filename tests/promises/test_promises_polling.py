"""Promises 1 to 8: polls of feeds that are sound, damaged, moved, gone, or hostile."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from email.utils import format_datetime
from time import process_time

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from fakes import NOW, state
from promises.shop import Shop, item, rss_of
from servers import Answer, FeedServer, Raw, Request, Route, redirect, truncated, with_etag

from monitor.due import next_state
from monitor.model import FetchMemory, PollError
from monitor.reading import Reading

FAULTS: dict[str, Route] = {
    "auth": Answer(status=403),
    "bad_encoding": Answer(headers={"Content-Encoding": "gzip"}, body=b"no gzip"),
    "connect": Raw(),
    "empty": b"",
    "gone": Answer(status=410),
    "http_status": Answer(status=500),
    "not_a_feed": "<html><body>Bonjour</body></html>",
    "protocol": Raw(data=b"SSH-2.0-OpenSSH_9.2\r\n"),
    "rate_limited": Answer(status=429),
    "redirect": redirect("/redirect"),
    "truncated": truncated(rss([BAD])),
}


def test_promise_01_a_fault_has_its_code_and_costs_the_others_nothing(shop: Shop) -> None:
    sound = [f"/sound-{number}" for number in range(3)]
    for path in sound:
        shop.web[path] = rss([(path[1:], f"Fleurs Bougamont, {path} heureux", "Un bouquet.")])
    for code, route in FAULTS.items():
        shop.web[f"/{code}"] = route
    shop.configure(*(f"/{code}" for code in FAULTS), *sound)
    told = {source_id: report["error"] for source_id, report in shop.poll().items()}
    assert {i: error and error["code"] for i, error in told.items()} == {
        **{code: code for code in FAULTS},
        **{path[1:]: None for path in sound},
    }
    assert sorted(m["external_id"] for m in shop.mentions()) == [path[1:] for path in sound]
    shop.web["/empty"] = rss([])
    assert shop.poll("--source", "empty")["empty"]["error"] is None


def test_promise_01_sources_are_asked_side_by_side_two_at_once_of_one_host(shop: Shop) -> None:
    both, lock, active, most = threading.Barrier(2), threading.Lock(), 0, 0

    def answer(request: Request) -> bytes:
        nonlocal active, most
        with lock:
            active += 1
            most = max(most, active)
        both.wait(timeout=5)  # breaks, and the poll fails, where they come one by one
        with lock:
            active -= 1
        return rss([])

    shop.web["*"] = answer
    shop.configure(*(f"/{number}" for number in range(4)))
    assert {report["status"] for report in shop.poll().values()} == {"ok"}
    assert most == 2


def test_promise_02_what_can_be_read_of_a_damaged_feed_is_read(shop: Shop) -> None:
    title = "<title>Fleurs Bougamont, fête réussie</title>"
    bare = f"<rss version='2.0'><channel><item>{title}</item></channel></rss>"
    utf8 = "<?xml version='1.0' encoding='utf-8'?>"
    shop.web["/charset"] = (utf8 + bare).encode("latin-1")
    shop.web["/blanks"] = ("\n\r\n  " + utf8 + bare).encode()
    shop.web["/stray"] = (utf8 + bare).encode().replace(b"r\xc3\xa9ussie", b"r\xc3\xa9ussie \x0b&")
    shop.web["/cut"] = (utf8 + bare).removesuffix("</channel></rss>").encode()
    shop.web["/none"] = rss([])
    shop.configure("/charset", "/blanks", "/stray", "/cut", "/none")
    told = shop.poll()
    assert {i: report["fetched"] for i, report in told.items()} == {
        "charset": 1,
        "blanks": 1,
        "stray": 1,
        "cut": 1,
        "none": 0,
    }
    assert told["none"]["error"] is None
    assert all("fête réussie" in mention["title"] for mention in shop.mentions())


def test_promise_03_entries_and_their_etag_are_stored_together_or_not(shop: Shop) -> None:
    body = rss([GOOD])
    cut = truncated(body).data.replace(b"200 OK\r\n", b'200 OK\r\nETag: "v1"\r\n')
    shop.web["/rss"] = Raw(data=cut)
    shop.configure("/rss")
    assert shop.poll()["rss"]["error"]["code"] == "truncated"
    assert shop.mentions() == []
    shop.web["/rss"] = with_etag(body)
    shop.sql("CREATE TRIGGER refused BEFORE INSERT ON mention BEGIN SELECT RAISE(ABORT, 'no'); END")
    assert shop.ecoute("poll", "--force").code != 0
    shop.sql("DROP TRIGGER refused")
    assert shop.mentions() == []
    assert shop.poll()["rss"]["new"] == 1
    assert shop.poll()["rss"]["status"] == "not_modified"
    asked = [request.headers.get("if-none-match") for request in shop.web.requests]
    assert asked == [None, None, None, '"v1"']


@pytest.mark.parametrize(
    ("etag", "sent"),
    [('W/"1"', 'W/"1"'), ("x" * 2000, None), ('"é"', None), ('"1"\r X-Evil: 1', None)],
)
def test_promise_04_an_etag_is_sent_back_and_a_hostile_one_is_not(
    shop: Shop, etag: str, sent: str | None
) -> None:
    modified = "Sun, 22 Nov 2026 08:00:00 GMT"
    headers = {"ETag": etag, "Last-Modified": modified if sent else modified + "\x7f"}
    shop.web["/rss"] = Answer(headers=headers, body=rss([GOOD]))
    shop.configure("/rss")
    for _ in range(2):
        shop.poll()
    told = shop.web.requests[-1].headers
    assert told.get("if-none-match") == sent
    assert told.get("if-modified-since") == (modified if sent else None)
    assert "x-evil" not in told


def test_promise_05_only_a_permanent_move_seen_twice_is_remembered_and_told(shop: Shop) -> None:
    shop.web["/new"] = rss([GOOD])
    shop.web["/moved"] = redirect("/new", 301)
    shop.web["/elsewhere"] = redirect("/new", 307)
    shop.web["/inside"] = redirect("http://10.0.0.1/rss", 308)
    shop.configure("/moved", "/elsewhere", "/inside")
    told = [shop.poll() for _ in range(3)]
    asked = {path: len(shop.web.requests_for(path)) for path in ("/moved", "/elsewhere", "/inside")}
    assert asked == {"/moved": 2, "/elsewhere": 3, "/inside": 3}
    assert [polled["inside"]["error"]["code"] for polled in told] == ["blocked"] * 3
    notes = shop.ecoute("poll", "--force", "--source", "moved").err
    assert shop.web.url("/new") in notes


def test_promise_06_gone_pauses_and_retry_after_is_obeyed_within_a_day(shop: Shop) -> None:
    later = datetime.now().astimezone() + timedelta(hours=5)
    waits = {
        "seconds": ("3600", timedelta(hours=1)),
        "date": (format_datetime(later), timedelta(hours=5)),
        "years": ("999999999", timedelta(hours=24)),
        "negative": ("-5", None),
        "past": ("Sun, 22 Nov 1998 08:00:00 GMT", None),
        "words": ("soon", None),
    }
    for name, (told, _) in waits.items():
        shop.web[f"/{name}"] = Answer(status=503, headers={"Retry-After": told})
    shop.web["/gone"] = Answer(status=410)
    shop.configure("/gone", *(f"/{name}" for name in waits))
    asked_at = datetime.now().astimezone()
    reports = shop.poll()
    for name, (_, wait) in waits.items():
        retry_at = reports[name]["error"]["retry_at"]
        if wait is None:
            assert retry_at is None
        else:
            waited = datetime.fromisoformat(retry_at) - asked_at
            assert abs(waited - wait) < timedelta(minutes=1), name
        next_poll = datetime.fromisoformat(reports[name]["next_poll_at"]) - asked_at
        assert next_poll < timedelta(hours=24, minutes=1)
    assert reports["gone"]["error"]["code"] == "gone"
    again = shop.poll()
    assert {again[name]["status"] for name in ("gone", "seconds", "date", "years")} == {"skipped"}
    assert "gone" in shop.ecoute("sources").out


def test_promise_06_a_refusal_is_asked_slower_and_slower() -> None:
    current, waits, every = state(), [], timedelta(minutes=30)
    refused = PollError(code="auth", message="…", http_status=401)
    reading = Reading(entries=(), cursor={}, memory=FetchMemory(), unchanged=False, error=None)
    for _ in range(12):
        current = next_state(current, reading, refused, every=every, at=NOW, chance=0.5)
        assert current.next_poll_at is not None
        waits.append(current.next_poll_at - NOW)
    assert waits == sorted(waits)
    assert waits[3] > 4 * waits[0]
    assert waits[-1] <= timedelta(hours=24)


def test_promise_07_nothing_that_an_xml_names_is_fetched_and_entities_have_a_budget(
    shop: Shop,
) -> None:
    with FeedServer({"*": b"evil"}) as other:
        evil = other.url("/evil")
        laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
        doctype = (
            f"<!DOCTYPE rss SYSTEM '{evil}.dtd' [<!ENTITY x SYSTEM '{evil}.txt'>"
            f"<!ENTITY % p SYSTEM '{evil}.ent'>%p;<!ENTITY l0 'ha'>{laughs}]>"
        )
        include = f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{evil}.xml'/>"
        items = item("a", "Fleurs Bougamont &x;", more=include) + item("b", "Bougamont &l11;")
        shop.web["/rss"] = (
            "<?xml version='1.0'?>"
            f"<?xml-stylesheet href='{evil}.xsl' type='text/xsl'?>{doctype}"
            f"<rss version='2.0'><channel>{items}</channel></rss>"
        )
        shop.configure("/rss", network={"allow_private_hosts": [shop.web.address, other.address]})
        began = process_time()
        shop.poll()
        assert process_time() - began < 5
        assert other.requests == []
    assert [request.path for request in shop.web.requests] == ["/rss"]
    assert "evil" not in str([mention["title"] for mention in shop.mentions()])


def test_promise_08_an_impossible_date_becomes_the_time_first_seen(shop: Shop) -> None:
    ahead = format_datetime(datetime.now().astimezone() + timedelta(days=3))
    dates = ["", "hier", "Thu, 01 Jan 1970 00:00:00 GMT", ahead]
    shop.web["/rss"] = rss_of(
        *(
            item(f"g{n}", f"Fleurs Bougamont, fête {n}", more=f"<pubDate>{date}</pubDate>")
            for n, date in enumerate(dates)
        )
    )
    shop.configure("/rss")
    assert shop.poll()["rss"]["new"] == len(dates)
    assert all(m["published_at"] == m["found_at"] for m in shop.mentions())
