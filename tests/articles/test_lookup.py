"""Search results whose extract does not name the business, completed from the article."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sources.fake_session import BUSINESS, FakeSession, answer

from monitor.articles.extract import MAX_PASSAGE, article_text, passage_of
from monitor.articles.lookup import MOST, look_up
from monitor.matching.matcher import Matcher
from monitor.model import Entry, Kind

ARTICLE = """<html><head><title>Noël</title></head><body><nav>Accueil Sport Météo</nav><article>
<h1>Les vitrines de Noël</h1><p>Comme chaque année, la rue de Famars s’est parée de lumières, et les
passants ne s’y trompent pas. Le jury a visité trente boutiques en une matinée.</p>
<p>Le premier prix revient à Fleurs Bougamont, pour un décor tout de houx et de papier. La remise
aura lieu samedi.</p></article><footer>Mentions légales</footer></body></html>""".encode()

FOUND = Entry(
    external_id="1",
    url="https://echo.example/noel",
    title="Les vitrines de Noël récompensées",
    text="Le jury a visité trente boutiques...",
    kind=Kind.ARTICLE,
    searched_for=BUSINESS.name,
)


def is_named(entry: Entry) -> bool:
    return bool(Matcher([BUSINESS]).match(replace(entry, searched_for=None)))


def looked_up(session: FakeSession, *entries: Entry) -> tuple[Entry, ...]:
    return asyncio.run(look_up(entries, session, is_named))


def test_the_sentence_that_names_the_business_is_added() -> None:
    session = FakeSession({FOUND.url or "": answer(ARTICLE, content_type="text/html")})
    [entry] = looked_up(session, FOUND)
    assert entry.text.startswith(FOUND.text)
    assert "Le premier prix revient à Fleurs Bougamont" in entry.text
    assert "trompent" not in entry.text
    assert [asked.conditional for asked in session.asked] == [False]


@pytest.mark.parametrize(
    "entry",
    [
        replace(FOUND, title="Fleurs Bougamont récompensée"),
        replace(FOUND, searched_for=None),
        replace(FOUND, url=None),
        replace(FOUND, url="https://news.google.com/rss/articles/CBMi123"),
        replace(FOUND, kind=Kind.POST),
    ],
)
def test_what_names_it_or_leads_nowhere_is_not_read(entry: Entry) -> None:
    session = FakeSession({})
    assert looked_up(session, entry) == (entry,)
    assert session.asked == []


@pytest.mark.parametrize("status", [403, 404, 410, 500])
def test_an_article_that_cannot_be_read_leaves_the_entry_as_it_was(status: int) -> None:
    session = FakeSession({FOUND.url or "": answer(b"", status=status)})
    assert looked_up(session, FOUND) == (FOUND,)


def test_an_article_without_the_name_leaves_the_entry_as_it_was() -> None:
    other = answer(ARTICLE.replace(b"Bougamont", b"Dupont"), content_type="text/html")
    assert looked_up(FakeSession({FOUND.url or "": other}), FOUND) == (FOUND,)


def test_one_poll_reads_so_many_articles_and_no_more() -> None:
    session = FakeSession(lambda _: answer(b"<html></html>", content_type="text/html"))
    entries = [replace(FOUND, url=f"https://echo.example/{n}") for n in range(MOST + 5)]
    assert len(looked_up(session, *entries)) == MOST + 5
    assert len(session.asked) == MOST


def test_a_passage_is_short() -> None:
    long = "Fleurs Bougamont " + "très " * 200 + "bien. Oui."
    passage = passage_of(long, lambda sentence: "Bougamont" in sentence)
    assert passage is not None
    assert len(passage) <= MAX_PASSAGE


@pytest.mark.parametrize("body", [b"", b"\x00\xff" * 50, b"<html>", b"%PDF-1.7 \x01", b"{}"])
def test_what_is_no_article_has_no_text(body: bytes) -> None:
    assert article_text(answer(body)) == ""
