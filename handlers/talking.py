"""Showing in a thread what is being done for an answer, with Slack's own status line and its Stop button."""

import asyncio
from dataclasses import dataclass, field

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks import talk
from handlers.pacing import Sleep
from handlers.sessions import Sessions
from handlers.troubles import NETWORK, understand
from handlers.workspaces.client import asking
from opstream.domain.conversation import Place
from opstream.domain.run import RunView

log = structlog.get_logger(__name__)
_STAYS_SECONDS = 90.0  # Slack clears a status after two minutes


@dataclass(slots=True)
class _Line:
    """The status line of one answer: what it shall say, and who sees to that."""

    place: Place
    title: str
    wanted: str
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None


class Talking:
    """Keeps the status lines of all answers that are being made.

    Args:
        client: Of the workspaces.
        sleep: How to wait.
    """

    def __init__(self, client: AsyncWebClient, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._sessions = Sessions(client)
        self._sleep = sleep
        self._lines: dict[str, _Line] = {}

    def heard(self, view: RunView) -> None:
        """Take in the newest state of a run; what is no talk in a thread changes nothing."""
        run, place = view.run, view.run.place
        if not view.workflow.conversation or place is None or place.thread is None:
            return
        status, line = talk.status(view), self._lines.get(run.id)
        if line is not None:
            line.wanted = status
            line.news.set()
        elif status:
            title = str(run.inputs.get("question") or view.workflow.title)
            line = self._lines[run.id] = _Line(place, title, status)
            line.task = asyncio.create_task(self._keep(run.id, line), name=f"status of {run.id}")

    async def _keep(self, run_id: str, line: _Line) -> None:
        asking.set(line.place.workspace)
        try:
            channel, thread = line.place.channel, line.place.thread or ""
            async with self._sessions.at_work(channel, thread, line.title):
                while line.wanted:
                    line.news.clear()
                    await self._show(line, line.wanted)
                    await self._wait(line)
                await self._show(line, "")
        finally:
            del self._lines[run_id]

    async def _wait(self, line: _Line) -> None:
        """Wait for news, or until the status has to be said anew."""
        waits = [
            asyncio.ensure_future(self._sleep(_STAYS_SECONDS)),
            asyncio.ensure_future(line.news.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    async def _show(self, line: _Line, status: str) -> None:
        try:
            await self._client.assistant_threads_setStatus(
                channel_id=line.place.channel, thread_ts=line.place.thread or "", status=status
            )
        except (SlackApiError, *NETWORK) as error:  # the answer itself counts, not this line
            code = understand(error).code if isinstance(error, SlackApiError) else "network"
            log.info("status_not_shown", error=code)

    async def close(self) -> None:
        """Leave all lines as they are; they clear by themselves."""
        tasks = [one.task for one in self._lines.values() if one.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
