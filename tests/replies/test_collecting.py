"""A real IMAP server on loopback: what is read, applied, marked; and what becomes of its faults."""

from __future__ import annotations

import imaplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fixed_clock import FixedClock
from imap_server import PASSWORD, USER, ImapServer, needs_dovecot
from replies.letters import EVE, SIGNER, SIMON, letter
from servers import LOOPBACK, Tls, make_tls
from store.samples import DAY, NOW, digest, outcome, sighting
from structlog.testing import capture_logs

from monitor.delivery.compose import message_id
from monitor.errors import MailboxError
from monitor.fetching.imap_opening import quoted
from monitor.model import Mention, Status
from monitor.replies.collecting import Collected, Collector
from monitor.replies.mailbox import Mailbox, MailboxSettings
from monitor.store.sqlite import SqliteStore

DIGEST_ID = "00000000000000d1"
OF_DIGEST = message_id(str(SIGNER.refer(DIGEST_ID, [SIMON])), "example.fr")
TAUGHT: list[str] = []


@pytest.fixture(scope="module")
def tls() -> Tls:
    return make_tls()


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(tmp_path / "mentions.db", clock=clock)) as opened:
        ids = opened.save_poll(outcome(*(sighting(n) for n in (1, 2, 3)))).new
        items = {code: (one,) for code, one in enumerate(ids, start=1)}
        sent = digest(*ids, id=DIGEST_ID, message_id=OF_DIGEST, items=items, recipients=(SIMON,))
        assert opened.close_digest(sent)
        yield opened


def settings_of(imap: ImapServer, **changes: object) -> MailboxSettings:
    plain = MailboxSettings(
        host=LOOPBACK,
        port=imap.port,
        username=USER,
        password=PASSWORD,
        security=imap.security,  # type: ignore[arg-type] # one of the three
        plain_login=imap.security == "none",
        step_s=10,
        whole_s=20,
    )
    return replace(plain, **changes)  # type: ignore[arg-type] # any field, checked by replace


def mailbox_of(settings: MailboxSettings, context: ssl.SSLContext | None = None) -> Mailbox:
    return Mailbox(
        settings,
        ssl_context=context or ssl.create_default_context(),
        allow_private_hosts=frozenset({settings.where}),
    )


def collector(
    store: SqliteStore, imap: ImapServer, clock: FixedClock, **changes: object
) -> Collector:
    def teach(_: str, mention: Mention) -> int:
        TAUGHT.append(mention.external_id)
        return 0

    TAUGHT.clear()
    box = mailbox_of(settings_of(imap, **changes))
    return Collector(store=store, mailbox=box, signer=SIGNER, teach=teach, clock=clock)


def statuses(store: SqliteStore) -> list[str]:
    told = store.replied_digest(DIGEST_ID)
    assert told is not None
    found = [store.get(ids[0]) for ids in told.items.values()]
    return [mention.status if mention else "" for mention in found]


pytestmark = needs_dovecot


def test_a_reply_is_applied_and_marked_as_read(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    imap.deliver(letter("1 traité, 2 négatif, 9 bof", answers=OF_DIGEST))
    assert collector(store, imap, clock).collect() == Collected(applied=2, unclear=1)
    assert statuses(store) == ["handled", "new", "new"]
    assert TAUGHT == ["guid-2"]
    assert list(imap.mails()) == ["S <a1@phone.example>"]


def test_other_mails_are_left_as_they_are(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    """Whose body nobody asked us to read, and which stays unread for its owner."""
    imap.deliver(letter(sender=EVE, answers=None, message_id="<news@x>"))
    imap.deliver(letter(sender=EVE, answers=OF_DIGEST, message_id="<stranger@x>"))
    imap.deliver(letter(answers=None, message_id="<chat@x>"))
    with capture_logs() as logs:
        done = collector(store, imap, clock).collect()
    assert done == Collected(ignored=2)
    why = {entry["why"] for entry in logs if entry["event"] == "mail ignored"}
    assert why == {"its sender is no recipient of that digest", "of no digest of ours"}
    assert sorted(imap.mails()) == ["<chat@x>", "<news@x>", "<stranger@x>"]


def test_a_mail_read_on_the_phone_first_is_read_all_the_same(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    imap.deliver(letter(answers=OF_DIGEST))
    with imaplib.IMAP4(LOOPBACK, imap.port) as phone:
        phone.login(USER, PASSWORD)
        phone.select()
        phone.store("1", "+FLAGS", r"(\Seen)")
    assert collector(store, imap, clock).collect().applied == 1


def test_each_mail_is_looked_at_once(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    imap.deliver(letter(answers=OF_DIGEST))
    looking = collector(store, imap, clock)
    assert looking.collect().applied == 1
    with capture_logs() as logs:
        assert looking.collect() == Collected()
    assert logs == []
    imap.deliver(letter("2 traité", answers=OF_DIGEST, message_id="<b@x>"))
    assert looking.collect().applied == 1


def test_one_mail_delivered_twice_is_one_reply(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    imap.deliver(letter("1 positif", answers=OF_DIGEST))
    imap.deliver(letter("1 positif", answers=OF_DIGEST))
    imap.deliver(letter("1 positif", answers=OF_DIGEST, message_id="<again@x>"))
    assert collector(store, imap, clock).collect().applied == 1
    assert store.lessons_version() == 1
    assert all(mail.startswith("S ") for mail in imap.mails())


def test_a_kill_between_applying_and_marking_applies_nothing_twice(
    store: SqliteStore, imap: ImapServer, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    imap.deliver(letter("1 positif", answers=OF_DIGEST))
    looking = collector(store, imap, clock)
    # A patch: the moment of a kill is what is tried.
    with monkeypatch.context() as patch:
        patch.setattr("monitor.replies.mailbox.View.mark", die)
        with pytest.raises(Killed):
            looking.collect()
    assert list(imap.mails()) == ["<a1@phone.example>"]
    assert looking.collect() == Collected()
    assert store.lessons_version() == 1
    assert list(imap.mails()) == ["S <a1@phone.example>"]
    assert TAUGHT == ["guid-1"]


def test_replies_are_moved_where_the_owner_wants_them(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    imap.deliver(letter(answers=OF_DIGEST))
    imap.deliver(letter(answers=None, message_id="<chat@x>"))
    looking = collector(store, imap, clock, move_to="Écoute & cie", mark_seen=False)
    assert looking.collect().applied == 1
    assert list(imap.mails()) == ["<chat@x>"]
    assert list(imap.mails(".&AMk-coute &- cie")) == ["<a1@phone.example>"]


def test_a_mail_above_the_limit_is_not_read(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    imap.deliver(letter("1 traité\n" + "x" * 70 + "\n" + "y\n" * 600_000, answers=OF_DIGEST))
    with capture_logs() as logs:
        assert collector(store, imap, clock).collect().ignored == 1
    assert logs[0]["why"] == "too large"
    assert statuses(store) == [Status.NEW] * 3


def test_a_mailbox_made_anew_is_read_from_its_start(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    looking = collector(store, imap, clock)
    state = store.mailbox_state(looking.mailbox.settings.name)
    assert state is None
    imap.deliver(letter(answers=OF_DIGEST))
    assert looking.collect().applied == 1
    name = looking.mailbox.settings.name
    state = store.mailbox_state(name)
    assert state is not None
    store.note_mailbox(replace(state, uid_validity=7, last_uid=99))
    imap.deliver(letter("2 traité", answers=OF_DIGEST, message_id="<b@x>"))
    assert looking.collect().applied == 1


@pytest.mark.parametrize("implicit", [True, False])
def test_tls_is_spoken_and_its_certificate_checked(
    tls: Tls,
    implicit: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    with ImapServer(tls=tls, implicit=implicit) as imap:
        imap.deliver(letter())
        assert mailbox_of(settings_of(imap), tls.client).check() == 1
        with pytest.raises(MailboxError, match="certificate that is not valid"):
            mailbox_of(settings_of(imap)).check()


def test_no_password_goes_without_tls(imap: ImapServer) -> None:
    for changes in ({"plain_login": False}, {"security": "starttls"}):
        with pytest.raises(MailboxError, match=r"TLS") as raised:
            mailbox_of(settings_of(imap, **changes)).check()
        assert PASSWORD not in str(raised.value)


def test_a_wrong_password_is_told_and_not_tried_again_and_again(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    looking = collector(store, imap, clock, password="wrong s3cret")
    error = looking.collect().error
    assert error is not None
    assert "refused the login" in error
    assert "s3cret" not in error
    assert looking.collect().skipped
    clock.advance(DAY)
    assert looking.collect().error == error
    assert looking.collect(force=True).error == error
    state = store.mailbox_state(looking.mailbox.settings.name)
    assert state is not None
    assert (state.failures, state.error) == (3, error)


def test_a_folder_that_is_not_there_is_told(imap: ImapServer) -> None:
    with pytest.raises(MailboxError, match="no folder Absent"):
        mailbox_of(settings_of(imap, folder="Absent")).check()


def test_a_server_that_comes_back_is_read_again(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    looking = collector(store, imap, clock)
    imap.deliver(letter(answers=OF_DIGEST))
    imap.stop()
    assert "cannot be reached" in str(looking.collect().error)
    imap.start()
    assert looking.collect().applied == 1
    state = store.mailbox_state(looking.mailbox.settings.name)
    assert state is not None
    assert (state.error, state.failures, state.last_ok_at) == (None, 0, NOW)


def test_another_process_that_collects_is_left_to_it(
    store: SqliteStore, imap: ImapServer, clock: FixedClock
) -> None:
    imap.deliver(letter(answers=OF_DIGEST))
    with store.hold("replies"):
        assert collector(store, imap, clock).collect().skipped


def answering(reply: Callable[[socket.socket], None]) -> tuple[int, threading.Thread]:
    """Start a server that does one odd thing to whoever connects."""
    listener = socket.create_server((LOOPBACK, 0))

    def serve() -> None:
        with listener, listener.accept()[0] as peer:
            reply(peer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


def _hang(peer: socket.socket) -> None:
    peer.sendall(b"* OK hello\r\n")
    while peer.recv(100):
        pass


def _trickle(peer: socket.socket) -> None:
    peer.sendall(b"* OK hello\r\n")
    try:
        while True:
            peer.sendall(b"*")
            peer.settimeout(0.05)
            try:
                if not peer.recv(100):
                    return
            except TimeoutError:
                continue
    except OSError:
        return


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (lambda peer: peer.sendall(b"HTTP/1.1 400 Bad\r\n\r\n"), "of no use|closed"),
        (lambda peer: None, "closed the connection"),
        (lambda peer: peer.sendall(b"* BYE later\r\n"), "ended the conversation"),
        (_hang, "did not answer within"),
        (_trickle, "in all"),
    ],
    ids=["not imap", "closes", "bye", "hangs", "trickles"],
)
def test_a_server_that_misbehaves_is_one_plain_line(
    server: Callable[[socket.socket], None], said: str
) -> None:
    port, thread = answering(server)
    settings = MailboxSettings(
        host=LOOPBACK,
        port=port,
        username=USER,
        password=PASSWORD,
        security="none",
        plain_login=True,
        step_s=0.3,
        whole_s=0.6,
    )
    with pytest.raises(MailboxError, match=said) as raised:
        mailbox_of(settings).check()
    assert "\n" not in str(raised.value)
    thread.join(timeout=10)


@pytest.mark.parametrize(
    ("folder", "written"),
    [("INBOX", '"INBOX"'), ("Été & fête", '"&AMk-t&AOk- &- f&AOo-te"'), ('a"b', r'"a\"b"')],
)
def test_a_folders_name_is_written_as_imap_wants_it(folder: str, written: str) -> None:
    assert quoted(folder) == written
