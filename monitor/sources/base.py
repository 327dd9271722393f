"""What every source type is: options a person writes, and pages of entries read with a session.

``docs/adding-a-source.md`` walks through one. A type is one module of this folder, found by its
presence, or a class that another distribution names in the entry-point group ``ecoute.sources``.
"""

from __future__ import annotations

import builtins
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, HttpUrl

from monitor.durations import Duration
from monitor.fetching.base import Session
from monitor.model import Business, Cursor, Page


class SourceOptions(BaseModel):
    """The options that every source type takes."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    type: str = Field(description="The source type, one of those of docs/sources.md.")
    id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        max_length=80,
        description="A stable name for this source. Default: made from its type and address.",
        examples=["local-press"],
    )
    every: Duration | None = Field(
        default=None,
        description="How often to look, at least 1m. Default: the type's own interval.",
        examples=["30m"],
    )
    businesses: tuple[str, ...] | None = Field(
        default=None,
        description="The businesses it is read for, by name. Default: all.",
        examples=[["Fleurs Bougamont"]],
    )
    about: str | None = Field(
        default=None,
        description="Every entry is about this business, named or not (its reviews, its comments).",
        examples=["Fleurs Bougamont"],
    )


class NetworkOptions(SourceOptions):
    """The options of every source type that asks a server."""

    base_url: HttpUrl | None = Field(
        default=None,
        description="Another server that answers in the same way (self-hosted, proxy, test).",
        examples=["http://127.0.0.1:8080"],
    )


class PagedOptions(NetworkOptions):
    """The options of every source type that reads several pages."""

    max_pages: int = Field(
        default=5, ge=1, le=20, description="How many pages one poll may read.", examples=[5]
    )


Options = TypeVar("Options", bound=SourceOptions)


class Source(ABC, Generic[Options]):
    """One configured place to look, read once for all the businesses that use it."""

    type: ClassVar[str]
    """The name in ``sources.yaml``."""
    platform: ClassVar[str]
    """Where its mentions come from, as shown: usually the type."""
    every: ClassVar[timedelta]
    """How often to look, when the options do not say."""
    options_type: ClassVar[builtins.type[SourceOptions]]
    credentials: ClassVar[str | None] = None
    """Which account it wants or profits from and where to get it; ``None``: none."""
    limits: ClassVar[str]
    """Its quota and terms, and what it can not see, in plain words."""

    def __init__(self, options: Options, businesses: tuple[Business, ...]) -> None:
        """Take validated options and the businesses it is read for."""
        self.options = options
        self.businesses = businesses

    @property
    @abstractmethod
    def address(self) -> str:
        """Where it looks, for people: no secret in it."""

    @property
    def subject(self) -> str | None:
        """The business that every entry is about; ``None``: the entries' own words tell.

        What ``is_own`` is about the one business that it is read for, if ``about`` names none.
        """
        if self.options.about is None and self.is_own and len(self.businesses) == 1:
            return self.businesses[0].name
        return self.options.about

    @property
    def queries(self) -> tuple[str, ...]:
        """The search queries it sends, for ``ecoute check``; none when it does not search."""
        return ()

    is_polled: ClassVar[bool] = True
    """Whether one asks it; ``False``: others push to it, see monitor/receiving/."""
    is_own: ClassVar[bool] = False
    """Whether what it reads is said of the owner's own business: reviews of it, comments there."""
    keeps_text: ClassVar[timedelta | None] = None
    """How long its terms let a text be kept; ``None``: as long as ``privacy.keep`` says."""
    keeps_text_of: ClassVar[Mapping[str, timedelta]] = MappingProxyType({})
    """Likewise by platform, for a type whose entries are of several."""
    rechecks: ClassVar[timedelta | None] = None
    """How long after it was found an entry is looked at again, for edits, counts and deletion."""
    reaches_back: ClassVar[timedelta | None] = None
    """How far into the past ``history`` goes; ``None``: no further than ``pages``."""

    @abstractmethod
    def pages(self, session: Session, cursor: Cursor) -> AsyncGenerator[Page, None]:
        """Yield pages of entries from where the last stored poll ended.

        The cursor of a page is right once that page and those before are stored: the poll may be
        cut after any page (page limit, an error on the next). Raises ``FetchError`` and
        ``Malformed``.
        """

    async def recheck(
        self, session: Session, external_ids: Sequence[str]
    ) -> AsyncGenerator[Page, None]:
        """Yield entries met before as they are now, and those that the platform has removed.

        Called from time to time with the identifiers of young mentions, for types that set
        ``rechecks``; the pages' cursors are not kept.
        """
        del session, external_ids
        return
        yield  # an empty generator

    def history(
        self, session: Session, since: datetime, cursor: Cursor
    ) -> AsyncGenerator[Page, None]:
        """Yield what was said since an instant, for ``ecoute backfill``.

        ``cursor`` is that of the page after which an earlier backfill was cut; empty at first. By
        default what a first poll would read.
        """
        del since, cursor
        return self.pages(session, {})
