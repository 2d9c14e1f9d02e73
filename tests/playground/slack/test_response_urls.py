"""What an app says through a `response_url`."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    BO,
    OPS,
    Clock,
    approval,
    bolt,
    client,
    connected,
    page,
    running,
    until,
)


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with running(tmp_path) as one:
        yield one


async def test_response_url_works_five_times(playground: Playground) -> None:
    urls: list[str] = []
    app = bolt(playground)

    @app.command("/opstream")
    async def opstream(ack: Any, command: dict[str, Any]) -> None:
        urls.append(command["response_url"])
        await ack()

    async with connected(app, playground), page(playground) as ana, aiohttp.ClientSession() as http:
        await ana.wish("command", channel=OPS, text="/opstream status")
        await until(lambda: bool(urls))
        statuses = []
        for number in range(6):
            async with http.post(urls[0], json={"text": f"Answer {number}"}) as response:
                statuses.append((response.status, await response.text()))
        shown = [await ana.wait_for("ephemeral") for _ in range(5)]

    assert [one["message"]["text"] for one in shown] == [f"Answer {n}" for n in range(5)]
    assert statuses[:5] == [(200, "ok")] * 5
    assert statuses[5] == (404, '{"ok":false,"error":"used_url"}')


async def test_response_url_ends_after_half_an_hour(tmp_path: Path) -> None:
    clock, urls = Clock(), []
    async with running(tmp_path, clock=clock) as playground:
        app = bolt(playground)

        @app.command("/opstream")
        async def opstream(ack: Any, command: dict[str, Any]) -> None:
            urls.append(command["response_url"])
            await ack()

        async with connected(app, playground), page(playground) as ana:
            await ana.wish("command", channel=OPS, text="/opstream status")
            await until(lambda: bool(urls))
        clock.pass_seconds(30 * 60 + 1)
        async with aiohttp.ClientSession() as http, http.post(urls[0], json={"text": "x"}) as late:
            status, body = late.status, await late.text()

    assert (status, body) == (404, '{"ok":false,"error":"expired_url"}')


async def test_response_url_refuses_what_the_api_refuses(playground: Playground) -> None:
    urls: list[str] = []
    app = bolt(playground)

    @app.command("/opstream")
    async def opstream(ack: Any, command: dict[str, Any]) -> None:
        urls.append(command["response_url"])
        await ack()

    async with connected(app, playground), page(playground) as ana, aiohttp.ClientSession() as http:
        await ana.wish("command", channel=OPS, text="/opstream status")
        await until(lambda: bool(urls))
        async with http.post(urls[0], json={"blocks": [{"type": "lever"}]}) as response:
            status, body = response.status, await response.json()

    assert status == 400
    assert body["error"] == "invalid_blocks"


async def test_pressed_message_is_replaced_through_its_response_url(playground: Playground) -> None:
    app = bolt(playground)
    posted = await client(playground).chat_postMessage(
        channel=OPS, text="Approve?", blocks=approval()
    )

    @app.action("approve")
    async def approve(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Approved.", replace_original=True)

    async with connected(app, playground), page(playground, BO) as bo:
        await bo.wish(
            "press", channel=OPS, message_ts=posted["ts"], block_id="decide", action_id="approve"
        )
        changed = await bo.wait_for("message_changed")

    assert changed["message"]["ts"] == posted["ts"]
    assert changed["message"]["text"] == "Approved."
    assert "blocks" not in changed["message"]
