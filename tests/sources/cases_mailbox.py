"""Cases of the type mailbox, for the conformance suite: a folder with one notice."""

from __future__ import annotations

from sources.conformance import Case
from sources.fake_session import DATA

from monitor.sources.mailbox import Mailbox

CASES: dict[str, Case] = {
    f"mailbox, {name}": Case(
        kind=Mailbox,
        options={"host": "imap.gmail.com", "username": "simon@example.fr", "password": "secret"},
        full=(DATA / "mailbox" / f"{name}.synthetic.eml").read_bytes(),
        empty=b"",
        content_type="message/rfc822",
        reads_pages=True,
    )
    for name in ("talkwalker", "trustpilot_fr")
}
