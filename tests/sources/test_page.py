from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources.fake_session import BUSINESS, DATA, NOW, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Cursor, Kind, Page, Response
from monitor.sources.page import WatchedPage, WatchedPageOptions
from monitor.sources.passages import read_page

URL = "https://quartier.example/commerces"
ROBOTS = "https://quartier.example/robots.txt"
HTML = (DATA / "page" / "page.html").read_bytes()


def page(**options: object) -> WatchedPage:
    told = {"type": "page", "url": URL, **options}
    return WatchedPage(WatchedPageOptions.model_validate(told), (BUSINESS,))


def site(html: bytes | str, robots: Response | None = None, **headers: str) -> FakeSession:
    body = html if isinstance(html, bytes) else f"<html><body>{html}</body></html>".encode()
    answers = {URL: answer(body, url=URL, content_type=headers.get("kind", "text/html"))}
    return FakeSession(answers if robots is None else {**answers, ROBOTS: robots})


def texts(pages: list[Page]) -> list[str]:
    return [entry.text for page in pages for entry in page.entries]


# --- passages -----------------------------------------------------------------------------------


def test_passages_that_name_the_business_are_entries() -> None:
    [found] = read_pages(page(), site(HTML))
    assert [entry.text for entry in found.entries] == [
        "Chez Fleurs Bougamont, l’accueil est parfait.",
        "Le fleuriste Simon Bougamont livre le dimanche.",
    ]
    first = found.entries[0]
    assert (first.kind, first.url, first.language) == (Kind.PAGE, URL, "fr")
    assert first.title == "Nos commerces – Le quartier"
    assert first.published_at is None
    assert len({entry.external_id for entry in found.entries}) == 2


def test_only_new_passages_are_told() -> None:
    cursor = read_pages(page(), site(HTML))[-1].cursor
    grown = HTML.replace(b"<h1>", b"<p>Bravo \xc3\xa0 Fleurs Bougamont !</p><h1>")
    assert texts(read_pages(page(), site(grown), cursor)) == ["Bravo à Fleurs Bougamont !"]
    assert texts(read_pages(page(), site(HTML), cursor)) == []


def test_a_passage_that_left_and_returned_is_not_new() -> None:
    cursor = read_pages(page(), site(HTML))[-1].cursor
    cursor = read_pages(page(), site("<p>Rien de neuf ici.</p>"), cursor)[-1].cursor
    assert texts(read_pages(page(), site(HTML), cursor)) == []


@given(st.lists(st.sampled_from([" ", "\n", "\t", "&nbsp;", "<br>", "<b></b> "]), min_size=3))
def test_spacing_does_not_make_a_passage_new(spaces: list[str]) -> None:
    cursor = read_pages(page(), site("<p>Chez Fleurs Bougamont</p>"))[-1].cursor
    html = f"<p>{spaces[0]}Chez{spaces[1]}Fleurs{' '.join(spaces)}Bougamont{spaces[2]}</p>"
    assert texts(read_pages(page(), site(html), cursor)) == []


def test_what_is_remembered_is_bounded() -> None:
    many = "".join(f"<p>Fleurs Bougamont, avis {number}</p>" for number in range(2_100))
    [found] = read_pages(page(), site(many))
    assert len(found.cursor["known"]) == 2_000  # type: ignore[arg-type] # a list
    assert len(json.dumps(found.cursor)) < 50_000


def test_on_a_page_about_the_business_every_passage_counts() -> None:
    html = "<p>Menu</p><p>Accueil froid, on ne reviendra pas de sitôt.</p>"
    [found] = read_pages(page(about="Fleurs Bougamont"), site(html))
    assert texts([found]) == ["Accueil froid, on ne reviendra pas de sitôt."]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", "<p>Café Bougamont</p>".encode()),
        ("text/html; charset=iso-8859-1", "<p>Café Bougamont</p>".encode("latin-1")),
        ("text/html", '<meta charset="windows-1252"><p>Café Bougamont</p>'.encode("cp1252")),
    ],
)
def test_the_charset_is_that_of_the_bytes(kind: str, body: bytes) -> None:
    assert read_page(answer(body, content_type=kind)).passages == ("Café Bougamont",)


def test_text_between_blocks_is_a_passage_of_its_own() -> None:
    html = b"<div>Un<p>Deux <i>et</i> demi</p>Trois<table><tr><td>Quatre</td></tr></table></div>"
    assert read_page(answer(html)).passages == ("Un", "Deux et demi", "Trois", "Quatre")


def test_what_a_row_says_of_a_name_stands_with_it() -> None:
    html = b"""<table><tr><th>Nom</th><th>Avis</th></tr>
    <tr><td> Fleurs <b>Bougamont</b></td><td></td><td>Accueil<br>parfait</td></tr>
    <tr><td>Rose<td><p>Un peu cher</p><p>Ouvert lundi</p></table>Fin"""
    assert read_page(answer(html)).passages == (
        "Nom | Avis",
        "Fleurs Bougamont | Accueil parfait",
        "Rose",
        "Un peu cher",
        "Ouvert lundi",
        "Fin",
    )


def test_what_a_row_counts_does_not_make_it_new() -> None:
    def topics(*rows: str) -> FakeSession:
        cells = (f"<tr><td>Avis sur Fleurs Bougamont</td><td>{row}</td></tr>" for row in rows)
        return site(f"<table>{''.join(cells)}</table>")

    first = read_pages(page(), topics("12 vues, il y a 3 min", "Simon : 5/5", "Simon : 1/5"))
    assert len(texts(first)) == 3
    cursor = first[-1].cursor
    later = topics("1 207 vues, il y a 2 heures", "Simon : 4/5", "déçu")
    assert texts(read_pages(page(), later, cursor)) == ["Avis sur Fleurs Bougamont | déçu"]


def test_the_cells_of_a_page_laid_out_as_a_table_stay_apart() -> None:
    story = "Fleurs Bougamont ouvre le lundi. " * 40
    html = f"<table><tr><td>Accueil<br>Contact</td><td>{story}</td></tr></table>"
    assert read_page(answer(html.encode())).passages == ("Accueil Contact", story.strip())


# --- what is asked ------------------------------------------------------------------------------


def test_an_unchanged_page_yields_nothing() -> None:
    cursor = read_pages(page(), site(HTML))[-1].cursor
    session = FakeSession({URL: answer(b"", status=304)})
    assert read_pages(page(), session, cursor) == []
    assert [(asked.url, asked.conditional) for asked in session.asked] == [(URL, True)]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<div id='root'></div><script>render()</script><noscript>Activez JavaScript svp</noscript>",
        "<p>Chargement…</p>",
    ],
)
def test_a_page_that_only_a_browser_fills_is_empty(html: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_pages(page(), site(html))
    assert caught.value.code == Code.EMPTY


def test_what_is_no_page_is_not_read() -> None:
    with pytest.raises(Malformed) as caught:
        read_pages(page(), site(b"%PDF-1.7", kind="application/pdf"))
    assert caught.value.code == Code.PARSE


# --- politeness ---------------------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked() -> None:
    session = site(HTML, answer(b"User-agent: *\nDisallow: /commerces"))
    pages: list[Page] = []

    async def read(cursor: Cursor) -> None:
        async for one in page().pages(session, cursor):
            pages.append(one)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(FetchError) as caught:
        asyncio.run(read({}))
    assert caught.value.code == Code.BLOCKED
    with pytest.raises(FetchError):
        asyncio.run(read(pages[-1].cursor))
    assert [asked.url for asked in session.asked] == [ROBOTS]


def test_robots_txt_is_asked_once_a_day() -> None:
    cursor = read_pages(page(), site(HTML))[-1].cursor
    session = site(HTML)
    read_pages(page(), session, cursor)
    assert [asked.url for asked in session.asked] == [URL]
    old: Cursor = {"robots": {"asked_at": (NOW - timedelta(hours=25)).isoformat(), "allowed": True}}
    session = site(HTML)
    read_pages(page(), session, {**cursor, **old})
    assert [asked.url for asked in session.asked] == [ROBOTS, URL]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_without_an_answer_about_robots_we_wait(status: int) -> None:
    session = site(HTML, answer(b"", status=status))
    with pytest.raises(FetchError):
        read_pages(page(), session)
    assert [asked.url for asked in session.asked] == [ROBOTS]


def test_base_url_stands_for_the_server() -> None:
    session = FakeSession(lambda _: answer(HTML, content_type="text/html"))
    read_pages(page(base_url="http://127.0.0.1:8080"), session)
    assert [asked.url for asked in session.asked] == [
        "http://127.0.0.1:8080/robots.txt",
        "http://127.0.0.1:8080/commerces",
    ]
