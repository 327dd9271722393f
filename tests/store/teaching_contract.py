"""What persons say of relevance, and what they block: every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from store.samples import NOW, SHOP, outcome, sighting

from monitor.model import BlockKind, Match, MentionQuery, Sentiment, Signal, Status
from monitor.store.base import Store

SIGNALS = (Signal("name", 2.4, "Fleurs Bougamont"), Signal("town", 2.0, "Valenciennes"))


def stored(store: Store, number: int = 1) -> str:
    seen = sighting(number, relevance=0.4)
    seen = replace(seen, match=replace(seen.match, signals=SIGNALS))
    (mention_id,) = store.save_poll(outcome(seen)).new
    return mention_id


def match(relevance: float) -> Match:
    return Match(business=SHOP, terms=(), relevance=relevance, reason="test", signals=SIGNALS[:1])


class TeachingContract:
    """Labels on relevance, judgements, blocks."""

    def test_signals_are_kept_with_their_weights(self, store: Store) -> None:
        mention = store.get(stored(store))
        assert mention is not None
        assert mention.signals == SIGNALS

    def test_irrelevant_and_relevant_undo_one_another(self, store: Store) -> None:
        one = stored(store)
        store.correct(one, None, NOW, relevant=False)
        store.correct(one, None, NOW, relevant=True)
        mention = store.get(one)
        assert mention is not None
        assert (mention.relevance, mention.status, mention.corrected) == (1.0, Status.NEW, False)
        (judged,) = store.judgements(SHOP, 10)
        assert judged.is_relevant

    def test_a_sentiment_says_that_it_is_about_the_business(self, store: Store) -> None:
        one = stored(store)
        store.correct(one, Sentiment.NEGATIVE, NOW)
        mention = store.get(one)
        assert mention is not None
        assert (mention.relevance, mention.sentiment) == (1.0, Sentiment.NEGATIVE)

    def test_judgements_are_the_last_word_on_each_mention_newest_first(self, store: Store) -> None:
        one, two = stored(store, 1), stored(store, 2)
        store.correct(one, None, NOW, relevant=False)
        store.correct(two, None, NOW, relevant=False)
        store.correct(one, None, NOW, relevant=True)
        told = store.judgements(SHOP, 10)
        assert [(j.entry.external_id, j.is_relevant) for j in told] == [
            ("guid-1", True),
            ("guid-2", False),
        ]
        assert told[0].signals == SIGNALS
        assert len(store.judgements(SHOP, 1)) == 1
        assert store.judgements("Autre", 10) == []

    def test_the_version_grows_with_each_label_and_block(self, store: Store) -> None:
        one = stored(store)
        versions = [store.lessons_version()]
        store.correct(one, None, NOW, relevant=False)
        versions.append(store.lessons_version())
        block = store.block(SHOP, BlockKind.AUTHOR, "Paul", NOW)
        versions.append(store.lessons_version())
        store.unblock(block.id)
        versions.append(store.lessons_version())
        assert versions == sorted(set(versions))

    def test_a_block_is_kept_once_and_taken_back(self, store: Store) -> None:
        first = store.block(SHOP, BlockKind.SITE, "exemple.fr", NOW)
        again = store.block(SHOP, BlockKind.SITE, "exemple.fr", NOW + timedelta(days=1))
        assert again == first
        assert store.blocks() == [first]
        assert store.unblock(first.id) == first
        assert store.unblock(first.id) is None
        assert store.blocks() == []

    def test_judging_again_changes_what_no_person_spoke_of(self, store: Store) -> None:
        one, two = stored(store, 1), stored(store, 2)
        store.correct(two, None, NOW, relevant=False)
        assert store.rejudge({one: match(0.8), two: match(0.8)}) == 1
        assert store.rejudge({one: match(0.8)}) == 0
        relevances = {m.external_id: m.relevance for m in store.find(MentionQuery())}
        assert relevances == {"guid-1": 0.8, "guid-2": 0.0}

    def test_the_doubtful_are_found_apart_from_the_dismissed(self, store: Store) -> None:
        one, two = stored(store, 1), stored(store, 2)
        store.correct(two, None, NOW, relevant=False)
        assert [m.id for m in store.find(MentionQuery(max_relevance=0.5))] == [one]

    def test_expiry_takes_the_signals_too(self, store: Store) -> None:
        one = stored(store)
        store.expire(NOW + timedelta(days=40), timedelta(days=10))
        store.expire(NOW + timedelta(days=40), timedelta(days=10))
        mention = store.get(one)
        assert mention is not None
        assert mention.signals == ()

    def test_what_was_gone_and_is_met_again_is_there(self, store: Store) -> None:
        (one,) = store.save_poll(outcome(sighting(1))).new
        store.save_poll(replace(outcome(), removed=("guid-1",)))
        gone = store.get(one)
        assert gone is not None
        assert gone.removed_at is not None
        store.save_poll(outcome(sighting(1)))
        back = store.get(one)
        assert back is not None
        assert back.removed_at is None
