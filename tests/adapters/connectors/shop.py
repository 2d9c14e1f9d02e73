"""A connector that counts its calls, with everything around it that an install has."""

import asyncio
from datetime import UTC, datetime, timedelta

from opstream.adapters import detectors
from opstream.adapters.connectors.base import ConnectorSource
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.connectors.results import Keeping, OperationsKept
from opstream.adapters.secrets import OperationsWithSecrets, Secrets
from opstream.domain.operation import OperationCall, Progress
from opstream.domain.sensitive import Sensitive
from opstream.errors import OperationFailed
from opstream.governance.sanitised import OperationsSanitised
from opstream.governance.sanitising import Sanitiser
from opstream.offering import Connector
from opstream.ports import ProgressListener

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


class Clock:
    def __init__(self):
        self.time = NOW

    def now(self):
        return self.time


class Shop:
    """A connector that counts, with everything around it that an install has."""

    def __init__(self, database):
        self.database = database
        self.clock = Clock()
        self.calls = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.progress = []
        self.connector = Connector("shop")
        self.output = {"items": [1, 2.5, "ü"]}
        calls = self.calls

        @self.connector.operation(writes=False)
        async def look(tell: ProgressListener, where: str = "", token: str = "") -> object:
            calls.append((where, token))
            while not self.gate.is_set():
                tell(Progress(0))
                await asyncio.sleep(0.001)
            if isinstance(self.output, Exception):
                raise self.output
            return self.output

        @self.connector.operation(writes=True)
        async def buy(what: str) -> object:
            calls.append(what)
            if what == "nothing":
                raise OperationFailed("Out of stock.", outcome_known=False)
            return len(calls)

    def operations(self, keep=10, store=None, **more):
        source = ConnectorSource(self.connector, {})
        secrets = Secrets({"OPSTREAM_SECRET_KEY": "the-very-secret"})
        bare = OperationsWithSecrets(AllOperations([source]), secrets)
        clean = OperationsSanitised(
            bare, Sanitiser(detectors.find, frozenset({Sensitive.SECRET}), frozenset())
        )
        times = {"shop.look": keep * MINUTE} if keep else {}
        return OperationsKept(
            clean,
            store or self.database.results,
            self.database.artifacts,
            self.clock,
            Keeping(times, **more),
        )

    async def call(self, operations, name="shop.look", secrets=(), keep=None, **arguments):
        call = OperationCall(name, arguments, "key", None, frozenset(secrets), keep)
        return await operations.call(call, self.progress.append)

    async def waiting(self, operations, count):
        """Start so many equal calls, and return them once all wait for the same answer."""
        heard = [asyncio.Event() for _ in range(count)]
        call = OperationCall("shop.look", {}, "key")
        asked = [
            asyncio.create_task(operations.call(call, lambda _, one=one: one.set()))
            for one in heard
        ]
        async with asyncio.timeout(20):
            await asyncio.gather(*(one.wait() for one in heard))
        return asked
