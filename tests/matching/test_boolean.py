"""A business's query: what it keeps, and what it says is wrong."""

from __future__ import annotations

from typing import TypedDict, Unpack

import pytest

from monitor.matching.boolean import Kind, Line, Passage, QueryError, parse_query
from monitor.model import Entry
from monitor.model import Kind as EntryKind
from monitor.wording import LANGUAGES, Wording


class Known(TypedDict, total=False):
    url: str | None
    author: str | None
    language: str | None
    source_id: str | None
    platform: str | None


def passage(text: str = "", title: str = "", **known: Unpack[Known]) -> Passage:
    return Passage(title=Line.of(title), text=Line.of(text), **known)


def keeps(query: str, asked: Passage) -> bool:
    return parse_query(query).holds(asked) is not None


def error_of(query: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse_query(query)
    return caught.value


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("oeillet", "Un ŒILLET rose"),
        ("Œillet", "l’oeillet"),
        ("cafe", "le cafe\u0301 noir"),
        ("atelier", "à l'atelier"),
        ("“L’Atelier Rose”", "à l'Atelier-Rose"),
        ("l'atelier", "L’ATELIER"),
        ("saint-marc", "à St Marc"),
        ('"Dubois & Fils"', "Dubois et fils"),
        ("sos", "S.O.S. plomberie"),
        ("« Fleurs Bougamont »", "merci #FleursBougamont"),
        ("« Fleurs Bougamont »", "#fleurs_bougamont"),
        ("#fleursbougamont", "merci #Fleurs_Bougamont !"),
        ("@FleursBougamont", "vu chez @fleursbougamont.bsky.social"),
        ("@lea", "merci @lea@exemple.fr"),
        ("@lea", "merci #Lea"),
        ("#fleurs*", "les #FleursDuNord"),
        ("fleur*", "deux fleuristes"),
        ('"simon bouga*"', "Simon Bougamont"),
        ('"simon bouga"*', "Simon Bougamont"),
        ("st*", "au stade"),
        ("st*", "rue St Marc"),
        ("rose NEAR/1 lys", "lys ou rose"),
        ("rose NEAR/0 lys", "rose, lys"),
        ("« fleurs du nord » NEAR/2 avis", "avis sur les fleurs du Nord"),
        ("rose NEAR/0 rose", "rose rose"),
        ("rose ET lys", "lys et rose"),
        ("rose OU lys", "un lys"),
        ("rose SAUF lys", "une rose"),
        ("rose –lys", "une rose"),
        ("+rose", "une rose"),
        ("or", "le cours de l'or"),
        ("--rose", "une rose"),
        ("https://exemple.fr/avis", "voir https://exemple.fr/avis"),
    ],
)
def test_it_keeps(query: str, text: str) -> None:
    assert keeps(query, passage(text))
    assert keeps(query, passage(title=text))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("fleur", "des fleurs"),
        ("léa", "Léandre"),
        ("« fleurs bougamont »", "fleurs de Bougamont"),
        ("#fleurs", "des fleurs"),
        ("#lea", "merci @lea"),
        ("@lea@exemple.fr", "merci @lea@autre.fr"),
        ("fleur*", "la refleurit"),
        ("rose NEAR/1 lys", "rose et un lys"),
        ("rose NEAR/1 lys", "rose et un lys, des lys"),
        ("rose NEAR/1 lys", "rose, rose et un lys"),
        ("rose NEAR/9 rose", "une rose"),
        ("rose NEAR/9 « rose blanche »", "une rose blanche"),
        ("rose lys", "une rose"),
        ("rose -lys", "une rose, un lys"),
        ("rose SAUF lys", "une rose, un lys"),
    ],
)
def test_it_leaves(query: str, text: str) -> None:
    assert not keeps(query, passage(text))


def test_a_phrase_or_near_never_runs_from_the_title_into_the_text() -> None:
    asked = passage("lys", title="rose")
    assert keeps("rose lys", asked)
    assert not keeps('"rose lys"', asked)
    assert not keeps("rose NEAR/9 lys", asked)


@pytest.mark.parametrize(
    ("query", "known", "expected"),
    [
        ("site:exemple.fr", {"url": "https://www.exemple.fr/a"}, True),
        ("site:exemple.fr", {"url": "https://blog.Exemple.fr/a"}, True),
        ("site:https://www.exemple.fr/", {"url": "http://exemple.fr"}, True),
        ("site:exemple.fr", {"url": "https://unexemple.fr/a"}, False),
        ("site:exemple.fr", {"url": "https://exemple.fr.autre.com/"}, False),
        ("site:blog.exemple.fr", {"url": "https://exemple.fr/"}, False),
        ("site:été.fr", {"url": "https://xn--t-9fab.fr/"}, True),
        ("site:exemple.fr", {"url": "https://www.google.com/url?url=https://exemple.fr/a"}, True),
        ("site:exemple.fr", {"url": None}, False),
        ("author:lea", {"author": "Léa Dupont"}, True),
        ('auteur:"dupont lea"', {"author": "Léa Dupont"}, False),
        ("author:lea", {"author": "Léandre"}, False),
        ("author:@lea", {"author": "lea@exemple.fr"}, True),
        ("author:dup*", {"author": "Léa Dupont"}, True),
        ("author:🌸", {"author": "🌸"}, True),
        ("author:🌸", {"author": None}, False),
        ("lang:fr", {"language": "fr-BE"}, True),
        ("lang:FR", {"language": "fr_FR"}, True),
        ("lang:fr-be", {"language": "fr"}, False),
        ("lang:fr", {"language": "frr"}, False),
        ("langue:fr", {"language": None}, False),
        ("source:local-press", {"source_id": "Local-Press"}, True),
        ("source:mastodon", {"platform": "mastodon", "source_id": "x"}, True),
        ("source:mastodon", {"platform": "mastodont"}, False),
    ],
)
def test_fields_ask_where_an_entry_comes_from(query: str, known: Known, *, expected: bool) -> None:
    assert keeps(query, passage("un texte", **known)) is expected


def test_title_asks_the_title_alone() -> None:
    asked = passage("une rose et un lys", title="Fleurs de mai")
    assert keeps("titre:fleurs", asked)
    assert not keeps("title:rose", asked)
    assert keeps("title:(fleurs NEAR/1 mai -rose) rose", asked)
    assert not keeps("title:(fleurs lys)", asked)


def test_not_binds_tighter_than_and_and_and_than_or() -> None:
    assert str(parse_query("a OR b AND NOT c d")) == "a OR b -c d"
    assert parse_query("a OR b -c") == parse_query("a OU (b ET (SAUF c))")
    assert parse_query("(a OR b) c") != parse_query("a OR b c")
    assert parse_query("x NOT a NEAR/2 b") == parse_query("x -(a NEAR/2 b)")


def test_hits_are_the_terms_that_counted_as_they_were_written() -> None:
    query = parse_query("(« L’Œillet » OU tulipe OU rosi*) titre:(Avis NEAR/2 client) -site:x.fr")
    hits = query.holds(passage("L'oeillet, des rosiers", title="Avis d'un client"))
    assert hits is not None
    assert hits.terms == ("« L’Œillet »", "rosi*", "title:(Avis NEAR/2 client)")


def test_a_term_counts_through_two_denials() -> None:
    hits = parse_query("NOT (NOT rose OR lys)").holds(passage("une rose"))
    assert hits is not None
    assert hits.terms == ("rose",)


def test_a_passage_is_made_of_an_entry() -> None:
    entry = Entry(external_id="1", url="https://exemple.fr/a", text="Une rose", kind=EntryKind.POST)
    asked = Passage.of(entry, source_id="presse", platform="feed")
    assert keeps("rose site:exemple.fr source:presse source:feed -title:rose", asked)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rose", {"rose"}),
        ("le rose", {"rose"}),
        ("rose OR lys", {"rose", "lys"}),
        ('"fleurs bougamont"', {"bougamont", "fleursbougamont"}),
        ('"fleurs bougamont" rose', {"rose"}),
        ('"simon bouga*"', {"simon"}),
        ("bouga* rose", {"rose"}),
        ("rose -lys", {"rose"}),
        ("NOT (NOT rose OR lys)", {"rose"}),
        ("NOT (NOT rose NOT lys)", {"rose", "lys"}),
        ("rose NEAR/3 tulipe", {"tulipe"}),
        ("title:tulipe site:exemple.fr", {"tulipe"}),
        ("@lea", {"@lea", "#lea"}),
        ("rose OR bouga*", None),
        ("rose OR site:exemple.fr", None),
        ("lang:fr", None),
    ],
)
def test_needles_are_few_and_telling(query: str, expected: set[str] | None) -> None:
    assert parse_query(query).needles() == expected


@pytest.mark.parametrize(
    ("query", "column", "kind"),
    [
        ("", 1, Kind.EMPTY),
        (" \u00a0", 1, Kind.EMPTY),
        ("a" * 2001, 2001, Kind.TOO_LONG),
        ("(" * 51 + "a" + ")" * 51, 51, Kind.TOO_DEEP),
        ("-" * 51 + "a", 51, Kind.TOO_DEEP),
        ("fleuriste NOT (rose OR lys", 15, Kind.UNCLOSED_PARENTHESIS),
        ("rose (", 6, Kind.UNCLOSED_PARENTHESIS),
        ("rose) lys", 5, Kind.UNOPENED_PARENTHESIS),
        ("rose ()", 6, Kind.EMPTY_PARENTHESES),
        ("rose « lys", 6, Kind.UNCLOSED_QUOTE),
        ('author:"lys', 8, Kind.UNCLOSED_QUOTE),
        ("rose lys »", 10, Kind.UNOPENED_QUOTE),
        ("rose & lys", 6, Kind.NO_WORD),
        ('rose ""', 6, Kind.NO_WORD),
        ("rose - lys", 6, Kind.LONE_DASH),
        ("OR rose", 1, Kind.NOTHING_BEFORE),
        ("rose (AND lys)", 7, Kind.NOTHING_BEFORE),
        ("rose OR", 6, Kind.NOTHING_AFTER),
        ("(rose ET) lys", 7, Kind.NOTHING_AFTER),
        ("rose SAUF", 6, Kind.NOTHING_AFTER),
        ("rose NEAR/3", 6, Kind.NOTHING_AFTER),
        ("rose *", 6, Kind.STAR),
        ("rose l*", 6, Kind.STAR),
        ("ro*se", 1, Kind.STAR),
        ("source:mast*", 1, Kind.STAR),
        ("rose NEAR lys", 6, Kind.NEAR_NUMBER),
        ("rose NEAR/100 lys", 6, Kind.NEAR_NUMBER),
        ("rose near/3 lys", 6, Kind.NEAR_NUMBER),
        ("rose NEAR/² lys", 6, Kind.NEAR_NUMBER),
        ("a NEAR/3 b NEAR/3 c", 3, Kind.NEAR_SIDES),
        ("a NEAR/3 (b OR c)", 3, Kind.NEAR_SIDES),
        ("site:x.fr NEAR/3 b", 11, Kind.NEAR_SIDES),
        ("a NEAR/3 -b", 3, Kind.NEAR_SIDES),
        ("rose autor:lea", 6, Kind.UNKNOWN_FIELD),
        ("rose author: lea", 6, Kind.FIELD_VALUE),
        ("rose title:-lea", 6, Kind.FIELD_VALUE),
        ("rose site:(a.fr OR b.fr)", 6, Kind.FIELD_GROUP),
        ("title:(rose lang:fr)", 13, Kind.FIELD_IN_TITLE),
        ("site:exemple.fr/avis", 1, Kind.SITE),
        ("site:*.exemple.fr", 1, Kind.SITE),
        ("lang:français", 1, Kind.LANGUAGE),
        ("-rose", 1, Kind.EVERYTHING),
        ("rose OR NOT lys", 9, Kind.EVERYTHING),
        ("NOT (rose NOT lys)", 1, Kind.EVERYTHING),
        ("title:(-rose)", 8, Kind.EVERYTHING),
    ],
)
def test_an_error_tells_its_column(query: str, column: int, kind: Kind) -> None:
    error = error_of(query)
    assert (error.column, error.kind) == (column, kind)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_its_sentence(kind: Kind, language: str) -> None:
    told = QueryError(14, kind, "x{0}\ud800").told(Wording(language))
    assert "14" in told
    told.encode()


def test_an_error_reads_in_both_languages() -> None:
    error = error_of("fleuriste ET (rose OU lys")
    assert error.told(Wording("fr")) == "colonne 14\u00a0: parenthèse jamais refermée"
    assert str(error) == "column 14: this parenthesis is never closed"
