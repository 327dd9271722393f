from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notices.links import is_at, leads_aside, real_link, without_access


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (
            "https://www.google.com/url?rct=j&sa=t&url=https://a.fr/b%3Fc%3D1%26url%3Dx&ct=ga&usg=1",
            "https://a.fr/b?c=1&url=x",
        ),
        ("https://www.google.fr/url?q=https://a.fr/100%2525&sa=D", "https://a.fr/100%25"),
        (
            "https://f5bot.com/url?u=https%3A%2F%2Fwww.reddit.com%2Fr%2Fx&i=1",
            "https://www.reddit.com/r/x",
        ),
        ("https://click.mail.example/?qs=1&url=https%3A%2F%2Fa.fr%2F", "https://a.fr/"),
        # What carries no target stays as it is: it is never asked where it leads.
        ("https://lnkd.in/abc", "https://lnkd.in/abc"),
        ("https://click.mail.example/t/0a1b2c", "https://click.mail.example/t/0a1b2c"),
        (
            "https://click.mail.example/?url=javascript:alert(1)",
            "https://click.mail.example/?url=javascript:alert(1)",
        ),
        # A page that has such a parameter of its own is no redirector.
        (
            "https://journal.example/a?url=https://b.fr/",
            "https://journal.example/a?url=https://b.fr/",
        ),
        ("https://a.fr/\u202egnp.exe\n", "https://a.fr/gnp.exe"),
    ],
)
def test_a_link_leads_where_it_says(link: str, target: str) -> None:
    assert real_link(link) == target


@pytest.mark.parametrize(
    "link",
    [
        "",
        "javascript:alert(1)",
        "mailto:a@b.fr",
        "https://",
        "http://[x",
        "/relative",
        "https://a.fr/" + "x" * 5_000,
    ],
)
def test_what_is_no_web_address_is_none(link: str) -> None:
    assert real_link(link) is None


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://www.google.com/alerts/edit?s=x", "Modifier"),
        ("https://www.google.com/alerts/remove?s=x", "ici"),
        ("https://a.fr/x", "Se désabonner"),
        ("https://a.fr/x", "Unsubscribe from this list"),
        ("https://a.fr/email-preferences", "lien"),
        ("https://www.facebook.com/sharer/sharer.php?u=x", "x"),
        ("https://a.fr/x", "Signaler comme non pertinent"),
    ],
)
def test_settings_and_sharing_lead_to_no_mention(url: str, text: str) -> None:
    assert leads_aside(url, text)


def test_a_title_is_not_taken_for_a_setting() -> None:
    assert not leads_aside("https://a.fr/b", "Partage des fleurs à Lille : le succès")
    assert not leads_aside("https://a.fr/b", "Fleurs Bougamont fête ses vingt ans")


def test_what_logs_in_does_not_stay_in_a_link() -> None:
    link = "https://admin.booking.com/r?hotel_id=1&ses=s3cret&access_token=x&lang=fr#secret"
    assert without_access(link) == "https://admin.booking.com/r?hotel_id=1&lang=fr"


def test_a_domain_is_not_that_which_ends_alike() -> None:
    assert is_at("https://mail.a.fr/x", "a.fr")
    assert not is_at("https://nota.fr/x", "a.fr")


@given(st.text(max_size=100))
def test_nothing_raises(text: str) -> None:
    for link in (text, f"https://click.a.fr/?u={text}", f"https://{text}/url?url={text}"):
        target = real_link(link)
        if target is not None:
            assert target.lower().startswith(("http://", "https://"))
            assert isinstance(without_access(target), str)
