"""A door that listens in this process, with a real store and pipeline, and what is pushed to it."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from fakes import SHOP, state
from fixed_clock import FixedClock

from monitor.matching.matcher import Matcher
from monitor.model import WEBHOOK, Mention, MentionQuery, SourceState
from monitor.pipeline import Origin, Pipeline
from monitor.receiving.base import Hook
from monitor.receiving.door import Door
from monitor.receiving.intake import Intake
from monitor.receiving.listener import Listener
from monitor.sentiment.registry import make_scorer
from monitor.store.sqlite import SqliteStore
from monitor.store.sqlite.connection import WAIT
from monitor.wording import Wording

TOKEN = "0123456789abcdef"
VERIFY = "to-be-verified"
FRENCH = Wording("fr")


def hook(name: str, form: str = "mentions", *, about: str | None = SHOP.name) -> Hook:
    """Return a hook whose name is that of its form, or another."""
    origin = Origin(
        source_id=name, platform=WEBHOOK, businesses=frozenset([SHOP.name]), about=about
    )
    return Hook(
        id=name,
        form=form,
        secret=TOKEN,
        verify_token=VERIFY if form == "meta" else None,
        origin=origin,
    )


def signed(body: bytes, secret: str = TOKEN, prefix: bytes = b"") -> str:
    return hmac.new(secret.encode(), prefix + body, sha256).hexdigest()


@dataclass
class Pushing:
    """A listening door, and how to push to it."""

    store: SqliteStore
    intake: Intake
    listener: Listener
    client: httpx.AsyncClient

    async def push(
        self, document: object, name: str = "zapier", **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Push JSON with the token, or with other headers (``_`` for ``-``)."""
        told = {key.replace("_", "-"): value for key, value in headers.items()}
        answer = await self.post(
            json.dumps(document).encode(),
            name,
            {"Content-Type": "application/json", **(told or {"X-Ecoute-Token": TOKEN})},
        )
        return answer.status_code, answer.json()

    async def post(
        self, body: bytes, name: str = "zapier", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return await self.client.post(f"/hooks/{name}", content=body, headers=headers)

    async def push_signed(self, document: object, form: str) -> tuple[int, dict[str, Any]]:
        """Push as Meta or LinkedIn sign."""
        body = json.dumps(document).encode()
        header, value = {
            "meta": ("X-Hub-Signature-256", f"sha256={signed(body)}"),
            "linkedin": ("X-LI-Signature", signed(body, prefix=b"hmacsha256=")),
        }[form]
        answer = await self.post(body, form, {"Content-Type": "application/json", header: value})
        return answer.status_code, answer.json()

    def mentions(self, **query: Any) -> list[Mention]:  # noqa: ANN401 - a query's fields
        return self.store.find(MentionQuery(**query))

    def state(self, name: str = "zapier") -> SourceState:
        return self.store.source_state(name)


@asynccontextmanager
async def pushing(
    folder: Path,
    clock: FixedClock,
    *,
    wait: timedelta = WAIT,
    **intake: Any,  # noqa: ANN401 - Intake's
) -> AsyncIterator[Pushing]:
    """Listen on loopback, with a hook of every form (that of mentions is ``zapier``)."""
    hooks = [hook("zapier"), *(hook(f, f) for f in ("meta", "linkedin", "trustpilot"))]
    store = SqliteStore.open(folder / "mentions.db", clock=clock, wait=wait)
    store.register_sources([state(id=one.id, type=WEBHOOK) for one in hooks])
    pipeline = Pipeline(matcher=Matcher([SHOP]), scorer=make_scorer("textblob"), businesses=(SHOP,))
    taking = Intake(**{"store": store, "pipeline": pipeline, "clock": clock, **intake})
    door = Door(
        hooks={one.id: one for one in hooks},
        intake=taking,
        words=Wording("fr"),
        listening="127.0.0.1",
        known_as=frozenset(["hooks.example.fr"]),
        clock=clock,
    )
    async with Listener(host="127.0.0.1", port=0, door=door) as listener:
        root = f"http://127.0.0.1:{listener.port}"
        async with httpx.AsyncClient(base_url=root, trust_env=False, timeout=20) as client:
            yield Pushing(store, taking, listener, client)
    store.close()
