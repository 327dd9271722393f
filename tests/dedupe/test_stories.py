"""What is one event, what continues it, and what is never one."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import permutations

import pytest
from dedupe.story_samples import CONTINUED, ONE_EVENT, TWO_EVENTS, Case, told
from hypothesis import given
from hypothesis import strategies as st

from monitor.dedupe.likeness import Bond
from monitor.dedupe.stories import MOST_KEYS, Told, bond_between, join, story_keys
from monitor.evaluation.stories import group
from monitor.model import Kind

ARTICLE = told(
    "article",
    "Valenciennes : Fleurs Bougamont offre 500 bouquets aux soignants",
    "Cinq cents bouquets ont été livrés lundi au personnel de l'hôpital.",
)


def both(case: Case) -> tuple[Told, Told]:
    return (
        told("one", *case.one, business=case.business),
        told("other", *case.other, business=case.business, days=case.days),
    )


def post(text: str, name: str = "post", *, days: float = 0.1, kind: Kind = Kind.POST) -> Told:
    return told(name, None, text, days=days, kind=kind, author=name)


@pytest.mark.parametrize("case", ONE_EVENT, ids=lambda case: case.name)
def test_one_event_is_one_story(case: Case) -> None:
    one, other = both(case)
    assert bond_between(one, other) is Bond.TELLS
    assert set(story_keys(one)) & set(story_keys(other))


@pytest.mark.parametrize("case", CONTINUED, ids=lambda case: case.name)
def test_what_continues_an_event_joins_it_as_such(case: Case) -> None:
    one, other = both(case)
    assert set(story_keys(one)) & set(story_keys(other))
    joined = join(other, [one])
    assert joined is not None
    assert (joined.story, joined.is_follow_up) == ("one", True)


@pytest.mark.parametrize("case", CONTINUED, ids=lambda case: case.name)
def test_a_beginning_found_late_makes_what_is_known_its_continuation(case: Case) -> None:
    one, other = both(case)
    joined = join(one, [other])
    assert joined is not None
    assert (joined.story, joined.is_follow_up) == ("other", False)
    assert joined.follow_ups == ("other",)


@pytest.mark.parametrize("case", TWO_EVENTS, ids=lambda case: case.name)
def test_two_events_are_never_one_story(case: Case) -> None:
    one, other = both(case)
    assert join(other, [one]) is None
    assert join(one, [other]) is None


def test_two_that_lie_months_apart_are_two_whatever_they_say() -> None:
    again = replace(ARTICLE, id="again", published_at=told("x", days=40).published_at)
    assert join(again, [ARTICLE]) is None


@pytest.mark.parametrize(
    "text",
    [
        "Valenciennes : Fleurs Bougamont offre 500 bouquets aux soignants https://ex.example/x",
        "💐 Fleurs Bougamont offre 500 bouquets aux soignants à Valenciennes ! Notre article ➡️",
        "À lire : https://www.article.example/article?utm_source=x #Valenciennes",
    ],
)
def test_a_post_that_passes_on_an_article_joins_it(text: str) -> None:
    assert join(post(text), [ARTICLE]) is not None
    assert join(ARTICLE, [post(text)]) is not None


@pytest.mark.parametrize(
    "text",
    [
        (
            "500 bouquets aux soignants, bravo Fleurs Bougamont ! Ma sœur est infirmière"
            " là-bas et elle"
            " en pleurait en rentrant, merci mille fois à Simon."
        ),
        (
            "Et les aides-soignantes à domicile, elles comptent pour du beurre ? Franchement déçue."
            " https://article.example/article"
        ),
        "Fleurs Bougamont, toujours au top.",
    ],
)
def test_a_voice_stays_a_voice(text: str) -> None:
    for kind in (Kind.POST, Kind.COMMENT, Kind.REVIEW, Kind.VIDEO):
        assert join(post(text, kind=kind), [ARTICLE]) is None


def test_a_verbatim_share_joins_what_it_shares() -> None:
    said = "Reçu ce bouquet de chez Fleurs Bougamont, dix jours dans le vase, chapeau."
    assert join(post(f"RT @ana : {said}", "share"), [post(said)]) is not None
    assert (
        join(
            post(said + " Et moi qui n'aime pas les fleurs, me voilà conquis !", "b"), [post(said)]
        )
        is None
    )
    assert join(post(said, "late", days=9), [post(said)]) is None


@pytest.mark.parametrize("kind", [Kind.REVIEW, Kind.COMMENT, Kind.POST])
def test_stock_phrases_of_two_persons_are_two_voices(kind: Kind) -> None:
    one, other = (
        post("Très bon accueil, merci", "ana", kind=kind),
        post("Très bon accueil, merci", "luc", kind=kind),
    )
    assert join(other, [one]) is None


def test_a_review_is_one_again_only_from_its_author() -> None:
    words = "Bouquet superbe, livré en une heure, la carte était soignée et la vendeuse adorable."
    one = post(words, "ana", kind=Kind.REVIEW)
    assert join(replace(one, id="elsewhere"), [one]) is not None
    assert join(post(words, "luc", kind=Kind.REVIEW), [one]) is None


def test_a_copy_of_a_follow_up_is_one_too() -> None:
    first, follow_up = both(CONTINUED[0])
    known = [first, replace(follow_up, story="one", is_follow_up=True)]
    copy = replace(follow_up, id="copy")
    joined = join(copy, known)
    assert joined is not None
    assert (joined.story, joined.is_follow_up) == ("one", True)


def test_an_article_that_tells_what_two_stories_tell_makes_them_one() -> None:
    one, other = both(ONE_EVENT[1])
    apart = told("apart", "Des soignants remerciés par 500 bouquets", "Bouquets lundi à l'hôpital.")
    joined = join(one, [other, apart])
    assert joined is not None
    assert {joined.story, *joined.merged} == {"other", "apart"}


def test_the_order_in_which_copies_are_found_does_not_matter() -> None:
    first, follow_up = both(CONTINUED[0])
    headline = told("headline", f"{CONTINUED[0].one[0]} - La Voix du Nord", business=first.business)
    stranger = told("stranger", *TWO_EVENTS[0].other, business=first.business, days=1)
    for order in permutations([first, follow_up, headline, stranger]):
        found = group(order)
        assert len({found[one.id].story for one in (first, follow_up, headline)}) == 1
        assert found["stranger"].story == "stranger"
        assert [one.id for one in found.values() if one.is_follow_up] == ["other"]


@given(st.text(max_size=300), st.text(max_size=600))
def test_keys_are_few_and_no_text_raises(title: str, text: str) -> None:
    one = told("one", title, text)
    assert len(story_keys(one)) <= MOST_KEYS
    joined = join(replace(one, id="other"), [one])
    assert joined is None or joined.story == "one"


def test_the_business_and_its_town_alone_are_no_event() -> None:
    assert "bougam" not in story_keys(ARTICLE)
    one = told("one", "Fleurs Bougamont à Valenciennes")
    assert (
        join(replace(one, id="other", text="Fleurs Bougamont, rue de Paris, Valenciennes."), [one])
        is None
    )


@pytest.mark.parametrize("hostile", ["x" * 1_000_000, "https://a.fr/x " * 60_000, "1 " * 500_000])
@pytest.mark.parametrize("kind", [Kind.ARTICLE, Kind.POST])
def test_a_hostile_text_costs_what_its_beginning_does(hostile: str, kind: Kind) -> None:
    """Without its bound the second takes the square of its length: minutes."""
    one = told("one", "Titre", hostile, kind=kind)
    started = time.process_time()
    story_keys(one)
    join(replace(one, id="other"), [one])
    assert time.process_time() - started < 1
