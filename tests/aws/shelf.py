"""Tools in this process, for aliases to call."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from opstream.adapters.connectors.operations import AllOperations
from opstream.domain.operation import Health, Operation, OperationCall, SourceHealth

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Noon:
    def now(self):
        return NOON


class Shelf:
    """A source whose tools are functions; it notes what they were called with."""

    timeout = None

    def __init__(self, name, tools: Mapping[str, Callable], writes=()):
        self.name = name
        self.calls: list[OperationCall] = []
        self._tools = tools
        operations = tuple(
            Operation(f"{name}.{tool}", tool, "", {"type": "object"}, writes=tool in writes)
            for tool in tools
        )
        operations = tuple(replace(one, source=name) for one in operations)
        self.health = SourceHealth(name, Health.READY, f"`{name}` is ready.", operations)

    async def settled(self):
        return self.health

    async def call(self, operation, call, listener):
        self.calls.append(call)
        return self._tools[operation.name.partition(".")[2]](**call.arguments)


def house(aliases, *shelves):
    return AllOperations(shelves, shaped=(aliases, Noon()))


async def called(operations, name, /, **arguments):
    return await operations.call(OperationCall(name, arguments, "run:step:1"), lambda _: None)
