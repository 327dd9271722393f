"""What the press, video and picture platforms serve, at their real paths, on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from servers import Answer, FeedServer, Raw, Request, Said, truncated

KEY = "canary-4bdc31"
ALERT = "/alerts/feeds/0417546/442801328"
START = datetime.now(UTC).replace(microsecond=0)
SIZE = 2
"""Rows of one page."""

Row: TypeAlias = Mapping[str, Any]
Query: TypeAlias = Mapping[str, str]


def said(text: str, status: int = 200, kind: str = "text/html") -> Answer:
    return Answer(status=status, headers={"Content-Type": kind}, body=text.encode())


def said_json(answer: object, status: int = 200) -> Answer:
    return said(json.dumps(answer), status, "application/json")


def refused(reason: str) -> Answer:
    error = {"code": 403, "message": f"no {KEY}", "errors": [{"reason": reason}]}
    return said_json({"error": error}, 403)


REFUSAL = said(f"<!doctype html><html><body>Access denied {KEY} {ALERT}</body></html>")


@dataclass(kw_only=True)
class Platform:
    """What a platform serves: its posts, newest first, and the faults that come before.

    A post is its number, its title and when it was posted.
    """

    options: dict[str, object]
    routes: Mapping[str, Callable[[Platform, Query], Said]]
    faults: list[Said | None]
    posts: list[tuple[int, str, datetime]] = field(default_factory=list)
    server: FeedServer = field(default_factory=FeedServer)

    def serve(self) -> None:
        """Answer at each path; the faults are those of the first one."""
        for number, (path, answer) in enumerate(self.routes.items()):
            self.server[path] = self._route(answer, breaks=number == 0)

    def _route(
        self, answer: Callable[[Platform, Query], Said], *, breaks: bool
    ) -> Callable[[Request], Said]:
        def respond(request: Request) -> Said:
            fault = self.faults.pop(0) if breaks and self.faults else None
            asked = parse_qs(urlsplit(request.target).query)
            return fault or answer(self, {name: values[0] for name, values in asked.items()})

        return respond

    def page(self, number: int) -> list[tuple[int, str, datetime]]:
        """Return the posts of a page; the first is 1."""
        return self.posts[SIZE * (number - 1) : SIZE * number]

    def has_more(self, number: int) -> bool:
        """Tell whether a page follows."""
        return SIZE * number < len(self.posts)


def iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


# --- the platforms ------------------------------------------------------------------------------


def youtube_video(number: int, title: str, at: datetime) -> dict[str, Any]:
    snippet = {
        "publishedAt": iso(at),
        "channelId": "UCjulie",
        "channelTitle": "Julie",
        "title": title,
        "description": "Un essai.",
    }
    return {"id": f"video{number:06}", "snippet": snippet}


def youtube_search(it: Platform, asked: Query) -> Said:
    number = int(asked.get("pageToken", "1"))
    rows = [youtube_video(*post) for post in it.page(number)]
    items = [{**row, "id": {"kind": "youtube#video", "videoId": row["id"]}} for row in rows]
    more = {"nextPageToken": str(number + 1)} if it.has_more(number) else {}
    return said_json({"items": items, **more})


def youtube_videos(it: Platform, asked: Query) -> Said:
    counts: Row = {"viewCount": "150", "likeCount": "7", "commentCount": "2"}
    rows = [{**youtube_video(*post), "statistics": counts} for post in it.posts]
    return said_json({"items": [row for row in rows if row["id"] in asked["id"].split(",")]})


def youtube_threads(_: Platform, asked: Query) -> Said:
    if asked["videoId"] != "video000009":
        return refused("commentsDisabled")
    comment = {
        "textOriginal": "Fleurs Bougamont ? Des roses fanées.",
        "authorDisplayName": "@karim",
        "publishedAt": iso(START),
        "likeCount": 4,
        "videoId": "video000009",
    }
    top = {"id": "Ugx0123456789012345678901", "snippet": comment}
    return said_json({"items": [{"snippet": {"topLevelComment": top, "totalReplyCount": 0}}]})


def youtube_channels(_: Platform, __: Query) -> Said:
    return said_json({"items": [{"id": "UCjulie", "statistics": {"subscriberCount": "870"}}]})


def dailymotion(it: Platform, asked: Query) -> Said:
    rows: list[dict[str, Any]] = [
        {
            "id": f"x{number}",
            "title": title,
            "description": "Un essai.<br />Deux.",
            "created_time": int(at.timestamp()),
            "views_total": 150,
            "likes_total": 7,
            "language": "fr",
            "owner.screenname": "Julie",
            "owner.url": "https://www.dailymotion.com/julie",
            "owner.followers_total": 870,
        }
        for number, title, at in it.posts
    ]
    if "ids" in asked:
        return said_json({"list": [row for row in rows if row["id"] in asked["ids"]]})
    page = int(asked["page"])
    return said_json({"list": rows[SIZE * (page - 1) : SIZE * page], "has_more": it.has_more(page)})


def vimeo(it: Platform, asked: Query) -> Said:
    rows = [
        {
            "uri": f"/videos/{number}",
            "name": title,
            "description": "Un essai.",
            "created_time": at.isoformat(),
            "user": {"name": "Julie", "link": "https://vimeo.com/julie"},
            "stats": {"plays": 150},
            "metadata": {"connections": {"likes": {"total": 7}, "comments": {"total": 2}}},
        }
        for number, title, at in it.posts
    ]
    if "uris" in asked:
        return said_json({"data": [row for row in rows if row["uri"] in asked["uris"].split(",")]})
    page = int(asked["page"])
    following = f"/videos?page={page + 1}" if it.has_more(page) else None
    return said_json({"data": rows[SIZE * (page - 1) : SIZE * page], "paging": {"next": following}})


def peertube(it: Platform, asked: Query) -> Said:
    start = int(asked["start"])
    rows = [
        {
            "uuid": f"uuid-{number}",
            "url": f"https://tube.example/w/{number}",
            "name": title,
            "truncatedDescription": "Un essai.",
            "publishedAt": iso(at),
            "views": 150,
            "likes": 7,
            "comments": 2,
            "account": {"displayName": "Julie", "url": "https://tube.example/a/julie"},
        }
        for number, title, at in it.posts[start : start + SIZE]
    ]
    return said_json({"total": len(it.posts), "data": rows})


def tumblr(it: Platform, asked: Query) -> Said:
    before = int(asked.get("before", "9" * 11))
    rows = [
        {
            "id_string": str(number),
            "type": "text",
            "blog_name": "julie",
            "post_url": f"https://julie.tumblr.com/post/{number}",
            "title": title,
            "body": "<p>Un essai.</p>",
            "timestamp": int(at.timestamp()),
            "tags": [],
            "note_count": 7,
        }
        for number, title, at in it.posts
        if int(at.timestamp()) < before
    ]
    found = rows[:SIZE] if asked["tag"] == "FleursBougamont" else []
    return said_json({"meta": {"status": 200}, "response": found})


def flickr(it: Platform, asked: Query) -> Said:
    if asked["method"] == "flickr.photos.getInfo":
        return said_json({"stat": "ok", "photo": {"id": asked["photo_id"]}})
    page = int(asked["page"])
    rows = [
        {
            "id": str(number),
            "owner": "9@N01",
            "ownername": "Julie",
            "title": title,
            "description": {"_content": "Un essai."},
            "dateupload": str(int(at.timestamp())),
            "views": "150",
            "count_faves": "7",
            "count_comments": "2",
        }
        for number, title, at in it.page(page)
    ]
    pages = -(-len(it.posts) // SIZE)
    return said_json({"stat": "ok", "photos": {"pages": pages, "perpage": SIZE, "photo": rows}})


def gdelt(it: Platform, _: Query) -> Said:
    rows = [
        {"url": f"https://echo.example/{n}", "title": title, "domain": "echo.example"}
        | {"seendate": f"{at:%Y%m%dT%H%M%SZ}", "language": "French"}
        for n, title, at in reversed(it.posts)
    ]
    return said_json({"articles": rows})


def podcasts(it: Platform, asked: Query) -> Said:
    rows = [
        {
            "kind": "podcast-episode",
            "trackId": number,
            "trackName": title,
            "description": "Un essai.",
            "collectionName": "Le marché",
            "trackViewUrl": f"https://podcasts.apple.com/fr/podcast/x/id1?i={number}",
            "releaseDate": iso(at),
        }
        for number, title, at in it.posts
    ]
    return said_json({"results": rows if asked["entity"] == "podcastEpisode" else []})


def rss(it: Platform, _: Query) -> Said:
    items = "".join(
        f"<item><guid isPermaLink='false'>{number}</guid><title>{escape(title)} - L’Écho</title>"
        f"<link>https://echo.example/{it.options['type']}/{number}</link>"
        f"<pubDate>{format_datetime(at, usegmt=True)}</pubDate>"
        "<source url='https://echo.example'>L’Écho</source></item>"
        for number, title, at in it.posts
    )
    text = f"<rss version='2.0'><channel><title>Actualité</title>{items}</channel></rss>"
    return said(text, kind="application/rss+xml; charset=utf-8")


def alert(it: Platform, _: Query) -> Said:
    entries = "".join(
        f"<entry><id>tag:google.com,2013:googlealerts/feed:{number}</id>"
        f"<title type='html'>{escape(title)}</title><published>{iso(at)}</published>"
        f"<link href='https://www.google.com/url?sa=t&amp;url=https://blog.example/{number}&amp;"
        "ct=ga'/><content type='html'>Un essai.</content></entry>"
        for number, title, at in it.posts
    )
    text = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Alerte</title>{entries}</feed>"
    return said(text, kind="application/atom+xml; charset=utf-8")


def watched_page(it: Platform, _: Query) -> Said:
    told = "".join(f"<p>{escape(title)}, un essai.</p>" for _, title, _ in it.posts)
    text = f"<html lang='fr'><head><title>Commerces</title></head><body>{told}</body></html>"
    return said(text, kind="text/html; charset=utf-8")


def robots(_: Platform, __: Query) -> Said:
    return said("User-agent: *\nDisallow: /prive", kind="text/plain")


def platforms() -> dict[str, Platform]:
    """Return each platform, by its source's id; faults stand before the second page if there is."""
    cut = truncated(b'{"items": [')
    youtube = {
        "/youtube/v3/search": youtube_search,
        "/youtube/v3/videos": youtube_videos,
        "/youtube/v3/channels": youtube_channels,
        "/youtube/v3/commentThreads": youtube_threads,
    }
    limited = said_json({"meta": {"status": 429, "msg": "Limit Exceeded"}}, 429)
    busy = said_json({"stat": "fail", "code": 105, "message": "Service unavailable"})
    told: dict[str, tuple[dict[str, object], dict[str, Any], list[Said | None]]] = {
        "youtube": ({"key": KEY, "comments": True}, youtube, [None, cut]),
        "spent": ({"type": "youtube", "key": KEY}, youtube, [refused("quotaExceeded")]),
        "dailymotion": ({}, {"/videos": dailymotion}, [None, REFUSAL]),
        "vimeo": ({"token": KEY}, {"/videos": vimeo}, [None, said_json({}, 429)]),
        "peertube": ({}, {"/api/v1/search/videos": peertube}, [None, said("", 503)]),
        "tumblr": ({"key": KEY}, {"/v2/tagged": tumblr}, [None, limited]),
        "flickr": ({"key": KEY}, {"/services/rest/": flickr}, [None, busy]),
        "bing_news": ({}, {"/news/search": rss}, [REFUSAL]),
        "gdelt": ({}, {"/api/v2/doc/doc": gdelt}, [REFUSAL]),
        "podcasts": ({}, {"/search": podcasts}, [cut]),
        "google_news": ({}, {"/rss/search": rss}, [Raw()]),
        "google_alerts": (
            {"url": f"https://www.google.com{ALERT}"},
            {ALERT: alert},
            [said(ALERT, 404)],
        ),
        "page": ({}, {"/robots.txt": robots, "/commerces": watched_page}, [said("", 500)]),
    }
    return {
        name: Platform(
            options={"type": name, "id": name, **options},
            routes=routes,
            faults=faults,
            posts=[
                *((n, f"Fleurs Bougamont, {name} {n}", at(10 - n)) for n in range(9, 5, -1)),
                (5, f"Bougamont Immobilier, {name}", at(8)),
            ],
        )
        for name, (options, routes, faults) in told.items()
    }


def at(hours: float) -> datetime:
    return START - timedelta(hours=hours)
