"""Where a poll of a mailbox goes on, and how it logs in."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from sources.fake_session import BUSINESS, FakeFolder, FakeSession, answer, read_pages
from sources.mailbox_mails import FROM, box, eml, numbered, read

from monitor.errors import Code, FetchError
from monitor.model import Cursor, Health, Page
from monitor.sources.mailbox import GIVEN_UP_AFTER, ONLY_HEADERS_AFTER, Mailbox


def go_on(source: Mailbox, folder: FakeFolder, cursor: Cursor) -> tuple[list[str], Cursor, Any]:
    """Poll once; return the titles met, the cursor after it, and the error, if one ended it."""
    pages: list[Page] = []

    async def poll() -> None:
        session = FakeSession({}, folders={"INBOX": folder})
        async for page in source.pages(session, cursor):
            pages.append(page)  # noqa: PERF401 - what came before an error counts

    error = None
    try:
        asyncio.run(poll())
    except FetchError as raised:
        error = raised
    titles = [str(entry.title) for page in pages for entry in page.entries]
    return titles, pages[-1].cursor if pages else cursor, error


def test_each_mail_is_read_once() -> None:
    source, folder = box(**FROM), FakeFolder({n: numbered(n) for n in (3, 4)})
    titles, cursor, _ = go_on(source, folder, {})
    assert titles == ["Avis 3", "Avis 4"]
    assert go_on(source, folder, cursor)[0] == []
    folder.mails[9] = numbered(9)
    del folder.mails[3]
    titles, cursor, _ = go_on(source, folder, cursor)
    assert titles == ["Avis 9"]
    # Other UIDs, the same mails: known by their Message-ID.
    moved = FakeFolder({1: numbered(4), 2: numbered(9)}, uid_validity=8)
    before = [entry.external_id for entry in read(source, numbered(4), numbered(9))]
    pages = read_pages(source, FakeSession({}, folders={"INBOX": moved}), cursor)
    assert [entry.external_id for page in pages for entry in page.entries] == before
    assert pages[-1].cursor["validity"] == 8


def test_the_first_look_goes_some_days_back() -> None:
    folder = FakeFolder(
        {n: numbered(n) for n in (1, 2, 3)}, days={1: date(2026, 10, 1), 2: date(2026, 11, 1)}
    )
    assert go_on(box(**FROM), folder, {})[0] == ["Avis 2", "Avis 3"]
    assert go_on(box(**FROM, days=5), folder, {})[0] == ["Avis 3"]


def test_a_folder_numbered_anew_after_a_long_rest_is_read_from_where_it_was_left() -> None:
    folder = FakeFolder({1: numbered(1)}, days={1: date(2026, 7, 2)})
    cursor: Cursor = {"validity": 3, "uid": 99, "read_at": "2026-07-01T08:00:00Z"}
    assert go_on(box(**FROM), folder, cursor)[0] == ["Avis 1"]


def test_a_poll_whose_time_is_over_goes_on_the_next_time() -> None:
    folder = FakeFolder({n: numbered(n) for n in range(1, 8)}, late_after=3)
    source = box(**FROM)
    titles, cursor, error = go_on(source, folder, {})
    assert (titles, error) == (["Avis 1", "Avis 2", "Avis 3"], None)
    assert "day" in cursor
    folder.taken.clear()
    titles, cursor, _ = go_on(source, folder, cursor)
    assert titles == ["Avis 4", "Avis 5", "Avis 6"]
    folder.taken.clear()
    titles, cursor, _ = go_on(source, folder, cursor)
    assert titles == ["Avis 7"]
    assert "day" not in cursor


def test_a_poll_that_is_cut_after_any_page_loses_nothing() -> None:
    mails = {n: numbered(n) for n in range(1, 181)}
    source = box(**FROM)
    met: list[str | None] = []
    cursor: Cursor = {}
    for _ in range(10):
        folder = FakeFolder(mails)

        async def one_page(folder: FakeFolder = folder, cursor: Cursor = cursor) -> Page:
            session = FakeSession({}, folders={"INBOX": folder})
            pages = source.pages(session, cursor)
            page = await anext(pages)
            await pages.aclose()
            return page

        page = asyncio.run(one_page())
        cursor = page.cursor
        met += [entry.title for entry in page.entries]
    assert met == [f"Avis {n}" for n in mails]


def test_an_error_in_the_middle_keeps_what_was_read_and_goes_on_there() -> None:
    dropped = FetchError(Code.TRUNCATED, "closed the connection")
    folder = FakeFolder({n: numbered(n) for n in (1, 2, 3)}, broken={2: dropped})
    source = box(**FROM)
    titles, cursor, error = go_on(source, folder, {})
    assert (titles, error) == (["Avis 1"], dropped)
    folder.broken.clear()
    assert go_on(source, folder, cursor)[0] == ["Avis 2", "Avis 3"]


def test_one_mail_that_always_ends_the_conversation_does_not_hide_the_others_for_ever() -> None:
    folder = FakeFolder(
        {n: numbered(n) for n in (1, 2, 3)}, broken={2: FetchError(Code.TRUNCATED, "closed")}
    )
    source, errors = box(**FROM), 0
    met: list[str] = []
    cursor: Cursor = {}
    for _ in range(GIVEN_UP_AFTER):
        titles, cursor, error = go_on(source, folder, cursor)
        met += titles
        errors += error is not None
    assert errors == ONLY_HEADERS_AFTER
    # Of the mail that is not given, its headers are: it is kept by its subject.
    assert met == ["Avis 1", "Avis 2", "Avis 3"]


def test_history_is_read_in_as_many_conversations_as_it_takes() -> None:
    folder = FakeFolder(
        {n: numbered(n) for n in range(1, 8)}, days={1: date(2020, 1, 1)}, late_after=3
    )

    class Fresh(FakeSession):
        def mailbox(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as it is called
            folder.taken.clear()
            return super().mailbox(*args, **options)

    async def past() -> list[Page]:
        session = Fresh({}, folders={"INBOX": folder})
        since = datetime(2026, 1, 1, tzinfo=UTC)
        return [page async for page in box(**FROM).history(session, since, {})]

    pages = asyncio.run(past())
    assert [entry.title for page in pages for entry in page.entries] == [
        f"Avis {n}" for n in range(2, 8)
    ]


def test_nothing_is_marked_unless_that_is_wanted() -> None:
    for options, seen in (({}, []), ({"mark_seen": True}, [1])):
        folder = FakeFolder({1: numbered(1), 2: eml("personal")})
        session = FakeSession({}, folders={"INBOX": folder})
        read_pages(box(**FROM, **options), session)
        assert folder.seen == seen
        assert session.opened[0][2] is (not seen)  # EXAMINE, unless


# --- the login --------------------------------------------------------------------------------


def test_a_token_is_taken_for_the_refresh_token_and_only_that() -> None:
    grant = {
        "host": "outlook.office365.com",
        "username": "simon@example.fr",
        "token_url": "https://login.example/token",
        "client_id": "app",
        "refresh_token": "r3fresh",
        "scope": "IMAP",
    }
    source = Mailbox(Mailbox.options_type.model_validate({"type": "mailbox", **grant}), (BUSINESS,))
    session = FakeSession(
        {"https://login.example/token": answer({"access_token": "t0ken", "expires_in": 3599})},
        folders={"INBOX": FakeFolder({})},
    )
    read_pages(source, session)
    form = {
        "grant_type": "refresh_token",
        "client_id": "app",
        "refresh_token": "r3fresh",
        "scope": "IMAP",
    }
    assert session.posted == [("https://login.example/token", form)]
    [(account, folder, read_only)] = session.opened
    assert (account.secret, account.by_token, folder, read_only) == ("t0ken", True, "INBOX", True)
    assert "t0ken" not in repr(account)

    refused = answer({"error": "invalid_grant"}, status=400)
    with pytest.raises(FetchError) as raised:
        read_pages(source, FakeSession({"https://login.example/token": refused}))
    assert raised.value.health is Health.TOKEN_EXPIRED


@pytest.mark.parametrize(
    "options",
    [
        {"token_url": "https://a.fr/", "client_id": "x", "refresh_token": "y"},
        {"password": None, "token_url": "https://a.fr/", "client_id": "x"},
        {"password": None, "token_url": "http://a.fr/", "client_id": "x", "refresh_token": "y"},
        {"security": "none"},
        {"from": ["pas un domaine"]},
        {"only": ["inconnue"]},
        {"rules": [{"name": "linkedin", "from": "a.fr"}]},
        {"rules": [{"name": "x", "from": "a.fr", "author": "Avis de"}]},
        {"rules": [{"name": "x", "from": "a.fr", "subject": "*"}]},
        {"folder": ""},
    ],
)  # fmt: skip
def test_options_that_cannot_work_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        box(**options)


def test_without_a_password_nobody_is_asked_and_it_is_told() -> None:
    session = FakeSession({})
    with pytest.raises(FetchError) as raised:
        read_pages(box(password=None), session)
    assert raised.value.health is Health.NEEDS_TOKEN
    assert session.opened == []


def test_the_address_names_no_person() -> None:
    assert box().address == "imap://imap.gmail.com:993/INBOX"
    assert box(security="starttls", folder="Alertes").address == "imap://imap.gmail.com:143/Alertes"
