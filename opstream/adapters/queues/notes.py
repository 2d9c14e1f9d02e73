"""Short notes between the processes of an install, by LISTEN and NOTIFY.

A note is a hint: it may be lost, and then whoever waits for it finds out from the database a little later.
Notes that are sent in one turn of the event loop go in one round trip. What was missed while a connection
was broken is made up for by `on_return`.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import psycopg
import structlog
from psycopg import AsyncConnection, sql

from opstream.adapters.queues.connecting import connect
from opstream.adapters.queues.ending import end

log = structlog.get_logger(__name__)

_SEND = (
    "SELECT pg_notify(note.channel, note.text)"
    " FROM unnest(%s::text[], %s::text[]) AS note(channel, text)"
)
_LONGEST = 7_000  # bytes; the server takes 7999
_AGAIN = timedelta(seconds=0.5)
_LONGEST_WAIT = timedelta(seconds=5)
_PARTING_SECONDS = 1


class Notes:
    """Sends and hears notes; `name` is what the server's lists call its connections."""

    def __init__(self, url: str, name: str, silence: timedelta) -> None:
        self._url = url
        self._name = name
        self._silence = silence
        self._hearers: dict[str, Callable[[str], None]] = {}
        self._on_return: list[Callable[[], None]] = []
        self._outgoing: dict[tuple[str, str], None] = {}
        self._something = asyncio.Event()
        self._listening = asyncio.Event()
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []

    def hear(self, channel: str, hearer: Callable[[str], None]) -> None:
        """Have something done with every note of a channel; to be called before `start`."""
        self._hearers[channel] = hearer

    def on_return(self, missed: Callable[[], None]) -> None:
        """Have something done whenever listening begins again after it was broken off."""
        self._on_return.append(missed)

    def send(self, channel: str, text: str) -> None:
        """Send a note, soon; too long a one is dropped. Equal ones that still wait go as one."""
        if len(text.encode()) <= _LONGEST:
            self._outgoing[channel, text] = None
            self._something.set()

    async def start(self) -> None:
        """Begin to listen and to send; returns when it listens.

        Raises:
            psycopg.OperationalError: the server cannot be reached.
        """
        connection = await self._listen()
        self._tasks = [
            asyncio.create_task(self._keep_hearing(connection), name="notes-hear"),
            asyncio.create_task(self._keep_sending(), name="notes-send"),
        ]

    async def stop(self) -> None:
        """Send what waits, then fall silent."""
        if self._tasks:
            self._closing = True
            self._something.set()
            await asyncio.wait(self._tasks[1:], timeout=_PARTING_SECONDS)
        await end(self._tasks)

    async def _listen(self) -> AsyncConnection:
        connection = await connect(self._url, f"{self._name} listens", self._silence)
        for channel in self._hearers:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        return connection

    async def _keep_hearing(self, first: AsyncConnection) -> None:
        connection: AsyncConnection | None = first
        wait = _AGAIN
        while True:
            try:
                if connection is None:
                    connection = await self._listen()
                    for missed in self._on_return:
                        missed()
                wait = _AGAIN
                await self._hear(connection)
            except psycopg.OperationalError as error:
                log.warning("notes_not_heard", reason=str(error).strip())
            finally:
                if connection is not None:
                    await connection.close()
                connection = None
            await asyncio.sleep(wait.total_seconds())
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _hear(self, connection: AsyncConnection) -> None:
        while True:
            async for note in connection.notifies(timeout=self._silence.total_seconds()):
                self._hearers[note.channel](note.payload)
            await connection.execute("SELECT 1")  # a connection that broke in silence says so now

    async def _keep_sending(self) -> None:
        connection: AsyncConnection | None = None
        try:
            while not self._closing or self._outgoing:
                await self._something.wait()
                self._something.clear()
                try:
                    if connection is None:
                        connection = await connect(self._url, f"{self._name} tells", self._silence)
                    await self._send_all(connection)
                except psycopg.OperationalError as error:
                    log.warning("notes_not_sent", notes=len(self._outgoing), reason=str(error))
                    self._outgoing.clear()
                    if connection is not None:
                        await connection.close()
                    connection = None
        finally:
            if connection is not None:
                await connection.close()

    async def _send_all(self, connection: AsyncConnection) -> None:
        while self._outgoing:
            going = list(self._outgoing)
            self._outgoing.clear()
            channels, texts = [one[0] for one in going], [one[1] for one in going]
            await connection.execute(_SEND, (channels, texts))
