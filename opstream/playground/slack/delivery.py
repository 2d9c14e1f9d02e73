"""Socket Mode: the app's connections, and each payload's way over one of them and back.

Source: docs.slack.dev/apis/events-api/using-socket-mode; `slack_sdk.socket_mode` is the client it is made for.
"""

import asyncio
import contextlib
import random
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias
from uuid import uuid4

from aiohttp import WSMsgType, web

from opstream.playground.slack.faults import Faults
from opstream.playground.slack.people import APP_ID
from opstream.playground.slack.wire import Json, dump, load, mapping, text

MAX_CONNECTIONS = 10
TICKET_SECONDS = 30.0
ACK_SECONDS = 3.0
LIFE_SECONDS = 4 * 3600.0  # Slack recycles connections every few hours
GRACE_SECONDS = 10.0
PING_SECONDS = 20.0


class Silence(StrEnum):
    """Why there is no answer, in Slack's words where a person gets to see them."""

    TIMEOUT = "operation_timeout"
    UNREACHABLE = "dispatch_failed"  # the app is not connected
    LOST = "connection_failed"  # the connection went away before the app acknowledged


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The app has answered in time; `payload` is what it said, {} for a bare acknowledgement."""

    payload: Json


Outcome: TypeAlias = Acknowledged | Silence


@dataclass(frozen=True, slots=True)
class Retry:
    """Which delivery of an event this is: 0 the first."""

    attempt: int = 0
    reason: str = ""


@dataclass(slots=True, eq=False)
class Connection:
    """One of the app's sockets."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    retiring: bool = False
    timers: list[asyncio.TimerHandle] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Envelope:
    """A payload under way."""

    connection: Connection
    answer: "asyncio.Future[Outcome]"
    is_event: bool


class SocketMode:
    """All connections of the app."""

    def __init__(
        self, faults: Faults, ack_seconds: float, life_seconds: float, notice: Callable[[], None]
    ) -> None:
        self._faults = faults
        self._ack_seconds = ack_seconds
        self._life_seconds = life_seconds
        self._notice = notice
        self._connections: list[Connection] = []
        self._envelopes: dict[str, Envelope] = {}
        self._tickets: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._available = asyncio.Event()

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    @property
    def unanswered(self) -> int:
        """How many payloads wait for their acknowledgement."""
        return len(self._envelopes)

    def issue_ticket(self) -> str:
        """Return a ticket that opens one connection, once and soon."""
        ticket = secrets.token_urlsafe(18)
        self._tickets.add(ticket)
        asyncio.get_running_loop().call_later(TICKET_SECONDS, self._tickets.discard, ticket)
        return ticket

    async def wait_for_connection(self) -> None:
        """Return as soon as the app is connected."""
        await self._available.wait()

    async def deliver(
        self, kind: str, payload: Json, *, answers: bool = False, retry: Retry | None = None
    ) -> Outcome:
        """Send a payload to one connection, chosen at random, and wait for its acknowledgement.

        Args:
            kind: `slash_commands`, `interactive` or `events_api`.
            payload: Slack's JSON.
            answers: Whether the app may answer in the acknowledgement.
            retry: For events: which attempt it is.
        """
        try:
            async with asyncio.timeout(self._ack_seconds):
                await self._available.wait()
        except TimeoutError:
            return Silence.UNREACHABLE
        envelope: Json = {"type": kind, "payload": payload, "accepts_response_payload": answers}
        if retry is not None:
            envelope |= {"retry_attempt": retry.attempt, "retry_reason": retry.reason}
        if self._faults.take_duplicate():
            self._spawn(self._send_and_forget(dict(envelope)))
        return await self._send(envelope)

    async def _send_and_forget(self, envelope: Json) -> None:
        await self._send(envelope)

    async def _send(self, envelope: Json) -> Outcome:
        usable = [one for one in self._connections if not one.retiring]
        if not usable:
            return Silence.UNREACHABLE
        connection = random.choice(usable)
        envelope_id = str(uuid4())
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        is_event = envelope["type"] == "events_api"
        self._envelopes[envelope_id] = Envelope(connection, answer, is_event)
        try:
            async with asyncio.timeout(self._ack_seconds):
                await connection.socket.send_str(dump(envelope | {"envelope_id": envelope_id}))
                return await answer
        except TimeoutError:
            return Silence.TIMEOUT
        except ConnectionError:
            return Silence.LOST
        finally:
            del self._envelopes[envelope_id]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection of the app until it goes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="This ticket is unknown or was used before.")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS, max_msg_size=4 * 1024 * 1024)
        await socket.prepare(request)
        if self.count >= MAX_CONNECTIONS:
            await socket.send_str(dump(_disconnect("too_many_websockets")))
            await socket.close()
            return socket
        connection = Connection(socket, request.transport)
        await self._welcome(connection)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(message.data)
        finally:
            self._gone(connection)
        return socket

    async def _welcome(self, connection: Connection) -> None:
        hello: Json = {
            "type": "hello",
            "num_connections": self.count + 1,
            "connection_info": {"app_id": APP_ID},
            "debug_info": {
                "host": "playground",
                "build_number": 1,
                "approximate_connection_time": round(self._life_seconds),
            },
        }
        await connection.socket.send_str(dump(hello))
        self._connections.append(connection)
        loop = asyncio.get_running_loop()
        end = loop.call_later(self._life_seconds, self._begin_retiring, connection, "warning")
        connection.timers.append(end)
        self._changed()

    def _heard(self, data: str) -> None:
        try:
            said = mapping(load(data))
        except ValueError:
            return
        # Whatever connection it comes by: a client that has just reconnected answers over the new one.
        envelope = self._envelopes.get(text(said.get("envelope_id")))
        if envelope is not None and not envelope.answer.done():
            envelope.answer.set_result(Acknowledged(mapping(said.get("payload"))))

    def _gone(self, connection: Connection) -> None:
        for timer in connection.timers:
            timer.cancel()
        self._connections.remove(connection)
        for envelope in self._envelopes.values():
            lost = envelope.connection is connection and envelope.is_event
            if lost and not envelope.answer.done():
                envelope.answer.set_result(Silence.LOST)
        self._changed()

    def _changed(self) -> None:
        if any(not one.retiring for one in self._connections):
            self._available.set()
        else:
            self._available.clear()
        self._notice()

    def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to be replaced by a new one; the old ones close soon after."""
        for connection in list(self._connections):
            self._begin_retiring(connection, reason)

    def _begin_retiring(self, connection: Connection, reason: str) -> None:
        connection.retiring = True
        self._changed()
        self._spawn(self._retire(connection, reason))

    async def _retire(self, connection: Connection, reason: str) -> None:
        with contextlib.suppress(ConnectionError):
            await connection.socket.send_str(dump(_disconnect(reason)))
            loop = asyncio.get_running_loop()
            end = loop.call_later(GRACE_SECONDS, self._spawn_close, connection)
            connection.timers.append(end)

    def _spawn_close(self, connection: Connection) -> None:
        self._spawn(self._close(connection))

    async def _close(self, connection: Connection) -> None:
        await connection.socket.close()

    def drop(self) -> None:
        """Cut every connection without a word, as a broken network does."""
        for connection in list(self._connections):
            if connection.transport is not None:
                connection.transport.abort()

    async def close(self) -> None:
        """Close every connection and forget what is under way."""
        for connection in list(self._connections):
            await self._close(connection)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}
