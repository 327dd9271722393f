"""What every store must do. A backend's tests inherit these and give the fixture ``store``."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from store.samples import (
    BAD,
    DAY,
    GOOD,
    NOW,
    RIVAL,
    SHOP,
    UNRATED,
    digest,
    outcome,
    sighting,
    state,
)

from monitor.errors import StoreError
from monitor.model import (
    DeliveryResult,
    DeliveryState,
    FetchMemory,
    Health,
    Kind,
    MentionQuery,
    Moved,
    Period,
    PollError,
    PollStatus,
    Sentiment,
    Status,
    Validators,
)
from monitor.store.base import Store
from monitor.store.query import QueryError

ALL = MentionQuery()
HOUR = timedelta(hours=1)


def ids(store: Store, **asked: object) -> list[str]:
    """The external ids of the mentions found: guid-1 and so on."""
    return [m.external_id for m in store.find(replace(ALL, **asked))]  # type: ignore[arg-type] # any field


class PollContract:
    """Polls and what they make of mentions."""

    def test_a_new_sighting_is_a_mention_with_all_it_told(self, store: Store) -> None:
        seen = sighting(1, likes=3, rating=4.5, outlet="L'Observateur")
        (mention_id,) = store.save_poll(outcome(seen)).new
        mention = store.get(mention_id)
        assert mention is not None
        for name in ("title", "text", "url", "author", "kind", "likes", "rating", "outlet"):
            assert getattr(mention, name) == getattr(seen.entry, name)
        assert mention.published_at == seen.entry.published_at
        assert (mention.found_at, mention.updated_at, mention.digest_id) == (NOW, None, None)
        assert (mention.sentiment, mention.polarity) == (Sentiment.POSITIVE, 0.6)
        assert [(p.source, p.url) for p in mention.places] == [("local-press", seen.entry.url)]
        assert mention.story == mention.id

    def test_a_feed_read_again_changes_no_mention(self, store: Store) -> None:
        poll = outcome(*(sighting(n) for n in range(1, 41)))
        assert len(store.save_poll(poll).new) == 40
        before = store.find(ALL)
        saved = store.save_poll(replace(poll, at=NOW + HOUR))
        assert (saved.new, saved.updated, saved.duplicates) == ((), (), 40)
        assert store.find(ALL) == before

    def test_an_entry_that_stands_twice_in_a_feed_is_one_mention(self, store: Store) -> None:
        saved = store.save_poll(outcome(sighting(1), sighting(1, external_id="other")))
        assert (len(saved.new), saved.duplicates) == (1, 1)

    def test_one_thing_told_twice_in_other_words_does_not_edit_itself_at_every_poll(
        self, store: Store
    ) -> None:
        again = sighting(1, external_id="other", title="Le fleuriste numéro 1 ouvre rue de Paris")
        both = outcome(sighting(1), again)
        store.save_poll(both)
        before = store.find(ALL)
        saved = store.save_poll(replace(both, at=NOW + HOUR))
        assert (saved.new, saved.updated) == ((), ())
        assert store.find(ALL) == before

    def test_an_edit_renews_the_words_and_is_not_new(self, store: Store) -> None:
        (mention_id,) = store.save_poll(outcome(sighting(1))).new
        edited = sighting(1, text="Erratum : il n'y avait aucun bouquet.", score=BAD)
        saved = store.save_poll(outcome(edited, at=NOW + HOUR))
        assert (saved.new, saved.updated, saved.duplicates) == ((), (mention_id,), 0)
        mention = store.get(mention_id)
        assert mention is not None
        assert mention.text.startswith("Erratum")
        assert mention.sentiment is Sentiment.NEGATIVE
        assert (mention.found_at, mention.updated_at) == (NOW, NOW + HOUR)
        assert ids(store, text="bouquets") == []
        assert ids(store, text="erratum") == ["guid-1"]

    def test_a_persons_word_outlasts_an_edit(self, store: Store) -> None:
        (one, two) = store.save_poll(outcome(sighting(1), sighting(2))).new
        assert store.correct(one, Sentiment.POSITIVE, NOW)
        assert store.correct(two, None, NOW, relevant=False)
        store.save_poll(
            outcome(sighting(1, text="Autre", score=BAD), sighting(2, text="Autre", score=BAD))
        )
        kept, irrelevant = store.get(one), store.get(two)
        assert kept is not None
        assert irrelevant is not None
        assert (kept.sentiment, kept.corrected, kept.text) == (Sentiment.POSITIVE, True, "Autre")
        assert (irrelevant.relevance, irrelevant.status) == (0.0, Status.IGNORED)
        assert [count.total for count in store.count(ALL, "all")] == [1]

    def test_engagement_grows_without_an_edit(self, store: Store) -> None:
        post = sighting(1, kind=Kind.POST, likes=1, shares=2)
        (mention_id,) = store.save_poll(outcome(post)).new
        again = sighting(1, kind=Kind.POST, likes=9, shares=None)
        assert store.save_poll(outcome(again, at=NOW + HOUR)).duplicates == 1
        mention = store.get(mention_id)
        assert mention is not None
        assert (mention.likes, mention.shares, mention.updated_at) == (9, 2, None)

    def test_another_source_adds_a_place(self, store: Store) -> None:
        (mention_id,) = store.save_poll(outcome(sighting(1))).new
        elsewhere = sighting(1, source_id="search", platform="google_news", external_id="CBM1")
        for _ in range(2):
            store.save_poll(outcome(elsewhere, state=state("search")))
        mention = store.get(mention_id)
        assert mention is not None
        assert [place.source for place in mention.places] == ["local-press", "search"]
        assert mention.source == "local-press"

    def test_two_businesses_have_a_mention_each(self, store: Store) -> None:
        saved = store.save_poll(outcome(sighting(1), sighting(1, business="Bougamont Père")))
        assert len(set(saved.new)) == 2

    def test_different_articles_with_one_identifier_count_each(self, store: Store) -> None:
        polls = outcome(*(sighting(n, external_id="same") for n in (1, 2, 3)))
        assert len(set(store.save_poll(polls).new)) == 3
        assert store.save_poll(polls).duplicates == 3

    @pytest.mark.parametrize("years", [-40, 2])
    def test_an_impossible_date_becomes_the_time_first_seen(self, store: Store, years: int) -> None:
        said = NOW + timedelta(days=365 * years)
        (mention_id,) = store.save_poll(outcome(sighting(1, published_at=said))).new
        mention = store.get(mention_id)
        assert mention is not None
        assert mention.published_at == NOW

    def test_a_competitors_mention_is_counted_and_shown_nowhere(self, store: Store) -> None:
        rival = sighting(1, business=RIVAL, competitor_of=SHOP)
        saved = store.save_poll(outcome(sighting(2), rival))
        assert len(saved.new) == 1
        assert ids(store) == ["guid-2"]
        period = Period(start=NOW, end=NOW + DAY)
        assert store.share_of_voice(SHOP, period) == {SHOP: 1, RIVAL: 1}
        assert store.share_of_voice(SHOP, Period(start=NOW - DAY, end=NOW)) == {SHOP: 0}

    def test_voices_are_also_counted_by_when_they_were_published(self, store: Store) -> None:
        old = NOW - 40 * DAY
        rival = sighting(1, business=RIVAL, competitor_of=SHOP, published_at=old)
        store.save_poll(outcome(sighting(2, published_at=old), rival, sighting(3)))
        then = Period(start=old, end=old + DAY)
        assert store.share_of_voice(SHOP, then) == {SHOP: 0}
        assert store.share_of_voice(SHOP, then, by_published=True) == {SHOP: 1, RIVAL: 1}

    def test_entries_read_are_summed_by_hour(self, store: Store) -> None:
        for hours in (0, 1, 25):
            store.save_poll(outcome(at=NOW + hours * HOUR, fetched=10))
        assert store.articles_read(Period(start=NOW, end=NOW + DAY)) == 20


class SourceContract:
    """Sources and their states."""

    def test_a_state_comes_back_as_it_was_stored(self, store: Store) -> None:
        error = PollError(code="rate_limited", message="trop", http_status=429, retry_at=NOW + DAY)
        full = state(
            status=PollStatus.FAILED,
            health=Health.RATE_LIMITED,
            error=error,
            notice="moved",
            polled_at=NOW,
            last_ok_at=NOW - DAY,
            next_poll_at=NOW + DAY,
            retry_at=NOW + DAY,
            failures=3,
            paused=True,
            cursor={"since": "é", "page": [1, None]},
            memory=FetchMemory(
                validators={"https://a.example": Validators(etag='W/"x"')},
                moved={"https://b.example": Moved(target="https://c.example", seen=1)},
            ),
        )
        store.register_sources([full])
        assert store.source_states()[0] == state(status=None)
        store.save_poll(outcome(state=full))
        assert store.source_states() == [full]

    def test_registering_again_keeps_the_state_unless_the_options_changed(
        self, store: Store
    ) -> None:
        store.register_sources([state()])
        polled = state(cursor={"p": 1}, paused=True, failures=2, next_poll_at=NOW + DAY)
        store.save_poll(outcome(state=polled))
        store.register_sources([state(address="https://new.example")])
        (kept,) = store.source_states()
        assert kept == replace(polled, address="https://new.example")
        store.register_sources([state(options_hash="h2")])
        (fresh,) = store.source_states()
        assert (fresh.cursor, fresh.paused, fresh.failures, fresh.next_poll_at) == (
            {},
            False,
            0,
            None,
        )

    def test_a_source_no_longer_configured_rests_and_returns(self, store: Store) -> None:
        store.save_poll(outcome(sighting(1), state=state(cursor={"p": 1})))
        store.register_sources([state("other")])
        assert [s.id for s in store.source_states()] == ["other"]
        store.register_sources([state()])
        (back,) = store.source_states()
        assert (back.cursor, back.mentions) == ({"p": 1}, 1)


class SearchContract:
    """Finding and counting."""

    @pytest.fixture
    def stored(self, store: Store) -> Store:
        """Four mentions: an accent, a review, another language, another day."""
        store.save_poll(
            outcome(
                sighting(
                    1, title="L'accueil glacé au cœur de Valenciennes", text="Déçue", score=BAD
                ),
                sighting(2, kind=Kind.REVIEW, text="Très bel accueil, porte-bonheur offert"),
                sighting(3, language="nl", source_id="search", text="Mooie bloemen"),
            )
        )
        later = sighting(4, text="Une fleuriste glaciale", score=BAD, language=None, relevance=0.4)
        store.save_poll(outcome(later, at=NOW + 8 * DAY))
        return store

    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ("ACCUEIL", "12"),
            ("decue", "1"),
            ("l’accueil", "1"),
            ("coeur", "1"),
            ("CŒUR", "1"),
            ('"bel accueil"', "2"),
            ("« bel accueil »", "2"),
            ('"accueil bel"', ""),
            ("accueil -glacé", "2"),
            ("-accueil", "34"),
            ('-"bel accueil" accueil', "1"),
            ("glac*", "14"),
            ("déçue OR mooie", "13"),
            ("accueil déçue OR mooie", "1"),
            ("porte-bonheur", "2"),
            ("porte-b*", "2"),
            ("accueil OR", "12"),
            ("   ", "1234"),
            ("journaliste", "1234"),
            ("title:accueil", ""),
            ("NEAR(bel accueil)", ""),
        ],
    )
    def test_the_query_syntax(self, stored: Store, text: str, numbers: str) -> None:
        assert ids(stored, text=text, order="-published_at") == [f"guid-{n}" for n in numbers]

    @pytest.mark.parametrize("text", ['"bel', "« bel", "👍", "a OR -b", "x" * 2000])
    def test_what_cannot_be_read_is_named(self, stored: Store, text: str) -> None:
        with pytest.raises(QueryError, match="query"):
            stored.find(MentionQuery(text=text))

    def test_filters_go_together(self, stored: Store) -> None:
        assert ids(stored, sentiment=Sentiment.NEGATIVE, min_relevance=0.5) == ["guid-1"]
        assert ids(stored, kind=Kind.REVIEW) == ["guid-2"]
        assert ids(stored, language="nl", source="search") == ["guid-3"]
        assert ids(stored, business="nobody") == []
        assert ids(stored, since=NOW + DAY) == ["guid-4"]
        assert ids(stored, until=NOW) == []
        assert ids(stored, since=NOW - HOUR, by_published=True) == ["guid-1"]
        assert ids(stored, order="published_at", offset=1, limit=2) == ["guid-3", "guid-2"]

    @pytest.mark.parametrize("name", ["published_at", "found_at", "polarity"])
    def test_orders_go_both_ways(self, stored: Store, name: str) -> None:
        values = [getattr(m, name) for m in stored.find(MentionQuery(order=name))]
        assert all(a <= b for a, b in pairwise(values))
        values = [getattr(m, name) for m in stored.find(MentionQuery(order=f"-{name}"))]
        assert all(a >= b for a, b in pairwise(values))

    def test_the_most_relevant_come_first(self, stored: Store) -> None:
        assert stored.find(MentionQuery(order="-relevance"))[-1].external_id == "guid-4"
        with pytest.raises(QueryError):
            stored.find(MentionQuery(order="id; DROP TABLE mention"))

    def test_counts_by_each_key(self, stored: Store) -> None:
        def counted(by: str) -> dict[str, int]:
            return {count.key: count.total for count in stored.count(ALL, by)}

        assert counted("day") == {"2026-11-23": 3, "2026-12-01": 1}
        assert counted("week") == {"2026-W48": 3, "2026-W49": 1}
        assert counted("source") == {"local-press": 3, "search": 1}
        assert counted("sentiment") == {"negative": 2, "positive": 2}
        assert counted("language") == {"fr": 2, "nl": 1, "und": 1}
        assert counted("business") == {SHOP: 4}
        (total,) = stored.count(MentionQuery(text="accueil"), "all")
        assert (total.total, total.negative, total.neutral, total.positive) == (2, 1, 0, 1)
        assert total.polarity == pytest.approx(-0.05)

    def test_a_mention_without_a_sentiment_is_counted_and_found_apart(self, stored: Store) -> None:
        (mention_id,) = stored.save_poll(outcome(sighting(9, score=UNRATED, language="de"))).new
        mention = stored.get(mention_id)
        assert mention is not None
        found = (mention.sentiment, mention.polarity, mention.confidence, mention.scorer)
        assert found == (None, None, None, "other_language")
        assert ids(stored, unrated=True) == ["guid-9"]
        assert "guid-9" not in ids(stored, sentiment=Sentiment.NEUTRAL)
        for order in ("polarity", "-polarity"):
            assert ids(stored, order=order)[-1] == "guid-9"
        (total,) = stored.count(ALL, "all")
        assert (total.total, total.unrated, total.neutral) == (5, 1, 0)
        assert stored.count(ALL, "sentiment")[-1].key == "unrated"
        assert stored.rescore({mention_id: UNRATED}) == 0
        assert stored.rescore({mention_id: GOOD}) == 1
        assert stored.rescore({mention_id: UNRATED}) == 1
        assert stored.correct(mention_id, Sentiment.NEGATIVE, NOW)
        assert ids(stored, unrated=True) == []

    def test_nothing_is_counted_as_nothing(self, store: Store) -> None:
        (total,) = store.count(ALL, "all")
        assert (total.total, total.negative, total.polarity) == (0, 0, None)
        assert store.count(ALL, "day") == []

    def test_the_weeks_are_those_of_iso_8601(self, store: Store) -> None:
        for day in range(-3, 12):
            at = NOW.replace(year=2027, month=1, day=1) + day * DAY
            store.save_poll(outcome(sighting(day + 10, published_at=at), at=at))
        counted = {c.key: c.total for c in store.count(ALL, "week")}
        assert counted == {"2026-W53": 6, "2027-W01": 7, "2027-W02": 2}

    def test_a_status_and_its_note_are_kept(self, stored: Store) -> None:
        (one,) = stored.find(MentionQuery(text="déçue"))
        assert stored.set_status(one.id, Status.HANDLED, "appelée", NOW)
        assert stored.set_status(one.id, Status.HANDLED, None, NOW)
        (handled,) = stored.find(MentionQuery(status=Status.HANDLED))
        assert handled == replace(one, status=Status.HANDLED, note="appelée")
        assert not stored.set_status("nobody", Status.NEW, None, NOW)
        assert not stored.correct("nobody", None, NOW)
        assert stored.get("nobody") is None


class DigestContract:
    """Digests and the outbox."""

    @pytest.fixture
    def two(self, store: Store) -> tuple[str, ...]:
        """Two mentions' ids."""
        return store.save_poll(outcome(sighting(1), sighting(2))).new

    def test_a_closed_digest_comes_back_whole(self, store: Store, two: tuple[str, ...]) -> None:
        closed = digest(*reversed(two))
        assert store.close_digest(closed)
        assert store.digested_until(SHOP) == closed.period.end
        assert store.unarchived() == [closed]
        store.mark_archived(closed.id)
        assert store.unarchived() == []
        assert ids(store, undigested=True) == []
        assert ids(store, digest_id="d1") == ["guid-1", "guid-2"]
        assert store.digested_until("nobody") is None

    def test_a_mention_stands_in_one_digest_only(self, store: Store, two: tuple[str, ...]) -> None:
        assert store.close_digest(digest(two[0]))
        again = digest(*two, id="d2", message_id="<d2@ecoute.example>")
        assert not store.close_digest(again)
        assert not store.close_digest(digest(two[1]))
        assert ids(store, undigested=True) == ["guid-2"]
        assert len(store.claim_outbox(NOW)) == 1

    def test_the_last_digest_is_that_closed_last(self, store: Store) -> None:
        for number, end in ((1, NOW + 30 * DAY), (2, NOW)):  # the first, by a clock that was ahead
            period = Period(start=NOW - DAY, end=end)
            store.close_digest(digest(id=f"d{number}", message_id=f"<{number}>", period=period))
        assert store.digested_until(SHOP) == NOW

    def test_each_recipient_is_tried_until_taken(self, store: Store, two: tuple[str, ...]) -> None:
        store.close_digest(digest(*two))
        (item,) = store.claim_outbox(NOW)
        assert (item.message, item.recipients) == (digest().message, digest().recipients)
        simon, ana = item.recipients
        soon = NOW + timedelta(minutes=1)
        results = [
            DeliveryResult(recipient=simon, state=DeliveryState.SENT),
            DeliveryResult(recipient=ana, state=DeliveryState.WAITING, error="450", retry_at=soon),
        ]
        store.record_delivery("d1", results, NOW)
        assert store.claim_outbox(NOW) == []
        (forced,) = store.claim_outbox(NOW, force=True)
        (due,) = store.claim_outbox(soon)
        assert forced == due
        assert (due.recipients, due.attempts, due.created_at) == ((ana,), 1, NOW)
        refused = DeliveryResult(recipient=ana, state=DeliveryState.REFUSED, error="550")
        store.record_delivery("d1", [refused], soon)
        assert store.claim_outbox(soon + DAY, force=True) == []

    def test_a_clock_set_back_keeps_no_mail_waiting(self, store: Store) -> None:
        store.close_digest(digest(closed_at=NOW + 3650 * DAY))
        assert len(store.claim_outbox(NOW)) == 1

    def test_a_digest_for_nobody_is_archived_only(self, store: Store) -> None:
        store.close_digest(digest(recipients=()))
        assert store.claim_outbox(NOW) == []
        assert [d.recipients for d in store.unarchived()] == [()]


class UpkeepContract:
    """Locks, checks, copies, and what goes when its time is over."""

    def test_it_knows_when_it_was_made(self, store: Store) -> None:
        assert store.created_at() == NOW

    def test_a_name_is_held_once(self, store: Store) -> None:
        with store.hold("daemon") as held, store.hold("daemon") as again:
            assert (held, again) == (True, False)
            with store.hold("poll:local-press") as other:
                assert other
        with store.hold("daemon") as held:
            assert held

    def test_a_backup_is_whole_and_never_overwrites(self, store: Store, tmp_path: Path) -> None:
        store.save_poll(outcome(sighting(1)))
        copy = tmp_path / "copy.db"
        store.backup(copy)
        assert copy.stat().st_size > 0
        with pytest.raises(StoreError, match="exists"):
            store.backup(copy)
        assert [file.name for file in tmp_path.iterdir() if "part" in file.name] == []

    def test_after_its_time_only_counts_stay(self, store: Store) -> None:
        old = sighting(1, author="Jean Secret", author_url="https://x.example/@jean")
        (mention_id,) = store.save_poll(outcome(old)).new
        store.save_poll(outcome(sighting(2), at=NOW + 20 * DAY))
        assert store.expire(NOW + 30 * DAY, 20 * DAY) == 1
        assert store.expire(NOW + 30 * DAY, 20 * DAY) == 0
        mention = store.get(mention_id)
        assert mention is not None
        personal = ("title", "author", "author_url", "url", "canonical_url", "author_followers")
        assert [getattr(mention, name) for name in personal] == [None] * len(personal)
        assert (mention.text, mention.sentiment) == ("", Sentiment.POSITIVE)
        assert ids(store, text="secret OR fleuriste") == ["guid-2"]
        assert [c.total for c in store.count(ALL, "all")] == [2]
        assert store.check() == []

    def test_what_was_erased_does_not_come_back(self, store: Store) -> None:
        review = sighting(2, kind=Kind.REVIEW, url="https://avis.example/page")
        store.save_poll(outcome(sighting(1), review))
        assert store.expire(NOW + 30 * DAY, DAY) == 2
        other = sighting(3, kind=Kind.REVIEW, url="https://avis.example/page")
        saved = store.save_poll(outcome(sighting(1), review, other, at=NOW + 30 * DAY))
        assert (len(saved.new), saved.duplicates) == (1, 2)

    def test_a_leap_of_the_clock_erases_nothing_at_once(self, store: Store) -> None:
        store.save_poll(outcome(sighting(1)))
        assert store.expire(NOW, 365 * DAY) == 0
        assert store.expire(NOW + 3650 * DAY, 365 * DAY) == 0
        assert store.expire(NOW + DAY, 365 * DAY) == 0
        assert store.find(ALL)[0].text
        store.expire(NOW + 3650 * DAY, 365 * DAY)
        assert store.expire(NOW + 3651 * DAY, 365 * DAY) == 1


class StoreContract(PollContract, SourceContract, SearchContract, DigestContract, UpkeepContract):
    """All of it."""


def test_samples_agree_with_themselves() -> None:
    assert GOOD.sentiment is not BAD.sentiment
    assert {field.name for field in fields(sighting().entry)} >= {"title", "text"}
