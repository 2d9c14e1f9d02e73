"""A workspace on a real socket, a store, a clock, and messengers that come and go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.outbound import SlackMessenger
from handlers.pacing import Pacing, Rate, Rates
from opstream.adapters.store.database import Database
from opstream.domain.run import RunView
from opstream.playground.slack.server import Playground, PlaygroundSettings
from tests.blocks.stories import RUN
from tests.handlers.moments import Moments

OPS = "C0OPS00001"
QUICK = Rate(1_000, 1_000)


class Client(AsyncWebClient):
    """Slack's client, which remembers what was called."""

    calls: list[tuple[str, dict[str, Any]]]

    async def api_call(self, api_method: str, **more: Any) -> Any:
        arguments = more.get("json") or more.get("params") or {}
        self.calls.append((api_method, dict(arguments)))
        return await super().api_call(api_method, **more)

    def count(self, method: str) -> int:
        return sum(name == method for name, _ in self.calls)


@dataclass
class World:
    """A workspace, a store, a clock, and messengers that come and go."""

    slack: Playground
    database: Database
    client: Client
    time: Moments = field(default_factory=Moments)
    messengers: list[SlackMessenger] = field(default_factory=list)

    def messenger(self, rates: Rates | None = None) -> SlackMessenger:
        pacing = Pacing(self.time, rates or Rates(QUICK, QUICK, QUICK, QUICK), self.time.sleep)
        self.messengers.append(
            SlackMessenger(
                self.client, self.database.postings, self.time, "#ops", pacing, team=self.team
            )
        )
        return self.messengers[-1]

    async def team(self) -> str:
        return str((await self.client.auth_test())["team_id"])

    async def thread(self, channel: str = OPS) -> list[dict[str, Any]]:
        """Return the run's messages, the card first, as they stand in Slack."""
        history = await self.client.conversations_history(
            channel=channel, include_all_metadata=True
        )
        cards = [one for one in history["messages"] if "metadata" in one]
        if not cards:
            return []
        assert len(cards) == 1
        replies = await self.client.conversations_replies(
            channel=channel, ts=cards[0]["ts"], include_all_metadata=True
        )
        return list(replies["messages"])

    async def keys(self) -> list[str]:
        found = [one["metadata"]["event_payload"]["key"] for one in await self.thread()]
        return [key.removeprefix(f"{RUN}/").rstrip("0123456789").rstrip("/") for key in found]


@asynccontextmanager
async def opened(tmp_path: Path, patience_seconds: float = 30) -> AsyncIterator[World]:
    settings = PlaygroundSettings(state_dir=tmp_path / "slack", port=0, rates_enforced=False)
    slack = Playground(settings)
    await slack.start()
    database = await Database.open(tmp_path / "data")
    patience = aiohttp.ClientTimeout(total=patience_seconds)
    async with aiohttp.ClientSession(timeout=patience) as session:
        client = Client(
            token="xoxb-playground", base_url=slack.api_url, session=session, retry_handlers=[]
        )
        client.calls = []
        made = World(slack, database, client)
        yield made
        for messenger in made.messengers:
            await messenger.drain(timedelta())
    await database.close()
    await slack.stop()


def begun(shown: RunView, at: float) -> RunView:
    """Return a view of a run that began at a time."""
    zone = shown.run.started_at.tzinfo
    began = shown.run.started_at.fromtimestamp(at, zone)
    return replace(shown, run=replace(shown.run, started_at=began))
