"""Tools that do what a test says: each call is noted, and may be held up or refused."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opstream.domain.operation import Health, Operation, OperationCall, Progress, SourceHealth
from opstream.errors import NotFound, OperationFailed


class ScriptedTools:
    """Satisfies the port Operations."""

    def __init__(self) -> None:
        self.calls: list[OperationCall] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failures = 0
        self.says = "Hello {name}."
        self._known = {
            name: Operation(name, name, "A tool.", {}, writes=name == "estate.greet")
            for name in ("estate.look", "estate.greet")
        }

    def find(self, name: str) -> Operation:
        if name not in self._known:
            raise NotFound("operation", name)
        return self._known[name]

    async def ready(self, name: str) -> Operation:
        return self.find(name)

    async def call(
        self, call: OperationCall, listener: Callable[[Progress], None]
    ) -> Mapping[str, Any]:
        self.calls.append(call)
        listener(Progress(1, 4, "looking"))
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise OperationFailed("The estate is closed.", retryable=False)
        return {
            "said": self.says.replace("{name}", str(call.arguments["name"])),
            "summary": "All quiet.",
        }

    def sources(self) -> Sequence[SourceHealth]:
        known = tuple(self._known.values())
        return [SourceHealth("estate", Health.READY, "Two tools are ready.", known)]
