"""``ecoute check --mail``, with a mail server and a name server on loopback."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from deliverability.test_dkim import key
from dns_server import DnsServer
from servers import LOOPBACK, MailServer, run_ecoute, write_config

ZONE = {
    "bougamont.fr TXT": ["v=spf1 mx ~all", "unrelated"],
    "bougamont.fr MX": ["10 mx.bougamont.fr."],
    "google._domainkey.bougamont.fr TXT": [key(2048)],
    "_dmarc.bougamont.fr TXT": ["v=DMARC1; p=none"],
    "voisine.fr MX": ["0 ."],
    "example.fr MX": ["10 mx.example.fr."],
}


def check(
    folder: Path,
    mail: MailServer,
    *args: str | Path,
    sender: str = "ecoute@bougamont.fr",
    to: Sequence[str] = ("simon@example.fr",),
    language: str = "fr",
) -> list[str]:
    """Run the check with our name server; exit code, errors, then its lines."""
    file = write_config(folder, mail=mail, to=to, language=language)
    file.write_text(file.read_text().replace("ecoute@example.fr", sender))
    with DnsServer(ZONE) as dns:
        done = run_ecoute("check", "--mail", "--dns", dns.address, *args, cwd=folder)
    return [str(done.returncode), done.stderr, *done.stdout.splitlines()]


def test_a_test_mail_is_sent_and_the_domain_is_told_line_by_line(tmp_path: Path) -> None:
    with MailServer() as mail:
        code, errors, *lines = check(tmp_path, mail, to=["a@example.fr", "b@example.fr"])
    assert code == "0", errors
    assert [line.split(": ")[:2] for line in lines[3:]] == [
        ["ok  bougamont.fr", "spf_ok"],
        ["!   bougamont.fr", "spf_own"],
        ["ok  bougamont.fr", "dkim_ok"],
        ["!   bougamont.fr", "dmarc_none_unread"],
        ["ok  bougamont.fr", "replies_ok"],
    ]
    assert [line[:18] for line in lines[:3]] == [
        f"ok  {LOOPBACK}:{mail.port}"[:18],
        "ok  a@example.fr: ",
        "ok  b@example.fr: ",
    ]
    assert [(got.recipients, got.sender) for got in mail.received] == [
        (("a@example.fr",), "ecoute@bougamont.fr"),
        (("b@example.fr",), "ecoute@bougamont.fr"),
    ]
    assert mail.received[0].message["Subject"] == "Écoute : essai d’envoi"
    assert [file.name for file in tmp_path.iterdir()] == ["sources.yaml"]


def test_a_refused_test_is_a_failure_and_the_domain_is_told_all_the_same(tmp_path: Path) -> None:
    with MailServer() as mail:
        mail.always("RCPT b@voisine.fr", "550 no such user")
        code, _, *lines = check(tmp_path, mail, "--to", "b@voisine.fr", "--json")
    found = json.loads("\n".join(lines))
    assert code == "1"
    assert [(f["what"], f["ok"]) for f in found[:2]] == [("mail", True), ("test", False)]
    assert "550 no such user" in found[1]["message"]
    remarks = {f["code"]: (f["what"], f["id"], f["gravity"]) for f in found[2:]}
    assert remarks["spf_ok"] == ("spf", "bougamont.fr", "good")
    assert remarks["recipient_null"] == ("recipient", "voisine.fr", "problem")


def test_a_server_that_is_not_there_does_not_hide_the_domain(tmp_path: Path) -> None:
    with MailServer() as mail:
        pass
    code, _, *lines = check(tmp_path, mail)
    assert code == "1"
    assert lines[0].startswith(f"!!  {mail.address}: ")
    assert len(lines) == 6


def test_what_the_dns_lacks_is_advice_and_no_failure(tmp_path: Path) -> None:
    with MailServer() as mail:
        code, _, *lines = check(tmp_path, mail, sender="ecoute@absent.fr", language="en")
    assert code == "0"
    assert [line.split(": ")[:2] for line in lines[2:]] == [
        ["!!  absent.fr", "sender_unknown"],
        ["!!  absent.fr", "replies_nowhere"],
    ]


def test_a_received_mail_gives_the_key_and_nothing_is_sent(tmp_path: Path) -> None:
    saved = tmp_path / "essai.eml"
    saved.write_text(
        "Authentication-Results: mx.test; dkim=pass; spf=pass; dmarc=pass\n"
        "DKIM-Signature: v=1; d=bougamont.fr; s=google; b=x\n"
        "From: ecoute@bougamont.fr\n\nbonjour\n"
    )
    with MailServer() as mail:
        code, _, *lines = check(tmp_path, mail, "--received", saved)
    assert (code, mail.received) == ("0", [])
    assert [line.split(": ")[1] for line in lines[:2]] == ["received_said", "received_signed"]
    assert any("dkim_ok" in line for line in lines)


@pytest.mark.parametrize(
    "args",
    [
        ["--to", "a@b.fr"],
        ["--mail", "--to", "nobody"],
        ["--mail", "--dns", "quad9"],
        ["--mail", "--dns", "9.9.9.9:dns"],
        ["--mail", "--received", "nowhere.eml"],
    ],
)
def test_what_is_typed_wrong_is_said_and_nothing_is_done(tmp_path: Path, args: list[str]) -> None:
    with MailServer() as mail:
        write_config(tmp_path, mail=mail)
        done = run_ecoute("check", *args, cwd=tmp_path)
    assert (done.returncode, done.stdout, mail.received) == (2, "", [])


def test_without_a_mail_server_it_says_what_to_add(tmp_path: Path) -> None:
    write_config(tmp_path)
    done: CompletedProcess[str] = run_ecoute("check", "--mail", cwd=tmp_path)
    assert done.returncode == 2
    assert "mail" in done.stderr
