"""The HTTP door, asked on loopback in this process; a real daemon is in end_to_end/."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fixed_clock import FixedClock
from receiving.pushing import TOKEN, VERIFY, Pushing, hook, pushing, signed

from monitor.errors import StoreCode, StoreError
from monitor.receiving import door as door_module
from monitor.receiving import listener as listener_module

pytestmark = pytest.mark.anyio

ITEM = {"id": "1", "url": "https://forum.example/1", "text": "Un accueil excellent."}
JSON = {"Content-Type": "application/json"}
SHOWN = JSON | {"X-Ecoute-Token": TOKEN}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def here(tmp_path: Path, clock: FixedClock) -> AsyncIterator[Pushing]:
    async with pushing(tmp_path, clock) as running:
        yield running


async def raw(here: Pushing, sent: bytes, *, ends: bool = False) -> bytes:
    """Send bytes, and return all that comes back until the other side ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", here.listener.port)
    writer.write(sent)
    if ends:
        writer.write_eof()
    try:
        return await asyncio.wait_for(reader.read(), timeout=20)
    finally:
        writer.close()


async def test_what_is_pushed_is_stored_when_it_is_answered(here: Pushing) -> None:
    assert await here.push(ITEM) == (202, {"accepted": 1, "duplicates": 0, "rejected": []})
    [mention] = here.mentions()
    assert (mention.source, mention.external_id, mention.text) == ("zapier", "1", ITEM["text"])


async def test_the_same_again_is_a_duplicate_and_an_edit_renews(here: Pushing) -> None:
    await here.push(ITEM)
    _, again = await here.push([ITEM, ITEM])
    assert (again["accepted"], again["duplicates"]) == (0, 2)
    _, edited = await here.push(ITEM | {"text": "Un accueil excellent, mais cher."})
    assert (edited["accepted"], edited["duplicates"]) == (1, 0)
    assert [m.text for m in here.mentions()] == ["Un accueil excellent, mais cher."]


async def test_what_concerns_nobody_is_said_and_not_kept(here: Pushing) -> None:
    here.listener.door.hooks = {"zapier": hook("zapier", about=None)}
    status, said = await here.push({"text": "Rien à voir."})
    assert (status, said["accepted"], said["unmatched"]) == (202, 1, 1)
    assert here.mentions() == []


async def test_some_are_taken_and_the_others_told(here: Pushing) -> None:
    status, said = await here.push({"items": [ITEM, {"author": "Julie"}]})
    assert (status, said["accepted"]) == (202, 1)
    assert said["rejected"] == [{"index": 1, "reason": "neither url nor text"}]
    assert (await here.push({"author": "Julie"}))[0] == 422
    assert (await here.push([]))[0] == 202


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"X-Ecoute-Token": TOKEN}, ""),
        ({"Authorization": f"Bearer {TOKEN}"}, ""),
        ({"Authorization": "Basic YW55OjAxMjM0NTY3ODlhYmNkZWY="}, ""),
        ({}, f"?token={TOKEN}"),
    ],
)
async def test_a_token_may_come_several_ways(
    here: Pushing, headers: dict[str, str], query: str
) -> None:
    answer = await here.post(json.dumps(ITEM).encode(), f"zapier{query}", JSON | headers)
    assert answer.status_code == 202


@pytest.mark.parametrize("name", ["zapier", "meta", "linkedin", "unheard-of"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Ecoute-Token": ""},
        {"X-Ecoute-Token": "wrong"},
        {"Authorization": "Basic %%%"},
        {"X-Signature": "sha256=00", "X-Timestamp": "1795417200"},
        {"X-Hub-Signature-256": "sha256=00"},
        {"X-LI-Signature": "hmacsha256=00"},
    ],
)
async def test_without_the_secret_no_name_answers_otherwise_than_another(
    here: Pushing, name: str, headers: dict[str, str]
) -> None:
    answer = await here.post(b"{}", name, JSON | headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "wrong or no secret"})
    assert here.mentions() == []


async def test_who_knows_a_secret_is_told_that_the_name_is_wrong(here: Pushing) -> None:
    assert (await here.push(ITEM, "unheard-of"))[0] == 404
    assert (await here.push(ITEM, "meta"))[0] == 401  # Meta signs, and shows nothing
    assert (await here.client.post("/elsewhere", headers=SHOWN)).status_code == 404


async def test_a_signed_push_is_taken_while_it_is_fresh(here: Pushing, clock: FixedClock) -> None:
    body = json.dumps(ITEM).encode()
    stamp = str(int(clock().timestamp()))
    for late, status in ((0, 202), (299, 202), (301, 401), (-301, 401)):
        told = {"X-Signature": f"sha256={signed(body)}", "X-Timestamp": str(int(stamp) + late)}
        assert (await here.post(body, headers=JSON | told)).status_code == status
    bound = signed(f"{stamp}.".encode() + body)
    told = {"X-Signature": f"sha256={bound}", "X-Timestamp": stamp}
    assert (await here.post(body, headers=JSON | told)).status_code == 202
    assert (await here.post(body + b" ", headers=JSON | told)).status_code == 401
    unstamped = {"X-Signature": f"sha256={signed(body)}"}
    assert (await here.post(body, headers=JSON | unstamped)).status_code == 401
    assert len(here.mentions()) == 1


async def test_meta_hears_its_challenge_if_it_knows_the_verify_token(here: Pushing) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}
    answer = await here.client.get("/hooks/meta", params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    for wrong in ({"hub.verify_token": "other"}, {"hub.challenge": "<b>\n"}, {"hub.mode": "x"}):
        assert (await here.client.get("/hooks/meta", params=asked | wrong)).status_code == 401
    for name in ("zapier", "unheard-of"):
        assert (await here.client.get(f"/hooks/{name}", params=asked)).status_code == 401


async def test_linkedin_gets_its_code_signed_and_nothing_else(here: Pushing) -> None:
    code = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
    answer = await here.client.get("/hooks/linkedin", params={"challengeCode": code})
    assert answer.json() == {"challengeCode": code, "challengeResponse": signed(code.encode())}
    forged = await here.client.get("/hooks/linkedin", params={"challengeCode": "hmacsha256={}"})
    assert forged.status_code == 401


async def test_meta_pushes_signed_and_takes_back(here: Pushing) -> None:
    def event(verb: str) -> dict[str, Any]:
        value = {"item": "comment", "verb": verb, "comment_id": "9_1", "message": "Trop cher"}
        change = {"field": "feed", "value": value}
        return {"object": "page", "entry": [{"id": "1", "time": 1795417000, "changes": [change]}]}

    status, said = await here.push_signed(event("add"), "meta")
    assert (status, said["accepted"]) == (200, 1)  # Meta takes only a 200 for taken
    [mention] = here.mentions()
    assert (mention.platform, mention.removed_at) == ("facebook", None)
    _, said = await here.push_signed(event("remove"), "meta")
    assert said["removed"] == 1
    assert here.mentions()[0].removed_at is not None


async def test_events_that_nobody_knows_are_taken_and_counted(here: Pushing) -> None:
    told = {"object": "page", "entry": [{"id": "1", "changes": [{"field": "new", "value": 1}]}]}
    status, said = await here.push_signed(told, "meta")
    assert (status, said["accepted"], said["skipped"]) == (200, 0, 1)
    assert here.state("meta").cursor == {"skipped": 1}
    assert (await here.push_signed({"notifications": []}, "linkedin"))[0] == 202


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_one_pushes_by_post(here: Pushing, method: str) -> None:
    answer = await here.client.request(method, "/hooks/zapier", headers=SHOWN)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "hooks.example.fr.x"])
async def test_a_foreign_host_is_not_answered(here: Pushing, host: str) -> None:
    answer = await here.post(b"{}", headers=SHOWN | {"Host": host})
    assert answer.status_code == 421
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_the_host_of_the_proxy_is_answered(here: Pushing) -> None:
    body = json.dumps(ITEM).encode()
    answer = await here.post(body, headers=SHOWN | {"Host": "Hooks.example.fr"})
    assert answer.status_code == 202


async def test_a_body_has_its_limits(here: Pushing) -> None:
    huge = b" " * 1_000_001
    assert (await here.post(huge, headers=SHOWN)).status_code == 413

    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 100_000

    answer = await here.client.post("/hooks/zapier", content=in_parts(), headers=SHOWN)
    assert answer.status_code == 413
    xml = SHOWN | {"Content-Type": "text/xml"}
    assert (await here.post(b"<a/>", headers=xml)).status_code == 415
    assert (await here.push([ITEM] * 101))[0] == 413
    packed = SHOWN | {"Content-Encoding": "gzip"}
    assert (await here.post(b"\x1f\x8b", headers=packed)).status_code == 415
    assert (await here.post(b'{"a"', headers=SHOWN)).status_code == 422


async def test_a_body_without_a_length_is_refused(here: Pushing) -> None:
    head = f"POST /hooks/zapier HTTP/1.1\r\nHost: localhost\r\nX-Ecoute-Token: {TOKEN}\r\n\r\n"
    assert (await raw(here, head.encode())).startswith(b"HTTP/1.1 411 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", b"400"),  # TLS where there is none
        (b"POST /hooks/zapier HTTP/1.1\r\n\r\n", b"400"),  # no Host
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200_000 + b"\r\n\r\n", b"431"),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
            b"400",
        ),
    ],
)
async def test_what_is_no_request_hears_so(here: Pushing, sent: bytes, status: bytes) -> None:
    assert (await raw(here, sent, ends=True)).split()[1] == status


async def test_a_secret_of_odd_bytes_is_a_wrong_one(here: Pushing) -> None:
    for name in (b"X-Ecoute-Token", b"Authorization", b"X-Timestamp"):
        head = b"POST /hooks/zapier HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
        odd = name + b": Basic \xe9\xff\r\nX-Signature: \xe9\r\nConnection: close\r\n\r\n{}"
        assert (await raw(here, head + odd)).startswith(b"HTTP/1.1 401 ")


async def test_who_trickles_is_cut_off_and_the_others_are_served(here: Pushing) -> None:
    here.listener.read_within_s = 0.3
    head = f"POST /hooks/zapier HTTP/1.1\r\nHost: x.localhost\r\nX-Ecoute-Token: {TOKEN}\r\n"
    begun = head.replace("x.localhost", "localhost") + "Content-Length: 900\r\n\r\n{"
    slow = [asyncio.create_task(raw(here, begun.encode())) for _ in range(5)]
    silent = asyncio.create_task(raw(here, b""))
    assert (await here.push(ITEM))[0] == 202
    assert {(await one).split()[1] for one in slow} == {b"408"}
    assert await silent == b""


async def test_more_connections_than_there_is_room_for_hear_so(
    here: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "MOST_AT_ONCE", 2)
    held = [await asyncio.open_connection("127.0.0.1", here.listener.port) for _ in range(2)]
    answer = await raw(here, b"", ends=True)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert re.search(rb"retry-after: \d", answer, re.IGNORECASE)
    for _, writer in held:
        writer.close()


async def test_too_many_requests_of_one_hook_have_to_wait(
    here: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "_A_MINUTE", 2)
    here.listener.door.passing = lambda: 0.0
    statuses = [(await here.push([]))[0] for _ in range(3)]
    assert statuses == [202, 202, 429]
    answer = await here.post(b"[]", headers=SHOWN)
    assert answer.headers["retry-after"] == "30"
    here.listener.door.passing = lambda: 31.0
    assert (await here.push([]))[0] == 202


@pytest.mark.parametrize("code", [StoreCode.DISK_FULL, StoreCode.DB_LOCKED, StoreCode.READ_ONLY])
async def test_what_cannot_be_stored_is_never_said_to_be(
    here: Pushing, monkeypatch: pytest.MonkeyPatch, code: StoreCode
) -> None:
    heard: list[StoreError | None] = []
    here.listener.tell(heard.append)

    def full(_: object) -> None:
        raise StoreError(code, "mentions.db: no")

    with monkeypatch.context() as patch:
        patch.setattr(here.store, "save_polls", full)
        answer = await here.post(json.dumps(ITEM).encode(), headers=SHOWN)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "mentions.db" not in answer.text
    assert (await here.push(ITEM))[0] == 202
    assert [trouble and trouble.code for trouble in heard] == [code, None]


async def test_while_another_program_holds_the_database_senders_come_again(
    tmp_path: Path, clock: FixedClock
) -> None:
    async with pushing(tmp_path, clock, wait=timedelta(milliseconds=50)) as here:
        with closing(sqlite3.connect(tmp_path / "mentions.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = await here.post(json.dumps(ITEM).encode(), headers=SHOWN)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert (await here.push(ITEM))[0] == 202
        assert len(here.mentions()) == 1


async def test_a_proxy_may_speak_http_1_0(here: Pushing) -> None:
    head = f"POST /hooks/zapier HTTP/1.0\r\nHost: 127.0.0.1:8751\r\nX-Ecoute-Token: {TOKEN}\r\n"
    sent = f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
    assert (await raw(here, sent.encode())).startswith(b"HTTP/1.1 202 Accepted\r\n")


async def test_a_taken_port_is_told(here: Pushing, tmp_path: Path, clock: FixedClock) -> None:
    other = listener_module.Listener(
        host="127.0.0.1", port=here.listener.port, door=here.listener.door
    )
    with pytest.raises(StoreError) as told:
        await other.__aenter__()
    assert told.value.code is StoreCode.PORT_IN_USE
    assert "receiving.listen" in str(told.value)
