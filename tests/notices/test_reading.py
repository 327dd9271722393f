"""What rules make of notices; those that come with Écoute are tried in tests/sources."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notices.letters import lines, rule

from monitor.model import Kind
from monitor.notices.alerts import query_of
from monitor.notices.reading import read_itself, read_notice, without_links
from monitor.notices.rules import built_in, rule_for


def test_a_rule_says_where_everything_stands() -> None:
    told = read_notice(
        rule(
            author="Client : {}",
            rating="Satisfaction : {}",
            out_of=20,
            title="Objet : {}",
            text="Son message : {} Fin du message",
            links="/avis/",
            outlet="Avis Exemple",
        ),
        "Un avis",
        lines(
            "<p>Client : Zoé</p><p>Satisfaction : 16</p><p>Objet : Ravie</p><p>Son message :</p>"
            "<p>Bonjour,</p><p>tout est parfait.</p><p>Fin du message</p>"
            '<a href="https://avis.example.fr/compte">Mon compte</a>'
            '<a href="https://avis.example.fr/avis/7?token=x">ici</a>'
        ),
    )
    [one] = told
    assert (one.author, one.rating, one.title) == ("Zoé", 4, "Ravie")
    assert one.text == "Bonjour,\ntout est parfait."
    assert one.url == "https://avis.example.fr/avis/7"
    assert (one.outlet, one.kind, one.key) == ("Avis Exemple", Kind.REVIEW, "")


def test_without_any_hint_the_rating_the_words_and_the_link_are_found() -> None:
    [one] = read_notice(
        rule(),
        "Nouvel avis",
        lines(
            "<p>Bonjour,</p><p>Vous avez reçu un nouvel avis</p><p>★★☆☆☆</p>"
            "<p>Merci pour rien : bouquet fané.</p><p>Note moyenne : 4,8/5</p>"
            '<p><a href="https://avis.example.fr/r/1">Répondre à cet avis</a></p>'
            "<p>Vous recevez cet e-mail car 5/5</p>"
            '<p><a href="https://x.fr/u">Se désabonner</a></p>'
        ),
    )
    assert (one.rating, one.text) == (2, "Merci pour rien : bouquet fané.")
    assert one.url == "https://avis.example.fr/r/1"


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Bonne nouvelle ! Zoé B. a laissé un avis sur votre fiche", "Zoé B."),
        ("Auteur : Zoé", "Zoé"),
        ("Un client a laissé un avis", None),
        ("Quelqu’un a laissé un avis", None),
        ("Vous avez reçu un avis", None),
        ("Reviewed by Zoé", "Zoé"),
    ],
)
def test_an_author_is_who_is_named_and_nobody_else(line: str, author: str | None) -> None:
    [one] = read_notice(rule(), "Avis", lines(f"<p>{line}</p><p>3/5</p><p>Moyen.</p>"))
    assert (one.author, one.text) == (author, "Moyen.")


def test_words_within_a_review_are_no_author_and_stay() -> None:
    text = "Mon avis de client : décevant. Par contre, l’auteur : inconnu."
    [one] = read_notice(
        rule(author="Avis de {}"), "Avis", lines(f"<p>Avis de Zoé</p><p>{text}</p>")
    )
    assert (one.author, one.text) == ("Zoé", text)


def test_a_review_that_quotes_is_told_whole() -> None:
    [one] = read_notice(
        rule(), "Avis", lines("<p>4/5</p><p>Le bouquet « printemps tardif » était superbe.</p>")
    )
    assert one.text == "Le bouquet « printemps tardif » était superbe."


def test_several_reviews_of_one_notice_are_told_apart() -> None:
    told = read_notice(
        rule(starts="Avis de {}", author="Avis de {}"),
        "3 avis, note moyenne 5/5",
        lines(
            "<p>Vos avis</p><p>Avis de A</p><p>1/5</p><p>Nul.</p>"
            "<p>Avis de B</p><p>Sans note.</p><p>Avis de C</p><p>5/5</p>"
        ),
    )
    assert [(one.author, one.rating, one.text) for one in told] == [
        ("A", 1, "Nul."),
        ("B", None, "Sans note."),
        ("C", 5, ""),
    ]
    assert len({one.key for one in told}) == 3


def test_a_notice_that_a_rule_does_not_understand_tells_nothing() -> None:
    assert read_notice(rule(), "Bonne année", lines("<p>Bonjour,</p>")) == ()
    assert read_notice(rule(gives="links"), "Alerte", lines("<p>Rien de neuf.</p>")) == ()


def test_an_alert_gives_each_page_once_with_its_own_words() -> None:
    told = read_notice(
        rule(gives="links", kind="article", noise=["Web"], skip=["/pub/", "Sponsorisé*"]),
        "Alerte",
        lines(
            '<a href="https://avis.example.fr/"><img alt="logo"></a><p>Web</p>'
            '<p><a href="https://a.fr/1?utm_source=x">Un</a> - premier</p><p>suite</p>'
            '<p><a href="https://pub.fr/pub/1">Achetez</a></p>'
            '<p><a href="https://b.fr/">Sponsorisé par B</a></p>'
            '<p><a href="https://a.fr/2">Deux</a></p><p>second</p>'
            '<p><a href="https://a.fr/1">Un, encore</a></p><p>de trop</p>'
            '<p><a href="https://a.fr/3"><b>Tr</b>ois</a></p>'
            '<p>Pour vous désabonner, cliquez <a href="https://avis.example.fr/u">ici</a></p>'
            '<p><a href="https://a.fr/4">Quatre</a></p>'
        ),
    )
    assert [(one.title, one.text) for one in told] == [
        ("Un", "premier\nsuite"),
        ("Deux", "second"),
        ("Trois", ""),
    ]


def test_an_alert_in_plain_text_has_its_titles_above_its_links() -> None:
    told = read_notice(
        rule(gives="links"),
        "Alerte",
        lines(
            plain="Premier\nhttps://a.fr/1.\ndit ceci\net cela\n\nSecond\n<https://a.fr/2>\nautre"
        ),
    )
    assert [(one.title, one.text, one.url) for one in told] == [
        ("Premier", "dit ceci\net cela", "https://a.fr/1"),
        ("Second", "autre", "https://a.fr/2"),
    ]


@pytest.mark.parametrize(
    ("subject", "query"),
    [
        ('Alerte Google – "Fleurs Bougamont"', "Fleurs Bougamont"),
        ("Google Alert - Fleurs Bougamont", "Fleurs Bougamont"),
        ("Alerte Google : « Fleurs Bougamont »", None),
    ],
)
def test_what_an_alert_was_set_for_stands_in_its_subject(subject: str, query: str | None) -> None:
    known = rule_for(built_in(), "googlealerts-noreply@google.com", subject)
    assert known is not None
    assert query_of(known, subject) == query


@pytest.mark.parametrize(
    ("sender", "subject", "name"),
    [
        ("x@booking.com", "Facture de novembre", "accounts"),
        ("x@booking.com", "Vous avez un nouveau commentaire", "booking"),
        ("x@booking.com", "Réservation de Jeanne", "booking_guests"),
        ("x@notbooking.com", "Vous avez un nouveau commentaire", None),
        ("x@solocal.com", "Avis d’échéance", "accounts"),
        ("no-reply@accounts.google.com", "Alerte de sécurité", "google_other"),
        ("x@google.com", "Zoé a laissé un avis", "google_reviews_elsewhere"),
        ("simon@gmail.com", "Zoé a laissé un avis", None),
    ],
)
def test_a_rule_knows_its_mails_by_sender_and_subject(
    sender: str, subject: str, name: str | None
) -> None:
    found = rule_for(built_in(), sender, subject)
    assert (found.name if found else None) == name


def test_a_notice_by_itself_is_its_words_and_its_first_link() -> None:
    told = read_itself(
        "Sujet",
        lines(
            '<p>Un mot sur https://piege.example/x</p><a href="https://a.fr/avis">Lire</a>'
            "<p>© 2026</p><p>Adresse</p>"
        ),
    )
    assert (told.kind, told.url, told.title) == (Kind.PAGE, "https://a.fr/avis", "Sujet")
    assert told.text == "Un mot sur https://piege.example/x\nLire"
    assert without_links(told).text == "Un mot sur …\nLire"
    assert without_links(told).url is None


def test_hidden_words_and_scripts_are_not_read() -> None:
    told = read_itself(
        "x",
        lines(
            "<style>p{}</style><script>alert(1)</script><div style='DISPLAY : none'>caché"
            "<img alt='5/5'><p>aussi</p></div><p>v\u200bu</p>"
        ),
    )
    assert told.text == "vu"


@given(st.text(max_size=400))
def test_no_html_raises(html: str) -> None:
    for gives in ("links", "one"):
        told = read_notice(rule(gives=gives, starts="a"), html[:50], lines(f"<p>{html}</p>"))
        assert isinstance(told, tuple)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "x",
        "<a href='https://a.fr/1'>" * 50_000,
        "<a " + "b=c " * 200_000 + "href=https://a.fr/>x</a>",
        "<p>" + "« " * 100_000 + "</p>",
        "<p>«x</p>" * 30_000,
        "<p>a</p>" * 200_000,
        "1/5 " * 200_000,
        "<p>" + "★" * 500_000 + "</p>",
    ],
    ids=["deep", "links", "attributes", "quotes", "openings", "lines", "ratings", "stars"],
)
def test_hostile_html_is_read_within_seconds(html: str) -> None:
    started_s = time.perf_counter()
    found = lines(html)
    for gives in ("links", "one"):
        read_notice(rule(gives=gives, author="{} a", starts="a {}"), "avis", found)
    read_itself("x", found)
    assert time.perf_counter() - started_s < 5
