"""One row or more for each table of every schema ever: columns that are not told are null.

A row goes into the schemas that have its table; a column that a schema does not have yet, or no
longer has, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

T1, T2 = "2026-01-05T07:00:00Z", "2026-01-06T08:30:00Z"
SHOP = "Fleurs Bougamont"


def _mention(number: int, **more: object) -> dict[str, object]:
    return {
        "number": number,
        "id": f"m{number}",
        "business": SHOP,
        "source": "press",
        "platform": "feed",
        "kind": "article",
        "external_id": f"guid-{number}",
        "url": f"https://example.org/{number}?utm_source=x",
        "canonical_url": f"https://example.org/{number}",
        "title": f"Un bouquet numéro {number}",
        "text": f"L’évènement {number} à Valenciennes, raconté par Léa.",
        "author": "Léa Petit",
        "author_url": "https://example.org/lea",
        "published_at": T1,
        "found_at": T2,
        "language": "fr",
        "sentiment": "negative",
        "polarity": -0.5,
        "confidence": 0.75,
        "scorer": "ecoute-1",
        "corrected": 0,
        "relevance": 0.9,
        "matched": '["Fleurs Bougamont"]',
        "reason": "named",
        "themes": '{"accueil": "negative"}',
        "rating": 2.0,
        "likes": 3,
        "story": f"m{number}",
        "status": "new",
        "title_key": f"t{number}",
        "text_key": f"x{number}",
        **more,
    }


ROWS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "source": [
        {
            "id": "press",
            "type": "feed",
            "url": "https://example.org/rss",
            "businesses": f'["{SHOP}"]',
            "options_hash": "h",
            "configured": 1,
            "added_at": T1,
            "status": "failed",
            "state": "needs_token",
            "error": '{"code": "auth", "message": "", "http_status": 401, "retry_at": null}',
            "polled_at": T2,
            "last_ok_at": T1,
            "next_poll_at": T2,
            "failures": 2,
            "paused": 0,
            "cursor": '{"since": "7"}',
            "memory": '{"validators": {"https://example.org/rss": {"etag": "\\"v1\\""}}}',
            "rechecked_at": T1,
            "history": '{"page": 3}',
        }
    ],
    "poll_hour": [{"source": "press", "hour": T1, "polls": 4, "failed": 1, "fetched": 40}],
    "mention": [
        _mention(1),
        _mention(2, corrected=1, sentiment="positive", status="handled", note="rappelé"),
        _mention(3, text="", author=None, author_url=None, title=None, erased_at=T2, story="m1"),
        _mention(4, business="Rival", competitor_of=SHOP, removed_at=T2, backfilled=1, follows=1),
    ],
    "place": [
        {
            "number": number,
            "mention_id": f"m{number}",
            "source": "press",
            "platform": "feed",
            "external_id": f"guid-{number}",
            "url": f"https://example.org/{number}",
            "is_origin": 1,
        }
        for number in (1, 2, 3, 4)
    ],
    "revision": [
        {"number": 1, "mention_id": "m1", "title": "Avant", "text": "Avant", "replaced_at": T2}
    ],
    "label": [
        {"number": 1, "mention_id": "m2", "sentiment": "positive", "labelled_at": T2},
        {"number": 2, "mention_id": "m1", "sentiment": None, "labelled_at": T2, "relevant": 0},
    ],
    "erased_key": [{"key": "k1"}],
    "figure": [{"source": "press", "name": "rating", "day": T1, "value": 4.3}],
    "upkeep": [{"name": "created", "done_at": T1}],
    "digest": [
        {
            "id": f"d{number}",
            "business": SHOP,
            "period_start": T1,
            "period_end": T2,
            "closed_at": T2,
            "subject": "La semaine",
            "text": "Bonjour",
            "html": "<p>Bonjour</p>",
            "message_id": f"<d{number}@ecoute.example>",
            "message": b"Subject: x\r\n\r\nBonjour \xe9",
            "sender": "ecoute@example.fr",
            "report": f"2026/d{number}",
            "archived": number == 1,
            "lane": lane,
        }
        for number, lane in ((1, ""), (2, ""))
    ],
    "digest_mention": [
        {"mention_id": "m1", "digest_id": "d1", "position": 0},
        {"mention_id": "m2", "digest_id": "d2", "position": 0},
    ],
    "delivery": [
        {
            "number": 1,
            "digest_id": "d1",
            "recipient": "a@example.fr",
            "state": "sent",
            "sent_at": T2,
        },
        {
            "number": 2,
            "digest_id": "d2",
            "recipient": "a@example.fr",
            "state": "waiting",
            "attempts": 3,
            "next_try_at": T2,
            "last_error": "421 later",
        },
    ],
    "lesson": [{"version": 7}],
    "block": [
        {"id": 1, "business": SHOP, "kind": "word", "value": "foot", "blocked_at": T1},
    ],
    "story_key": [{"key": 12, "day": 20458, "mention": 1}],
    "story_apart": [{"one": "m1", "other": "m2", "decided_at": T2}],
    "alert": [
        {
            "id": "a1",
            "business": SHOP,
            "closed_at": T2,
            "subject": "Alerte",
            "text": "t",
            "html": "h",
            "notice": "n",
            "message_id": "<a1@ecoute.example>",
            "message": b"Subject: a\r\n\r\nt",
            "sender": "ecoute@example.fr",
        }
    ],
    "alert_reason": [
        {
            "key": "negative:m1",
            "alert_id": "a1",
            "position": 0,
            "rule": "negative",
            "business": SHOP,
            "mention_id": "m1",
        }
    ],
    "alert_delivery": [
        {"number": 1, "alert_id": "a1", "lane": "mail", "recipient": "a@example.fr"},
    ],
    "digest_item": [{"digest_id": "d1", "code": 3, "position": 0, "mention_id": "m1"}],
    "reply": [{"id": "r1", "digest_id": "d1", "sender": "a@example.fr", "read_at": T2}],
    "reply_answer": [{"number": 1, "reply_id": "r1", "code": 3, "action": "handled", "applied": 1}],
    "mailbox": [{"name": "imap:x", "last_uid": 9, "failures": 0}],
    "lane_mention": [{"mention_id": "m2", "digest_id": "d2", "position": 0}],
    "digest_reader": [
        {
            "business": SHOP,
            "recipient": "b@example.fr",
            "since": T1,
            "after": 0,
            "added_at": T1,
            "last_digest": "d1",
        }
    ],
    "forgotten": [{"key": "0" * 64, "kind": "name", "words": 2, "forgotten_at": T2}],
}
