"""One story in a digest: shown once, its first publisher named, what came of it told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reporting.samples import at, material, mention

from monitor.model import Mention, Sentiment, Story
from monitor.reporting.digest import Digest, build_digest
from monitor.reporting.items import Item
from monitor.reporting.material import DigestOptions
from monitor.reporting.render import render

NEGATIVE, NEUTRAL = Sentiment.NEGATIVE, Sentiment.NEUTRAL


def article(number: int, outlet: str, day: int, **fields: object) -> Mention:
    url = f"https://www.{outlet.lower()}.fr/{number}"
    found = {"found_at": at(day, 12), "published_at": at(day), "story": "s-bouquets"}
    told = {"title": f"Titre {number}", "outlet": outlet, "url": url}
    return mention(number, NEUTRAL, **told | found | fields)


FIRST = article(1, "Observateur", 16)
COPY = article(2, "Nord", 17)
ARREST = article(3, "Parisien", 20)


def digest(shown: Sequence[Mention], *told: Mention, follow_ups: Sequence[Mention] = ()) -> Digest:
    """The digest of some mentions of a story of which ``told`` stands in an earlier one."""
    whole = sorted([*shown, *told], key=lambda m: m.published_at)
    story = Story(
        id="s-bouquets",
        mentions=tuple(whole),
        follow_ups=frozenset(one.id for one in follow_ups),
    )
    return build_digest(replace(material(shown), stories={story.id: story}), DigestOptions())


def item(made: Digest) -> Item:
    (only,) = made.section("press")
    return only


def test_the_first_publisher_stands_for_a_story_and_the_others_are_named() -> None:
    shown = item(digest([COPY, FIRST]))
    assert (shown.id, shown.title, shown.mentions) == (FIRST.id, "Titre 1", 2)
    assert shown.others == "repris par 1 titre\u00a0: Nord"
    assert (shown.first, shown.follow_ups) == (None, ())


def test_a_headline_is_not_shown_where_an_article_is_but_named_as_the_first() -> None:
    shown = item(digest([replace(FIRST, text=""), COPY]))
    assert shown.id == COPY.id
    assert shown.first == (
        "D’abord paru le lundi 16\u00a0novembre\u00a0: «\u00a0Titre 1\u00a0» (Observateur)"
    )


def test_what_came_of_it_is_a_line_below_it() -> None:
    shown = item(digest([FIRST, COPY, ARREST], follow_ups=[ARREST]))
    assert shown.id == FIRST.id
    assert shown.follow_ups == (
        "Suite\u00a0: «\u00a0Titre 3\u00a0» (Parisien, vendredi 20\u00a0novembre)",
    )
    assert "Parisien" not in (shown.others or "")


def test_a_follow_up_of_what_an_earlier_digest_told_is_said_to_be_one() -> None:
    told = replace(FIRST, digest_id="d-1")
    shown = item(digest([ARREST], told, follow_ups=[ARREST]))
    assert shown.title == "Suite\u00a0: Titre 3"
    assert shown.first == (
        "Fait suite à «\u00a0Titre 1\u00a0» (Observateur, lundi 16\u00a0novembre)"
    )


def test_a_copy_of_what_an_earlier_digest_told_says_so() -> None:
    shown = item(digest([COPY], replace(FIRST, digest_id="d-1")))
    assert shown.title == "Titre 2"
    assert shown.first is not None
    assert shown.first.startswith("Aussi paru\u00a0; déjà raconté dans un résumé précédent")


def test_a_digest_shown_again_knows_nothing_of_those_that_came_after() -> None:
    before = [replace(one, digest_id="d-1") for one in (FIRST, COPY)]
    shown = item(digest(before, replace(ARREST, digest_id="d-2"), follow_ups=[ARREST]))
    assert (shown.id, shown.first) == (FIRST.id, None)


def test_a_negative_copy_is_never_hidden_below_a_neutral_one() -> None:
    worse = replace(COPY, sentiment=NEGATIVE, polarity=-0.7)
    made = digest([FIRST, worse])
    assert [shown.id for shown in made.section("needs_you")] == [worse.id]


def test_both_parts_of_the_mail_tell_it() -> None:
    told = replace(FIRST, digest_id="d-1")
    mail = render(digest([ARREST], told, follow_ups=[ARREST]))
    for part in (mail.text, mail.html):
        assert "Suite\u00a0: Titre 3" in part
        assert "Fait suite à" in part
    both = render(digest([FIRST, ARREST], follow_ups=[ARREST]))
    for part in (both.text, both.html):
        assert "Suite\u00a0: «\u00a0Titre 3\u00a0»" in part
