"""What an owner's answers change, for that business alone."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from store.samples import NOW

from monitor.matching.blocking import is_hidden
from monitor.matching.learning import NOTHING, learn, lesson_of
from monitor.matching.lessons import Lessons, judge
from monitor.matching.matcher import Matcher
from monitor.model import Block, BlockKind, Business, Entry, Identity, Judgement, Kind, Match

SHOP = Business(name="Fleurs Bougamont", context=("fleuriste", "Valenciennes"))
MATCHER = Matcher([SHOP])


def entry(text: str, author: str | None = None, url: str | None = None) -> Entry:
    return Entry(external_id="1", url=url, text=text, kind=Kind.POST, author=author)


def match(one: Entry) -> Match:
    (found,) = MATCHER.match(one)
    return found


def judgement(one: Entry, *, is_relevant: bool) -> Judgement:
    signals = match(one).signals
    return Judgement(business=SHOP.name, entry=one, signals=signals, is_relevant=is_relevant)


def relevance(one: Entry, lessons: Lessons) -> float:
    return judge(match(one), one, lessons).relevance


def taught(*judgements: Judgement) -> Lessons:
    return Lessons({SHOP.name: learn(judgements)})


WINE = entry("Fleurs Bougamont, le domaine viticole, sort une cuvée de chenin", "Vigneron")


def test_without_an_answer_nothing_changes() -> None:
    assert judge(match(WINE), WINE, taught()) == match(WINE)


def test_one_no_makes_the_like_of_it_doubtful_and_leaves_the_rest() -> None:
    lessons = taught(judgement(WINE, is_relevant=False))
    again = replace(WINE, text="Fleurs Bougamont, domaine viticole : la cuvée de chenin est sortie")
    other = entry("Un beau bouquet de Fleurs Bougamont, à Valenciennes", "Zoé")
    assert relevance(again, lessons) < 0.5 < relevance(again, Lessons())
    assert relevance(other, lessons) > 0.9


def test_a_yes_brings_the_like_of_it_out_of_the_tray() -> None:
    doubtful = entry("Fleurs Bougamont à Roubaix, le stand du salon", "Salon du mariage")
    assert relevance(doubtful, Lessons()) < 0.5
    lessons = taught(
        judgement(doubtful, is_relevant=True),
        judgement(replace(doubtful, text=doubtful.text + " ce soir"), is_relevant=True),
    )
    assert relevance(doubtful, lessons) > 0.5


def test_what_was_learnt_is_told() -> None:
    lessons = taught(judgement(WINE, is_relevant=False))
    told = {one.name: one for one in judge(match(WINE), WINE, lessons).signals}
    assert told["learnt_author"].detail == "vigneron"
    assert told["learnt_author"].weight < 0
    assert "chenin" in told["learnt_word"].detail


@given(st.permutations([0, 1, 2, 3]))
def test_the_order_of_answers_is_of_no_account(order: list[int]) -> None:
    answers = [
        judgement(entry(f"Fleurs Bougamont {word}", word), is_relevant=word < "n")
        for word in ("bouquet", "vin", "mariage", "route")
    ]
    assert learn([answers[i] for i in order]).weights == learn(answers).weights


def test_five_answers_on_the_name_weigh_before_any_mention() -> None:
    assert lesson_of(Identity()) == NOTHING
    alone = lesson_of(Identity(known_alone=True, common_word=False))
    one = entry("fleurs bougamont")
    lessons = Lessons({SHOP.name: alone})
    assert relevance(one, lessons) > relevance(one, Lessons())
    assert learn([], alone) == alone


def block(kind: BlockKind, value: str) -> Block:
    return Block(id=1, business=SHOP.name, kind=kind, value=value, blocked_at=NOW)


def test_a_block_hides_its_author_its_site_its_word_and_nothing_else() -> None:
    one = entry("Fleurs Bougamont : une arnaque", "Jean P.", "https://www.spam.exemple.fr/a")
    for hidden in (
        block(BlockKind.AUTHOR, "jean p."),
        block(BlockKind.SITE, "exemple.fr"),
        block(BlockKind.WORD, "ARNAQUE"),
    ):
        assert is_hidden(one, hidden)
    for shown in (
        block(BlockKind.AUTHOR, "Jean"),
        block(BlockKind.SITE, "emple.fr"),
        block(BlockKind.WORD, "arna"),
    ):
        assert not is_hidden(one, shown)


def test_what_is_blocked_has_no_relevance_and_says_why() -> None:
    lessons = Lessons(blocks={SHOP.name: (block(BlockKind.AUTHOR, "Vigneron"),)})
    hidden = judge(match(WINE), WINE, lessons)
    assert hidden.relevance == 0
    assert hidden.signals[-1].name == "blocked_author"
