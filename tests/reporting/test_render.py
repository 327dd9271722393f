"""The mail as a thing: what its HTML may hold, its size, its contrast, its text part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from reporting.alarms import SPIKE, letter, of
from reporting.samples import (
    REPLY_WAY,
    SHOP,
    answered_week,
    crowded_week,
    empty_week,
    lively_week,
    material,
    mention,
    news,
    toot,
)

from monitor.model import AlertRule, Mention, Sentiment
from monitor.replies.answers import understand
from monitor.reporting.alert_render import render_alert
from monitor.reporting.digest import build_digest
from monitor.reporting.material import DigestOptions, Material
from monitor.reporting.render import Rendered, render

FORBIDDEN = {
    *("script", "style", "link", "form", "input", "button", "iframe", "frame", "object", "embed"),
    *("svg", "img", "video", "audio", "base", "picture", "textarea", "select"),
}
NASTY = (
    "</p><script>alert(1)</script><img src=http://t.example/p.gif onerror=x>"
    "\r\nBcc: a@b\x00\x1b[31m\u202egnp.exe {{ 7*7 }} <svg onload=1><style>*{}</style>"
)
MODES = ("light", "dark")
CODES = re.compile(r"\[([\d–,\s]+)\]")
COLOUR = re.compile(r"(?<![\w-])(background-color|color):([^;]+)")
RGB = re.compile(r"rgb\((\d+),(\d+),(\d+)\)")


def mail(made: Material, language: str = "fr") -> Rendered:
    return render(build_digest(made, DigestOptions(language=language, recipients=("a@b.fr",))))


def hostile_mention(text: str = NASTY) -> Mention:
    return mention(
        1,
        Sentiment.NEGATIVE,
        title=text,
        text=text,
        author=text,
        outlet=text,
        matched=(text, "alert"),
        themes={text: "negative"},
        url="javascript:alert(1)",
        canonical_url="javascript:alert(1)",
    )


def assert_harmless(rendered: Rendered) -> None:
    tree = lxml_html.document_fromstring(rendered.html)
    for element in tree.iter():
        assert element.tag not in FORBIDDEN
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            assert name not in {"src", "background", "action"}
            assert name != "href" or re.match("https?://", str(value))
            assert name != "style" or "url(" not in str(value)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", rendered.html)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", rendered.text)
    assert len(rendered.subject.splitlines()) == 1


def test_what_a_feed_wrote_is_text() -> None:
    rendered = mail(replace(material([hostile_mention()]), business=NASTY))
    assert_harmless(rendered)
    assert "&lt;script&gt;" in rendered.html
    assert "{{ 7*7 }}" in rendered.html
    assert "href" not in rendered.html


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_no_text_makes_a_mail_harmful(text: str) -> None:
    assert_harmless(mail(material([hostile_mention(text)])))


@pytest.mark.parametrize("week", [lively_week, empty_week, crowded_week])
def test_ordinary_mails_are_harmless(week: object) -> None:
    assert callable(week)
    assert_harmless(mail(week()))


def test_two_hundred_mentions_stay_under_80_kb() -> None:
    assert len(mail(crowded_week()).html.encode()) < 80_000


def answerable(made: Material) -> Rendered:
    options = DigestOptions(recipients=("a@b.fr",), reply_way=REPLY_WAY)
    return render(build_digest(made, options))


def test_ready_answers_do_not_cost_a_line_of_two_hundred_mentions() -> None:
    rendered = answerable(crowded_week())
    assert len(rendered.html.encode()) < 80_000
    assert list(rendered.codes) == list(range(1, 73))


def test_a_line_has_ready_answers_too() -> None:
    """What is told in one line is done with, or not about the business."""
    mentions = [
        *(mention(n, Sentiment.NEGATIVE) for n in range(1, 3)),
        mention(3, Sentiment.POSITIVE),
        mention(4, relevance=0.3),
    ]
    options = DigestOptions(items=1, recipients=("a@b.fr",), reply_way=REPLY_WAY)
    rendered = render(build_digest(material(mentions), options))
    tree = lxml_html.document_fromstring(rendered.html)
    lines = [li for li in tree.iter("li") if re.match(r"\d+\. ", li.text_content())]
    words = [[a.text for a in li.iter("a") if a.get("href").startswith("mailto:")] for li in lines]
    assert words == [
        ["traité", "hors\u00a0sujet"],
        ["hors\u00a0sujet"],
        ["c’est\u00a0nous", "hors\u00a0sujet"],
    ]


def test_no_sentence_rests_on_a_line_that_gave_way() -> None:
    themes = {"prix": "negative"}
    week = material(
        [
            toot(n, Sentiment.NEGATIVE, f"Trop cher, Fleurs Bougamont {n}", "Léa", themes=themes)
            for n in range(72)
        ]
    )
    long = tuple(replace(m, url=f"https://example.fr/{'a' * 1500}/{m.id}") for m in week.mentions)
    rendered = mail(replace(week, mentions=long))
    shown = set(rendered.codes)
    told = {
        int(code) for codes in CODES.findall(rendered.text) for code in re.findall(r"\d+", codes)
    }
    assert len(shown) < 72
    assert told
    assert told <= shown


def test_a_ready_answer_is_a_mail_with_code_word_and_reference() -> None:
    tree = lxml_html.document_fromstring(answerable(lively_week()).html)
    links = [a.get("href") for a in tree.iter("a") if a.get("href").startswith("mailto:")]
    told = urlsplit(links[0])
    assert told.path == REPLY_WAY.address
    assert parse_qs(told.query) == {
        "subject": [f"Ecoute {REPLY_WAY.reference}"],
        "body": ["1 traité"],
    }
    for link in links:
        (answer,) = parse_qs(urlsplit(link).query)["body"]
        assert understand([answer], range(1, 20)).answers, answer


def test_a_digest_without_a_number_says_nothing_of_answers() -> None:
    assert "Répondez" not in answerable(empty_week()).text
    assert "Répondez" in answerable(lively_week()).text


def test_each_item_bears_its_code_in_both_parts() -> None:
    rendered = answerable(lively_week())
    for code in rendered.codes:
        assert re.search(rf"^{code}\. \[", rendered.text, re.MULTILINE)
        assert f">{code}. <" in rendered.html


def test_what_a_reader_wrote_is_text() -> None:
    rendered = answerable(answered_week())
    assert "le dernier &lt;b&gt;aussi&lt;/b&gt;" in rendered.html
    assert "3 réponses prises en compte." in rendered.text


def test_very_long_addresses_cost_lines_not_the_limit() -> None:
    """Mail programs clip what is longer; what is left out is counted and can be looked up."""
    week = crowded_week()
    long = tuple(replace(m, url=f"https://example.fr/{'a' * 1500}/{m.id}") for m in week.mentions)
    rendered = mail(replace(week, mentions=long))
    assert len(rendered.html.encode()) < 80_000
    assert re.search(r"… et 1\d\d autres\. Pour tout voir", rendered.text)
    assert re.search(r"… et 1\d\d autres\. Pour tout voir", rendered.html)


def test_a_link_shows_the_host_it_goes_to() -> None:
    made = material([mention(1, url="https://www.lavoixdunord.fr/a?x=1&y=2")])
    rendered = mail(made)
    assert 'href="https://www.lavoixdunord.fr/a?x=1&amp;y=2"' in rendered.html
    assert "sur www.lavoixdunord.fr" in rendered.html


def test_every_link_shows_its_host_whatever_the_place_is_called() -> None:
    """A host that is only a part of another word is not shown by it."""
    mentions = [
        toot(n, Sentiment.NEGATIVE, "Fleurs Bougamont", who, url=f"https://{host}/{n}")
        for n, (who, host) in enumerate(
            [
                ("Robot.com", "t.co"),
                ("Léa", "www.avis.example"),
                ("avis.example", "evil.example"),
                ("Zoé de evil.example", "www.evil.example"),
            ]
        )
    ]
    for items in (12, 0):
        week = replace(material(mentions), reminders=tuple(mentions), mentions=tuple(mentions))
        tree = lxml_html.document_fromstring(
            render(build_digest(week, DigestOptions(items=items))).html
        )
        links = [a for a in tree.iter("a") if a.get("href").startswith("http")]
        assert len(links) == 8
        for link in links:
            block = next(e for e in link.iterancestors() if e.tag in {"li", "td"})
            host = urlsplit(link.get("href")).hostname or ""
            shown = set(re.split(r"[^\w.-]+", " ".join(block.itertext())))
            assert shown & {host, host.removeprefix("www.")}, link.get("href")


def test_screen_readers_find_language_headings_and_stars_in_words() -> None:
    tree = lxml_html.document_fromstring(mail(lively_week()).html)
    assert tree.get("lang") == "fr"
    assert [heading.text_content() for heading in tree.iter("h1")] == [SHOP]
    headings = [heading.text_content() for heading in tree.iter("h2")]
    assert headings[:3] == ["En quelques mots", "En chiffres", "Ce qui vous attend (3)"]
    assert "1 sur 5" in tree.text_content()
    outer = [table for table in tree.iter("table") if table.get("role") != "presentation"]
    assert all(list(table.iter("th")) for table in outer)


def test_no_word_however_long_makes_the_column_wider() -> None:
    """Whatever strangers wrote stands where words may break: titles, authors, outlets, themes."""
    long = "W" * 400
    week = [
        toot(1, Sentiment.NEGATIVE, long, long, themes={long: "negative"}),
        news(2, Sentiment.POSITIVE, long, long, text=long),
    ]
    made = replace(material(week), reminders=(week[0],), business=long)
    assert_breakable(mail(made).html, least=10)


def test_an_alert_is_no_wider_either() -> None:
    long = "W" * 400
    said = news(2, Sentiment.NEGATIVE, long, long, text=long)
    told = letter(of(AlertRule.NEGATIVE, said), replace(SPIKE, mentions=(said,)), business=long)
    assert_breakable(render_alert(told).html, least=4)


def assert_breakable(html: str, *, least: int) -> None:
    found = lxml_html.document_fromstring(html).xpath("//body//text()[contains(., 'WWWWWWWW')]")
    assert len(found) >= least
    for text in found:
        above = [text.getparent(), *text.getparent().iterancestors()]
        styles = "".join(element.get("style", "") for element in above)
        assert "overflow-wrap:anywhere" in styles or "display:none" in styles


def test_every_link_has_a_colour_of_ours() -> None:
    """A program's own blue is hard to read on dark."""
    made = replace(lively_week(), reminders=lively_week().mentions[:1])
    for link in lxml_html.document_fromstring(answerable(made).html).iter("a"):
        assert "light-dark(" in link.get("style", "")


def test_the_preheader_is_the_first_sentence() -> None:
    rendered = mail(lively_week())
    assert rendered.html.count(rendered.preheader) == 2
    assert " ".join(rendered.text.split()).startswith(" ".join(rendered.preheader.split()))


def test_the_text_part_stands_alone_within_its_columns() -> None:
    text = mail(lively_week()).text
    prose = [line for line in text.splitlines() if "://" not in line and "ecoute " not in line]
    assert max(len(line) for line in prose) <= 72
    assert "CE QUI VOUS ATTEND (3)" in text
    assert "*Fleurs Bougamont*" in text
    assert "https://avis.example.fr/fleurs-bougamont/1" in text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("mode", MODES)
def test_every_text_has_enough_contrast(language: str, mode: str) -> None:
    """WCAG 2.1 AA, 1.4.3: 4.5 to 1 for text of any size, in light and in dark."""
    for week in (lively_week(), empty_week()):
        tree = lxml_html.document_fromstring(mail(week, language).html)
        for text, ground, ink in painted_texts(tree.body, mode, "#ffffff", "#000000"):
            assert contrast(ground, ink) >= 4.5, (text, ground, ink)


@pytest.mark.parametrize("mode", MODES)
def test_bars_are_told_from_their_ground(mode: str) -> None:
    """WCAG 2.1, 1.4.11 asks 3 to 1 of what a drawing means; here every number is also in words."""
    tree = lxml_html.document_fromstring(mail(lively_week()).html)
    card = read_colours(next(tree.iter("h1")).getparent().get("style"), mode)["background-color"]
    bars = [cell.get("style") for cell in tree.iter("td") if "height:14px" in cell.get("style", "")]
    assert min(contrast(card, read_colours(b, mode)["background-color"]) for b in bars) >= 2


def painted_texts(
    element: lxml_html.HtmlElement, mode: str, ground: str, ink: str
) -> Iterator[tuple[str, str, str]]:
    """Yield each text of a tree with the colours it is seen in."""
    colours = read_colours(element.get("style", ""), mode)
    ground, ink = colours.get("background-color", ground), colours.get("color", ink)
    if element.text and element.text.strip():
        yield element.text, ground, ink
    for child in element:
        yield from painted_texts(child, mode, ground, ink)
        if child.tail and child.tail.strip():
            yield child.tail, ground, ink


def read_colours(style: str, mode: str) -> dict[str, str]:
    """Return the colours a style sets; the last of a name wins, ``light-dark()`` by mode."""
    found = {}
    for name, value in COLOUR.findall(style):
        colours = re.findall("#[0-9a-f]{6}", RGB.sub(as_hex, value))
        found[name] = colours[MODES.index(mode)] if "light-dark" in value else colours[0]
    return found


def as_hex(rgb: re.Match[str]) -> str:
    return "#" + bytes(int(part) for part in rgb.groups()).hex()


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.1, 1..21."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
