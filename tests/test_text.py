"""What text is made into: reduced, cleaned, cut, folded."""

import time
import unicodedata

import pytest
import regex  # type: ignore[import-untyped] # ships no types
from hypothesis import given
from hypothesis import strategies as st

from monitor.text import clean, cut, fold, fold_with_offsets, plain_text

PIECES = (
    "<p> </p> <br> <b <a href='https://exemple.fr/a'> </a> < > & &amp; &lt; &#0; &#xD800; &eacute;"
    " <!-- --> <script> </script> <![CDATA[ ]]> exemple.fr/… é e\u0301 \x00 \ud800 \udc00 \u00ad"
    " \u200d <pre>"
)
MARKUP = st.one_of(
    st.text(), st.lists(st.sampled_from([*PIECES.split(" "), " ", "\n"]), max_size=20).map("".join)
)
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a < b", "a < b"),
        ("prix<10€", "prix<10€"),
        ("AT&T", "AT&T"),
        ("si a<b alors c>d", "si a<b alors c>d"),
        ("<Nom du client> a écrit", "<Nom du client> a écrit"),
        ("<simon@exemple.fr>", "<simon@exemple.fr>"),
        ("I <3 Lille", "I <3 Lille"),
        ("une ligne\nune autre", "une ligne\nune autre"),
        ("<p>une ligne\ncoupée</p><p>une autre</p>", "une ligne coupée\nune autre"),
        ("a<br/>b<br><br><br><br>c", "a\nb\n\nc"),
        ("<ul><li>un</li><li>deux</li></ul>", "un\ndeux"),
        ("<div>un<div>deux</div>trois</div>", "un\ndeux\ntrois"),
        ("x<script>if (a<b) {}</script><style>p{}</style>y", "xy"),
        ("<pre>a\nb</pre>", "a\nb"),
        ("&amp;eacute;t&eacute;", "été"),
        ("&amp;amp;amp;", "&amp;"),
        ("&lt;p&gt;Bonjour&lt;/p&gt;&lt;p&gt;vous&lt;/p&gt;", "Bonjour\nvous"),
        ("<![CDATA[<b>x</b>]]>", "x"),
        ("<o:p>mot</o:p>", "mot"),
        ("un &nbsp;&nbsp; deux ", "un deux"),
        ("prix\u00a0: 10", "prix\u00a0: 10"),
        ("Bou\u00adga\u200bmont", "Bougamont"),
        ("👩\u200d👧 ici", "👩\u200d👧 ici"),
        ("&#0;&#xD800;", "��"),
        ("<?xml version='1.0' encoding='latin-1'?><p>é</p>", "é"),
        ("<meta charset='latin-1'><p>é</p>", "é"),
        ("<img src=x alt=y>mot", "mot"),
        ("fin</body></html>suite", "fin\nsuite"),
        ("", ""),
    ],
)
def test_html_is_reduced_and_other_text_survives(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    "shown",
    [
        "exemple.fr/bou…",
        "https://www.exemple.fr/bou...",
        "<span class=invisible>https://www.</span>exemple.fr/bou<span class=x>quets/rose</span>",
    ],
)
def test_a_shortened_link_is_shown_whole(shown: str) -> None:
    html = f'<p>Voir <a href="https://www.exemple.fr/bouquets/rose">{shown}</a> !</p>'
    assert plain_text(html) == "Voir https://www.exemple.fr/bouquets/rose !"


def test_a_link_to_elsewhere_keeps_the_words_shown() -> None:
    assert plain_text('<a href="https://t.exemple/x">exemple.fr/bou…</a>') == "exemple.fr/bou…"


@given(MARKUP)
def test_plain_text_is_clean_whatever_it_is_given(html: str) -> None:
    text = plain_text(html)
    assert text == clean(text).strip()
    assert "\n\n\n" not in text


@pytest.mark.parametrize("tag", ["<div>", "<a href=x>", "<", "<x =", "&lt;"])
def test_ten_megabytes_of_tags_are_read_in_seconds(tag: str) -> None:
    start = time.process_time()
    plain_text(tag * (10_000_000 // len(tag)))
    assert time.process_time() - start < 20  # takes 3 at most, on two old cores


def test_nul_and_unpaired_surrogates_are_replaced_and_pairs_joined() -> None:
    assert clean("a\x00b\ud83dc\ud83d\ude00") == "a�b�c😀"


@given(ANY_TEXT)
def test_clean_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned == clean(cleaned)


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Fleurs", 6, "Fleurs"),
        ("Fleurs", 5, "Fleu…"),
        ("Fle urs", 5, "Fle…"),
        ("ae\u0301\u0323b", 4, "a…"),
        ("a👩\u200d👧b", 4, "a…"),
        ("a🇫🇷🇧🇪", 5, "a🇫🇷🇧🇪"),
        ("a🇫🇷🇧🇪", 4, "a🇫🇷…"),
        ("a👍🏽b", 3, "a…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_a_cut_falls_between_signs(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short


@given(st.text(st.sampled_from("a é\u0301\u200d👩👧🇫🇷🏽\r\n")), st.integers(1, 12))
def test_a_cut_text_is_whole_signs_within_the_limit(text: str, limit: int) -> None:
    short = cut(text, limit)
    signs = regex.findall(r"\X", text)
    assert len(short) <= limit
    if short != text:
        kept = short.removesuffix("…")
        assert any("".join(signs[:n]).rstrip() == kept for n in range(len(signs)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Été", "ete"),
        ("e\u0301te\u0301", "été"),
        ("Œuvre d’Æther", "oeuvre d'aether"),
        ("STRASSE", "Straße"),
        ("l’atelier", "l'atelier"),
        ("l´atelier", "lʼatelier"),
        ("Saint‑Marc", "saint-marc"),
        ("a — b", "a - b"),
        ("a\u00a0b\u202f\u2009c\t\nd", "a b c d"),
        ("Bou\u00adga\u200bmont", "bougamont"),
        ("\uff26\uff2c\uff25\uff35\uff32\uff33", "fleurs"),
        ("ﬂeurs", "fleurs"),
        ("« mot »", '" mot "'),
        ("Bougamont™", "bougamont"),
        ("Łódź Ørsted İzmir", "lodz orsted izmir"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(ANY_TEXT)
def test_folding_is_idempotent_and_never_raises(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folding_ignores_how_accents_are_composed(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(ANY_TEXT)
def test_folding_with_offsets_folds_alike_and_points_into_the_text(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded)
    assert list(offsets) == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)
