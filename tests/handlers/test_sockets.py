"""What a socket acknowledges, and when."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from handlers.sockets import Socket

COMMAND = {"command": "/opstream", "team_id": "T1", "user_id": "U1", "text": "help"}
FORM = {
    "type": "view_submission",
    "team": {"id": "T1"},
    "user": {"id": "U1"},
    "view": {"id": "V1", "type": "modal", "callback_id": "form", "state": {"values": {}}},
}


class Line:
    """The far end of a socket; remembers what was acknowledged."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.web_client = AsyncWebClient(session=session)
        self.logger = logging.getLogger(__name__)
        self.said: list[SocketModeResponse] = []

    async def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        self.said.append(response)


class Answers:
    """Where Slack takes answers to a command."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.said.append(await request.json())
        return web.Response(text="ok")


@pytest.fixture
async def answers() -> AsyncIterator[Answers]:
    """An address for answers."""
    made = Answers()
    app = web.Application()
    app.router.add_post("/answer", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/answer"
    yield made
    await runner.cleanup()


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A socket's far end."""
    async with aiohttp.ClientSession() as session:
        yield Line(session)


@pytest.fixture
async def bolt() -> AsyncApp:
    """An app that T1 has installed, and nobody else."""

    async def authorize(team_id: str | None) -> AuthorizeResult | None:
        if team_id != "T1":
            return None
        return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token="xoxb-1")

    return AsyncApp(authorize=authorize)


async def deliver(bolt: AsyncApp, line: Line, payload: dict[str, Any]) -> None:
    kind = "interactive" if "view" in payload else "slash_commands"
    socket = Socket(bolt, "xapp-1")
    await socket.handle(line, SocketModeRequest(kind, "E1", payload))
    await socket.close_async()


async def test_a_command_is_acknowledged_before_anybody_looks_into_it(bolt, line):
    said_before: list[int] = []

    async def listener(ack: AsyncAck) -> None:
        said_before.append(len(line.said))
        await ack()

    bolt.command("/opstream")(listener)

    await deliver(bolt, line, COMMAND)

    assert said_before == [1]
    assert [(one.envelope_id, one.payload) for one in line.said] == [("E1", None)]


async def test_a_form_is_acknowledged_with_what_is_wrong_in_it(bolt, line):
    async def listener(ack: AsyncAck) -> None:
        await asyncio.sleep(0)
        await ack(response_action="errors", errors={"name": "Say who."})

    bolt.view("form")(listener)

    await deliver(bolt, line, FORM)

    (said,) = line.said
    assert said.payload == {"response_action": "errors", "errors": {"name": "Say who."}}


async def test_whose_workspace_installed_nothing_is_still_told_so(bolt, line, answers):
    await deliver(bolt, line, {**COMMAND, "team_id": "T9", "response_url": answers.url})

    assert [one.payload for one in line.said] == [None]
    assert "install" in answers.said[0]["text"]
