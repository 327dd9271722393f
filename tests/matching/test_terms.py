"""Where terms stand in a text: whole words, however they are spelt."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.occurrences import Role, Term
from monitor.matching.terms import TermIndex, spans
from monitor.text import fold


def finds(name: str, text: str, *others: str) -> bool:
    index = TermIndex(Term(term, Role.ALIAS) for term in (name, *others))
    return any(one.term.text == name for one in index.find(fold(text)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Fleurs Bougamont", "Un bouquet de chez Fleurs Bougamont."),
        ("Fleurs Bougamont", "FLEURS BOUGAMONT ferme"),
        ("Fleurs Bougamont", "fleurs-bougamont"),
        ("Fleurs Bougamont", "Fleurs\u00a0Bougamont"),
        ("Fleurs Bougamont", "Fleurs\nBougamont"),
        ("Fleurs Bougamont", "Fleurs  Bou\u00adgamont"),
        ("Fleurs Bougamont", "« Fleurs Bougamont »"),
        ("Fleurs Bougamont", 'Fleurs "Bougamont"'),
        ("Fleurs Bougamont", "#Fleurs #Bougamont"),
        ("Fleurs Bougamont", "#FleursBougamont"),
        ("Fleurs Bougamont", "#fleurs_bougamont"),
        ("Fleurs Bougamont", "merci @FleursBougamont !"),
        ("Fleurs Bougamont", "FleursBougamont à Valenciennes"),
        ("Fleurs Bougamont", "Fleurs Bougamont's roses"),
        ("Fleurs Bougamont", "https://exemple.fr/fleurs-bougamont-valenciennes"),
        ("L'Atelier Rose", "l’atelier rose"),
        ("L’Atelier Rose", "à l'Atelier-Rose"),
        ("L'Atelier Rose", "cet atelier rose"),
        ("Atelier Rose", "l'Atelier Rose"),
        ("Atelier Rose", "d’Atelier Rose"),
        ("Le Chalet", "on a dîné au Chalet"),
        ("Les Halles", "le marché des Halles"),
        ("Le Bistrot du Coin", "au Bistrot du Coin"),
        ("Le Bistrot du Coin", "la carte du bistrot du coin"),
        ("Chez Léa", "CHEZ LEA"),
        ("Léa", "Chez Léa, on mange bien"),
        ("Léa", "Le\u0301a"),
        ("Léa", "L\u200béa"),
        ("Léa", "#Léa"),
        ("Léa", "j'ai vu Léa-là"),
        ("Léa", "qu'Léa"),
        ("Œillet & Fils", "oeillet et fils"),
        ("Œillet et Fils", "Œillet & fils"),
        ("Œillet et Fils", "OEILLET&FILS"),
        ("Rose and Co", "Rose & Co"),
        ("Saint-Marc", "saint marc"),
        ("Saint-Marc", "St-Marc"),
        ("St Marc", "le café Saint‑Marc"),
        ("Ste-Anne", "Sainte Anne"),
        ("SOS Plomberie", "S.O.S. Plomberie"),
        ("S.O.S. Plomberie", "sos plomberie"),
        ("B. Dupont", "chez B. Dupont"),
        ("Dr Martin", "le docteur Martin"),
        ("Booking.com", "réservé sur Booking.com"),
        ("Léa, fleuriste", "Léa, fleuriste à Lille"),
        ("Fleurs - Bougamont", "Fleurs - Bougamont"),
        ("Studio 54", "au studio 54"),
        ("Bougamont", "- Bougamont"),
        ("Bougamont", "-Bougamont"),
        ("Bougamont", "non-Bougamont"),
        ("Straße", "STRASSE"),
        ("@fleursbougamont", "Merci @FleursBougamont."),
        ("@fleursbougamont", "vu chez @fleursbougamont@mastodon.example"),
        ("@fleursbougamont", "@fleursbougamont.bsky.social"),
        ("@fleursbougamont", "https://mastodon.example/@fleursbougamont"),
        ("@fleursbougamont", "https://www.instagram.com/fleursbougamont/"),
        ("@fleursbougamont", "https://bsky.app/profile/fleursbougamont.bsky.social"),
        ("@fleursbougamont", "#FleursBougamont"),
        ("@fleurs.bougamont", "@fleurs.bougamont"),
        ("@lea@exemple.fr", "@lea@exemple.fr"),
        ("#fleursbougamont", "(#FLEURSBOUGAMONT)"),
        ("fleursbougamont.fr", "voir fleursbougamont.fr"),
        ("fleursbougamont.fr", "https://www.fleursbougamont.fr/roses"),
        ("fleursbougamont.fr", "contact@fleursbougamont.fr"),
        ("花屋", "花屋"),
    ],
)
def test_a_term_is_found(name: str, text: str) -> None:
    assert finds(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Léa", "Léandre est passé"),
        ("Léa", "Azalea"),
        ("Léa", "Marie-Léa et Anne-Léa"),
        ("Léa", "@lea"),
        ("Léa", "lea@exemple.fr"),
        ("Léa", "contact@lea.fr"),
        ("Léa", "https://exemple.fr/lea"),
        ("Léa", "www.exemple.fr/lea"),
        ("Orange", "nom@orange.fr, voir orange.fr"),
        ("Marc", "le café Saint-Marc"),
        ("Marc", "le café Saint Marc"),
        ("Marc", "Jean-Marc"),
        ("Marc", "Marc-Antoine"),
        ("Marc", "la place St-Marc"),
        ("Marc", "marcher dans Marcq"),
        ("Marcq", "Marcq-en-Barœul"),
        ("Saint-Marc", "Saint-Marc-sur-Mer"),
        ("Saint-Marc", "Saint-Marcel"),
        ("Fleurs Bougamont", "des fleurs. Bougamont est loin"),
        ("Fleurs Bougamont", "des fleurs, Bougamont le sait"),
        ("Fleurs Bougamont", "vente de fleurs - Bougamont ferme"),
        ("Fleurs Bougamont", "Fleurs de Bougamont"),
        ("Fleurs Bougamont", "Bougamont Fleurs"),
        ("Fleurs Bougamont", "Fleurs Bougamontois"),
        ("Fleurs Bougamont", "#FleursBougamontois"),
        ("Le Chalet", "un chalet"),
        ("La Poste", "un poste"),
        ("Chez Léa", "chez Léandre"),
        ("@fleursbougamont", "fleursbougamont"),
        ("@fleursbougamont", "@fleursbougamont59"),
        ("@fleursbougamont", "@les.fleursbougamont"),
        ("@lea", "lea"),
        ("@lea", "contact@lea"),
        ("@lea@exemple.fr", "@lea@autre.fr"),
        ("#fleurs", "fleurs"),
        ("#fleurs", "page#fleurs"),
        ("fleurs.fr", "mesfleurs.fr"),
        ("fleurs.fr", "fleurs.free"),
        ("fleurs.fr", "fleurs.frais"),
        ("@foo", "https://www.fedex.com/foo"),
        ("", "tout"),
        ("!", "tout !"),
    ],
)
def test_a_term_is_not_found(name: str, text: str) -> None:
    assert not finds(name, text)


def test_a_name_joined_to_a_word_of_its_own_is_found() -> None:
    assert finds("Bougamont", "chez Bougamont-Fleurs", "Fleurs Bougamont")
    assert finds("Marc", "le café Saint-Marc", "Saint-Marc")


NAMES = ["Léa", "Fleurs Bougamont", "L'Œillet & Fils", "Saint-Marc", "@lea", "#été", "exemple.fr"]
WORDS = "Léa lea Fleurs Bougamont l' œillet & et fils Saint - Marc . , @ # lea été exemple.fr \n"
TEXTS = st.lists(st.sampled_from([*WORDS.split(" "), " "]), max_size=15).map("".join)


def found_in(text: str) -> list[str]:
    index = TermIndex(Term(name, Role.ALIAS) for name in NAMES)
    return sorted(one.term.text for one in index.find(fold(text)))


@given(TEXTS)
def test_composition_case_and_spaces_are_of_no_account(text: str) -> None:
    found = found_in(text)
    assert found_in(unicodedata.normalize("NFD", text)) == found
    assert found_in(unicodedata.normalize("NFC", text)) == found
    assert found_in(text.upper()) == found
    assert found_in(text.replace(" ", "\u00a0")) == found
    assert found_in(text.replace("'", "’")) == found


@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_text_and_no_term_raises(text: str, terms: list[str]) -> None:
    for start, end in spans(text, terms):
        assert 0 <= start < end <= len(text)


def test_spans_are_those_of_the_original_text() -> None:
    text = "«\u00a0L’Œillet\u00a0», cafe\u0301 Fleurs   Bou\u00adgamont et #FleursBougamont"
    found = [text[start:end] for start, end in spans(text, ["L'Œillet", "Fleurs Bougamont"])]
    assert found == ["L’Œillet", "Fleurs   Bou\u00adgamont", "#FleursBougamont"]


def test_spans_that_overlap_are_one() -> None:
    text = "Chez Fleurs Bougamont."
    assert spans(text, ["Fleurs Bougamont", "Bougamont", "Chez Fleurs"]) == [(0, 21)]


def test_a_span_takes_the_whole_of_a_composed_last_letter() -> None:
    text = "Le\u0301 ici"
    assert spans(text, ["Lé"]) == [(0, 3)]
