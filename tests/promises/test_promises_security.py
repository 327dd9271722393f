"""Promises 23 to 28: whom it asks, what it keeps to itself, what it answers, prints and reads."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from end_to_end.test_terminal import run_on_terminal
from promises.shop import Shop, json_feed
from servers import LOOPBACK, FeedServer, redirect, started_ecoute

from monitor.config.listening import listen_at
from monitor.config.sections import MonitoringSection
from monitor.fetching.guard import connect_checked
from monitor.operations.server import StatusServer
from monitor.operations.vitals import Vitals

TOKEN = "s3cr3t-mesange-bleue"
CONTROLS = "\x07\x1b[2J\x9b31m\u202e\x7f"


# --- 23: outgoing addresses ---------------------------------------------------------------------


def test_promise_23_a_private_address_is_refused_however_it_is_written(shop: Shop) -> None:
    port = shop.web.port
    shop.web["*"] = rss([GOOD])
    hosts = [LOOPBACK, "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "10.0.0.1"]
    hosts += ["192.168.1.1", "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]", "224.0.0.1"]
    sources = [
        {"type": "feed", "id": f"s{n}", "url": f"http://{host}:{port}/"}
        for n, host in enumerate(hosts)
    ]
    shop.configure(sources=sources, network={"allow_private_hosts": []})
    told = {source["error"]["code"] for source in shop.poll().values()}
    assert (told, shop.web.requests) == ({"blocked"}, [])


def test_promise_23_it_is_refused_at_adding_and_at_every_hop(shop: Shop, web: FeedServer) -> None:
    with FeedServer({"*": rss([GOOD])}) as inside:
        web["/moved"] = redirect(inside.url("/rss"))
        web["/page"] = f"<link rel='alternate' type='application/rss+xml' href='{inside.url('/')}'>"
        shop.configure("/moved")
        assert shop.poll()["moved"]["error"]["code"] == "blocked"
        file = shop.folder / "sources.yaml"
        before = file.read_bytes()
        for address in (inside.url("/rss"), web.url("/page")):
            assert shop.ecoute("sources", "add", address).code == 1
        assert (inside.requests, file.read_bytes()) == ([], before)


def test_promise_23_the_address_that_was_checked_is_the_one_connected() -> None:
    answers = [[LOOPBACK], ["203.0.113.7"]]  # a name that leads elsewhere the second time
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        allow = frozenset({f"rebinding.example:{port}"})
        with connect_checked(
            "rebinding.example", port, allow, 5, lookup=lambda _host, _port: answers.pop(0)
        ) as connection:
            assert connection.getpeername() == (LOOPBACK, port)
    assert len(answers) == 1


def test_promise_23_the_allow_list_never_leads_to_our_own_page(shop: Shop) -> None:
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss", monitoring={"listen": shop.web.port})
    assert shop.poll()["rss"]["error"]["code"] == "blocked"
    shop.configure("/rss")
    env = {"ECOUTE_LISTEN": shop.web.address}
    assert "blocked" in shop.ecoute("poll", "--force", env=env).err
    assert shop.web.requests == []


# --- 24: secrets --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sources.yaml", ".env"])
def test_promise_24_a_secret_that_others_can_read_is_refused(shop: Shop, name: str) -> None:
    source = {"type": "mastodon", "instance": "https://mastodon.example"}
    secret = TOKEN if name == "sources.yaml" else "${TOKEN}"
    shop.configure(sources=[source | {"token": secret}])
    (shop.folder / ".env").write_text(f"TOKEN={TOKEN}\n", encoding="utf-8")
    (shop.folder / ".env").chmod(0o600)
    assert shop.ecoute("config", "validate").code == 0
    (shop.folder / name).chmod(0o640)
    done = shop.ecoute("poll")
    assert (done.code, done.err.startswith("config: "), name in done.err) == (2, True, True)
    assert TOKEN not in done.out + done.err


def test_promise_24_a_password_goes_to_its_own_origin_only(shop: Shop, web: FeedServer) -> None:
    with FeedServer({"*": rss([GOOD])}) as other:
        web["/rss"] = redirect(other.url("/rss"), 301)
        url = f"http://simon:{TOKEN}@{web.address}/rss"
        allowed = {"allow_private_hosts": [web.address, other.address]}
        shop.configure(sources=[{"type": "feed", "id": "rss", "url": url}], network=allowed)
        for _ in range(3):
            assert shop.poll()["rss"]["error"] is None
        assert other.requests
        assert "authorization" in web.requests[0].headers
        assert all("authorization" not in asked.headers for asked in other.requests)
    kept = b"".join(file.read_bytes() for file in shop.folder.glob("mentions.db*"))
    assert TOKEN.encode() not in kept
    assert TOKEN not in shop.ecoute("sources", "--json").out


# --- 25: what it answers ------------------------------------------------------------------------


@pytest.fixture
def page() -> Iterator[StatusServer]:
    with StatusServer(host=LOOPBACK, port=0, vitals=Vitals(), figures=tuple) as server:
        yield server


def ask(page: StatusServer, method: str, path: str, host: str) -> tuple[int, HTTPMessage]:
    connection = HTTPConnection(LOOPBACK, page.port, timeout=10)
    connection.request(method, path, headers={"Host": host})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def test_promise_25_what_it_answers_on_this_machine_is_for_this_machine(page: StatusServer) -> None:
    """Of ``/healthz`` and ``/metrics``: the page of ``ecoute web`` has an issue of its own."""
    assert listen_at(MonitoringSection.model_validate({"listen": 9464}), {}) == (LOOPBACK, 9464)
    assert listen_at(MonitoringSection(), {}) is None
    for method, path, host, status in (
        ("GET", "/metrics", f"localhost:{page.port}", 200),
        ("GET", "/metrics", "evil.example", 421),
        ("GET", "/nowhere", "localhost", 404),
        ("POST", "/healthz", "localhost", 405),
    ):
        answered, headers = ask(page, method, path, host)
        policy = headers["Content-Security-Policy"]
        assert (answered, "default-src 'none'" in policy, "unsafe" in policy) == (
            status,
            True,
            False,
        )
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_promise_25_what_is_asked_of_it_changes_nothing(shop: Shop) -> None:
    shop.web["/rss"] = rss([GOOD])
    with socket.create_server((LOOPBACK, 0)) as once:
        port = once.getsockname()[1]
    shop.configure("/rss", monitoring={"listen": port})
    with started_ecoute("run", cwd=shop.folder) as daemon:
        assert daemon.stderr is not None
        while "poll done" not in daemon.stderr.readline():
            assert daemon.poll() is None
        before = shop.sql("SELECT * FROM mention")
        for path in ("/healthz", "/metrics", "/healthz?delete=1", "/../mentions.db"):
            connection = HTTPConnection(LOOPBACK, port, timeout=10)
            connection.request("GET", path)
            assert connection.getresponse().status in {200, 404}
            connection.close()
        assert shop.sql("SELECT * FROM mention") == before


# --- 26: queries and file names -----------------------------------------------------------------


def test_promise_26_a_query_binds_what_it_is_given_and_reads_only(shop: Shop) -> None:
    shop.web["/rss"] = rss([GOOD, BAD])
    shop.configure("/rss")
    shop.poll()
    before = shop.sql("SELECT * FROM mention")
    for text in ("x'; DROP TABLE mention; --", '" OR 1=1', "title:*", "NEAR(a b", "{a b}:c", "*"):
        assert shop.ecoute("mentions", "--json", "--", text).code in {0, 2}, text
        for option in ("--source", "--business"):
            assert shop.ecoute("mentions", "--json", option, text).code in {0, 2}, text
    assert shop.ecoute("sql", "DELETE FROM mention").code != 0
    assert shop.ecoute("sql", "ATTACH 'other.db' AS other").code != 0
    assert shop.sql("SELECT * FROM mention") == before
    assert not (shop.folder / "other.db").exists()


def test_promise_26_a_question_without_end_is_stopped_after_two_seconds(shop: Shop) -> None:
    shop.configure()
    shop.ecoute("poll")
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT sum(x) FROM n"
    began = time.monotonic()
    assert shop.ecoute("sql", endless).code == 2
    assert time.monotonic() - began < 5


def test_promise_26_files_named_by_data_stay_in_their_folder_and_replace_none(shop: Shop) -> None:
    name = "../../Fleurs/Bougamont\x00.."
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss", businesses=[{"name": name, "aliases": ["Fleurs Bougamont"]}])
    assert shop.ecoute("run", "--once").code == 0
    reports = shop.folder / "reports"
    written = {file: file.read_bytes() for file in reports.rglob("*") if file.is_file()}
    assert len(written) == 3
    beside = {f.name for f in shop.folder.iterdir() if not f.name.startswith("mentions.db")}
    assert beside == {"sources.yaml", "reports"}
    assert {file.parent.parent for file in written} == {reports}
    assert not list(shop.folder.parent.glob("*leurs*ougamont*"))
    shop.sql("UPDATE digest SET archived = 0, html = 'another'")
    shop.ecoute("run", "--once")
    assert all(file.read_bytes() == body for file, body in written.items())


# --- 27: a user's patterns ----------------------------------------------------------------------


def test_promise_27_no_name_or_query_of_a_user_stops_the_polling(shop: Shop) -> None:
    text = "a" * 20_000
    shop.web["/feed"] = json_feed(
        {"id": str(n), "url": f"https://echo.example/{n}", "title": "Fleurs", "content_text": text}
        for n in range(3)
    )
    shop.web["/rss"] = rss([GOOD])
    many = " OR ".join(f'"a{n} a*"' for n in range(300))
    for told in (
        {"aliases": ["(a+)+$", "(.*a){30}", "[a-", "a" * 200, "*" * 50, many]},
        {"query": '"a* a* a* a*" NEAR/5 a* AND NOT a*'},
        {"query": many},
        {"query": "(" * 2000 + "a*" + ")" * 2000},
    ):
        shop.configure("/feed", "/rss", businesses=[{"name": "Fleurs Bougamont"} | told])
        began = time.process_time()
        done = shop.ecoute("poll", "--force", "--json")
        assert time.process_time() - began < 3, told
        assert done.code in {0, 2}, done.err
        assert "internal" not in done.out + done.err


# --- 28: terminals ------------------------------------------------------------------------------


@pytest.fixture
def controls(shop: Shop) -> Shop:
    """A shop that was told control characters wherever a feed can put some."""
    told = f"Fleurs Bougamont{CONTROLS}"
    entry = {
        "id": f"a{CONTROLS}",
        "url": f"https://echo.example/{CONTROLS}",
        "title": told,
        "content_text": f"{told} horrible &#155;2J",
        "authors": [{"name": f"Zoé Martin{CONTROLS}"}],
    }
    shop.web["/feed"] = json_feed([entry])
    shop.configure("/feed")
    assert shop.poll()["feed"]["new"] == 1
    return shop


def controls_in(shown: str) -> set[str]:
    return {c for c in shown if c in "\x07\x1b\x9b\u202e\x7f" or "\x80" <= c <= "\x9f"}


def test_promise_28_no_control_character_of_a_feed_is_printed(controls: Shop) -> None:
    [mention] = controls.mentions()
    for command in (
        ["mentions"],
        ["mentions", "--json"],
        ["mentions", "--ndjson"],
        ["explain", mention["id"]],
        ["story", mention["id"]],
        ["sources"],
        ["digest"],
        ["access", "Zoé Martin"],
        ["sql", "SELECT external_id, title FROM mentions"],
        ["forget", "--author", "Zoé Martin", "--dry-run"],
    ):
        done = controls.ecoute(*command)
        assert done.code == 0, done.err
        assert controls_in(done.out + done.err) == set(), command


def test_promise_28_nor_in_a_table_shown_on_a_terminal(controls: Shop, tmp_path: Path) -> None:
    shown = run_on_terminal("mentions", "--csv", cwd=tmp_path, env={"NO_COLOR": "1"})
    assert "Fleurs Bougamont" in shown
    assert controls_in(shown) == set()
    assert controls.folder == tmp_path
