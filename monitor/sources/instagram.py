"""Instagram: who tags the owner's professional account or comments there, and hashtags.

https://developers.facebook.com/docs/instagram-platform, the API with Facebook Login, read 2026-11
(stored copies). Quota: as for Pages; 30 different hashtags in 7 days.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from functools import partial
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from monitor.fetching.base import Session
from monitor.model import Cursor, Page
from monitor.sources.addresses import server_root
from monitor.sources.base import Source
from monitor.sources.entry_parts import id_of
from monitor.sources.instagram_entries import Own
from monitor.sources.instagram_hashtags import A_WEEK, Hashtags
from monitor.sources.instagram_lists import Lists
from monitor.sources.meta_graph import Graph, MetaOptions
from monitor.sources.meta_graph_account import Account, ask_account
from monitor.sources.meta_graph_parts import Part, Round, day_of
from monitor.sources.meta_graph_token import check_token, token_standings

SERVER = "https://graph.facebook.com"
SCOPES = ("instagram_basic", "instagram_manage_comments")


def _check_tag(tag: str) -> str:
    """Return a hashtag without its sign, in small letters."""
    return tag.removeprefix("#").lower()


Hashtag = Annotated[str, Field(pattern=r"^#?\w{1,100}$"), AfterValidator(_check_tag)]


class InstagramOptions(MetaOptions):
    """Whose account to read, and which hashtags."""

    account: str = Field(
        pattern=r"^\d{1,30}$",
        description="The account's number: GET /{page}?fields=instagram_business_account tells it.",
        examples=["17841400000000001"],
    )
    hashtags: tuple[Hashtag, ...] = Field(
        default=(),
        max_length=A_WEEK,
        description="Hashtags to read, after Meta's review; what they find is judged by its words.",
        examples=[["fleursbougamont"]],
    )
    mentioned: tuple[Annotated[str, Field(pattern=r"^\d{1,30}(/\d{1,30})?$")], ...] = Field(
        default=(),
        description="Media, or comments (media/comment), that Meta's webhook told of by number.",
        examples=[["17889114512354744"]],
    )
    version: str = Field(
        default="v26.0",
        pattern=r"^v\d+\.\d+$",
        description="The version of the Graph API; each lives about two years.",
        examples=["v26.0"],
    )
    days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="The account's own media of so many days are looked at for new comments.",
        examples=[30],
    )


class Instagram(Source[InstagramOptions]):
    """Reads an account's tags, comments and mentions, and hashtags.

    What is said to the account is about its business; what bears a hashtag is judged by its words.
    """

    type: ClassVar[str] = "instagram"
    platform: ClassVar[str] = "instagram"
    every: ClassVar[timedelta] = timedelta(hours=1)
    options_type: ClassVar = InstagramOptions
    is_own: ClassVar[bool] = True
    credentials: ClassVar[str | None] = (
        "A professional account linked to a Facebook Page, and a token of Facebook Login with "
        "instagram_basic, instagram_manage_comments, pages_show_list and pages_read_engagement "
        "(developers.facebook.com; a long-lived one lives 60 days). Hashtags want Meta's review "
        "“Instagram Public Content Access”."
    )
    limits: ClassVar[str] = (
        "Form A: media that tag the owner's own account, comments on its media of `days` days "
        "(at first on older ones, too). "
        "Form B, after review: hashtags, 30 different ones in 7 days, media of the last 24 hours, "
        "never with their author. No search by words, no stories, nothing of private accounts. "
        "Captions and comments that only mention the account are told by Meta's webhook alone, by "
        "number: name it in `mentioned`. `about` holds for tags, comments and mentions; with one "
        "business it is that one. Deletions are not followed. Links to pictures end within days."
    )

    @property
    def address(self) -> str:
        """The account, as the Graph API calls it."""
        return f"{self._root}/{self.options.account}"

    @property
    def subject(self) -> None:
        """Nothing: hashtags find all sorts; what is surely about the business says so itself."""
        return

    async def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield one page of all that is new or changed."""
        options = self.options
        graph = Graph(session=session, root=self._root, options=options)
        told = await ask_account(graph, self._account, day_of(cursor, "account"), may_lack=True)
        token = await check_token(graph, day_of(cursor, "token"))
        lists = Lists(
            graph=graph,
            account=options.account,
            own=Own(id_of(told.kept.get("name")), self._business),
            max_pages=options.max_pages,
            span=timedelta(days=options.days),
        )
        parts = [Part("tags", lists.read_tags), Part("comments", lists.read_comments)]
        if options.mentioned:
            parts.append(Part("mentioned", partial(lists.read_mentioned, options.mentioned)))
        if options.hashtags:
            parts.append(Part("hashtags", self._hashtags(graph).read))
        turn = Round(
            graph=graph,
            before=cursor,
            fixed={"account": told.kept, "token": token},
            standings=[*told.standings, *token_standings(token, SCOPES, session.now)],
            figures=told.figures,
        )
        async for page in turn.read(parts):
            yield page

    @property
    def _root(self) -> str:
        return f"{server_root(SERVER, self.options.base_url)}/{self.options.version}"

    @property
    def _business(self) -> str | None:
        if self.options.about is None and len(self.businesses) == 1:
            return self.businesses[0].name
        return self.options.about

    @property
    def _account(self) -> Account:
        return Account(
            path=self.options.account,
            fields="id,username,followers_count,media_count",
            name="username",
            figures={"followers_count": "followers", "media_count": "posts"},
            needs="instagram_basic",
        )

    def _hashtags(self, graph: Graph) -> Hashtags:
        return Hashtags(
            graph=graph,
            account=self.options.account,
            tags=self.options.hashtags,
            businesses=self.businesses,
            max_pages=self.options.max_pages,
        )
