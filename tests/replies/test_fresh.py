"""What of a reply its writer wrote, whatever program wrapped it up."""

from __future__ import annotations

import pytest

from monitor.replies.fresh import fresh_lines, unflowed
from monitor.replies.markup import text_of_html

DIGEST = "1. [négatif] Deux jours de retard\n   avis.example.fr\n\n2. [positif] Merci"
QUOTED = "".join(f"> {line}\n" for line in DIGEST.split("\n"))
TOP = "3 hors sujet\n\n"
SENDER = "Écoute <ecoute@example.fr>"

ABOVE = {
    "gmail": f"{TOP}Le lun. 23 nov. 2026 à 08:00, {SENDER} a écrit :\n\n{QUOTED}",
    "gmail, wrapped": f"{TOP}Le lun. 23 nov. 2026 à 08:00, {SENDER}\na écrit :\n{QUOTED}",
    "thunderbird": f"{TOP}Le 23/11/2026 à 08:00, Écoute a écrit :\n{QUOTED}",
    "apple": f"{TOP}> Le 23 nov. 2026 à 08:00, {SENDER} a écrit :\n>\n{QUOTED}",
    "english": f"{TOP}On Mon, Nov 23, 2026 at 8:00 AM {SENDER} wrote:\n\n{QUOTED}",
    "outlook": f"{TOP}________________________________\nDe : Écoute\nEnvoyé : lundi\n\n{DIGEST}",
    "outlook, no rule": f"{TOP}De : {SENDER}\nEnvoyé : lundi 23\nÀ : Simon\n\n{DIGEST}",
    "outlook, english": f"{TOP}From: Écoute\nSent: Monday\nTo: Simon\nSubject: x\n\n{DIGEST}",
    "original": f"{TOP}-----Message d'origine-----\n{DIGEST}",
    "unmarked": f"{TOP}Le 23 nov. à 08:00, {SENDER} a écrit :\n\n{DIGEST}",
    "forwarded": f"{TOP}---------- Forwarded message ---------\n5 positif\n",
    "phone": f"{TOP}Envoyé de mon iPhone\n\n> {QUOTED}",
    "signed": f"{TOP}-- \nSimon\n5 rue positif\n",
    "nothing": TOP,
}  # fmt: skip


@pytest.mark.parametrize("program", ABOVE)
def test_what_stands_above_a_quotation_is_found(program: str) -> None:
    assert [line for line in fresh_lines(ABOVE[program]) if line] == ["3 hors sujet"]


@pytest.mark.parametrize(
    "text",
    [
        f"3 hors sujet\nLe lun. 23 nov. 2026 à 08:00, {SENDER} a écrit :\n{QUOTED}",
        f"3 hors sujet\nLe lun. 23 nov. 2026 à 08:00, Écoute\n<e@x.fr> a écrit :\n{QUOTED}",
        f"3 hors sujet\n{SENDER} a écrit :\n{QUOTED}",
        f"3 hors sujet\n\n----- Mail original -----\nDe: Écoute\n{DIGEST}",
        f"3 hors sujet\n\nEnvoyé avec la messagerie sécurisée Proton Mail.\n{QUOTED}",
    ],
)
def test_an_answer_without_a_blank_line_below_is_found(text: str) -> None:
    assert [line for line in fresh_lines(text) if line] == ["3 hors sujet"]


@pytest.mark.parametrize(
    "text",
    ["3 traité, le client a écrit", "Le 3 est traité\nil a écrit", "note 4 : Le client m'a écrit"],
)
def test_what_only_looks_like_an_introduction_stays(text: str) -> None:
    assert fresh_lines(text) == text.split("\n")


def test_what_stands_below_a_quotation_is_found() -> None:
    text = f"Le 23/11/2026 à 08:00, Écoute a écrit :\n{QUOTED}\n3 hors sujet\n5 positif\n"
    assert [line for line in fresh_lines(text) if line] == ["3 hors sujet", "5 positif"]


def test_what_stands_between_quoted_lines_is_found() -> None:
    text = "> 1. [négatif] Deux jours\n1 traité\n> 2. [positif] Merci\n2 neutre\n"
    assert fresh_lines(text)[:2] == ["1 traité", "2 neutre"]


def test_lines_of_the_digest_are_known_without_any_mark() -> None:
    """Else the second item, "[positif] Merci", would answer for its reader."""
    text = f"3 hors sujet\n\n{DIGEST}"
    assert [line for line in fresh_lines(text, [DIGEST]) if line] == ["3 hors sujet"]


def test_wrapped_lines_of_a_program_are_joined_again() -> None:
    assert unflowed("note 4 : rappelé \nla cliente\n\n-- \nSimon") == (
        "note 4 : rappelé la cliente\n\n-- \nSimon"
    )


GMAIL = (
    '<div>3 hors sujet</div><div class="gmail_quote"><div class="gmail_attr">Écoute a écrit :'
    '</div><blockquote class="gmail_quote">2 positif</blockquote></div>'
)
THUNDERBIRD = (
    '<p>3 hors sujet</p><div class="moz-cite-prefix">Le 23, Écoute a écrit :</div>'
    '<blockquote type="cite"><p>2 positif</p></blockquote>'
)


@pytest.mark.parametrize(
    "html",
    [
        GMAIL,
        THUNDERBIRD,
        '<p>3 hors sujet</p><hr><div id="divRplyFwdMsg">De : Écoute</div><div>2 positif</div>',
        '<blockquote type="cite">2 positif</blockquote>3 hors sujet',
    ],
)
def test_what_a_program_marks_as_quoted_in_html_is_left_out(html: str) -> None:
    lines = fresh_lines(text_of_html(html))
    assert [line for line in lines if line.strip()] == ["3 hors sujet"]


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<",
        "<?xml version='1.0' encoding='utf-16'?><p>3</p>",
        "\0",
        "a&#1;<blockquote>b</blockquote>c&#2;",
        "<blockquote>a<blockquote>b</blockquote>\x01</blockquote>c\x02",
    ],
)
def test_what_is_hardly_html_breaks_nothing(html: str) -> None:
    text_of_html(html)
