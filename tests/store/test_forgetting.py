"""What was erased is in no byte of the file, whoever works with it meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from store.samples import DAY, NOW, SHOP, digest, outcome, sighting

from monitor.model import BlockKind, Kind, MentionQuery, PollOutcome
from monitor.names import KeyedNames, Veil
from monitor.store.sqlite import SqliteStore
from monitor.subjects import Subject, SubjectKind

NAME = "Zéphirine Canari"
HER = Subject(SubjectKind.AUTHOR, NAME)
SAID = "Fleurs Bougamont a livré un bouquet fané pour le mariage de ma cousine."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mentions.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(path, clock=lambda: NOW)) as opened:
        yield opened


def poll() -> PollOutcome:
    return outcome(
        sighting(1, author=NAME, text=SAID, author_url="https://m.example/@zeph", kind=Kind.POST),
        sighting(2, text=f"Fleurs Bougamont remercie {NAME}."),
        sighting(3),
    )


def is_anywhere(path: Path, *words: str) -> bool:
    beside = [one for one in path.parent.glob(f"{path.name}*") if not one.name.endswith("key")]
    return any(word.encode() in file.read_bytes() for file in beside for word in words)


def test_she_is_in_no_byte_and_what_others_said_stays(store: SqliteStore, path: Path) -> None:
    store.save_poll(poll())
    assert is_anywhere(path, NAME)
    removal = store.forget(HER, NOW)
    assert (removal.erased, removal.redacted, removal.left) == (1, 1, {})
    assert removal.is_log_empty
    assert not is_anywhere(path, NAME, NAME.lower(), "canari", "mariage", "@zeph")
    assert store.check() == []
    texts = [m.text for m in store.find(MentionQuery(order="found_at"))]
    assert "Fleurs Bougamont remercie […]." in texts
    assert [c.total for c in store.count(MentionQuery(), "all")] == [3]
    assert store.find(MentionQuery(text="mariage")) == []
    assert store.find(MentionQuery(undigested=True, text="canari")) == []


def test_no_poll_brings_her_back_and_an_edit_of_others_is_none(
    store: SqliteStore, path: Path
) -> None:
    store.save_poll(poll())
    store.forget(HER, NOW)
    before = store.find(MentionQuery())
    saved = store.save_poll(replace(poll(), at=NOW + DAY))
    assert (saved.new, saved.updated, saved.duplicates) == ((), (), 3)
    assert store.find(MentionQuery()) == before
    renamed = sighting(9, author="Z.", author_url="https://m.example/@zeph/", text="Fleurs, 9.")
    assert store.save_poll(outcome(renamed)).new == ()
    assert not is_anywhere(path, NAME, "@zeph")


def test_a_digest_made_while_she_was_forgotten_is_not_kept_as_it_was(
    store: SqliteStore, path: Path
) -> None:
    first, second, third = store.save_poll(poll()).new
    told = replace(digest(first, third), text=f"Selon {NAME} : {SAID}")
    store.forget(HER, NOW)
    assert not store.close_digest(told)
    naming = replace(
        digest(second, third, id="d2"),
        text=f"On remercie {NAME}.",
        html=f"<p>{NAME}</p>",
        message=(
            "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: 8bit\r\n\r\n{NAME}"
        ).encode(),
    )
    assert store.close_digest(naming)
    assert not is_anywhere(path, NAME, "mariage")


def test_an_erased_mention_waits_for_no_digest(store: SqliteStore) -> None:
    _, *others = store.save_poll(poll()).new
    store.forget(HER, NOW)
    waiting = {m.id for m in store.find(MentionQuery(business=SHOP, undigested=True))}
    assert waiting == {*others}


def test_a_program_that_reads_is_told_of(store: SqliteStore, path: Path) -> None:
    store.save_poll(poll())
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM mention").fetchall()
        with closing(SqliteStore.open(path, wait=timedelta(seconds=0.1))) as other:
            assert not other.forget(HER, NOW).is_log_empty
        reader.execute("ROLLBACK")
    assert store.forget(HER, NOW).is_log_empty
    assert not is_anywhere(path, NAME, "mariage")


def test_a_page_that_others_write_on_too_is_not_hers(store: SqliteStore) -> None:
    page = "https://echo.example/la-redaction"
    store.save_poll(
        outcome(
            sighting(1, author=NAME, author_url=page), sighting(2, author="Luc", author_url=page)
        )
    )
    store.forget(HER, NOW)
    assert store.save_poll(outcome(sighting(3, author="Luc", author_url=page))).new


def test_what_she_was_blocked_as_and_the_cursor_go_too(store: SqliteStore, path: Path) -> None:
    store.block(SHOP, BlockKind.AUTHOR, NAME, NOW)
    first = poll()
    told = replace(first, state=replace(first.state, cursor={"seen": [NAME]}, notice=f"de {NAME}"))
    store.save_poll(told)
    store.forget(HER, NOW)
    assert store.blocks() == []
    assert (store.source_states() or [told.state])[0].cursor == {}
    assert not is_anywhere(path, NAME)


def test_what_a_platform_deleted_is_erased_two_days_later(store: SqliteStore, path: Path) -> None:
    first, second, third = store.save_poll(poll()).new
    told = replace(digest(first, second, third), text=f"Un avis : {SAID}\nEt un autre.")
    store.close_digest(replace(told, recipients=()))
    store.save_poll(replace(outcome(), removed=("guid-1",)))
    keep = timedelta(days=700)
    assert store.expire(NOW + DAY, keep) == 0
    assert store.expire(NOW + 3 * DAY, keep) == 1
    gone = store.get(first)
    assert gone is not None
    assert (gone.text, gone.author) == ("", None)
    replied = store.replied_digest("d1")
    assert replied is not None
    assert replied.text == "Un avis : […].\nEt un autre."
    assert store.expire(NOW + 3 * DAY, keep) == 0


def test_pseudonyms_are_given_to_what_is_stored_once(store: SqliteStore, path: Path) -> None:
    store.save_poll(poll())
    store.save_poll(outcome(sighting(1, author=NAME, text=f"Signé {NAME}", kind=Kind.POST)))
    store.block(SHOP, BlockKind.AUTHOR, NAME, NOW)
    names = KeyedNames(b"k" * 32)
    veil = Veil(names)
    assert store.pseudonymise(veil) == 3
    assert store.pseudonymise(veil) == 0
    authors = {m.author for m in store.find(MentionQuery())}
    assert authors == {names.pseudonym(a) for a in (NAME, "Journaliste 2", "Journaliste 3")}
    assert [block.value for block in store.blocks()] == [names.pseudonym(NAME)]
    assert not is_anywhere(path, "Journaliste", "@zeph")
