"""Which mails no person wrote: our own, automatic answers, bounces, lists."""

from __future__ import annotations

from monitor.letters import Letter
from monitor.replies.vocabulary import listed
from monitor.text import fold

_MACHINES = ("mailer-daemon@", "postmaster@", "noreply@", "no-reply@")
_BULK = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
_TELLTALE = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-failed-recipients")


def machine_in(letter: Letter) -> str | None:
    """Return why a mail is no person's, in a fixed word; ``None``: a person may have written it."""
    if _is_bounce(letter):
        return "bounce"
    if letter.header("precedence").strip().lower() in _BULK or letter.header("list-id"):
        return "list"
    return "automatic" if _is_automatic(letter) else None


def _is_bounce(letter: Letter) -> bool:
    # RFC 3461 §6: sent from nobody; RFC 6522: its form.
    is_from_nobody = letter.header("return-path").strip() == "<>"
    is_from_a_machine = any(sender.startswith(_MACHINES) for sender in letter.senders)
    return is_from_nobody or is_from_a_machine or letter.content_type == "multipart/report"


def _is_automatic(letter: Letter) -> bool:
    # RFC 3834 §5: anything but "no" was sent by a program.
    submitted = letter.header("auto-submitted").split(";")[0].strip().lower()
    if submitted not in {"", "no"} or any(letter.header(name) for name in _TELLTALE):
        return True
    subject = fold(letter.header("subject"))
    return any(subject.startswith(words) for words in listed("auto_subjects"))
