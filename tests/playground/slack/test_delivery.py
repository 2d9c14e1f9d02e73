"""Socket Mode: connections, retries, and what goes wrong with them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    OPS,
    bolt,
    client,
    connected,
    page,
    running,
    until,
)


class Raw:
    """A Socket Mode connection that does only what a test says."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            return json.loads(await self.socket.receive_str())

    async def acknowledge(self, envelope: dict[str, Any]) -> None:
        await self.socket.send_json({"envelope_id": envelope["envelope_id"]})


async def url(playground: Playground) -> str:
    answer = await client(playground).apps_connections_open(app_token="xapp-playground")
    return str(answer["url"])


@asynccontextmanager
async def raw(playground: Playground) -> AsyncIterator[tuple[Raw, dict[str, Any]]]:
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(await url(playground)) as socket,
    ):
        connection = Raw(socket)
        yield connection, await connection.receive()


async def test_connection_begins_with_hello(tmp_path: Path) -> None:
    async with running(tmp_path) as playground, raw(playground), raw(playground) as (_, hello):
        count = playground.connections

    assert hello["type"] == "hello"
    assert hello["num_connections"] == count == 2
    assert hello["connection_info"] == {"app_id": "A0OPSTREAM"}
    assert hello["debug_info"]["approximate_connection_time"] == 14400


async def test_ticket_opens_one_connection(tmp_path: Path) -> None:
    async with running(tmp_path) as playground, aiohttp.ClientSession() as http:
        address = await url(playground)
        async with http.ws_connect(address):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(address)

    assert refused.value.status == 403


async def test_eleventh_connection_is_sent_away(tmp_path: Path) -> None:
    async with running(tmp_path) as playground, aiohttp.ClientSession() as http:
        sockets = [await http.ws_connect(await url(playground)) for _ in range(10)]
        async with raw(playground) as (_, answer):
            count = playground.connections
        for socket in sockets:
            await socket.close()

    assert (answer["type"], answer["reason"]) == ("disconnect", "too_many_websockets")
    assert count == 10


async def test_each_payload_goes_to_one_connection(tmp_path: Path) -> None:
    async with running(tmp_path) as playground:
        app = bolt(playground)
        seen: list[str] = []

        @app.command("/opstream")
        async def opstream(ack: Any, command: dict[str, Any]) -> None:
            await ack()
            seen.append(command["text"])

        async with connected(app, playground, times=3), page(playground) as ana:
            for number in range(20):
                await ana.wish("command", channel=OPS, text=f"/opstream {number}")
            await until(lambda: len(seen) >= 20)

    assert sorted(map(int, seen)) == list(range(20))


async def test_duplicates_on_demand(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as playground,
        raw(playground) as (app, _),
        page(playground) as ana,
    ):
        playground.faults.duplicate_next()
        await ana.wish("post", channel=OPS, text="Hello")
        first, second = await app.receive(), await app.receive()
        await app.acknowledge(first)
        await app.acknowledge(second)
        await until(lambda: playground.pending_events == 0)

    assert first["envelope_id"] != second["envelope_id"]
    assert first["payload"]["event_id"] == second["payload"]["event_id"]


async def test_event_comes_again_until_it_is_acknowledged(tmp_path: Path) -> None:
    shorter = {"ack_seconds": 0.05, "event_retry_seconds": (0.0, 0.02, 0.02)}
    async with (
        running(tmp_path, **shorter) as playground,
        raw(playground) as (app, _),
        page(playground) as ana,
    ):
        await ana.wish("post", channel=OPS, text="Hello")
        envelopes = [await app.receive() for _ in range(3)]
        await app.acknowledge(envelopes[2])
        await until(lambda: playground.pending_events == 0)

    assert [(one["retry_attempt"], one["retry_reason"]) for one in envelopes] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
    ]
    assert len({one["payload"]["event_id"] for one in envelopes}) == 1


async def test_event_is_given_up_after_three_retries(tmp_path: Path) -> None:
    shorter = {"ack_seconds": 0.03, "event_retry_seconds": (0.0, 0.0, 0.0)}
    async with (
        running(tmp_path, **shorter) as playground,
        raw(playground) as (app, _),
        page(playground) as ana,
    ):
        await ana.wish("post", channel=OPS, text="Hello")
        attempts = [(await app.receive())["retry_attempt"] for _ in range(4)]
        await until(lambda: playground.pending_events == 0)

    assert attempts == [0, 1, 2, 3]


async def test_event_of_a_lost_connection_goes_to_another(tmp_path: Path) -> None:
    async with running(tmp_path) as playground, page(playground) as ana:
        async with raw(playground) as (first, _):
            await ana.wish("post", channel=OPS, text="Hello")
            lost = await first.receive()
        async with raw(playground) as (second, _):
            again = await second.receive()
            await second.acknowledge(again)
            await until(lambda: playground.pending_events == 0)

    assert lost["payload"] == again["payload"]
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "connection_failed")


async def test_event_waits_for_an_app_that_is_away(tmp_path: Path) -> None:
    async with running(tmp_path, ack_seconds=0.05) as playground, page(playground) as ana:
        await ana.wish("post", channel=OPS, text="Hello")
        async with raw(playground) as (app, _):
            envelope = await app.receive()
            await app.acknowledge(envelope)

    assert envelope["payload"]["event"]["text"] == "Hello"
    assert envelope["retry_attempt"] == 0


async def test_retiring_connection_gets_nothing_new(tmp_path: Path) -> None:
    async with running(tmp_path) as playground, raw(playground) as (old, _):
        playground.refresh_connections("warning")
        farewell = await old.receive()
        async with raw(playground) as (new, _), page(playground) as ana:
            await ana.wish("post", channel=OPS, text="Hello")
            envelope = await new.receive()
            await new.acknowledge(envelope)

    assert (farewell["type"], farewell["reason"]) == ("disconnect", "warning")
    assert envelope["type"] == "events_api"


async def test_connection_is_recycled_at_the_end_of_its_life(tmp_path: Path) -> None:
    async with (
        running(tmp_path, connection_life_seconds=0.05) as playground,
        raw(playground) as (app, hello),
    ):
        farewell = await app.receive()

    assert hello["debug_info"]["approximate_connection_time"] == 0
    assert farewell["reason"] == "warning"


async def test_bolt_app_survives_refreshes_and_cuts_without_losing_a_message(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as playground:
        app = bolt(playground)
        seen: set[str] = set()

        @app.event("message")
        async def heard(event: dict[str, Any]) -> None:
            seen.add(event["text"])

        async with connected(app, playground, times=2), page(playground) as ana:
            await ana.wish("post", channel=OPS, text="one")
            playground.refresh_connections()
            await ana.wish("post", channel=OPS, text="two")
            await until(lambda: {"one", "two"} <= seen)
            await playground.wait_until_connected()
            await ana.wish("post", channel=OPS, text="three")
            await until(lambda: seen == {"one", "two", "three"})
            await until(lambda: playground.pending_events == 0)


async def test_cut_connection_is_noticed_by_the_page(tmp_path: Path) -> None:
    async with running(tmp_path) as playground, page(playground) as ana, raw(playground):
        came = await ana.wait_for("app")
        playground.drop_connections()
        went = await ana.wait_for("app")

    assert ana.snapshot["app"]["connected"] is False
    assert (came["connected"], went["connected"]) == (True, False)
