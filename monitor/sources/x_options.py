"""What a source of the type x is told: the account, what to read, what it may cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from monitor.sources.base import PagedOptions
from monitor.sources.x_queries import account_name


class XOptions(PagedOptions):
    """Which account is the owner's, what to read, and what it may cost."""

    token: SecretStr = Field(
        description="The app's Bearer token; each business must have an app of its own.",
        examples=["${X_TOKEN}"],
    )
    account: Annotated[str, AfterValidator(account_name)] | None = Field(
        default=None,
        description="The owner's account: the posts that name it are read, its own left out.",
        examples=["fleursbougamont"],
    )
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = Field(
        default=("fr",),
        description=(
            "Search posts that X takes to be in these languages; `[]`: in all, those too short to "
            "tell among them."
        ),
        examples=[["fr", "en"]],
    )
    retweets: bool = Field(
        default=False,
        description="Read retweets too; the posts they repeat are paid with them.",
        examples=[True],
    )
    authors: bool = Field(
        default=True,
        description=(
            "Ask who wrote each post and how many follow them; counted as paid (two posts a user), "
            "which X does not say clearly. Without: no author, and the address is x.com/i/status/…."
        ),
        examples=[False],
    )
    media: bool = Field(
        default=False,
        description="Ask for pictures' addresses; counted as paid like a post each.",
        examples=[True],
    )
    count_first: bool = Field(
        default=True,
        description=(
            "Ask first how many posts there are, and read only when there are any: cheap once a "
            "day. Polled more often, leave it out: an empty search is free, a count is not."
        ),
        examples=[False],
    )
    daily_rechecks: int = Field(
        default=20,
        ge=0,
        le=100,
        description=(
            "How many posts found in the last seven days are looked at again a day, to learn which "
            "were deleted; each is paid like one. 0: none."
        ),
        examples=[10],
    )
    monthly_posts: int = Field(
        default=1_000,
        ge=1,
        description="Posts a calendar month (UTC), counted before each request; then it rests.",
        examples=[1000],
    )
    monthly_dollars: float = Field(
        default=10.0,
        gt=0,
        description="Likewise in dollars, at the prices below.",
        examples=[10],
    )
    dollars_per_post: float = Field(
        default=0.005, ge=0, description="What X takes for a post.", examples=[0.005]
    )
    dollars_per_user: float = Field(
        default=0.010, ge=0, description="What X takes for a user.", examples=[0.01]
    )
    dollars_per_count: float = Field(
        default=0.005, ge=0, description="What X takes for a count.", examples=[0.005]
    )
