"""Promises 9 to 11: each article counts once, edits are kept, texts are whole characters."""

from __future__ import annotations

import regex  # type: ignore[import-untyped] # ships no types
from end_to_end.feeds import BAD, GOOD, rss
from promises.shop import Shop, item, json_feed, rss_of

STORY = "Fleurs Bougamont décore la mairie de Valenciennes"
FAMILY = "👨\u200d👩\u200d👧\u200d👦"


def test_promise_09_an_article_counts_once_whatever_changes_around_it(shop: Shop) -> None:
    address = "https://echo.example/mairie"
    one = item("g1", STORY, address)
    shop.configure("/rss")
    for body in (
        rss_of(one),
        rss_of(one, one),
        rss_of(item("g2", STORY, address)),
        rss_of(item("g3", STORY, f"{address}?utm_source=rss&amp;fbclid=x")),
        rss_of(),
        rss_of(one),
    ):
        shop.web["/rss"] = body
        shop.poll()
    assert len(shop.mentions()) == 1


def test_promise_09_different_articles_with_one_guid_count_each(shop: Shop) -> None:
    titles = ["Fleurs Bougamont ouvre dimanche", "Incendie chez Fleurs Bougamont, deux blessés"]
    shop.web["/rss"] = rss_of(
        *(item("same", title, f"https://echo.example/{n}") for n, title in enumerate(titles))
    )
    shop.configure("/rss")
    shop.poll()
    assert sorted(mention["title"] for mention in shop.mentions()) == sorted(titles)


def test_promise_10_an_edit_renews_the_text_and_is_not_told_again(shop: Shop) -> None:
    shop.web["/rss"] = rss([GOOD])
    shop.configure("/rss")
    shop.poll()
    assert shop.ecoute("digest", "--send").code == 0
    shop.web["/rss"] = rss([(GOOD[0], GOOD[1], "Un bouquet fané, finalement.")])
    report = shop.poll()["rss"]
    assert (report["new"], report["updated"]) == (0, 1)
    [mention] = shop.mentions()
    assert mention["text"] == "Un bouquet fané, finalement."
    assert shop.sql("SELECT text FROM revision") == [(GOOD[2],)]
    shop.web["/rss"] = rss([(GOOD[0], GOOD[1], "Un bouquet fané, finalement."), BAD])
    shop.poll()
    assert shop.ecoute("digest", "--send").code == 0
    told = shop.sql("SELECT digest_id, count(*) FROM digest_mention GROUP BY digest_id")
    assert [count for _, count in told] == [1, 1]


def test_promise_11_texts_are_cut_between_the_characters_a_reader_sees(shop: Shop) -> None:
    start = "Fleurs Bougamont "
    long = {
        "id": "long",
        "url": "https://echo.example/long",
        "title": start + FAMILY * 100,
        "content_text": start + "e\u0301" + FAMILY * 5000,
    }
    broken = {
        "id": "broken",
        "url": "https://echo.example/broken",
        "title": "Fleurs Bougamont, signes",
        "content_text": "Un \x00 et un \ud83d seul.",
    }
    shop.web["/feed"] = json_feed([long, broken])
    shop.configure("/feed")
    shop.poll()
    found = {mention["external_id"]: mention for mention in shop.mentions()}
    assert found["broken"]["text"] == "Un � et un � seul."
    for key, limit in (("title", 300), ("text", 20_000)):
        kept = found["long"][key]
        assert limit - len(FAMILY) - 1 <= len(kept) <= limit
        signs = set(regex.findall(r"\X", kept.removeprefix(start)))
        assert signs <= {FAMILY, "é", "…"}


def test_promise_11_matching_ignores_how_a_name_is_spelt(shop: Shop) -> None:
    spelt = [
        "L’ÉTÉ FLEURI",
        "l'e\u0301te\u0301 fleuri",
        "L\u02bcÉté\u00a0Fleuri",
        "L’Été\u202fFleuri",
        "L’É\u00adté Fleu\u200bri",
    ]
    items = [
        {"id": str(n), "url": f"https://echo.example/{n}", "title": f"{name} ouvre, acte {n}"}
        for n, name in enumerate(spelt)
    ]
    shop.web["/feed"] = json_feed(items)
    shop.configure("/feed", businesses=[{"name": "L'Été Fleuri"}])
    assert shop.poll()["feed"]["matched"] == len(spelt)
