from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sources.fake_session import BUSINESS, DATA, FakeSession, answer, read_pages

from monitor.errors import Code, FetchError, Malformed
from monitor.model import Business, Cursor, Entry, Json, Kind, Page, Response
from monitor.sources.wikipedia import Wikipedia, WikipediaOptions
from monitor.sources.wikipedia_entries import Wiki, read_edits, read_results

SEARCH = json.loads((DATA / "wikipedia" / "search.json").read_text(encoding="utf-8"))
EDITS = json.loads((DATA / "wikipedia" / "revisions.json").read_text(encoding="utf-8"))
NONE = answer({"query": {"search": []}})
ODILE = Business(name="Chez Odile")
FRENCH = Wiki(
    name="fr",
    script="https://fr.wikipedia.org/w/index.php",
    pages="https://fr.wikipedia.org/wiki/",
    language="fr",
)


def wikipedia(*businesses: Business, **options: object) -> Wikipedia:
    told = WikipediaOptions.model_validate({"type": "wikipedia", **options})
    return Wikipedia(told, businesses or (ODILE,))


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def results(*days: int, offset: int | None = None) -> Response:
    rows: list[Json] = [
        {"pageid": day, "title": f"Jour {day}", "timestamp": f"2026-11-{day:02}T00:00:00Z"}
        for day in days
    ]
    going_on: dict[str, Json] = {"continue": {"sroffset": offset, "continue": "-||"}}
    return answer({"query": {"search": rows}, **(going_on if offset else {})})


def told(pages: list[Page]) -> set[int]:
    ids = [entry.external_id for page in pages for entry in page.entries]
    return {int(one.rpartition(":")[2]) for one in ids}


def recorded(shared: Path, name: str) -> dict[str, Json]:
    path = shared / "recordings" / name
    found: dict[str, Json] = json.loads(path.read_text(encoding="utf-8"))
    return found


# --- searches -----------------------------------------------------------------------------------


def test_one_search_is_sent_for_each_business() -> None:
    session = FakeSession(lambda _: NONE)
    read_pages(wikipedia(BUSINESS, ODILE, language="nl"), session)
    assert session.asked[0].url.startswith("https://nl.wikipedia.org/w/api.php?")
    asked = [query(request.url) for request in session.asked]
    assert asked[0]["srsearch"] == (
        '("Fleurs Bougamont" OR "Simon Bougamont") -"Bougamont Immobilier"'
    )
    assert asked[1] == {
        "action": "query",
        "format": "json",
        "formatversion": "2",
        "maxlag": "5",
        "list": "search",
        "srsearch": '"Chez Odile"',
        "srlimit": "50",
        "srprop": "timestamp|snippet|size",
        "srwhat": "text",
        "srsort": "last_edit_desc",
    }


def test_every_page_is_read_with_the_whole_of_continue() -> None:
    session = FakeSession(
        lambda url: results(9) if "sroffset" in url else results(12, 11, offset=50)
    )
    pages = read_pages(wikipedia(), session)
    assert [len(page.entries) for page in pages] == [2, 1]
    going_on = query(session.asked[1].url)
    assert (going_on["sroffset"], going_on["continue"]) == ("50", "-||")


def test_what_was_read_before_ends_a_search() -> None:
    answers = FakeSession(lambda _: results(12, 9, offset=50))
    cursor = read_pages(wikipedia(max_pages=1), FakeSession(lambda _: results(12)))[-1].cursor
    read_pages(wikipedia(), answers, cursor)
    assert len(answers.asked) == 1


def test_a_search_that_was_cut_goes_on_where_it_stopped() -> None:
    session = FakeSession(lambda url: results(9) if "sroffset" in url else results(12, offset=50))
    cursor = read_pages(wikipedia(max_pages=1), session)[-1].cursor
    pages = read_pages(wikipedia(max_pages=1), session, cursor)
    assert [entry.title for entry in pages[-1].entries] == ["Jour 9"]


def test_a_wiki_that_knows_no_order_is_asked_without() -> None:
    refusal = answer({"error": {"code": "badvalue", "info": 'Unrecognized value for "srsort"'}})
    session = FakeSession(lambda url: refusal if "srsort" in url else results(12, 11))
    pages = read_pages(wikipedia(BUSINESS, ODILE), session)
    assert told(pages) == {11, 12}
    assert ["srsort" in request.url for request in session.asked] == [True, *[False] * 4]


OTHER_WIKI = "https://wiki.exemple.fr/api.php"


def own_search(url: str) -> Response:
    """Answer as MediaWiki's own search does: no order, no operators, texts apart from titles."""
    asked = query(url)
    if "srsort" in asked:
        return answer({"error": {"code": "badvalue", "info": 'Unrecognized value for "srsort"'}})
    if " OR " in asked["srsearch"] or "Simon" in asked["srsearch"]:
        return NONE
    if asked.get("srwhat") == "title":
        return results(9)
    return results(11) if "sroffset" in asked else results(12, offset=50)


def test_another_wikis_own_search_is_asked_by_name_in_texts_and_in_titles() -> None:
    source, session = wikipedia(BUSINESS, api=OTHER_WIKI), FakeSession(own_search)
    pages = read_pages(source, session)
    assert told(pages) == {9, 11, 12}
    asked = [query(request.url) for request in session.asked]
    assert {one["srsearch"] for one in asked} == {'"Fleurs Bougamont"', '"Simon Bougamont"'}
    again = read_pages(source, FakeSession(own_search), pages[-1].cursor)
    assert told(again) == set()


def test_titles_are_read_by_the_next_poll_where_pages_are_counted() -> None:
    source = wikipedia(Business(name="Fleurs Bougamont"), api=OTHER_WIKI, max_pages=1)
    found: set[int] = set()
    cursor: Cursor = {}
    for _ in range(3):
        pages = read_pages(source, FakeSession(own_search), cursor)
        found, cursor = found | told(pages), pages[-1].cursor
    assert found == {9, 11, 12}


def test_a_wiki_that_searches_titles_with_texts_is_not_asked_in_vain() -> None:
    disabled = answer({"error": {"code": "search-title-disabled", "info": "title"}})
    session = FakeSession(lambda url: disabled if "srwhat=title" in url else results(12))
    assert told(read_pages(wikipedia(api=OTHER_WIKI, sort=None), session)) == {12}


def test_a_snippet_is_told_without_the_wikis_signs() -> None:
    row: dict[str, Json] = {
        "pageid": 2,
        "title": "Commerces",
        "snippet": "Rue [[Rue de Famars|de Famars]] : &#039;&#039;&#039;<span>Fleurs</span>"
        " l&#039;an&#039;&#039;&#039;",
    }
    [entry] = read_results({"query": {"search": [row]}}, FRENCH).entries
    assert entry.text == "Rue de Famars : Fleurs l'an"


def test_a_result_is_read() -> None:
    [entry] = read_results(SEARCH, FRENCH).entries
    assert entry == Entry(
        external_id="fr:592384",
        url="https://fr.wikipedia.org/wiki/Fleuristes_de_Valenciennes",
        title="Fleuristes de Valenciennes",
        text="dont Fleurs Bougamont & fils, fondée en 1996",
        kind=Kind.PAGE,
        published_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
        language="fr",
    )


def test_found_articles_tell_whose_search_found_them() -> None:
    [page] = read_pages(wikipedia(), FakeSession(lambda _: answer(SEARCH)))
    assert page.entries[0].searched_for == "Chez Odile"


# --- edits of watched articles ------------------------------------------------------------------


def test_the_edits_of_an_article_are_read_from_a_month_ago_then_from_the_last() -> None:
    session = FakeSession(lambda url: answer(EDITS) if "revisions" in url else NONE)
    source = wikipedia(articles=["Fleurs Bougamont"])
    cursor = read_pages(source, session)[-1].cursor
    read_pages(source, session, cursor)
    asked = [query(request.url) for request in session.asked if "revisions" in request.url]
    assert asked[0]["titles"] == "Fleurs Bougamont"
    assert [one["rvend"] for one in asked] == ["2026-10-24T07:00:00Z", "2026-11-19T01:05:37Z"]


def test_an_edit_is_read() -> None:
    edit, hidden = read_edits(EDITS, FRENCH).entries
    assert edit == Entry(
        external_id="fr:edit:2169840",
        url="https://fr.wikipedia.org/w/index.php?diff=2169840",
        title="Fleurs Bougamont",
        text="/* Histoire */ <ref> ajoutée",
        kind=Kind.PAGE,
        author="Julie",
        author_url="https://fr.wikipedia.org/wiki/User:Julie",
        published_at=datetime(2026, 11, 21, 1, 5, 37, tzinfo=UTC),
        language="fr",
        parent_url="https://fr.wikipedia.org/wiki/Fleurs_Bougamont",
    )
    assert (hidden.author, hidden.author_url, hidden.text) == (None, None, "")


def test_an_article_that_is_not_there_is_told() -> None:
    found = read_edits({"query": {"pages": [{"title": "Odile", "missing": True}]}}, FRENCH)
    assert (found.entries, found.problem) == ((), "no such article: Odile")


# --- other wikis, errors ------------------------------------------------------------------------


def test_another_wiki_is_asked_at_its_own_address() -> None:
    session = FakeSession(lambda _: results(12))
    [page] = read_pages(wikipedia(api="https://wiki.example/api.php"), session)
    assert session.asked[0].url.startswith("https://wiki.example/api.php?")
    [entry] = page.entries
    assert entry.external_id == "wiki.example:12"
    assert entry.url == "https://wiki.example/index.php?title=Jour_12"
    assert entry.language is None


def test_base_url_stands_for_the_server() -> None:
    session = FakeSession(lambda _: NONE)
    read_pages(wikipedia(base_url="http://127.0.0.1:8080"), session)
    assert session.asked[0].url.startswith("http://127.0.0.1:8080/w/api.php?")


@pytest.mark.parametrize("code", ["maxlag", "ratelimited"])
def test_a_busy_wiki_is_a_limit(code: str) -> None:
    busy = answer({"error": {"code": code, "info": "Waiting for a database server"}})
    with pytest.raises(FetchError) as caught:
        read_pages(wikipedia(), FakeSession(lambda _: busy))
    assert caught.value.code == Code.RATE_LIMITED
    assert caught.value.retry_at is not None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"error": {"code": "search-error", "info": "Broken"}}, "search-error: Broken"),
        ({}, "search is not a list"),
        ({"query": {"search": [{"title": "x"}]}}, "search[0]: pageid is missing"),
        ([], "the answer is not an object"),
    ],
)
def test_another_shape_is_malformed(body: Json, told: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_pages(wikipedia(), FakeSession(lambda _: answer(body)))
    assert (caught.value.code, caught.value.detail) == (Code.API, told)


# --- recordings ---------------------------------------------------------------------------------


def test_the_recorded_search_of_a_real_wiki_is_read(shared: Path) -> None:
    found = read_results(recorded(shared, "mediawiki/real-search.json"), FRENCH)
    assert (len(found.entries), found.problem, found.following) == (7, None, None)
    flemish, garage = found.entries[:2]
    assert flemish.title == "Bloemen in Valenciennes"
    assert flemish.text == "Weet iemand of Fleurs Bougamont ook in Doornik levert?"
    assert flemish.published_at == datetime(2026, 11, 22, 22, 41, 59, tzinfo=UTC)
    assert garage.url == ("https://fr.wikipedia.org/wiki/Garage_Bougamont_:_une_facture_sal%C3%A9e")


def test_a_recorded_page_of_a_real_wiki_says_how_to_go_on(shared: Path) -> None:
    found = read_results(recorded(shared, "mediawiki/real-search-phrase.json"), FRENCH)
    assert (len(found.entries), found.following) == (2, {"sroffset": 2, "continue": "-||"})


def test_recorded_revisions_are_read(shared: Path) -> None:
    found = read_edits(recorded(shared, "wikipedia/page_revisions.json"), FRENCH)
    assert [(e.external_id, e.author, e.text) for e in found.entries] == [
        ("fr:edit:2169840", "Keegan (WMF)", "link to phab"),
        ("fr:edit:2169561", "Keegan (WMF)", "placeholder"),
    ]


# --- looked at again ----------------------------------------------------------------------------


def recheck(source: Wikipedia, session: FakeSession, ids: list[str]) -> list[Page]:
    async def read() -> list[Page]:
        return [page async for page in source.recheck(session, ids)]

    return asyncio.run(read())


@pytest.mark.parametrize("missing", [True, ""])
def test_articles_that_are_gone_are_told(missing: Json) -> None:
    pages: Json = [{"pageid": 7, "title": "Sept"}, {"pageid": 8, "missing": missing}]
    session = FakeSession(lambda _: answer({"query": {"pages": pages}}))
    [page] = recheck(wikipedia(), session, ["fr:7", "fr:8", "fr:edit:9", "nl:10"])
    assert query(session.asked[0].url)["pageids"] == "7|8"
    assert page.removed == ("fr:8",)
