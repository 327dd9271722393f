"""What SpamAssassin thinks of our mails, with its local rules (``-L``: it asks no network)."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from reporting.alarms import ALL_RULES, REVIEW, SILENT, TOOT, letter, of
from reporting.samples import (
    NOW,
    REPLY_WAY,
    SHOP,
    crowded_week,
    empty_week,
    lively_week,
    material,
    mention,
    toot,
)

from monitor.delivery.compose import compose_mail, message_id
from monitor.delivery.trial import compose_trial
from monitor.model import AlertRule, Sentiment
from monitor.reporting.alert_facts import Alarm
from monitor.reporting.alert_render import render_alert
from monitor.reporting.digest import build_digest
from monitor.reporting.material import DigestOptions, Material
from monitor.reporting.render import render
from monitor.wording import Wording

MOST = 2.0
"""The contract's bound; 5 is where mail becomes spam by default."""

# As the last server writes it: without, it would be judged as mail that nobody received.
_ARRIVED = (
    "Return-Path: <ecoute@bougamont.fr>\n"
    "Received: from mail.bougamont.fr (mail.bougamont.fr [9.9.9.9])\n"
    "\tby mx.bougamont.fr (Postfix) with ESMTPS id 4ABCDEF\n"
    "\tfor <simon@bougamont.fr>; Mon, 23 Nov 2026 08:00:05 +0100 (CET)\n"
)
_SENDER, _READER = "Écoute <ecoute@bougamont.fr>", "simon@bougamont.fr"

pytestmark = pytest.mark.skipif(
    shutil.which("spamassassin") is None,
    reason="no SpamAssassin here: apt-get install spamassassin (make test does it)",
)


def signs_only() -> Material:
    tulips = "🌷" * 40 + " 🎉🎉 !!! ☀️ " + "💐" * 30
    tones = (Sentiment.NEGATIVE, Sentiment.POSITIVE)
    return material([toot(n, tones[n % 2], tulips, "☀️☀️") for n in range(30)])


def long_links() -> Material:
    return material(
        [
            mention(n, title="Lien", text="a", url=f"http://9.9.9.9:8080/{'x' * 1500}?id={n}")
            for n in range(40)
        ]
    )


def other_scripts() -> Material:
    words = "زهور جميلة 花がきれい Красивые цветы ดอกไม้ " * 4
    return material([toot(n, Sentiment.NEUTRAL, words, "作者") for n in range(20)])


def shouting() -> Material:
    text = "URGENT !!! CLIQUEZ ICI, C’EST GRATUIT !!! 50 % DE REMISE €€€ FLEURS BOUGAMONT"
    return material([toot(n, Sentiment.NEGATIVE, text, "PROMO") for n in range(12)])


WEEKS = {
    "lively": lively_week,
    "empty": empty_week,
    "crowded": crowded_week,
    "signs only": signs_only,
    "long links": long_links,
    "other scripts": other_scripts,
    "shouting": shouting,
}


def digest(week: Material, language: str) -> bytes:
    options = DigestOptions(
        language=language,
        next_digest_at=NOW + timedelta(days=7),
        recipients=(_READER,),
        reply_way=REPLY_WAY,
        digest_id="3fa9c1d2e4a0b1c2",
    )
    mail = render(build_digest(week, options))
    return compose_mail(
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        sender=_SENDER,
        recipients=[_READER],
        message_id=message_id("3fa9c1d2e4", "bougamont.fr"),
        date=NOW,
        business=SHOP,
        language=language,
    )


def shouted() -> tuple[Alarm, ...]:
    """Ten bad ones whose words look like spam, of the same stranger."""
    text = "URGENT !!! ARNAQUE, REMBOURSEZ !!! 100 % NUL €€€ FLEURS BOUGAMONT 💐💐"
    told = [replace(TOOT, id=f"m{n}", story=f"s{n}", text=text, author="☀️☀️") for n in range(10)]
    return tuple(of(AlertRule.NEGATIVE, one) for one in told)


ALERTS = {
    "all rules": ALL_RULES,
    "one review": (of(AlertRule.RATING, REVIEW),),
    "a silent source": (SILENT,),
    "shouting": shouted(),
}


def alert(alarms: tuple[Alarm, ...], language: str) -> bytes:
    about = any(alarm.reason.business for alarm in alarms)
    mail = render_alert(letter(*alarms, language=language, business=SHOP if about else ""))
    return compose_mail(
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        sender=_SENDER,
        recipients=[_READER],
        message_id=message_id("3fa9c1d2e5", "bougamont.fr"),
        date=NOW,
        business=SHOP if about else "Écoute",
        language=language,
        lane="alert",
    )


def mails() -> dict[str, bytes]:
    found = {
        f"{name} {language}": digest(week(), language)
        for name, week in WEEKS.items()
        for language in ("fr", "en")
    }
    for language in ("fr", "en"):
        found |= {f"alert, {name} {language}": alert(ALERTS[name], language) for name in ALERTS}
        found[f"trial {language}"] = compose_trial(
            words=Wording(language),
            host="ssl0.ovh.net",
            sender=_SENDER,
            recipient=_READER,
            business=SHOP,
            at=NOW,
        )
    return found


def judge(letters: Mapping[str, bytes], home: Path) -> dict[str, tuple[float, str]]:
    """Return each mail's score and the rules that made it."""
    box = b""
    for mail in letters.values():
        lines = (_ARRIVED.encode() + mail.replace(b"\r\n", b"\n")).splitlines(keepends=True)
        box += b"From ecoute@bougamont.fr Mon Nov 23 08:00:05 2026\n"
        box += b"".join(b">" + line if line.startswith(b"From ") else line for line in lines)
        box += b"\n\n"
    done = subprocess.run(
        ["spamassassin", "-L", "-x", "--mbox"],  # noqa: S607 - Debian's
        input=box,
        capture_output=True,
        timeout=300,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        check=True,
    )
    heads = re.findall(rb"^X-Spam-Status: (.*(?:\n[ \t].*)*)", done.stdout, re.MULTILINE)
    assert len(heads) == len(letters), done.stderr.decode()
    told = [" ".join(head.decode().split()) for head in heads]
    scores = [float(re.findall(r"score=(-?[\d.]+)", line)[0]) for line in told]
    return dict(zip(letters, zip(scores, told, strict=True), strict=True))


def test_no_mail_of_ours_looks_like_spam(tmp_path: Path) -> None:
    judged = judge(mails(), tmp_path)
    assert {name: told for name, (score, told) in judged.items() if score >= MOST} == {}


def test_dark_mode_is_not_taken_for_hidden_text(tmp_path: Path) -> None:
    judged = judge({"lively": digest(lively_week(), "fr")}, tmp_path)
    assert "CONTRAST" not in judged["lively"][1]


def test_spam_would_be_seen(tmp_path: Path) -> None:
    spam = digest(lively_week(), "en").replace(b"Fleurs", b"VIAGRA 100% guaranteed $1,000,000")
    assert judge({"spam": spam}, tmp_path)["spam"][0] > MOST
