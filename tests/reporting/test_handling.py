"""What waits for an answer: told again after two days, with a possible reply."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from reporting.samples import NOW, REPLY_WAY, SHOP, WEEK, lively_week, mention, review
from store.samples import BAD, outcome, sighting

from monitor.model import (
    AlertReason,
    AlertRule,
    Kind,
    Mention,
    MentionQuery,
    Period,
    Sentiment,
    Status,
    ToldReason,
)
from monitor.reporting import render as rendering
from monitor.reporting.alert_facts import AlertFacts, AlertRules
from monitor.reporting.alert_letter import write_alert
from monitor.reporting.alert_rules import business_alarms
from monitor.reporting.digest import Digest, build_digest
from monitor.reporting.gather import MOST_REMINDERS, gather
from monitor.reporting.material import DigestOptions, Material
from monitor.reporting.phrases import Phrases
from monitor.reporting.render import render
from monitor.store.sqlite import SqliteStore

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(tmp_path / "mentions.db", clock=lambda: NOW - 60 * DAY)) as made:
        yield made


def complain(store: SqliteStore, *numbers: int, days: float) -> None:
    """Store a negative post each, found so many days ago."""
    at = NOW - days * DAY
    posts = [sighting(n, score=BAD, kind=Kind.POST, published_at=at) for n in numbers]
    store.save_poll(outcome(*posts, at=at))


def material(store: SqliteStore) -> Material:
    """Yesterday's digest; older mentions were told before."""
    period = Period(start=NOW - DAY, end=NOW)
    return gather(store, SHOP, period, undigested=False, now=NOW)


def reminded(store: SqliteStore) -> list[str]:
    return [one.external_id for one in material(store).reminders]


def test_a_negative_mention_is_told_again_after_two_days(store: SqliteStore) -> None:
    complain(store, 1, days=1.9)
    assert reminded(store) == []
    complain(store, 2, days=2.1)
    complain(store, 3, days=29)
    complain(store, 4, days=31)
    assert reminded(store) == ["guid-2", "guid-3"]


@pytest.mark.parametrize("status", [Status.HANDLED, Status.IGNORED])
def test_what_is_handled_is_told_no_more(store: SqliteStore, status: Status) -> None:
    complain(store, 1, days=5)
    (one,) = store.find(MentionQuery())
    assert reminded(store) == ["guid-1"]
    store.set_status(one.id, status, None, NOW)
    assert reminded(store) == []


def test_what_is_not_about_the_business_or_not_surely_negative_is_not_told_again(
    store: SqliteStore,
) -> None:
    at = NOW - 5 * DAY
    unsure = sighting(1, score=replace(BAD, confidence=0.5), published_at=at)
    namesake = sighting(2, score=BAD, relevance=0.2, published_at=at)
    store.save_poll(outcome(unsure, namesake, at=at))
    assert reminded(store) == []


def test_at_most_five_are_told_again_and_the_others_counted(store: SqliteStore) -> None:
    complain(store, *range(1, 9), days=4)
    found = material(store)
    assert (len(found.reminders), found.waiting) == (MOST_REMINDERS, 8)
    digest = build_digest(found, DigestOptions())
    assert (len(digest.reminders), digest.waiting) == (MOST_REMINDERS, 8)


def reminding(*mentions: Mention, **options: object) -> Digest:
    week = replace(lively_week(), reminders=mentions, waiting=len(mentions))
    made = replace(DigestOptions(recipients=("a@example.fr",)), **options)  # type: ignore[arg-type] # any option
    return build_digest(week, made)


OLD = review(90, 1, "Fleurs fanées.", "Nadia", published_at=NOW - 9 * DAY, found_at=NOW - 9 * DAY)


def test_a_reminder_says_how_long_it_waits_below_what_needs_you() -> None:
    mail = render(reminding(OLD))
    for part in (mail.text.lower(), mail.html.lower()):
        told = part.index("toujours sans réponse (1)")
        assert part.index("ce qui vous attend") < told < part.index("les bons mots")
        assert "en attente depuis 9 jours" in part[told:]


def test_nothing_is_called_quiet_while_older_ones_wait() -> None:
    quiet = replace(lively_week(), mentions=lively_week().mentions[3:6], waiting=2)
    told = build_digest(quiet, DigestOptions()).headline
    assert told.endswith("; 2 plus anciennes attendent toujours une réponse.")
    told = build_digest(replace(quiet, waiting=0), DigestOptions(language="en")).headline
    assert told.endswith("; nothing urgent.")


def test_a_reminder_is_answered_by_a_code_of_its_own() -> None:
    digest = reminding(OLD, reply_way=REPLY_WAY)
    (item,) = digest.reminders
    assert digest.codes[item.code] == (OLD.id,)
    assert len(digest.codes) == len(set(digest.codes.values()))
    assert f"{item.code}%20" in item.taps[0].url or str(item.code) in item.taps[0].url
    assert render(digest).codes == digest.codes


def test_an_empty_week_reminds_too() -> None:
    empty = Material(business=SHOP, period=WEEK, now=NOW, mentions=(), waiting=1, reminders=(OLD,))
    mail = render(build_digest(empty, DigestOptions(language="en")))
    assert "STILL UNANSWERED (1)" in mail.text
    assert "Still unanswered (1)" in mail.html


def drafts(digest: Digest) -> list[str]:
    return [item.draft for part in digest.sections for item in part.items if item.draft]


def angry(number: int, **fields: object) -> Mention:
    return review(number, 1, "Accueil glacial.", "Nadia", themes={"accueil": "negative"}, **fields)


def digest_of(*mentions: Mention) -> Digest:
    week = Material(business=SHOP, period=WEEK, now=NOW, mentions=mentions)
    return build_digest(week, DigestOptions())


def test_a_possible_reply_stands_below_what_waits_for_one() -> None:
    good = mention(2, Sentiment.POSITIVE)
    done = angry(3, status=Status.HANDLED)
    press = mention(4, Sentiment.NEGATIVE)
    found = digest_of(angry(1), good, done, press)
    (draft,) = drafts(found)
    assert draft.startswith("Réponse possible, à relire\u00a0: «\u00a0Bonjour, ")
    assert "accueil" in draft
    assert "Nadia" not in draft
    for part in (render(found).html, " ".join(render(found).text.split())):
        assert "L’accueil compte beaucoup pour nous" in part


def test_only_the_first_three_have_one() -> None:
    assert len(drafts(digest_of(*(angry(n) for n in range(8))))) == 3


def test_a_mail_that_would_be_clipped_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    found = digest_of(*(angry(n) for n in range(8)))
    whole = len(render(found).html.encode())
    monkeypatch.setattr(rendering, "MAX_HTML_BYTES", whole - 1)
    mail = render(found)
    assert "Réponse possible" not in mail.html + mail.text
    assert len(mail.codes) == 8


SEEN = mention(
    1,
    Sentiment.NEGATIVE,
    kind=Kind.POST,
    published_at=NOW - 2.5 * DAY,
    found_at=NOW - 2.5 * DAY,
    polarity=-0.8,
)
ALERTED = AlertReason(
    rule=AlertRule.NEGATIVE, key=f"bad:{SHOP}:mention:m-001", business=SHOP, mention_id="m-001"
)


def alarms(about: Mention, *, hours: int, **rules: bool) -> list[AlertRule]:
    told = (ToldReason(reason=ALERTED, told_at=NOW - timedelta(hours=hours)),)
    facts = AlertFacts(
        business=SHOP, now=NOW, zone=ZoneInfo("Europe/Paris"), mentions=(about,), told=told
    )
    return [alarm.reason.rule for alarm in business_alarms(facts, AlertRules(**rules))]


def test_an_alert_without_an_answer_is_told_once_more_after_two_days() -> None:
    assert alarms(SEEN, hours=47) == []
    assert alarms(SEEN, hours=48) == [AlertRule.REMINDER]
    assert alarms(replace(SEEN, status=Status.HANDLED), hours=48) == []
    assert alarms(replace(SEEN, corrected=True, sentiment=Sentiment.POSITIVE), hours=48) == []
    assert alarms(SEEN, hours=48, reminder=False) == []
    assert alarms(SEEN, hours=48, negative=False) == []


def test_a_reminder_by_alert_names_the_way_to_a_draft() -> None:
    told = (ToldReason(reason=ALERTED, told_at=NOW - 2 * DAY),)
    facts = AlertFacts(
        business=SHOP, now=NOW, zone=ZoneInfo("Europe/Paris"), mentions=(SEEN,), told=told
    )
    found = business_alarms(facts, AlertRules())
    letter = write_alert(SHOP, found, Phrases("fr", "Europe/Paris"), NOW, stories={})
    assert letter.subject == "Alerte Fleurs Bougamont\u00a0: 1\u00a0critique sans réponse"
    assert "ecoute draft m-001" in letter.notices[0].why
    again = ToldReason(reason=found[0].reason, told_at=NOW)
    assert business_alarms(replace(facts, told=(*told, again)), AlertRules()) == []
