"""LinkedIn's notifications of a company Page: comments, shares, and posts that mention the Page.

learn.microsoft.com/linkedin/marketing/community-management, "organization social action
notifications"; shapes from recordings/linkedin. They are those that the source type `linkedin`
asks for, and are read by its reader: whichever tells first, it is one mention.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.errors import Malformed
from monitor.model import Entry, Json
from monitor.receiving.base import Push, Pushed, Record, records_in
from monitor.sources.entry_parts import id_of
from monitor.sources.linkedin_entries import comment_of, read_notification
from monitor.wording import Wording

_PLATFORM = "linkedin"
_SAID = {"COMMENT", "COMMENT_EDIT", "SHARE", "SHARE_MENTION"}


def read_linkedin(document: Json, _: Wording) -> Push:
    """Read up to ten notifications; likes, the Page's own words and the unknown are skipped."""
    told = document if isinstance(document, Mapping) else {}
    pushed: list[Pushed] = []
    removed: list[str] = []
    skipped = 0
    for notification in records_in(told.get("notifications", told)):
        if gone := _removed(notification):
            removed.append(gone)
        elif entry := _entry(notification):
            pushed.append(Pushed(entry, _PLATFORM))
        else:
            skipped += 1
    return Push(pushed=tuple(pushed), removed=tuple(removed), skipped=skipped)


def _removed(notification: Record) -> str | None:
    comment = comment_of(notification.get("generatedActivity"))
    return comment.urn if comment and notification.get("action") == "COMMENT_DELETE" else None


def _entry(notification: Record) -> Entry | None:
    if str(notification.get("action")) not in _SAID:
        return None
    organization = id_of(notification.get("organizationalEntity")) or ""
    try:
        return read_notification(notification, organization)
    except Malformed:
        return None
