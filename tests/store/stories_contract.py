"""What every store must do with stories; see ``contract.py``."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from store.samples import DAY, NOW, RIVAL, SHOP, outcome, sighting, state

from monitor.model import Mention, MentionQuery, Sighting
from monitor.store.base import Store

HOUR = timedelta(hours=1)
MONDAY = NOW - 7 * DAY


def article(
    number: int, outlet: str, title: str, text: str = "", *, at: datetime = MONDAY
) -> Sighting:
    """An article of an outlet of its own."""
    return sighting(
        number,
        url=f"https://www.{outlet}.fr/{number}",
        title=title,
        text=text,
        published_at=at,
    )


FIRST = article(
    1,
    "lavoixdunord",
    "Valenciennes : Fleurs Bougamont offre 500 bouquets aux soignants",
    "Fleurs Bougamont a livré lundi cinq cents bouquets au personnel de l'hôpital.",
)
COPY = article(
    2,
    "lobservateur",
    "Un fleuriste remercie les soignants de l'hôpital",
    "500 bouquets pour les soignants : Fleurs Bougamont a vidé sa chambre froide lundi.",
    at=MONDAY + 5 * HOUR,
)
FOLLOW_UP = article(
    3,
    "nordlittoral",
    "Fleurs Bougamont décoré par l'hôpital",
    "Six jours après ses 500 bouquets offerts aux soignants, Simon Bougamont est médaillé.",
    at=MONDAY + 6 * DAY,
)
OTHER = article(
    4,
    "lavoixdunord",
    "Fleurs Bougamont ouvre à Anzin",
    "Une seconde boutique ouvre rue Jaurès, dans l'ancien tabac.",
    at=MONDAY + HOUR,
)


def save(store: Store, *seen: Sighting) -> dict[int, Mention]:
    """Each found by a source of its own, in this order; the mentions by their number."""
    for one in seen:
        store.save_poll(outcome(one))
    return {int(m.external_id.removeprefix("guid-")): m for m in store.find(MentionQuery())}


class StoriesContract:
    """One event, one story; what a person says of it holds."""

    def test_copies_are_one_story_and_another_event_is_another(self, store: Store) -> None:
        found = save(store, FIRST, COPY, OTHER)
        assert found[1].story == found[2].story != found[4].story
        told = store.story_of(found[2].id)
        assert told is not None
        assert [mention.id for mention in told.mentions] == [found[1].id, found[2].id]
        assert told.follow_ups == frozenset()

    @pytest.mark.parametrize("order", list(permutations([FIRST, COPY, FOLLOW_UP, OTHER])))
    def test_in_whatever_order_they_are_found(self, store: Store, order: list[Sighting]) -> None:
        found = save(store, *order)
        told = store.story_of(found[1].id)
        assert told is not None
        assert [mention.id for mention in told.mentions] == [found[n].id for n in (1, 2, 3)]
        assert told.follow_ups == {found[3].id}
        alone = store.story_of(found[4].id)
        assert alone is not None
        assert len(alone.mentions) == 1

    def test_one_poll_may_tell_all_of_it(self, store: Store) -> None:
        store.save_poll(outcome(FIRST, COPY, FOLLOW_UP, OTHER))
        assert len({mention.story for mention in store.find(MentionQuery())}) == 2

    def test_the_same_words_of_another_business_are_another_story(self, store: Store) -> None:
        store.save_poll(outcome(FIRST, sighting(1, business="Autre", url="https://a.fr/1")))
        assert len({mention.story for mention in store.find(MentionQuery())}) == 2

    def test_a_competitors_stories_are_not_told(self, store: Store) -> None:
        rival = sighting(1, business=RIVAL, competitor_of=SHOP)
        store.save_poll(outcome(FIRST, rival))
        assert len(store.stories([m.story for m in store.find(MentionQuery())])) == 1

    def test_stories_are_asked_for_together(self, store: Store) -> None:
        found = save(store, FIRST, COPY, OTHER)
        told = store.stories([found[1].story, found[4].story, "none"])
        assert {name: len(one.mentions) for name, one in told.items()} == {
            found[1].story: 2,
            found[4].story: 1,
        }

    def test_an_edit_leaves_a_mention_in_its_story_and_is_found_by_its_new_words(
        self, store: Store
    ) -> None:
        store.save_poll(outcome(FIRST, COPY))
        edited = article(
            2, "lobservateur", "Le préfet distingue un jardinier", "Honneur.", at=MONDAY + 5 * HOUR
        )
        found = save(store, edited)
        assert found[1].story == found[2].story
        late = article(
            5, "leparisien", "Un jardinier distingué par le préfet - Le Parisien", at=MONDAY + DAY
        )
        assert save(store, late)[5].story == found[1].story

    def test_what_is_taken_out_stays_out(self, store: Store) -> None:
        found = save(store, FIRST, COPY)
        for taken in (1, 2):
            assert store.split_story(found[taken].id, NOW)
            apart = save(store, FIRST, COPY)
            assert apart[1].story != apart[2].story
            assert not store.split_story(found[taken].id, NOW)
            assert store.join_story(found[taken].id, found[3 - taken].id, NOW)
        assert store.split_story(found[2].id, NOW)
        headline = article(
            6, "actu", "500 bouquets aux soignants de Valenciennes par Fleurs Bougamont - actu.fr"
        )
        late = save(store, headline)
        assert late[1].story != late[2].story
        assert late[6].story in {late[1].story, late[2].story}

    def test_a_split_is_undone_by_a_join(self, store: Store) -> None:
        found = save(store, FIRST, COPY, FOLLOW_UP)
        assert store.split_story(found[3].id, NOW)
        assert store.join_story(found[3].id, found[1].id, NOW)
        told = store.story_of(found[3].id)
        assert told is not None
        assert (len(told.mentions), told.follow_ups) == (3, frozenset([found[3].id]))

    def test_a_join_is_undone_by_a_split(self, store: Store) -> None:
        found = save(store, FIRST, COPY, OTHER)
        assert store.join_story(found[4].id, found[2].id, NOW)
        joined = save(store)
        assert joined[4].story == joined[1].story
        assert not store.join_story(found[4].id, found[1].id, NOW)
        assert store.split_story(found[4].id, NOW)
        assert save(store)[4].story == found[4].story

    def test_the_one_that_names_a_story_may_leave_it(self, store: Store) -> None:
        found = save(store, FIRST, COPY, FOLLOW_UP, OTHER)
        assert found[1].story == found[1].id
        assert store.join_story(found[1].id, found[4].id, NOW)
        left = save(store)
        assert left[1].story == left[4].story
        assert left[2].story == left[3].story != left[1].story

    def test_who_is_not_there_has_no_story(self, store: Store) -> None:
        (mention_id,) = store.save_poll(outcome(FIRST)).new
        assert store.story_of("none") is None
        assert not store.split_story("none", NOW)
        assert not store.split_story(mention_id, NOW)
        assert not store.join_story(mention_id, "none", NOW)
        assert not store.join_story(mention_id, mention_id, NOW)

    def test_what_is_erased_is_joined_by_none(self, store: Store) -> None:
        store.save_poll(outcome(FIRST, at=NOW))
        store.expire(NOW, timedelta(days=400))
        store.expire(NOW + 20 * DAY, timedelta(days=1))
        store.save_poll(outcome(COPY, state=state("other"), at=NOW + 20 * DAY))
        assert len({mention.story for mention in store.find(MentionQuery())}) == 2
