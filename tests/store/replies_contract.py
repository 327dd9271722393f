"""What a store does with readers' replies: applied once, confirmed once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from store.samples import DAY, NOW, SHOP, digest, outcome, sighting

from monitor.model import (
    Action,
    Answer,
    AppliedAnswer,
    MailboxState,
    Reply,
    Sentiment,
    Status,
)
from monitor.store.base import Store

SIMON = "simon@example.fr"


def reply(reply_id: str, *answers: Answer, **changes: Any) -> Reply:  # noqa: ANN401 - any field
    plain = Reply(id=reply_id, digest_id="d1", sender=SIMON, read_at=NOW, answers=answers)
    return replace(plain, **changes)


def sent(store: Store) -> list[str]:
    """Close a digest of three mentions: the first two are one item."""
    ids = list(store.save_poll(outcome(*(sighting(n) for n in (1, 2, 3)))).new)
    items = {1: (ids[0], ids[1]), 2: (ids[2],)}
    assert store.close_digest(digest(*ids, items=items, recipients=(SIMON,)))
    return ids


def statuses(store: Store, ids: list[str]) -> list[Status | None]:
    found = [store.get(one) for one in ids]
    return [mention.status if mention else None for mention in found]


class RepliesContract:
    """Answers, their effect, their confirmation; and how far a mailbox was read."""

    def test_a_digest_tells_what_its_codes_are(self, store: Store) -> None:
        ids = sent(store)
        told = store.replied_digest("d1")
        assert told is not None
        assert (told.business, told.recipients) == (SHOP, (SIMON,))
        assert told.items == {1: (ids[0], ids[1]), 2: (ids[2],)}
        assert store.replied_digest("d2") is None
        assert store.digest_recipients() == {SIMON}

    def test_an_answer_does_what_the_command_line_does(self, store: Store) -> None:
        ids = sent(store)
        answers = (
            Answer(code=1, action=Action.NEGATIVE),
            Answer(code=2, action=Action.IRRELEVANT),
        )
        assert store.apply_reply(reply("r1", *answers)) == 2
        first, second, third = (store.get(one) for one in ids)
        assert first is not None
        assert second is not None
        assert third is not None
        assert (first.sentiment, first.corrected) == (Sentiment.NEGATIVE, True)
        assert not second.corrected  # a tone is judged by the words that were shown
        assert (third.relevance, third.status) == (0.0, Status.IGNORED)

    def test_what_is_done_with_is_so_for_all_that_the_item_tells(self, store: Store) -> None:
        ids = sent(store)
        store.apply_reply(reply("r1", Answer(code=1, action=Action.HANDLED)))
        assert statuses(store, ids) == [Status.HANDLED, Status.HANDLED, Status.NEW]

    def test_a_note_leaves_the_status(self, store: Store) -> None:
        ids = sent(store)
        store.apply_reply(reply("r1", Answer(code=2, action=Action.HANDLED)))
        store.apply_reply(reply("r2", Answer(code=2, action=Action.NOTE, note="Rappelée")))
        mention = store.get(ids[2])
        assert mention is not None
        assert (mention.note, mention.status) == ("Rappelée", Status.HANDLED)

    def test_a_reply_is_applied_once_however_often_it_comes(self, store: Store) -> None:
        ids = sent(store)
        first = reply("r1", Answer(code=2, action=Action.HANDLED))
        assert store.apply_reply(first) == 1
        store.set_status(ids[2], Status.NEW, None, NOW)
        version = store.lessons_version()
        assert store.apply_reply(first) is None
        assert (statuses(store, ids)[2], store.lessons_version()) == (Status.NEW, version)

    def test_the_same_answer_in_another_mail_changes_nothing(self, store: Store) -> None:
        sent(store)
        answer = Answer(code=2, action=Action.POSITIVE)
        assert store.apply_reply(reply("r1", answer)) == 1
        version = store.lessons_version()
        assert store.apply_reply(reply("r2", answer)) == 0
        assert store.lessons_version() == version

    def test_who_changes_their_mind_is_heard(self, store: Store) -> None:
        ids = sent(store)
        for number, action in enumerate([Action.POSITIVE, Action.NEGATIVE, Action.POSITIVE]):
            assert store.apply_reply(reply(f"r{number}", Answer(code=2, action=action))) == 1
        mention = store.get(ids[2])
        assert mention is not None
        assert mention.sentiment is Sentiment.POSITIVE

    def test_replies_are_confirmed_once_by_the_next_digest(self, store: Store) -> None:
        sent(store)
        answers = Answer(code=1, action=Action.HANDLED), Answer(code=2, action=Action.NEUTRAL)
        store.apply_reply(reply("r1", *answers, unclear=("9 bof",)))
        (kept,) = store.unconfirmed_replies(SHOP)
        assert kept.unclear == ("9 bof",)
        assert [answer.action for answer in kept.applied] == [Action.HANDLED, Action.NEUTRAL]
        assert kept.applied[0] == AppliedAnswer(
            action=Action.HANDLED, title="Le fleuriste numéro 1 ouvre ses portes rue de Paris"
        )
        assert store.unconfirmed_replies("Autre") == []
        second = digest(id="d2", message_id="<d2@x>", closed_at=NOW + DAY, reply_ids=("r1",))
        assert store.close_digest(second)
        assert store.unconfirmed_replies(SHOP) == []

    def test_a_digest_that_is_not_closed_confirms_nothing(self, store: Store) -> None:
        ids = sent(store)
        store.apply_reply(reply("r1", Answer(code=2, action=Action.HANDLED)))
        assert not store.close_digest(digest(ids[0], id="d2", reply_ids=("r1",)))
        assert len(store.unconfirmed_replies(SHOP)) == 1

    def test_an_erased_mention_takes_no_harm(self, store: Store) -> None:
        sent(store)
        store.expire(NOW + 60 * DAY, DAY)
        assert store.apply_reply(reply("r1", Answer(code=2, action=Action.HANDLED))) == 1
        assert store.unconfirmed_replies(SHOP)[0].applied[0].title == ""

    def test_after_its_time_nobodys_words_are_left(self, store: Store) -> None:
        sent(store)
        store.apply_reply(reply("r1", unclear=("Madame Dupont est déçue",)))
        store.expire(NOW + 30 * DAY, 20 * DAY)
        (kept,) = store.unconfirmed_replies(SHOP)
        assert (kept.unclear, kept.sender) == ((), "")

    def test_a_mailbox_is_known_by_its_name(self, store: Store) -> None:
        assert store.mailbox_state("a") is None
        state = MailboxState(
            name="a", uid_validity=4_000_000_000, last_uid=7, looked_at=NOW, error="x", failures=2
        )
        store.note_mailbox(state)
        assert store.mailbox_state("a") == state
        store.note_mailbox(replace(state, error=None, failures=0, last_ok_at=NOW))
        assert store.mailbox_state("a") == replace(state, error=None, failures=0, last_ok_at=NOW)
        assert store.mailbox_state("b") is None
