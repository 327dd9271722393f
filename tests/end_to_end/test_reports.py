"""``ecoute report`` at the door: written once, recounted from the database, every link followed."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest
from lxml import html as lxml_html
from servers import FeedServer, run_ecoute, write_config

from monitor.clock import parse_instant

SHOP, RIVAL = "Fleurs Bougamont", "Interflora Valenciennes"
BAD = "Service horrible chez Fleurs Bougamont, roses fanées et accueil odieux, à éviter."
GOOD = "Fleurs Bougamont, un accueil excellent et un bouquet superbe, merci beaucoup."
NASTY = "Fleurs Bougamont </p><script>alert(1)</script> \u202egnp.exe"
TOLD = [
    ("2025-10-02T10:00:00Z", "Des roses fanées", BAD),
    ("2025-10-09T10:00:00Z", "Un grand merci", GOOD),
    ("2025-10-31T22:59:59Z", "Dernière minute d’octobre", "La vitrine de Fleurs Bougamont."),
    ("2025-10-31T23:00:00Z", "Minuit à Paris", "Fleurs Bougamont ouvre ses portes."),
    ("2025-09-30T21:59:59Z", "Dernière minute de septembre", "Fleurs Bougamont au marché."),
    ("2025-10-12T08:00:00Z", NASTY, NASTY),
    ("2025-10-13T08:00:00Z", "Concurrence", "Interflora Valenciennes agrandit sa boutique."),
    ("2024-10-13T08:00:00Z", "L’an dernier", "Fleurs Bougamont avait déjà une belle vitrine."),
]
OCTOBER = """published_at >= '2025-09-30T22:00:00Z' AND published_at < '2025-10-31T23:00:00Z'
    AND business = 'Fleurs Bougamont' AND relevance > 0"""


def feed() -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>g{number}</guid><title>{escape(title)}</title>"
        f"<link>https://echo.example/{number}</link><description>{escape(text)}</description>"
        f"<pubDate>{format_datetime(parse_instant(at))}</pubDate></item>"
        for number, (at, title, text) in enumerate(TOLD)
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>L’Écho</title>"
        f"<link>https://echo.example/</link>{items}</channel></rss>"
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose database holds mentions of three Octobers' worth of one feed."""
    folder = tmp_path_factory.mktemp("reports")
    with FeedServer({"/rss": feed()}) as web:
        write_config(
            folder,
            feeds=[{"type": "feed", "id": "press", "url": web.url("/rss")}],
            businesses=[{"name": SHOP, "competitors": [RIVAL]}],
        )
        done = run_ecoute("poll", cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


def report(folder: Path, *args: str) -> tuple[Path, str]:
    """Write a report; return where it is, and its text."""
    done = run_ecoute("report", *args, cwd=folder)
    assert done.returncode == 0, done.stderr
    path = folder / done.stdout.splitlines()[0].partition(": ")[2].strip()
    return path, path.read_text(encoding="utf-8")


def ask(folder: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "mentions.db")) as db:
        return db.execute(question).fetchall()


def figures(html: str) -> dict[str, list[str]]:
    """Return the rows of the first table by their label, without shares."""
    rows = lxml_html.document_fromstring(html).find_class("figures")[0].iter("tr")
    read = [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
    return {row[0]: row[1:] for row in read if row[0]}


def test_the_report_stands_below_reports_by_year_and_month(filled: Path) -> None:
    path, html = report(filled, "--month", "2025-10")
    assert path == filled / "reports/2025/2025-10-fleurs-bougamont.html"
    assert "octobre 2025" in html


def test_every_count_is_that_of_the_public_view(filled: Path) -> None:
    _, html = report(filled, "--month", "2025-10")
    [[total]] = ask(filled, f"SELECT count(*) FROM mentions WHERE {OCTOBER}")  # noqa: S608 - ours
    [[before]] = ask(
        filled,
        "SELECT count(*) FROM mentions WHERE published_at >= '2025-08-31T22:00:00Z'"
        " AND published_at < '2025-09-30T22:00:00Z' AND relevance > 0",
    )
    [[year_ago]] = ask(
        filled,
        "SELECT count(*) FROM mentions WHERE published_at >= '2024-09-30T22:00:00Z'"
        " AND published_at < '2024-10-31T23:00:00Z' AND relevance > 0",
    )
    assert (total, before, year_ago) == (4, 1, 1)
    label = "mentions"
    assert figures(html)[label] == [str(total), str(before), str(year_ago)]
    by_tone = ask(
        filled,
        "SELECT sentiment, count(*) FROM mentions"  # noqa: S608 - a condition of ours
        f" WHERE {OCTOBER} AND relevance >= 0.5 AND (confidence >= 0.6 OR corrected)"
        " GROUP BY sentiment",
    )
    names = {"negative": "négative", "neutral": "neutre", "positive": "positive"}
    counted = {key.rstrip("s"): row[0] for key, row in figures(html).items()}
    assert {names[str(tone)]: str(n) for tone, n in by_tone}.items() <= counted.items()


def test_every_link_leads_to_a_mention(filled: Path) -> None:
    _, html = report(filled, "--month", "2025-10")
    mentions = json.loads(run_ecoute("mentions", "--json", cwd=filled).stdout)
    links = {a.get("href") for a in lxml_html.document_fromstring(html).iter("a")}
    assert links
    assert links <= {mention["url"] for mention in mentions}


def test_what_a_feed_wrote_is_text_in_a_report(filled: Path) -> None:
    _, html = report(filled, "--month", "2025-10")
    assert "<script" not in html
    assert "\u202e" not in html


def test_competitors_are_counted_in_the_month_and_quoted_nowhere(filled: Path) -> None:
    _, html = report(filled, "--month", "2025-10")
    text = lxml_html.document_fromstring(html).text_content()
    assert re.search(rf"{RIVAL}\s*1\s*0", text)
    assert "agrandit sa boutique" not in text


def test_written_again_it_is_the_same_file_and_changed_it_is_a_new_one(filled: Path) -> None:
    first, html = report(filled, "--month", "2025-10")
    assert report(filled, "--month", "2025-10") == (first, html)
    [[mention]] = ask(
        filled,
        "SELECT id FROM mentions WHERE title = 'Des roses fanées'",
    )
    run_ecoute("label", str(mention), "negative", cwd=filled)
    assert run_ecoute("status", str(mention), "handled", cwd=filled).returncode == 0
    again, changed = report(filled, "--month", "2025-10")
    assert again.name == "2025-10-fleurs-bougamont-2.html"
    assert "1 traitée" in changed
    assert first.read_text(encoding="utf-8") == html


def test_a_month_of_which_nothing_is_known_says_so(filled: Path) -> None:
    _, html = report(filled, "--month", "2019-02")
    assert "Aucune source n’a pu être lue en février 2019" in html


def test_without_a_month_it_is_the_last_that_is_over(filled: Path) -> None:
    done = run_ecoute("report", cwd=filled)
    assert done.returncode == 0
    assert re.search(r"reports/\d{4}/\d{4}-\d\d-fleurs-bougamont\.html", done.stdout)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--month", "octobre"), "n’est pas un mois"),
        (("--month", "9998-01"), "n’a pas encore commencé"),
        (("--business", "Personne"), "aucun commerce ne s’appelle"),
        (("--business", RIVAL), "est un concurrent"),
    ],
)
def test_what_cannot_be_reported_is_refused(filled: Path, args: tuple[str, ...], said: str) -> None:
    done = run_ecoute("report", *args, cwd=filled)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_pdf_stands_beside_it(filled: Path) -> None:
    done = run_ecoute("report", "--month", "2025-10", "--pdf", cwd=filled)
    if done.returncode == 2:
        assert re.search(r"installez-la par\s: (pip|apt-get) install", done.stderr)
        pytest.skip(done.stderr)
    assert [line.rpartition(".")[2] for line in done.stdout.splitlines()] == ["html", "pdf"]
    [pdf] = (filled / "reports/2025").glob("*.pdf")
    assert pdf.read_bytes().startswith(b"%PDF-")
