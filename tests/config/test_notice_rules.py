"""A user's rules for notices: what is wrong with them is told with its line, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.load import load_config
from monitor.errors import ConfigError
from monitor.sources.mailbox import Mailbox

WRONG = """\
language: {language}
businesses: [{{name: Fleurs Bougamont}}]
sources:
  - type: mailbox
    host: imap.example.fr
    username: simon
    from: [avis.example.fr, pas un domaine]
    rules:
      - name: essai
        from: avis.example.fr
        subject: "*"
        author: "Avis de"
        ratin: x
        rating: "{{}} et {{}}"
      - name: linkedin
        from: linkedin.com
"""
FAULTS = {
    "fr": (
        "sources.yaml:7: sources[0].from[1]: ce n’est ni une adresse ni un nom de domaine",
        "sources.yaml:11: sources[0].rules[0].subject: un motif contient au moins un mot",
        "sources.yaml:12: sources[0].rules[0].author: ce motif ne dit pas par {} quelle partie",
        "sources.yaml:13: sources[0].rules[0].ratin: la clé «\u00a0ratin\u00a0» n’existe pas",
        "sources.yaml:14: sources[0].rules[0].rating: un motif ne contient {} qu’une fois",
    ),
    "en": (
        "sources.yaml:7: sources[0].from[1]: this is neither an address nor a domain",
        "sources.yaml:11: sources[0].rules[0].subject: a pattern holds at least one word",
        "sources.yaml:12: sources[0].rules[0].author: this pattern does not say with {} which",
        "sources.yaml:13: sources[0].rules[0].ratin: ",
        "sources.yaml:14: sources[0].rules[0].rating: a pattern holds {} only once",
    ),
}


def faults(folder: Path, text: str) -> list[str]:
    file = folder / "sources.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_config(file, {}, {"mailbox": Mailbox}, ["ecoute"])
    return str(raised.value).splitlines()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_fault_of_a_rule_is_told_with_its_line(tmp_path: Path, language: str) -> None:
    told = faults(tmp_path, WRONG.format(language=language))
    assert len(told) == len(FAULTS[language])
    for line, said in zip(told, FAULTS[language], strict=True):
        assert line.startswith(said)


def test_two_rules_of_one_name_are_a_fault(tmp_path: Path) -> None:
    right = WRONG.format(language="fr").replace(", pas un domaine", "")
    for wrong in ('        subject: "*"\n', '        author: "Avis de"\n', "        ratin: x\n"):
        right = right.replace(wrong, "")
    [told] = faults(tmp_path, right.replace("{} et {}", "Note : {}"))
    assert "«\u00a0linkedin\u00a0»" in told
