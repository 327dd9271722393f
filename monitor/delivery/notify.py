"""Notices through Apprise (optional): telephones and chats that the owner named by an address.

An address is a secret: it is known by its place in ``alerts.notify`` and its scheme, and stands in
no table, log or error. Whatever a service's plugin does, ``notify_guard`` stands under it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from monitor.delivery.notify_guard import run_guarded
from monitor.model import DeliveryResult, DeliveryState
from monitor.wording import Wording

if TYPE_CHECKING:
    from apprise import Apprise

_STATUS = re.compile(r"error[=:]\s?(\d{3})\b")
"""What plugins log of a refusal, the one part of their words that can hold no secret."""


class NotifyUnavailable(Exception):
    """An address that Apprise does not understand; carries its place."""

    def __init__(self, place: int) -> None:
        """Keep the place in ``alerts.notify``."""
        super().__init__(place)
        self.place = place


def channel_names(urls: Sequence[str]) -> tuple[str, ...]:
    """Name channels by what is no secret: their place and scheme.

    >>> channel_names(["ntfy://topic", "tgram://token/chat"])
    ('notify[0] ntfy', 'notify[1] tgram')
    """
    return tuple(
        f"notify[{place}] {url.partition('://')[0].strip().lower()}"
        for place, url in enumerate(urls)
    )


class Notifier:
    """Gives notices to the configured channels; as ``Mailer`` it is asked by ``deliver_due``."""

    def __init__(
        self, urls: Sequence[str], *, allow_private_hosts: frozenset[str], words: Wording
    ) -> None:
        """Take the addresses. Raises ``NotifyUnavailable``; ``ImportError`` without Apprise."""
        # What plugins say of their addresses is for us alone: it may hold a token.
        logging.getLogger("apprise").propagate = False
        self._allow = allow_private_hosts
        self._words = words
        self._channels: Mapping[str, Apprise] = dict(
            zip(channel_names(urls), map(_understand, range(len(urls)), urls), strict=True)
        )
        self._sent: set[tuple[bytes, str]] = set()

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels."""
        return tuple(self._channels)

    def send(self, message: bytes, sender: str, recipients: Sequence[str]) -> list[DeliveryResult]:  # noqa: ARG002 - the signature of ``Mailer.send``
        """Give a notice to channels, by their names; one result each, without times.

        Its first line is the title. Nothing is told of why a service said no but its HTTP status.
        """
        title, _, body = message.decode().partition("\n")
        return [self._send(name, title, body.strip(), message) for name in recipients]

    def _send(self, name: str, title: str, body: str, message: bytes) -> DeliveryResult:
        channel = self._channels.get(name)
        if channel is None:
            error = self._words("alerts.channel_gone")
            return DeliveryResult(recipient=name, state=DeliveryState.REFUSED, error=error)
        # Asked again for what this process saw taken: only its record failed (a full disk).
        if (message, name) not in self._sent:
            refusal = self._give(channel, title, body)
            if refusal:
                return DeliveryResult(recipient=name, state=DeliveryState.WAITING, error=refusal)
            self._sent.add((message, name))
        return DeliveryResult(recipient=name, state=DeliveryState.SENT)

    def _give(self, channel: Apprise, title: str, body: str) -> str | None:
        """Give a notice to one channel; returns why it was not taken."""
        from apprise import LogCapture, NotifyType  # noqa: PLC0415 - optional

        capture = LogCapture(level=logging.WARNING)  # type: ignore[no-untyped-call] # Apprise's
        give = partial(
            channel.notify, body=body or title, title=title, notify_type=NotifyType.WARNING
        )
        with capture as log:
            is_taken, watch = run_guarded(give, self._allow)
            said = log.getvalue()
        if is_taken:
            return None
        if watch.refused:
            return self._words("alerts.channel_blocked", host=watch.refused[0])
        status = _STATUS.search(said)
        detail = f" (HTTP {status[1]})" if status else ""
        return self._words("alerts.channel_failed", detail=detail)


def _understand(place: int, url: str) -> Apprise:
    from apprise import Apprise  # noqa: PLC0415 - optional

    channel = Apprise()
    if not channel.add(url):
        raise NotifyUnavailable(place)
    return channel
