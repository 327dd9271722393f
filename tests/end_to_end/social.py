"""Social networks on loopback: the same posts served at each platform's real paths and parameters.

with Reddit() as reddit:
    reddit.posts = posts(30)
    reddit.faults[2] = Answer(status=500)   # the answer to its second search
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from servers import Answer, FeedServer, Request, Said

CANARY = "canari-7f3a9e"
"""Stands in every secret that a source is given or takes."""
NEWEST = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
Row = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What someone said; ``answers`` is the number of the post that it answers."""

    number: int
    text: str
    at: datetime
    author: str = "camille"
    likes: int = 3
    shares: int = 1
    comments: int = 2
    views: int = 410
    answers: int | None = None


def posts(count: int, text: str = "Fleurs Bougamont, c’est <3 & « top » n° {}") -> list[Post]:
    """Return as many posts, the newest first, two hours apart, every third an answer."""
    return [
        Post(
            number=n,
            text=text.format(n),
            at=NEWEST - timedelta(hours=2 * (count - n)),
            author=f"camille{n % 4}",
            likes=n,
            answers=n - 1 if n % 3 == 0 else None,
        )
        for n in range(count, 0, -1)
    ]


def iso(at: datetime) -> str:
    """Write an instant as JSON APIs do."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def escaped(text: str) -> str:
    """Write a text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def found(body: object, **headers: str) -> Answer:
    """Answer with JSON."""
    return Answer(
        headers={"Content-Type": "application/json; charset=utf-8", **headers},
        body=json.dumps(body).encode(),
    )


def refused(status: int, body: object) -> Answer:
    """Refuse with JSON."""
    return Answer(
        status=status,
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )


def at_most(count: int, rows: Iterable[T]) -> list[T]:
    """Return the first rows."""
    return list(rows)[:count]


_NUMBERS = 40
"""Posts that a platform answers for one by one have a lower number."""


class Platform(ABC):
    """One platform's server; ``searches`` counts what was asked of its search."""

    type: str
    most = 6
    """Rows of one answer, whatever is asked for."""
    rechecks = True
    """Whether Écoute can learn of deletions."""
    overhead = 0
    """Requests of one poll beside its searches."""
    queries: tuple[str, ...] = ("Fleurs Bougamont",)
    """What one poll searches for."""

    def __init__(self) -> None:
        self.server = FeedServer()
        self.posts: list[Post] = []
        self.faults: dict[int, Said | Callable[[], None]] = {}
        self.searches = 0
        self.routes()

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *told: object) -> None:
        self.server.__exit__(None, None, None)

    @property
    def source(self) -> Row:
        """Its section of ``sources.yaml``."""
        base = self.server.url().rstrip("/")
        return {"type": self.type, "id": self.type, "base_url": base, **self.options}

    @property
    def options(self) -> Row:
        """Its own options."""
        return {}

    @abstractmethod
    def routes(self) -> None:
        """Set the paths that it answers at."""

    @abstractmethod
    def mention(self, post: Post) -> Row:
        """Return what must be stored of a post."""

    def search(self, path: str, answer: Callable[[Request, dict[str, str]], Said]) -> None:
        """Answer a search at a path, faults first."""

        def said(request: Request) -> Said:
            self.searches += 1
            fault = self.faults.get(self.searches)
            if callable(fault):
                fault()
            elif fault is not None:
                return fault
            return answer(request, query_of(request))

        self.server[path] = said

    def restart(self) -> None:
        """Count searches anew, without faults."""
        self.faults, self.searches = {}, 0

    def named(self, query: str) -> list[Post]:
        """Return the posts that hold a phrase."""
        wanted = re.sub(r'["()]', "", query).casefold().split(" or ")
        return [p for p in self.posts if any(one in p.text.casefold() for one in wanted)]


def query_of(request: Request) -> dict[str, str]:
    """Return the first value of each parameter."""
    return {k: v[0] for k, v in parse_qs(urlsplit(request.target).query).items()}


class Mastodon(Platform):
    """Hashtags and full-text search, by id."""

    type = "mastodon"
    queries = ("#FleursBougamont", "Fleurs Bougamont")

    @property
    def options(self) -> Row:
        return {"instance": "https://fedi.example", "token": f"{CANARY}-mastodon"}

    def routes(self) -> None:
        self.search("/api/v2/search", self._search)
        self.search("/api/v1/timelines/tag/FleursBougamont", self._tag)
        self.server["/api/v1/statuses"] = self._known
        self.server["*"] = lambda _: found([])  # other hashtags

    def _search(self, request: Request, asked: dict[str, str]) -> Said:
        if request.headers.get("authorization") != f"Bearer {CANARY}-mastodon":
            return refused(401, {"error": "The access token is invalid"})
        assert asked["type"] == "statuses"
        rows = at_most(self.most, self._between(self.named(asked["q"]), asked))
        return found({"accounts": [], "hashtags": [], "statuses": list(map(self.status, rows))})

    def _tag(self, _: Request, asked: dict[str, str]) -> Said:
        rows = list(self._between(self.named("#FleursBougamont"), asked))
        rows = rows[-self.most :] if "min_id" in asked else rows[: self.most]
        url = "https://fedi.example/api/v1/timelines/tag/FleursBougamont"
        ends = [f'<{url}?max_id={1000 + rows[-1].number}>; rel="next"'] if rows else []
        return found(list(map(self.status, rows)), Link=", ".join(ends))

    def _known(self, request: Request) -> Said:
        asked = parse_qs(urlsplit(request.target).query)["id[]"]
        return found([s for p in self.posts if (s := self.status(p))["id"] in asked])

    def _between(self, rows: Sequence[Post], asked: dict[str, str]) -> Iterable[Post]:
        low = int(asked.get("min_id", asked.get("since_id", "0")))
        high = int(asked.get("max_id", "9999999"))
        return (p for p in rows if low < 1000 + p.number < high)

    def status(self, post: Post) -> Row:
        number, who = 1000 + post.number, post.author
        return {
            "id": str(number),
            "uri": f"https://fedi.example/users/{who}/statuses/{number}",
            "url": f"https://fedi.example/@{who}/{number}",
            "content": f"<p>{escaped(post.text)}</p>",
            "spoiler_text": "",
            "created_at": iso(post.at),
            "language": "fr",
            "visibility": "public",
            "reblog": None,
            "in_reply_to_id": str(1000 + post.answers) if post.answers else None,
            "favourites_count": post.likes,
            "reblogs_count": post.shares,
            "replies_count": post.comments,
            "media_attachments": [],
            "account": {
                "acct": who,
                "display_name": who.title(),
                "url": f"https://fedi.example/@{who}",
                "followers_count": 77,
            },
        }

    def mention(self, post: Post) -> Row:
        told = self.status(post)
        return {
            "external_id": told["uri"],
            "url": told["url"],
            "title": None,
            "author": post.author.title(),
            "author_url": f"https://fedi.example/@{post.author}",
            "author_followers": 77,
            "likes": post.likes,
            "shares": post.shares,
            "comments": post.comments,
            "kind": "post",
        }


class Bluesky(Platform):
    """An account's server: login, search, profiles and posts."""

    type = "bluesky"
    overhead = 1  # the login

    def __init__(self) -> None:
        self.token = 0
        super().__init__()

    @property
    def options(self) -> Row:
        return {"identifier": "fleurs.test", "app_password": f"{CANARY}-bluesky"}

    def routes(self) -> None:
        xrpc = "/xrpc/com.atproto.server."
        self.server[f"{xrpc}createSession"] = self._login
        self.server[f"{xrpc}refreshSession"] = self._renew
        self.search("/xrpc/app.bsky.feed.searchPosts", self._search)
        self.server["/xrpc/app.bsky.feed.getPosts"] = self._known("uris", self._posts)
        self.server["/xrpc/app.bsky.actor.getProfiles"] = self._known("actors", self._profiles)

    def expire(self) -> None:
        """Let the tokens given so far be old."""
        self.token += 1

    def _login(self, request: Request) -> Said:
        given = json.loads(request.body)
        if given != {"identifier": "fleurs.test", "password": f"{CANARY}-bluesky"}:
            told = {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
            return refused(401, told)
        return self._session()

    def _renew(self, request: Request) -> Said:
        assert request.headers["authorization"].startswith(f"Bearer {CANARY}-refresh")
        return self._session()

    def _session(self) -> Said:
        access, refresh = f"{CANARY}-access-{self.token}", f"{CANARY}-refresh-{self.token}"
        told = {"accessJwt": access, "refreshJwt": refresh, "did": "did:plc:me", "handle": "me"}
        return found(told)

    def _may(self, request: Request) -> Said | None:
        if request.headers.get("authorization") == f"Bearer {CANARY}-access-{self.token}":
            return None
        return refused(400, {"error": "ExpiredToken", "message": "Token has expired"})

    def _search(self, request: Request, asked: dict[str, str]) -> Said:
        if (no := self._may(request)) is not None:
            return no
        assert asked["sort"] == "latest"
        assert 1 <= int(asked["limit"]) <= 100
        before, since = int(asked.get("cursor", "999999")), datetime.fromisoformat(asked["since"])
        rows = [p for p in self.named(asked["q"]) if p.number < before and p.at >= since]
        page = at_most(self.most, rows)
        more = {"cursor": str(page[-1].number)} if len(rows) > len(page) else {}
        return found({"posts": list(map(self.view, page)), **more})

    def _known(
        self, name: str, answer: Callable[[Sequence[str]], object]
    ) -> Callable[[Request], Said]:
        def said(request: Request) -> Said:
            asked = parse_qs(urlsplit(request.target).query)[name]
            assert len(asked) <= 25
            return self._may(request) or found(answer(asked))

        return said

    def _posts(self, uris: Sequence[str]) -> object:
        return {"posts": [v for p in self.posts if (v := self.view(p))["uri"] in uris]}

    def _profiles(self, actors: Sequence[str]) -> object:
        return {"profiles": [{"did": did, "handle": "x", "followersCount": 88} for did in actors]}

    def view(self, post: Post) -> Row:
        record: Row = {"text": post.text, "langs": ["fr"], "createdAt": iso(post.at)}
        if post.answers:
            parent = {"uri": f"at://did:plc:other/app.bsky.feed.post/k{post.answers}", "cid": "c"}
            record["reply"] = {"root": parent, "parent": parent}
        return {
            "uri": f"at://did:plc:{post.author}/app.bsky.feed.post/k{post.number}",
            "cid": "c",
            "author": {
                "did": f"did:plc:{post.author}",
                "handle": f"{post.author}.test",
                "displayName": post.author.title(),
                "labels": [],
            },
            "record": record,
            "indexedAt": iso(post.at + timedelta(seconds=1)),
            "likeCount": post.likes,
            "repostCount": post.shares,
            "replyCount": post.comments,
            "quoteCount": 0,
            "labels": [],
        }

    def mention(self, post: Post) -> Row:
        return {
            "external_id": self.view(post)["uri"],
            "url": f"https://bsky.app/profile/{post.author}.test/post/k{post.number}",
            "title": None,
            "author": post.author.title(),
            "author_url": f"https://bsky.app/profile/did:plc:{post.author}",
            "author_followers": 88,
            "likes": post.likes,
            "shares": post.shares,
            "comments": post.comments,
            "kind": "post",
        }


class Lemmy(Platform):
    """Lemmy 1.0."""

    type = "lemmy"
    version = 4

    @property
    def options(self) -> Row:
        return {"instance": "https://lemmy.example"}

    def routes(self) -> None:
        self.server["/api/v3/site"] = self._site
        self.server["/api/v4/site"] = lambda _: found({"site_view": {}, "all_languages": LANGUAGES})
        self.search("/api/v3/search", self._search_3)
        self.search("/api/v4/search", self._search_4)
        for version in (3, 4):
            self.server[f"/api/v{version}/resolve_object"] = self._resolve

    def _resolve(self, request: Request) -> Said:
        address = query_of(request)["q"]
        views = {self.mention(post)["url"]: self.view(post) for post in self.posts}
        if address not in views:
            return refused(404, {"error": "not_found"})
        view = views[address]
        return found({"comment" if "comment" in view else "post": view, "resolve": view})

    def _site(self, _: Request) -> Said:
        if self.version == 4:
            return refused(404, {"error": "not_found"})
        return found({"version": "0.19.13", "site_view": {}, "all_languages": LANGUAGES})

    def _search_3(self, _: Request, asked: dict[str, str]) -> Said:
        assert (asked["type_"], asked["listing_type"], asked["sort"]) == ("All", "All", "New")
        size = int(asked["limit"])
        start = size * (int(asked["page"]) - 1)
        rows = self.named(asked["q"])
        kinds = [[p for p in rows if bool(p.answers) is answers] for answers in (False, True)]
        own, comments = ([self.view(p) for p in some[start : start + size]] for some in kinds)
        told = {"type_": "All", "posts": own, "comments": comments}
        return found({**told, "communities": [], "users": []})

    def _search_4(self, _: Request, asked: dict[str, str]) -> Said:
        rows = self.named(asked["search_term"])
        start = int(asked.get("page_cursor", "P0")[1:])
        end = start + self.most
        more = {"next_page": f"P{end}"} if end < len(rows) else {}
        return found({"search": [self.view(p) for p in rows[start:end]], **more})

    def view(self, post: Post) -> Row:
        at, is_old = iso(post.at), self.version == 3
        counts = {"score": post.likes - 1, "upvotes": post.likes, "downvotes": 1}
        said: Row = {"language_id": 47, "deleted": False, "removed": False}
        said |= {"published": at} if is_old else {"published_at": at, **counts}
        thread = post.answers or post.number
        own: Row = {
            "id": thread,
            "name": f"Fleuriste {thread}",
            "ap_id": f"https://lemmy.example/post/{thread}",
            **said,
        }
        counts |= {"child_count": post.comments} if post.answers else {"comments": post.comments}
        who = f"https://lemmy.example/u/{post.author}"
        view: Row = {
            "creator": {"name": post.author, "actor_id" if is_old else "ap_id": who},
            "community": {"title": "Nord"},
            "post": own,
        }
        if is_old:
            view["counts"] = counts
        if post.answers is None:
            own |= {"body": post.text.replace("<", "\\<")} | ({} if is_old else counts)
        else:
            view["comment"] = {
                "id": 5000 + post.number,
                "content": post.text.replace("<", "\\<"),
                "ap_id": f"https://lemmy.example/comment/{5000 + post.number}",
                "path": f"0.{5000 + post.number}",
                **said,
                **({} if is_old else counts),
            }
        return view

    def mention(self, post: Post) -> Row:
        address = f"comment/{5000 + post.number}" if post.answers else f"post/{post.number}"
        return {
            "external_id": f"https://lemmy.example/{address}",
            "url": f"https://lemmy.example/{address}",
            "title": f"Fleuriste {post.answers or post.number}",
            "author": post.author,
            "author_url": f"https://lemmy.example/u/{post.author}",
            "author_followers": None,
            "likes": post.likes,
            "comments": post.comments,
            "kind": "comment" if post.answers else "post",
        }


class OldLemmy(Lemmy):
    """Lemmy 0.19, whose pages have a number."""

    version = 3


LANGUAGES = [{"id": 0, "code": "und"}, {"id": 47, "code": "fr"}]


class Reddit(Platform):
    """Reddit's API, as an app."""

    type = "reddit"
    overhead = 1  # the token

    def __init__(self) -> None:
        self.token = 0
        super().__init__()

    @property
    def options(self) -> Row:
        return {"client_id": "app", "client_secret": f"{CANARY}-secret"}

    def routes(self) -> None:
        self.server["/api/v1/access_token"] = self._token
        self.search("/search", self._search)
        self.search("/search.rss", self._feed)
        self.server["/api/info"] = self._info

    def expire(self) -> None:
        """Let the tokens given so far be old."""
        self.token += 1

    def _token(self, request: Request) -> Said:
        assert request.body == b"grant_type=client_credentials"
        pair = b64encode(f"app:{CANARY}-secret".encode()).decode()
        if request.headers["authorization"] != f"Basic {pair}":
            return refused(401, {"message": "Unauthorized", "error": 401})
        token = f"{CANARY}-reddit-{self.token}"
        return found({"access_token": token, "token_type": "bearer", "expires_in": 86400})

    def _may(self, request: Request) -> Said | None:
        if request.headers.get("authorization") == f"Bearer {CANARY}-reddit-{self.token}":
            return None
        return refused(401, {"message": "Unauthorized", "error": 401})

    def _page(self, asked: dict[str, str]) -> list[Post]:
        assert asked["sort"] == "new"
        before = int(asked.get("after", "t3_zzzz")[3:], 36)
        return at_most(self.most, (p for p in self.named(asked["q"]) if p.number < before))

    def _search(self, request: Request, asked: dict[str, str]) -> Said:
        assert (asked["type"], asked["raw_json"]) == ("link", "1")
        page = self._page(asked)
        after = self.name(page[-1].number) if page and page[-1].number > 1 else None
        return self._may(request) or self._listing(page, after)

    def _info(self, request: Request) -> Said:
        names = query_of(request)["id"].split(",")
        rows = [p for p in self.posts if self.name(p.number) in names]
        return self._may(request) or self._listing(rows, None)

    def _listing(self, rows: Sequence[Post], after: str | None) -> Said:
        return found({"kind": "Listing", "data": {"after": after, "children": self._things(rows)}})

    def _things(self, rows: Sequence[Post]) -> list[Row]:
        return [
            {
                "kind": "t3",
                "data": {
                    "name": self.name(p.number),
                    "id": self.name(p.number)[3:],
                    "title": f"Avis {p.number}",
                    "selftext": p.text.replace("<", "\\<"),
                    "author": p.author,
                    "permalink": self._path(p),
                    "url": f"https://www.reddit.com{self._path(p)}",
                    "created_utc": p.at.timestamp(),
                    "score": p.likes,
                    "num_comments": p.comments,
                    "stickied": False,
                    "removed_by_category": None,
                },
            }
            for p in rows
        ]

    def _feed(self, _: Request, asked: dict[str, str]) -> Said:
        assert (asked["user"], asked["feed"]) == ("fleurs", f"{CANARY}-feed")
        entries = "".join(
            f"<entry><author><name>/u/{p.author}</name>"
            f"<uri>https://www.reddit.com/user/{p.author}</uri></author>"
            f'<content type="html">{escaped(self._html(p))}</content><id>{self.name(p.number)}</id>'
            f'<link href="https://www.reddit.com{self._path(p)}"/>'
            f"<published>{p.at.isoformat()}</published><title>Avis {p.number}</title></entry>"
            for p in self._page(asked)
        )
        feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>search</title>{entries}</feed>'
        return Answer(headers={"Content-Type": "application/atom+xml"}, body=feed.encode())

    def _html(self, post: Post) -> str:
        return (
            f'<!-- SC_OFF --><div class="md"><p>{escaped(post.text)}</p></div><!-- SC_ON --> &#32;'
            f' submitted by &#32; <a href="https://www.reddit.com/user/{post.author}"> /u/'
            f'{post.author} </a> <br/> <span><a href="https://x.example">[link]</a></span>'
        )

    def name(self, number: int) -> str:
        """Return a post's name: its number to base 36."""
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"
        return f"t3_{digits[number // 36]}{digits[number % 36]}"

    def _path(self, post: Post) -> str:
        return f"/r/Lille/comments/{self.name(post.number)[3:]}/avis/"

    def mention(self, post: Post) -> Row:
        return {
            "external_id": self.name(post.number),
            "url": f"https://www.reddit.com{self._path(post)}",
            "title": f"Avis {post.number}",
            "author": post.author,
            "author_url": f"https://www.reddit.com/user/{post.author}",
            "author_followers": None,
            "likes": post.likes,
            "comments": post.comments,
            "kind": "post",
        }


class RedditFeed(Reddit):
    """Reddit's search as a feed, read with the secret of personal feeds."""

    most = 25
    overhead = 0

    @property
    def options(self) -> Row:
        return {"user": "fleurs", "feed": f"{CANARY}-feed"}

    def mention(self, post: Post) -> Row:
        return {**super().mention(post), "likes": None, "comments": None}


class Discourse(Platform):
    """A forum's search."""

    type = "discourse"

    @property
    def options(self) -> Row:
        key = {"api_key": f"{CANARY}-discourse", "api_username": "simon"}
        return {"url": "https://forum.example", **key}

    def routes(self) -> None:
        self.search("/search.json", self._search)
        for number in range(_NUMBERS):
            self.server[f"/posts/{number}.json"] = partial(self._single, number)

    def _single(self, number: int, _: Request) -> Said:
        rows = [self.post(post) for post in self.posts if post.number == number]
        return found(rows[0]) if rows else refused(404, {"error_type": "not_found"})

    def _search(self, request: Request, asked: dict[str, str]) -> Said:
        if request.headers.get("api-key") != f"{CANARY}-discourse":
            return refused(403, {"errors": ["not allowed"], "error_type": "invalid_access"})
        phrase, _, filters = asked["q"].partition(" order:latest ")
        since = datetime.fromisoformat(filters.removeprefix("after:")).replace(tzinfo=UTC)
        start = self.most * (int(asked["page"]) - 1)
        rows = [p for p in self.named(phrase) if p.at >= since]
        page = rows[start : start + self.most]
        more = True if len(rows) > start + self.most else None
        grouped = {"more_full_page_results": more, "error": None}
        threads = {p.answers or p.number for p in page}
        return found(
            {
                "posts": [self.post(p) for p in page],
                "topics": [self._topic(n) for n in sorted(threads)],
                "users": [],
                "grouped_search_result": grouped,
            }
        )

    def _topic(self, number: int) -> Row:
        told = {"id": number, "title": f"Sujet {number}", "slug": f"sujet-{number}"}
        return {**told, "posts_count": 3, "views": 410, "pinned": False}

    def post(self, post: Post) -> Row:
        return {
            "id": post.number,
            "name": None,
            "username": post.author,
            "created_at": iso(post.at),
            "like_count": post.likes,
            "blurb": escaped(post.text),
            "post_number": 2 if post.answers else 1,
            "topic_id": post.answers or post.number,
        }

    def mention(self, post: Post) -> Row:
        topic = post.answers or post.number
        place = 2 if post.answers else 1
        return {
            "external_id": f"https://forum.example/p/{post.number}",
            "url": f"https://forum.example/t/sujet-{topic}/{topic}/{place}",
            "title": f"Sujet {topic}",
            "author": post.author,
            "author_url": f"https://forum.example/u/{post.author}",
            "author_followers": None,
            "likes": post.likes,
            "comments": None if post.answers else 2,
            "views": None if post.answers else 410,
            "kind": "comment" if post.answers else "post",
        }


class Telegram(Platform):
    """A channel's preview."""

    type = "telegram"

    @property
    def options(self) -> Row:
        return {"channels": ["ma_ville"]}

    def routes(self) -> None:
        self.search("/s/ma_ville", self._preview)

    def _preview(self, _: Request, asked: dict[str, str]) -> Said:
        before = int(asked.get("before", "999999"))
        rows = at_most(self.most, (p for p in self.posts if p.number < before))
        body = "".join(map(self.message, reversed(rows)))
        page = (
            "<html><body><div class='tgme_channel_info_counter'><span class='counter_value'>1.2K"
            "</span></div><section class='tgme_channel_history'>"
            f"{body}</section></body></html>"
        )
        return Answer(headers={"Content-Type": "text/html; charset=utf-8"}, body=page.encode())

    def message(self, post: Post) -> str:
        return (
            f"<div class='tgme_widget_message' data-post='ma_ville/{post.number}'>"
            "<a class='tgme_widget_message_owner_name'>Ma ville</a>"
            f"<div class='tgme_widget_message_text'>{escaped(post.text)}</div>"
            f"<span class='tgme_widget_message_views'>{post.views}</span>"
            f"<a class='tgme_widget_message_date'><time datetime='{post.at.isoformat()}'></time>"
            "</a></div>"
        )

    def mention(self, post: Post) -> Row:
        return {
            "external_id": f"ma_ville/{post.number}",
            "url": f"https://t.me/ma_ville/{post.number}",
            "title": None,
            "author": "Ma ville",
            "author_url": "https://t.me/ma_ville",
            "author_followers": 1200,
            "views": post.views,
            "likes": None,
            "kind": "post",
        }


class HackerNews(Platform):
    """Algolia's search."""

    type = "hacker_news"

    def routes(self) -> None:
        self.search("/api/v1/search_by_date", self._search)
        for number in range(_NUMBERS):
            self.server[f"/api/v1/items/{100 + number}"] = partial(self._item, number)

    def _item(self, number: int, _: Request) -> Said:
        there = [post for post in self.posts if post.number == number]
        if not there:
            return refused(404, {"status": 404, "error": "Not Found"})
        return found({"id": 100 + number, "author": there[0].author, "text": there[0].text})

    def _search(self, _: Request, asked: dict[str, str]) -> Said:
        if asked["tags"].startswith("story,("):
            wanted = {int(n) for n in re.findall(r"story_(\d+)", asked["tags"])}
            rows = [p for p in self.posts if p.number + 100 in wanted and not p.answers]
            return self._hits(rows, int(asked["hitsPerPage"]))
        assert asked["tags"] == "(story,comment)"
        rows = self.named(asked["query"])
        for bound in asked["numericFilters"].split(","):
            field, sign, value = re.fullmatch(r"(\w+)([<>]=)(\d+)", bound).groups()  # type: ignore[union-attr]
            assert field == "created_at_i"
            limit = int(value)
            rows = [
                p for p in rows if (seconds(p) >= limit if sign == ">=" else seconds(p) <= limit)
            ]
        return self._hits(rows, self.most)

    def _hits(self, rows: Sequence[Post], size: int) -> Said:
        pages = -(-len(rows) // size)
        told = {"page": 0, "nbPages": pages, "nbHits": len(rows), "hitsPerPage": size}
        return found({"hits": [self.hit(p) for p in rows[:size]], **told})

    def hit(self, post: Post) -> Row:
        own: Row = {
            "objectID": str(100 + post.number),
            "author": post.author,
            "created_at": iso(post.at),
            "created_at_i": seconds(post),
            "story_id": 100 + (post.answers or post.number),
        }
        if post.answers:
            told = {"comment_text": escaped(post.text), "parent_id": 100 + post.answers}
            return {**own, **told, "story_title": "Bougamont", "_tags": ["comment"]}
        told = {"title": "Bougamont", "story_text": escaped(post.text), "url": "https://x.example"}
        counts = {"points": post.likes, "num_comments": post.comments}
        return {**own, **told, **counts, "_tags": ["story"]}

    def mention(self, post: Post) -> Row:
        return {
            "external_id": str(100 + post.number),
            "url": f"https://news.ycombinator.com/item?id={100 + post.number}",
            "title": "Bougamont",
            "author": post.author,
            "author_url": f"https://news.ycombinator.com/user?id={post.author}",
            "author_followers": None,
            "likes": None if post.answers else post.likes,
            "comments": None if post.answers else post.comments,
            "kind": "comment" if post.answers else "post",
        }


def seconds(post: Post) -> int:
    """Return when it was said, in whole seconds."""
    return int(post.at.timestamp())


class StackExchange(Platform):
    """One site's excerpts, and which posts are still there."""

    type = "stack_exchange"

    @property
    def options(self) -> Row:
        return {"site": "french", "key": f"{CANARY}-stack"}

    def routes(self) -> None:
        self.search("/2.3/search/excerpts", self._search)
        self.server["*"] = self._known

    def _known(self, request: Request) -> Said:
        asked = request.path.removeprefix("/2.3/posts/").split(";")
        assert len(asked) <= 100
        there = [{"post_id": self.number(p)} for p in self.posts if str(self.number(p)) in asked]
        return found({"items": there, "has_more": False, "quota_remaining": 9000})

    def _search(self, _: Request, asked: dict[str, str]) -> Said:
        if (asked["site"], asked["key"]) != ("french", f"{CANARY}-stack"):
            # https://api.stackexchange.com/docs/error-handling: 400, bad_parameter
            told = {"error_id": 400, "error_name": "bad_parameter"}
            return refused(400, {**told, "error_message": "`key` doesn't match a known app"})
        assert (asked["sort"], asked["order"]) == ("creation", "desc")
        low, high = int(asked["fromdate"]), int(asked.get("todate", "99999999999"))
        rows = [p for p in self.named(asked["q"]) if low <= seconds(p) <= high]
        page = at_most(self.most, rows)
        told = {"has_more": len(rows) > len(page), "quota_max": 10000, "quota_remaining": 9000}
        return found({"items": [self.item(p) for p in page], **told})

    def number(self, post: Post) -> int:
        """Return its number on the site."""
        return 100 + post.number

    def item(self, post: Post) -> Row:
        own: Row = {
            "item_type": "answer" if post.answers else "question",
            "question_id": 100 + (post.answers or post.number),
            "creation_date": seconds(post),
            "score": post.likes,
            "title": "Un fleuriste &amp; son avis",
            "body": escaped(post.text),
            "excerpt": "…",
        }
        if post.answers:
            return {**own, "answer_id": self.number(post)}
        owner = {"display_name": post.author, "link": f"https://x.example/u/{post.author}"}
        return {**own, "answer_count": post.comments, "view_count": post.views, "owner": owner}

    def mention(self, post: Post) -> Row:
        place = "a" if post.answers else "questions"
        return {
            "external_id": f"french:{self.number(post)}",
            "url": f"https://french.stackexchange.com/{place}/{self.number(post)}",
            "title": "Un fleuriste & son avis",
            "author": None if post.answers else post.author,
            "likes": post.likes,
            "comments": None if post.answers else post.comments,
            "views": None if post.answers else post.views,
            "kind": "comment" if post.answers else "post",
        }
