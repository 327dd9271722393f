"""Readers of their own rhythm, and drafts of replies, through the installed command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from servers import FeedServer, MailServer, run_ecoute

from monitor.text import fold

CONFIG = """
businesses:
  - name: Fleurs Bougamont
    context: [fleuriste]
sources:
  - type: feed
    id: presse
    url: {url}
digest:
  to:
    - simon@example.fr
    - to: agence@example.fr
      schedule: daily
      language: en
mail:
  host: 127.0.0.1
  port: {port}
  security: none
  from: "Écoute <ecoute@example.fr>"
network:
  allow_private_hosts: ["{host}", "127.0.0.1:{port}"]
"""


@pytest.fixture
def mail() -> MailServer:
    return MailServer()


def test_a_send_closes_the_digest_of_every_reader_once(tmp_path: Path, mail: MailServer) -> None:
    with mail, FeedServer({"/rss": rss([GOOD, BAD])}) as web:
        text = CONFIG.format(url=web.url("/rss"), host=web.address, port=mail.port)
        (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
        assert run_ecoute("poll", "--force", cwd=tmp_path).returncode == 0
        for _ in range(2):
            sent = run_ecoute("digest", "--send", cwd=tmp_path)
            assert sent.returncode == 0, sent.stderr
    told = [(m.recipients, str(m.message["Subject"]).replace("\u00a0", " ")) for m in mail.received]
    assert len(told) == 4
    for whom in ("simon@example.fr", "agence@example.fr"):
        first, second = (subject for recipients, subject in told if recipients == (whom,))
        assert "2 mentions" in first
        assert "2 mentions" not in second
    found = json.loads(run_ecoute("mentions", "--json", cwd=tmp_path).stdout)
    assert len(found) == 2


def test_a_draft_is_shown_for_copying(tmp_path: Path) -> None:
    with FeedServer({"/rss": rss([BAD])}) as web:
        text = CONFIG.format(url=web.url("/rss"), host=web.address, port=2525)
        (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")
        run_ecoute("poll", "--force", cwd=tmp_path)
    (one,) = json.loads(run_ecoute("mentions", "--json", cwd=tmp_path).stdout)
    press = run_ecoute("draft", one["id"], cwd=tmp_path)
    assert press.returncode == 0, press.stderr
    assert press.stdout.startswith("Madame, Monsieur,\n\n")
    assert press.stdout.endswith("Fleurs Bougamont\n")
    assert "Écoute n’envoie jamais rien" in press.stderr
    asked = run_ecoute(
        "draft", one["id"], "--channel", "post", "--language", "en", "--json", cwd=tmp_path
    )
    told = json.loads(asked.stdout)
    assert (told["channel"], told["tone"], told["language"]) == ("post", "negative", "en")
    assert "sorry" in told["text"]
    unknown = run_ecoute("draft", "nobody", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "nobody" in fold(unknown.stderr)
