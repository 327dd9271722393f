"""Trying the way of a digest: a test mail sent, and what the DNS says of its sender."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.app import App
from monitor.checking import Finding, check_mail
from monitor.deliverability.examine import Route, examine
from monitor.deliverability.lookup import Resolver
from monitor.deliverability.received import ReceivedMail, judge_received
from monitor.deliverability.remarks import Gravity, Remark
from monitor.delivery.addresses import ascii_host, clean_header, domain_of
from monitor.delivery.trial import compose_trial
from monitor.errors import DeliveryError
from monitor.model import DeliveryResult, DeliveryState
from monitor.wording import Wording


def send_trial(app: App, recipients: Sequence[str], at: datetime) -> list[Finding]:
    """Reach the server, send each recipient a test mail, and tell what became of them."""
    mail, mailer, words = app.config.mail, app.mailer, app.words
    if mail is None or mailer is None:
        raise ValueError("no mail is configured")
    reached = check_mail(app)
    if not reached.ok:
        return [reached]
    if not recipients:
        nobody = words("deliverability.test_no_recipient")
        return [reached, Finding(what="test", id=mail.host, ok=False, message=nobody)]
    found = [reached]
    for recipient in recipients:  # a mail each: readers of one shop need not know another's
        message = compose_trial(
            words=words,
            host=mail.host,
            sender=mail.sender,
            recipient=recipient,
            business=app.config.businesses[0].name,
            at=at.astimezone(app.zone),
            reply_to=app.config.mailbox.address if app.config.mailbox else None,
        )
        try:
            found += [
                _told(result, mail.host, words)
                for result in mailer.send(message, mail.sender, [recipient])
            ]
        except DeliveryError as error:
            found.append(Finding(what="test", id=recipient, ok=False, message=str(error)))
    return found


def _told(result: DeliveryResult, host: str, words: Wording) -> Finding:
    is_sent = result.state is DeliveryState.SENT
    message = words("deliverability.test_sent", host=host) if is_sent else result.error or ""
    return Finding(what="test", id=result.recipient, ok=is_sent, message=message)


def examine_sender(
    app: App, recipients: Sequence[str], resolver: Resolver, received: ReceivedMail | None = None
) -> list[Finding]:
    """Say what the DNS tells of the sender, and a mail as received if one is at hand."""
    mail, mailbox = app.config.mail, app.config.mailbox
    if mail is None:
        raise ValueError("no mail is configured")
    domain = domain_of(mail.sender)
    route = Route(
        domain=domain,
        host=ascii_host(mail.host).lower().rstrip("."),
        login=mail.username,
        replies=domain_of(mailbox.address) if mailbox and mailbox.address else domain,
        recipients=tuple(map(domain_of, recipients)),
        selectors=received.selectors(domain) if received else (),
    )
    remarks = [*(judge_received(received, domain) if received else ()), *examine(route, resolver)]
    return [in_words(remark, app.words) for remark in remarks]


def in_words(remark: Remark, words: Wording) -> Finding:
    """Put a remark into the owner's words; what the DNS or a mail gave is cleaned."""
    values = {
        name: clean_header(value) if isinstance(value, str) else value
        for name, value in remark.values.items()
    }
    return Finding(
        what=remark.topic,
        id=remark.about,
        ok=remark.gravity is not Gravity.PROBLEM,
        message=words(f"deliverability.{remark.code}", **values),
        code=remark.code,
        gravity=remark.gravity,
    )
