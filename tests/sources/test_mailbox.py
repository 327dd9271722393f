"""What notices tell, on folders in memory; whom the mailbox trusts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sources.fake_session import BUSINESS, FakeFolder, FakeSession, read_pages
from sources.mailbox_mails import FROM, OTHER, box, eml, mail, pages_of, read

from monitor.model import Kind

# --- what notices tell ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the one mention of a notice is; ``url`` is a part of its address, ``text`` begins it."""

    rating: float | None
    author: str
    outlet: str
    url: str
    text: str
    kind: str = "review"


NOTICES = {
    "google_review_fr": Told(
        rating=2,
        author="Marie Dubois",
        outlet="Google",
        url="business.google.com/n/123",
        text="Bouquet fané",
    ),
    "facebook_recommendation": Told(
        rating=None,  # a recommendation has no stars
        author="Paul Martin",
        outlet="Facebook",
        url="facebook.com/fleursbougamont/reviews/",
        text="Accueil chaleureux",
    ),
    "tripadvisor_en": Told(
        rating=4,
        author="traveller_59",
        outlet="Tripadvisor",
        url="www.tripadvisor.com/ShowUserReviews-g1-d2-r987.html",
        text="We joined",
    ),
    "trustpilot_fr": Told(
        rating=1,
        author="Julie R.",
        outlet="Trustpilot",
        url="fr.trustpilot.com/reviews/64f0c0ffee",
        text="Commande payée",
    ),
    "pagesjaunes_fr": Told(
        rating=4.5,
        author="Monique L.",
        outlet="PagesJaunes",
        url="manager.solocal.com/avis/998",
        text="Bonjour, très bon conseil",
    ),
    "thefork_fr": Told(
        rating=4.25,
        author="Karim B.",
        outlet="TheFork",
        url="manager.thefork.com/reviews/77",
        text="Cuisine fine",
    ),
    "booking_en": Told(
        rating=3.5,
        author="Annelies",
        outlet="Booking.com",
        url="admin.booking.com/hotel/reviews.html?hotel_id=1",
        text="Lovely room",
    ),
    "linkedin": Told(
        kind="post",
        rating=None,
        author="Claire Petit",
        outlet="LinkedIn",
        url="www.linkedin.com/feed/update/urn:li:activity:7123",
        text="Merci à Fleurs",
    ),
}


@pytest.mark.parametrize("name", NOTICES)
def test_a_review_notice_is_one_dated_rated_mention(name: str) -> None:
    told = NOTICES[name]
    [entry] = read(box(), eml(name))
    assert (entry.kind, entry.rating) == (told.kind, told.rating)
    assert (entry.author, entry.outlet) == (told.author, told.outlet)
    assert told.url in (entry.url or "")
    assert entry.text.startswith(told.text)
    assert entry.published_at is not None
    assert entry.published_at.month == 11


def test_an_alert_is_a_mention_a_hit_with_the_real_links() -> None:
    first, second = read(box(), eml("google_alerts_fr"))
    assert first.kind is Kind.ARTICLE
    assert first.title == "Fleurs Bougamont fête ses vingt ans à Valenciennes"
    assert first.outlet == "La Voix du Nord"
    assert first.url is not None
    assert first.url.startswith("https://www.lavoixdunord.fr/1234/article/")
    assert first.published_at == datetime(2026, 11, 23, 6, 12, 1, tzinfo=UTC)
    # Unquoted once: what stands escaped in the target stays so.
    assert (
        second.url
        == "https://blog.example.org/mariage/fleuristes?page=2&url=https%3A%2F%2Fautre.example"
    )


def test_a_hit_that_names_nobody_is_of_whom_the_alert_is_set_for_and_no_page_is_asked_for() -> None:
    _, second = read(box(OTHER, BUSINESS), eml("google_alerts_fr"))
    assert second.searched_for == "Fleurs Bougamont"
    assert second.kind is Kind.PAGE  # an article that was searched for would be fetched


def test_english_alerts_and_those_of_others_are_read() -> None:
    [hit] = read(box(), eml("google_alerts_en"))
    assert hit.url == "https://news.example.com/northern-florists"
    assert [one.url for one in read(box(), eml("talkwalker"))] == [
        "https://www.ouest-france.fr/jardin/bouquets-1",
        "https://blog.example.org/fleurs",
    ]
    reddit, hacker = read(box(), eml("f5bot"))
    assert reddit.url == "https://www.reddit.com/r/france/comments/abc123/_/def456/"
    assert reddit.title == "Une bonne adresse de fleuriste dans le Nord ?"
    assert hacker.url == "https://news.ycombinator.com/item?id=4242"


def test_two_reviews_of_one_notice_are_two_mentions() -> None:
    luc, sofia = read(box(), eml("avis_verifies_fr"))
    assert (luc.author, luc.rating) == ("Luc P.", 5)
    assert (sofia.author, sofia.rating, sofia.text) == (
        "Sofia M.",
        2,
        "Fleurs abîmées à l’arrivée.",
    )
    assert luc.external_id != sofia.external_id


def test_a_review_of_one_of_several_businesses_is_of_that_which_it_names() -> None:
    [entry] = read(box(OTHER, BUSINESS), eml("trustpilot_fr"))
    assert entry.searched_for == "Fleurs Bougamont"
    [bare] = read(box(OTHER, BUSINESS, **FROM), mail("5/5 Très bien"))
    assert bare.searched_for is None


def test_what_is_no_notice_is_never_read() -> None:
    folder = FakeFolder({1: eml("personal"), 2: eml("booking_reservation"), 3: eml("linkedin")})
    pages = read_pages(box(), FakeSession({}, folders={"INBOX": folder}))
    assert folder.taken == [3]
    assert "4321" not in str(pages)
    assert "Jeanne" not in str(pages)
    assert [page.problem for page in pages] == [None]


def test_only_the_notices_of_named_rules_are_read() -> None:
    mails = [eml("linkedin"), eml("trustpilot_fr"), eml("booking_reservation")]
    assert [one.outlet for one in read(box(only=["trustpilot"]), *mails)] == ["Trustpilot"]


def test_a_notice_that_no_rule_understands_is_one_page_and_is_told() -> None:
    html = '<p>Du neuf chez Fleurs Bougamont</p><a href="https://avis.example.fr/7">Lire</a>'
    [page] = pages_of(box(**FROM), mail(html))
    [entry] = page.entries
    assert (entry.kind, entry.title, entry.url) == (
        Kind.PAGE,
        "Nouvel avis",
        "https://avis.example.fr/7",
    )
    assert entry.text == "Du neuf chez Fleurs Bougamont\nLire"
    assert page.problem == "mail 1: no rule knows it"


def test_a_notice_in_which_its_rule_finds_nothing_is_one_page_and_is_told() -> None:
    sender = "googlealerts-noreply@google.com"
    results = "mx.google.com; dkim=pass header.i=@google.com"
    alert = mail(
        "<p>Fleurs Bougamont</p>", sender=sender, subject="Alerte Google - x", results=results
    )
    [page] = pages_of(box(), alert)
    assert [entry.kind for entry in page.entries] == [Kind.PAGE]
    assert page.problem == "mail 1: rule google_alerts finds nothing in it"


def test_a_rule_of_ones_own_reads_a_sender_that_we_do_not_know() -> None:
    rule = {
        "name": "avis_exemple",
        "from": "avis.example.fr",
        "subject": "nouvel avis",
        "author": "De la part de {}",
        "rating": "Note : {}",
        "out_of": 20,
        "outlet": "Avis Exemple",
    }
    html = "<p>De la part de Nadia</p><p>Note : 12</p><p>Correct, sans plus.</p>"
    [entry] = read(box(rules=[rule]), mail(html))
    assert (entry.kind, entry.author, entry.rating) == (Kind.REVIEW, "Nadia", 3)
    assert (entry.text, entry.outlet) == ("Correct, sans plus.", "Avis Exemple")


def test_a_rule_of_ones_own_comes_before_ours() -> None:
    rule = {"name": "sans", "from": "linkedin.com", "gives": "nothing"}
    assert read(box(rules=[rule]), eml("linkedin")) == []


# --- whom it trusts ---------------------------------------------------------------------------

FORGED = "mx.google.com; dkim=none; dmarc=fail header.from=avis.example.fr"


def test_what_is_not_signed_by_its_sender_is_left_out_and_told() -> None:
    [page] = pages_of(box(**FROM), mail(results=FORGED))
    assert page.entries == ()
    assert page.problem == "mail 1: not signed by its sender: left out"


def test_what_nobody_verified_is_kept_without_anything_that_leads_anywhere() -> None:
    html = (
        '<p>Fleurs Bougamont 1/5</p><a href="https://piege.example/">Voir https://piege.example</a>'
    )
    for results in (None, "mx.piege.example; dkim=pass header.d=avis.example.fr"):
        [page] = pages_of(box(**FROM), mail(html, results=results))
        [entry] = page.entries
        assert (entry.kind, entry.url, entry.rating, entry.author) == (Kind.PAGE, None, None, None)
        assert "piege" not in f"{entry.title} {entry.text}"
        assert "Fleurs Bougamont" in entry.text
        assert "sender not verified" in (page.problem or "")


def test_who_wants_it_trusts_the_from_line() -> None:
    html = '<a href="https://avis.example.fr/1">Voir</a>'
    [entry] = read(box(**FROM, trust="from"), mail(html, results=None))
    assert entry.url == "https://avis.example.fr/1"


def test_a_provider_can_be_named() -> None:
    signed = mail(results="relais.maison; dkim=pass header.d=avis.example.fr")
    [page] = pages_of(box(**FROM, provider="relais.maison"), signed)
    assert "verified" not in (page.problem or "")


@pytest.mark.parametrize(
    "sender",
    [
        "x@avis.example.fr, y@evil.example",
        "x@avis.example.fr.evil.example",
        "x@notavis.example.fr",
        '"x@avis.example.fr" <y@evil.example>',
        "=?utf-8?q?x=40avis.example.fr?= <y@evil.example>",
        "",
        "x",
    ],
)
def test_a_sender_that_only_looks_known_is_not_read(sender: str) -> None:
    assert read(box(**FROM, trust="from"), mail(sender=sender)) == []
