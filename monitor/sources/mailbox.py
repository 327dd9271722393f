"""A mailbox: the alerts and review notices that platforms mail to the owner, read over IMAP.

Google Alerts, Talkwalker Alerts, F5Bot; new reviews of Google, Facebook, Tripadvisor, Trustpilot,
PagesJaunes, TheFork, Booking.com, Avis Vérifiés; mentions on LinkedIn and Facebook; others by rules
of your own. See [mailbox.md](mailbox.md).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import ClassVar

from pydantic import SecretStr

from monitor.errors import Code, FetchError
from monitor.fetching.base import MailFolder, Session
from monitor.fetching.imap_account import ImapAccount
from monitor.fetching.imap_folder import MOST_NEW, Summary
from monitor.model import Business, Cursor, Entry, Health, Page
from monitor.notices.trust import provider_of
from monitor.sources.base import Source
from monitor.sources.mailbox_options import MailboxOptions
from monitor.sources.mailbox_place import Place
from monitor.sources.mailbox_reading import HEADERS, Desk, ReadMail
from monitor.sources.oauth import Grant
from monitor.sources.readers import aside

MOST_BYTES = 2_000_000
"""Of one mail that is read; of a larger one its first part is."""
BATCH = 50
ONLY_HEADERS_AFTER = 3
GIVEN_UP_AFTER = 6
"""Polls that end at one mail, before its body, and then the mail itself, is passed by."""


_MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class _Done:
    """A batch, read to a place; ``error`` is what ended it before its end."""

    place: Place
    entries: tuple[Entry, ...]
    problem: str | None
    error: FetchError | None = None


class Mailbox(Source[MailboxOptions]):
    """Reads one folder from where it last was, by UID; what is moved or told anew doubles nothing.

    Entries are known by the mail's Message-ID, whatever the folder calls it.
    """

    type: ClassVar[str] = "mailbox"
    platform: ClassVar[str] = "mailbox"
    every: ClassVar[timedelta] = timedelta(minutes=15)
    options_type: ClassVar = MailboxOptions
    reaches_back: ClassVar[timedelta | None] = timedelta(days=3650)
    credentials: ClassVar[str | None] = (
        "The account's own login. Gmail: an app password"
        " (https://myaccount.google.com/apppasswords, with two-step verification). Microsoft: a"
        " refresh token, as docs/mailbox.md tells. Others: the password, best an app password."
    )
    limits: ClassVar[str] = (
        "Form E: what platforms choose to mail, as they word it; no notice, no mention. Only the"
        " named folder and known senders are read; a date is that of the mail; a rating counts only"
        " where the notice states it. Nothing that a mail links to or shows is loaded."
    )

    def __init__(self, options: MailboxOptions, businesses: tuple[Business, ...]) -> None:
        super().__init__(options, businesses)
        self._desk = Desk(
            rules=options.rules_used,
            senders=options.senders,
            businesses=businesses,
            provider=options.provider or provider_of(options.host),
            trusts_from=options.trust == "from",
            is_choosy=bool(options.only),
        )
        self._grant = _grant_of(options)

    @property
    def address(self) -> str:
        """The server and folder; the account is a person's."""
        return f"imap://{self.options.host}:{self.options.port_used}/{self.options.folder}"

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield what came since; at first, what came in the last days."""
        first_day = (session.now - timedelta(days=self.options.days)).date()
        async for page in self._look(session, Place.of(cursor), first_day):
            yield page

    async def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what came since an instant, in as many conversations as that takes."""
        place = Place.of(cursor)
        while True:
            async for page in self._look(session, place, since.date()):
                place = Place.of(page.cursor)
                yield page
            if place.day is None:
                return

    async def _look(
        self, session: Session, place: Place, first_day: date
    ) -> AsyncGenerator[Page, None]:
        """Yield what a folder holds beyond a place, as far as one conversation goes."""
        account = await self._account(session)
        read_only = not self.options.mark_seen
        async with session.mailbox(account, self.options.folder, read_only=read_only) as folder:
            place = place.within(folder.uid_validity, first_day, session.now)
            uids = await place.uids_in(folder)
            last_uid = 0 if len(uids) == MOST_NEW else max(uids, default=place.last_uid)
            if not uids:
                yield Page(entries=(), cursor=place.at_end().cursor)
            while uids and not folder.is_late:
                # A mail at which an earlier poll ended is read alone.
                size = 1 if place.stuck_at == uids[0] else BATCH
                done = await self._read(folder, uids[:size], place)
                place = done.place.at_end() if done.place.last_uid == last_uid else done.place
                uids = [uid for uid in uids if uid > place.last_uid]
                yield Page(entries=done.entries, cursor=place.cursor, problem=done.problem)
                if done.error is not None:
                    raise done.error

    async def _read(self, folder: MailFolder, uids: Sequence[int], place: Place) -> _Done:
        """Read a batch of mails, to its end, to an error, or as far as the time goes."""
        entries: list[Entry] = []
        problems: list[str] = []
        last_uid, at = place.last_uid, uids[0]
        try:
            for summary in await self._summaries(folder, uids, place):
                at = summary.uid
                read = await self._read_mail(folder, summary, place)
                entries += read.entries
                problems += [f"mail {at}: {read.problem}"] if read.problem else []
                last_uid = at
                if folder.is_late:
                    return _Done(place.up_to(last_uid), tuple(entries), _told(problems))
        except FetchError as error:
            failed = place.failed_at(at, last_uid)
            return _Done(failed, tuple(entries), _told(problems), error)
        if place.failures_at(uids[0]) >= GIVEN_UP_AFTER:
            problems.append(f"mail {uids[0]}: the server does not give it; passed by")
        return _Done(place.up_to(uids[-1]), tuple(entries), _told(problems))

    async def _summaries(
        self, folder: MailFolder, uids: Sequence[int], place: Place
    ) -> list[Summary]:
        if place.failures_at(uids[0]) >= GIVEN_UP_AFTER:
            return []
        return await folder.summaries(uids, HEADERS)

    async def _read_mail(self, folder: MailFolder, summary: Summary, place: Place) -> ReadMail:
        if not self._desk.wants(summary.head):
            return ReadMail()
        content: bytes | None = summary.head
        if place.failures_at(summary.uid) < ONLY_HEADERS_AFTER:
            content = await folder.whole(summary.uid, MOST_BYTES)
        if content is None:
            return ReadMail()  # moved or deleted since
        is_cut = summary.size > MOST_BYTES
        read = await aside(partial(self._desk.read, summary.head, content, is_cut=is_cut))
        if self.options.mark_seen and read.entries:
            problem = await folder.mark_seen([summary.uid])
            return replace(read, problem=f"not marked ({problem})") if problem else read
        return read

    async def _account(self, session: Session) -> ImapAccount:
        options = self.options
        password = options.password.get_secret_value() if options.password else ""
        if self._grant is None and not password:
            raise FetchError(Code.AUTH, "no password is given", health=Health.NEEDS_TOKEN)
        return ImapAccount(
            host=options.host,
            port=options.port_used,
            username=options.username,
            secret=await self._grant.take(session) if self._grant else password,
            by_token=self._grant is not None,
            security=options.security,
            plain_login=options.plain_login,
        )


def _grant_of(options: MailboxOptions) -> Grant | None:
    if not (options.token_url and options.client_id and options.refresh_token):
        return None
    return Grant(
        token_url=options.token_url,
        client_id=options.client_id,
        client_secret=options.client_secret or SecretStr(""),
        refresh_token=options.refresh_token,
        further={"scope": options.scope} if options.scope else {},
    )


def _told(problems: Sequence[str]) -> str | None:
    more = len(problems) - _MOST_PROBLEMS
    told = "; ".join(problems[:_MOST_PROBLEMS])
    return (f"{told}; and {more} more" if more > 0 else told) or None
