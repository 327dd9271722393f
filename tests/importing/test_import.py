"""``ecoute import``, at its door: what is stored, told, left out, and what a second import does."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from importing.exports import post, write_zip, x_account, x_file
from promises.shop import Shop
from servers import FeedServer

from monitor.importing import importer
from monitor.importing.importer import Importer
from monitor.model import PollOutcome, Saved
from monitor.store.sqlite import SqliteStore

TABLE = "Review Id,Review Created (UTC),Review Stars,Review Content\n"
NOBODYS = {"data/account.js": x_account("simonb", "Simon B.")}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with FeedServer() as web:
        shop = Shop(tmp_path, web)
        shop.configure("/rss.xml")
        yield shop


def run(shop: Shop, *args: str, code: int = 0) -> dict[str, Any]:
    done = shop.ecoute("import", *args, "--json")
    assert done.code == code, done.err
    told: dict[str, Any] = json.loads(done.out)
    return told


def rows_of(shop: Shop) -> list[tuple[Any, ...]]:
    """All that an import may change."""
    return [
        *shop.sql("SELECT * FROM mention ORDER BY id"),
        *shop.sql("SELECT * FROM place ORDER BY number"),
        *shop.sql("SELECT * FROM revision"),
    ]


def archive(shop: Shop, *texts: str, account: str = "simonb") -> str:
    posts = [post(n, text) for n, text in enumerate(texts)]
    files = {"data/account.js": x_account(account), "data/tweets.js": x_file(posts)}
    return str(write_zip(shop.folder / "x.zip", files))


def test_what_concerns_the_shop_is_kept_and_the_rest_counted(shop: Shop) -> None:
    told = run(
        shop, archive(shop, "Vu chez Fleurs Bougamont", "RT @lea: Fleurs Bougamont, bof", "Rien")
    )
    assert [told[k] for k in ("read", "kept", "new", "unmatched", "own")] == [3, 2, 2, 1, 0]
    stored = shop.mentions()
    assert {m["author"] for m in stored} == {"simonb", "lea"}
    assert {(m["source"], m["platform"]) for m in stored} == {("import-x", "x")}


def test_a_second_import_changes_nothing(shop: Shop) -> None:
    path = archive(shop, *(f"Fleurs Bougamont, avis {n}" for n in range(30)))
    with patch.object(importer, "BATCH", 7):
        assert run(shop, path)["new"] == 30
        before = rows_of(shop)
        again = run(shop, path)
    assert [again[k] for k in ("new", "updated", "known")] == [0, 0, 30]
    assert rows_of(shop) == before


def test_an_import_that_was_killed_is_finished_by_another(shop: Shop) -> None:
    path = archive(shop, *(f"Fleurs Bougamont, avis {n}" for n in range(30)))
    save = SqliteStore.save_poll
    saved: list[PollOutcome] = []

    def die(self: SqliteStore, outcome: PollOutcome, *, dry_run: bool = False) -> Saved:
        if len(saved) == 2:
            raise KeyboardInterrupt
        saved.append(outcome)
        return save(self, outcome, dry_run=dry_run)

    with patch.object(importer, "BATCH", 7):
        with patch.object(SqliteStore, "save_poll", die):
            assert shop.ecoute("import", path).code == 130
        assert len(shop.mentions()) == 14
        assert run(shop, path)["new"] == 16
    assert len({m["external_id"] for m in shop.mentions()}) == 30


def test_what_is_old_is_history_and_what_is_young_is_news(shop: Shop) -> None:
    table = shop.folder / "tp.csv"
    table.write_text(
        f"{TABLE}650000000001,2020-01-01 10:00:00,1,Roses mortes\n"
        f"650000000002,{today()} 00:00:00,1,Roses fanées\n"
        "650000000003,?,1,Sans date\n"
    )
    told = run(shop, str(table))
    assert [told[k] for k in ("new", "news", "doubtful")] == [3, 1, 1]
    assert shop.sql("SELECT count(*) FROM mention WHERE backfilled") == [(2,)]
    assert shop.ecoute("digest", "--since", "2d", "--text", "out.txt").code == 0
    text = (shop.folder / "out.txt").read_text()
    assert "fanées" in text
    assert "mortes" not in text
    assert "Sans date" not in text


def today() -> str:
    from monitor.clock import now  # noqa: PLC0415 - the door's own clock: the only one there is

    return f"{now():%Y-%m-%d}"


def test_a_review_sites_export_is_about_the_only_business_there_is(shop: Shop) -> None:
    table = shop.folder / "tp.csv"
    table.write_text(f"{TABLE}650000000001,2024-01-01 10:00:00,2,Roses fanées\n")
    assert run(shop, str(table))["kept"] == 1
    (mention,) = shop.mentions()
    assert (mention["kind"], mention["rating"], mention["relevance"]) == ("review", 2, 1)


def test_a_table_of_ones_own_is_about_whom_it_names_or_is_told_to_be(shop: Shop) -> None:
    table = shop.folder / "a.csv"
    table.write_text("avis;date\nTrès bien;01/02/2024\n")
    done = shop.ecoute("import", str(table))
    assert (done.code, "--about" in done.err) == (0, True)
    assert run(shop, str(table), "--about", "fleurs bougamont")["new"] == 1
    (mention,) = shop.mentions()
    assert mention["published_at"] == "2024-02-01T00:00:00Z"


def test_own_posts_are_no_mentions(shop: Shop) -> None:
    mine = archive(
        shop,
        "Fleurs Bougamont ferme lundi",
        "RT @lea: Fleurs Bougamont, bof",
        account="FleursBougamont",
    )
    told = run(shop, mine)
    assert [told[k] for k in ("own", "kept")] == [1, 1]
    other = archive(shop, "Fleurs Bougamont, très bien", account="lea")
    assert run(shop, other, "--own")["own"] == 1
    assert run(shop, other, "--not-own")["own"] == 0


@pytest.mark.parametrize("name", ["Fleurs Bougamont", "Simon Bougamont"])
def test_what_others_said_below_the_shops_own_posts_is_about_it(shop: Shop, name: str) -> None:
    author = {"displayName": name, "resourceName": "users/1"}
    comment = {
        "creationTime": "2015-02-07 07:36:49+0100",
        "author": {"displayName": "Léa", "resourceName": "users/2"},
        "content": "Bravo à tous",
    }
    post = {"author": author, "content": "Nos roses sont là", "comments": [comment], "postAcl": {}}
    (shop.folder / "post.json").write_text(json.dumps(post), "utf-8")
    report = run(shop, "post.json", "--format", "google-plus")
    assert (report["own"], report["new"]) == (1, 1)
    assert [mention["text"] for mention in shop.mentions()] == ["Bravo à tous"]


def test_a_dry_run_stores_nothing(shop: Shop) -> None:
    told = run(shop, archive(shop, "Fleurs Bougamont"), "--dry-run")
    assert (told["new"], shop.mentions()) == (1, [])
    assert "import-x" not in shop.ecoute("sources").out


def test_who_was_forgotten_stays_out(shop: Shop) -> None:
    path = archive(shop, "RT @lea: Fleurs Bougamont, bof", "RT @bob: Fleurs Bougamont, bien")
    run(shop, path)
    assert shop.ecoute("forget", "--author", "lea", "--yes").code == 0
    assert run(shop, path)["new"] == 0
    assert "lea" not in json.dumps([m["author"] for m in shop.mentions()])


def test_an_import_is_shown_among_the_sources_and_no_source_to_poll(shop: Shop) -> None:
    run(shop, archive(shop, "Fleurs Bougamont"))
    states = {s["id"]: s for s in json.loads(shop.ecoute("sources", "--json").out)}
    imported = states["import-x"]
    assert [imported[k] for k in ("type", "url", "status", "state")] == [
        "import",
        "x.zip",
        "ok",
        "ok",
    ]
    assert [imported[k] for k in ("next_poll_at", "failures", "mentions")] == [None, 0, 1]
    assert "import-x" not in shop.poll()
    assert shop.sql("SELECT configured FROM source WHERE id = 'import-x'") == [(0,)]


def test_bad_input_loses_no_good_input(shop: Shop) -> None:
    whole = x_file([post(n, f"Fleurs Bougamont, avis {n}") for n in range(9)])
    cut = whole.replace('"full_text": "Fleurs Bougamont, avis 4"', '"full_text": oops')[:-150]
    path = write_zip(shop.folder / "x.zip", NOBODYS | {"data/tweets.js": cut})
    told = run(shop, str(path), code=1)
    assert (told["new"], told["unreadable"]) == (7, 2)
    assert [(p["row"], p["code"]) for p in told["problems"]] == [(5, "broken"), (9, "cut_off")]


def test_what_is_not_known_is_said_and_nothing_done(shop: Shop) -> None:
    file = shop.folder / "a.csv"
    file.write_text("a;b\n1;2\n")
    for args, said in (
        ((str(file),), "--format"),
        ((str(file), "--format", "csv"), "--map text="),
        ((str(file), "--map", "text=c", "--format", "csv"), "a, b"),
        ((str(file), "--map", "texte=a"), "published_at"),
        ((str(file), "--map", "text"), "COLON"),
        ((str(file), "--about", "Inconnu"), "Fleurs Bougamont"),
        ((str(shop.folder / "none.csv"),), "none.csv"),
        ((str(write_zip(shop.folder / "z.zip", {"a.json": "{}"})),), "z.zip"),
    ):
        done = shop.ecoute("import", *args)
        assert (done.code, said in done.err) == (2, True), (args, done.err)
    assert shop.mentions() == []


def test_a_person_is_told_in_sentences(shop: Shop) -> None:
    shop.configure("/rss.xml", language="fr")
    file = shop.folder / "a.csv"
    file.write_text("texte;note\nFleurs Bougamont, bien;5\nFleurs;Bougamont;;x\n")
    done = shop.ecoute("import", str(file))
    assert done.code == 1
    assert "import-csv\u00a0: entrées lues 1, gardées 1" in done.out
    assert "a.csv, ligne 3\u00a0: 4 colonnes, mais l’en-tête en a 2" in done.err


@pytest.mark.parametrize("shape", ["--json", "--ndjson", "--csv"])
def test_what_we_exported_is_known_again_or_comes_as_it_was(shop: Shop, shape: str) -> None:
    run(shop, archive(shop, "Fleurs Bougamont, bof", "RT @lea: =Fleurs Bougamont, bien"))
    file = shop.folder / f"all{shape.replace('--', '.')}"
    file.write_text(shop.ecoute("mentions", shape).out)
    before, mentions = rows_of(shop), shop.mentions()
    assert [run(shop, str(file))[k] for k in ("kept", "known", "new")] == [2, 2, 0]
    assert rows_of(shop) == before
    for file_of_store in shop.folder.glob("mentions.db*"):
        file_of_store.unlink()
    assert run(shop, str(file))["new"] == 2
    ours = {"source", "found_at", "story", "places"}
    assert [{k: v for k, v in m.items() if k not in ours} for m in shop.mentions()] == [
        {k: v for k, v in m.items() if k not in ours} for m in mentions
    ]


def test_two_imports_do_not_run_at_once(shop: Shop) -> None:
    path = archive(shop, "Fleurs Bougamont")
    run(shop, path)
    flush = Importer.run
    told: list[int] = []

    def nested(self: Importer, *args: Any) -> Any:  # noqa: ANN401 - as the original
        with self.store.hold("import"):
            told.append(1)
            return flush(self, *args)

    with patch.object(Importer, "run", nested):
        done = shop.ecoute("import", path)
    assert (done.code, done.err.startswith("already_running")) == (3, True)


def test_a_folder_takes_what_it_knows(shop: Shop) -> None:
    folder = shop.folder / "facebook" / "your_facebook_activity"
    folder.mkdir(parents=True)
    comment = {"comment": {"comment": "Fleurs Bougamont, très déçue", "author": "Léa"}}
    activity = {"comments_v2": [{"timestamp": 1700000000, "data": [comment]}]}
    (folder / "comments.json").write_text(json.dumps(activity))
    (folder / "other.json").write_text("{}")
    told = run(shop, str(shop.folder / "facebook"))
    assert (told["new"], told["sources"][0]["id"]) == (1, "import-facebook")
    with sqlite3.connect(shop.folder / "mentions.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
