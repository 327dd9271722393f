"""A real mail system filled with notices, read by the command: Dovecot on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from imap_server import PASSWORD, USER, ImapServer, needs_dovecot
from promises.shop import Shop
from servers import Answer, FeedServer, Request, write_config
from sources.fake_session import DATA
from sources.mailbox_mails import numbered

pytestmark = needs_dovecot

# Which of the notices is a mention of Fleurs Bougamont, and how many.
NOTICES = {
    "avis_verifies_fr": 2,
    "booking_en": 1,
    "booking_reservation": 0,
    "f5bot": 2,
    "facebook_recommendation": 1,
    "google_alerts_en": 1,
    "google_alerts_fr": 2,
    "google_review_fr": 1,
    "linkedin": 1,
    "pagesjaunes_fr": 1,
    "personal": 0,
    "talkwalker": 2,
    "thefork_fr": 1,
    "tripadvisor_en": 1,
    "trustpilot_fr": 1,
}


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with ImapServer() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with FeedServer() as web:
        yield Shop(tmp_path, web)


def configure(shop: Shop, imap: ImapServer, *, language: str = "fr", **options: Any) -> None:  # noqa: ANN401 - whatever YAML holds
    source = {
        "type": "mailbox",
        "id": "courrier",
        "provider": "mx.google.com",
        "from": "avis.example.fr",
        **imap.section,
        **options,
    }
    allowed = {"allow_private_hosts": [imap.address]}
    write_config(shop.folder, feeds=[source], network=allowed, language=language)


def expunge(imap: ImapServer, message_id: str) -> None:
    for part in ("new", "cur"):
        for file in (imap.maildir / part).iterdir():
            if message_id.encode() in file.read_bytes():
                file.unlink()


def number_anew(imap: ImapServer) -> None:
    """Have the server forget its UIDs, as after a restore of a backup."""
    for file in imap.maildir.glob("dovecot*"):
        file.unlink()
    list_of_uids = imap.maildir / "dovecot-uidlist"
    list_of_uids.write_text("3 V77 N1\n")


def test_every_notice_is_read_once_whatever_becomes_of_the_folder(
    shop: Shop, imap: ImapServer
) -> None:
    for name in NOTICES:
        imap.deliver((DATA / "mailbox" / f"{name}.synthetic.eml").read_bytes())
    for n in range(40):
        imap.deliver(numbered(n))
    configure(shop, imap, max_pages=1)
    whole = sum(NOTICES.values()) + 40
    fetched = [shop.poll()["courrier"]["fetched"] for _ in range(3)]
    assert fetched[0] < whole
    assert sum(fetched) == whole
    assert fetched[2] == 0
    mentions = shop.mentions("--limit", "500")
    assert len(mentions) == whole
    ratings = {one["author"]: one["rating"] for one in mentions if one["rating"] is not None}
    assert ratings == {
        "Annelies": 3.5,
        "Julie R.": 1,
        "Karim B.": 4.25,
        "Luc P.": 5,
        "Marie Dubois": 2,
        "Monique L.": 4.5,
        "Sofia M.": 2,
        "traveller_59": 4,
    }
    assert all(mail.startswith("<") for mail in imap.mails())  # all unread still

    expunge(imap, "<7@avis.example.fr>")
    imap.deliver(numbered(100))
    assert shop.poll()["courrier"]["new"] == 1

    number_anew(imap)
    imap.deliver(numbered(101))
    again = [shop.poll()["courrier"] for _ in range(3)]
    assert sum(one["new"] for one in again) == 1
    assert sum(one["duplicates"] for one in again) == whole  # one gone, one come since
    assert len(shop.mentions("--limit", "500")) == whole + 2
    assert shop.poll()["courrier"]["fetched"] == 0


def test_nothing_secret_and_nothing_personal_is_stored(shop: Shop, imap: ImapServer) -> None:
    for name in ("personal", "booking_reservation", "booking_en", "facebook_recommendation"):
        imap.deliver((DATA / "mailbox" / f"{name}.synthetic.eml").read_bytes())
    configure(shop, imap)
    done = shop.ecoute("--verbose", "poll", "--force", "--json")
    assert json.loads(done.out)["sources"][0]["new"] == 2
    database = (shop.folder / "mentions.db").read_bytes()
    for file in shop.folder.glob("mentions.db-*"):
        database += file.read_bytes()
    for secret in (PASSWORD, "4321", "Jeanne Secret", "ses=secret", "aref"):
        assert secret.encode() not in database
        assert secret not in done.err


@pytest.mark.parametrize(
    ("language", "options", "said"),
    [
        ("fr", {"password": "faux"}, "mot de passe d’application"),
        ("en", {"password": "wrong"}, "app password"),
        ("fr", {"folder": "Alertes"}, "«\u00a0Alertes\u00a0» n’existe pas"),
        ("en", {"folder": "Alertes"}, "“Alertes” does not exist"),
        ("fr", {"security": "starttls", "plain_login": False}, "chiffrement absent"),
    ],
)
def test_check_names_what_is_missing(
    shop: Shop, imap: ImapServer, language: str, options: dict[str, Any], said: str
) -> None:
    configure(shop, imap, language=language, **options)
    done = shop.ecoute("check", "--json")
    told = next(one for one in json.loads(done.out) if one["what"] == "source")
    assert not told["ok"]
    assert said in told["message"]
    assert done.code == 1


def test_check_shows_what_it_found(shop: Shop, imap: ImapServer) -> None:
    imap.deliver((DATA / "mailbox" / "google_review_fr.synthetic.eml").read_bytes())
    configure(shop, imap)
    [told] = [
        one for one in json.loads(shop.ecoute("check", "--json").out) if one["what"] == "source"
    ]
    assert told["ok"]
    assert told["matched"] == 1
    assert told["sample"].startswith("Marie Dubois a laissé un avis")


def test_a_notice_that_is_not_understood_is_kept_and_said(shop: Shop, imap: ImapServer) -> None:
    imap.deliver(numbered(1))
    configure(shop, imap)
    done = shop.ecoute("poll", "--force")
    [mention] = shop.mentions()
    assert mention["kind"] == "page"
    assert "n’ont pas été compris" in done.out + done.err
    assert "n’ont pas été compris" in shop.ecoute("sources").out


def test_a_login_that_is_refused_is_a_state_and_passes_by_itself(
    shop: Shop, imap: ImapServer
) -> None:
    imap.deliver(numbered(1))
    configure(shop, imap, password="${BOITE}")

    def state(password: str) -> str:
        shop.ecoute("poll", "--force", env={"BOITE": password})
        [source] = json.loads(shop.ecoute("sources", "--json", env={"BOITE": password}).out)
        return str(source["state"])

    assert state("faux mot") == "needs_token"
    assert state(PASSWORD) == "ok"


def test_history_is_read_on_demand(shop: Shop, imap: ImapServer) -> None:
    imap.deliver(numbered(1))
    configure(shop, imap)
    done = shop.ecoute("backfill", "--since", "90d", "--json")
    assert done.code == 0, done.err
    assert len(shop.mentions()) == 1


def test_a_token_logs_in_and_one_that_was_withdrawn_is_told(shop: Shop, tmp_path: Path) -> None:
    """XOAUTH2 with a server that asks about the token itself; nothing of it is stored."""
    shop.web["/token"] = Answer(
        headers={"Content-Type": "application/json"},
        body=b'{"access_token": "acc3ss", "expires_in": 3600}',
    )

    def told(request: Request) -> Answer:
        known = request.target.endswith("acc3ss")
        body = json.dumps({"user": USER} if known else {"error": "invalid_token"}).encode()
        headers = {"Content-Type": "application/json"}
        return Answer(status=200 if known else 401, headers=headers, body=body)

    shop.web["/info"] = told
    grant: dict[str, Any] = {
        "password": None,
        "token_url": shop.web.url("/token"),
        "client_id": "app",
        "refresh_token": "r3fresh",
    }
    with ImapServer(tokens=shop.web.url("/info?token=")) as imap:
        imap.deliver((DATA / "mailbox" / "google_review_fr.synthetic.eml").read_bytes())
        configure(shop, imap, **grant)
        file = tmp_path / "sources.yaml"
        allowed = f"{imap.address}\n  - {shop.web.address}"
        file.write_text(file.read_text().replace(f"- {imap.address}", f"- {allowed}"))
        assert shop.poll()["courrier"]["new"] == 1
        refused = b'{"error": "invalid_grant", "error_description": "s3cret"}'
        shop.web["/token"] = Answer(
            status=400, headers={"Content-Type": "application/json"}, body=refused
        )
        error = shop.poll()["courrier"]["error"]
        assert "accordez-la de nouveau" in error["message"]
        assert "s3cret" not in error["message"]
    assert not any(b"acc3ss" in path.read_bytes() for path in tmp_path.glob("mentions.db*"))
