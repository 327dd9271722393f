"""A digest whose summary a chat model words: believed if it may be, never asked for a preview."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from end_to_end.feeds import BAD, GOOD, rss
from servers import Answer, FeedServer, Request, Said, run_ecoute

PATH = "/v1/chat/completions"
KEY = "sk-very-secret"
CONFIG = """
businesses:
  - name: Fleurs Bougamont
sources:
  - type: feed
    id: press
    url: {url}
digest:
  schedule: daily
  summary:
    model: petit
    url: {server}
    api_key: {key}
network:
  allow_private_hosts: ["{host}"]
"""


def said(*told: tuple[str, list[int]]) -> bytes:
    content = json.dumps({"phrases": [{"texte": text, "codes": codes} for text, codes in told]})
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def text_of_the_digest(folder: Path, answer: Callable[[Request], Said]) -> tuple[str, str, int]:
    with FeedServer({"/rss": rss([GOOD, BAD]), PATH: answer}) as web:
        config = CONFIG.format(
            url=web.url("/rss"), server=web.url("/v1"), key=KEY, host=web.address
        )
        file = folder / "sources.yaml"
        file.write_text(config, encoding="utf-8")
        file.chmod(0o600)
        assert run_ecoute("poll", "--force", cwd=folder).returncode == 0
        run_ecoute("digest", cwd=folder)
        assert not web.requests_for(PATH)
        done = run_ecoute("-v", "digest", "--send", cwd=folder)
        asked = web.requests_for(PATH)
        assert all(one.headers["authorization"] == f"Bearer {KEY}" for one in asked)
        assert all("Bougamont" in one.body.decode() for one in asked)
    [report] = (folder / "reports").rglob("*.txt")
    return report.read_text(encoding="utf-8"), done.stdout + done.stderr, len(asked)


def test_what_the_model_says_of_the_data_is_shown(tmp_path: Path) -> None:
    fine = said(("Une critique parle de roses fanées.", [1]), ("Un client est ravi.", [2]))
    text, log, asked = text_of_the_digest(tmp_path, lambda _: Answer(body=fine))
    assert "- Une critique parle de roses fanées. [1]" in text
    assert (asked, KEY in log) == (1, False)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (said(("Madame Tartempion est furieuse.", [1])), 200),
        (said(("Il y a 77 critiques.", [1])), 200),
        (b"no json", 200),
        (b"{}", 500),
        (b"{}", 401),
    ],
)
def test_else_ours_stands_and_the_log_says_why(tmp_path: Path, body: bytes, status: int) -> None:
    answer = Answer(body=body, status=status)
    text, log, _ = text_of_the_digest(tmp_path, lambda _: answer)
    assert "attend votre réponse" in text
    assert "Tartempion" not in text
    assert "summary" in log
    assert KEY not in log + text
