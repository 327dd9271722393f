"""The file: valid, harmless, needing no network, readable in every light and on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from reporting.monthly.shelf import RIVAL, Shelf, lively, on, read
from reporting.samples import SHOP, mention

from monitor.model import Mention, Sentiment
from monitor.reporting.monthly.drawing import TONES, draw_swatch
from monitor.reporting.monthly.render import render_report
from monitor.reporting.monthly.report import build_report

NASTY = (
    "</p></title></style><script>alert(1)</script><img src=http://t.example/p.gif onerror=x>"
    '\r\n\x00\x1b[31m\u202egnp.exe {{ 7*7 }} <svg onload=1>"; } * { background: url(//t.example)'
)
FORBIDDEN = {
    *("script", "link", "form", "input", "button", "iframe", "frame", "object", "embed", "base"),
    *("img", "video", "audio", "picture", "textarea", "select", "image", "use", "foreignobject"),
}
STYLE = resources.files("monitor.reporting").joinpath("templates/report/style.css").read_text()


def page(shelf: Shelf, language: str = "fr", business: str = SHOP) -> str:
    made = read(shelf)
    made = replace(made, month=replace(made.month, business=business))
    return render_report(build_report(made, language, "Europe/Paris"))


def hostile(text: str = NASTY) -> Shelf:
    plain = {
        "title": text,
        "text": text,
        "author": text,
        "outlet": text,
        "matched": (text, "alert"),
        "themes": {text: "negative"},
        "url": "javascript:alert(1)",
        "canonical_url": "javascript:alert(1)",
        "platform": text,
        "published_at": on(4),
        "rating": 1.0,
    }
    mentions: list[Mention] = [
        mention(1, Sentiment.NEGATIVE, **plain, story="s"),
        mention(2, Sentiment.NEGATIVE, **plain, story="s"),
        mention(3, Sentiment.POSITIVE, **plain),
    ]
    return Shelf(mentions, voices=[(RIVAL, on(4)), (text, on(4))])


def assert_harmless(html: str) -> None:
    tree = lxml_html.document_fromstring(html)
    for element in tree.iter():
        assert element.tag not in FORBIDDEN
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            assert name not in {"src", "background", "action", "style", "srcset", "xlink:href"}
            assert name != "href" or re.match("https?://", str(value))
    assert len(list(tree.iter("style"))) == 1
    assert not re.search(r"url\(|@import|expression", tree.findtext(".//style") or "")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", html)


def test_what_others_wrote_is_text() -> None:
    html = page(hostile(), business=NASTY)
    assert_harmless(html)
    assert "&lt;script&gt;" in html
    assert "{{ 7*7 }}" in html
    assert "href" not in html


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_a_report_harmful(text: str) -> None:
    assert_harmless(page(hostile(text), business=text or SHOP))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("shelf", [lively(), hostile(), Shelf([]), Shelf([], sources=[], reads=0)])
def test_the_file_is_valid_html(shelf: Shelf, language: str) -> None:
    html5lib = pytest.importorskip("html5lib")
    html5lib.HTMLParser(strict=True).parse(page(shelf, language))


def test_the_file_asks_nothing_of_any_network() -> None:
    html = page(lively())
    assert_harmless(html)
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
    assert {found[0] for found in re.findall(r"(\S+)https?://", html)} <= {"h"}


def test_every_link_of_a_mention_leads_to_it_and_shows_its_host() -> None:
    shelf = lively()
    tree = lxml_html.document_fromstring(page(shelf))
    links = {a.get("href") for a in tree.iter("a")}
    assert links <= {m.url for m in shelf.mentions}
    assert "https://avis.example.fr/fleurs-bougamont/1" in links
    hosts = [a for a in tree.iter("a") if a.get("class") == "host"]
    assert hosts
    assert all(a.text_content() in str(a.get("href")) for a in hosts)


def test_pictures_and_tables_have_words_in_their_place() -> None:
    tree = lxml_html.document_fromstring(page(lively()))
    assert tree.get("lang") == "fr"
    assert [h.text_content() for h in tree.iter("h1")] == [SHOP]
    [plot] = [svg for svg in tree.iter("svg") if svg.get("role") == "img"]
    ids = str(plot.get("aria-labelledby")).split()
    assert all(len(tree.get_element_by_id(one).text_content()) > 20 for one in ids)
    outer = [svg for svg in tree.iter("svg") if svg.getparent().tag != "svg"]
    assert all(svg.get("role") == "img" or svg.get("aria-hidden") == "true" for svg in outer)
    assert all(table.get("aria-label") for table in tree.iter("table"))
    levels = [int(str(h.tag)[1]) for h in tree.iter("h1", "h2", "h3")]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_chart_draws_every_mention_of_its_weeks() -> None:
    tree = lxml_html.document_fromstring(page(lively()))
    [plot] = [svg for svg in tree.iter("svg") if svg.get("role") == "img"]
    heights = [float(str(box.get("height")).rstrip("%")) for box in plot.iter("rect")]
    top = int(tree.find_class("scale")[0][0].text or 0)
    weeks = [table for table in tree.find_class("counts") if table.getparent().tag == "details"]
    told = sum(int(row[1].text_content()) for row in weeks[0].iter("tr") if row[1].tag == "td")
    assert round(sum(heights) * top / 100) == told


@pytest.mark.parametrize("language", ["fr", "en"])
def test_few_mentions_are_told_without_percentages(language: str) -> None:
    body = lxml_html.document_fromstring(page(lively(), language)).body.text_content()
    assert not re.search(r"\d[\s\u202f\u00a0]?%", body)


def test_every_text_has_enough_contrast_in_light_in_dark_and_on_paper() -> None:
    """WCAG 2.1 AA, 1.4.3: 4.5 to 1."""
    light, dark = modes()
    paper = light | {"page": "#ffffff", "muted": "#4a4f55"}
    for colours in (light, dark, paper):
        for ground in ("page", "card"):
            for ink in ("text", "muted", "link"):
                assert contrast(colours[ground], colours[ink]) >= 4.5, (ground, ink)


def test_bars_are_told_from_their_ground_and_from_each_other_without_colours() -> None:
    """WCAG 2.1, 1.4.11: 3 to 1 of an edge; and no two tones of one grey."""
    fills = {}
    for tone in TONES:
        found = re.search(r'fill="(#\w+)" stroke="(#\w+)"', draw_swatch(tone))
        assert found
        fills[tone] = luminance(found[1])
        assert contrast("#ffffff", found[2]) >= 3
    greys = sorted(fills.values())
    assert all((light + 0.05) / (dark + 0.05) > 1.5 for dark, light in pairwise(greys))


def modes() -> tuple[dict[str, str], dict[str, str]]:
    """Return the colours by name, of light and of dark screens."""
    parts = (STYLE.partition("* {")[0], STYLE.partition("dark) {")[2].partition("rect")[0])
    light, dark = (dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in parts)
    return light, light | dark


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.1, 1..21."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
