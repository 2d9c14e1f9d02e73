"""OpStream's own operations, `opstream.list_runs` and others: done in the name of whoever a run works for.

A call names its run in its key, the run names who asked for it, and that person's rights and sight are looked
up as they are now: an agent can do nothing that they could not do themselves.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from opstream.domain.operation import Health, Operation, OperationCall, Repeat, SourceHealth
from opstream.domain.person import Person
from opstream.domain.run import Run
from opstream.domain.values import Json, JsonObject
from opstream.errors import OperationFailed, OpStreamError, StoreUnavailable
from opstream.governance.people import People
from opstream.ports import Operations, ProgressListener
from opstream.runs.journal import Journal

SOURCE: Final = "opstream"
_NOT_OPEN = "OpStream's own tools are not ready yet."


class Arguments(BaseModel):
    """What an own tool takes; names that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants a call, and for which run.

    Args:
        key: Of the call: the same key twice is the same wish.
    """

    run: Run
    person: Person
    key: str


@dataclass(frozen=True, slots=True)
class Tool:
    """One own operation.

    Args:
        takes: Its arguments; what stands in their descriptions is told to models.
        do: What it does.
        writes: Whether it changes anything; then whoever asked may say the yes.
        repeat: Whether a call whose outcome is unknown may be made again.
    """

    name: str
    title: str
    description: str
    takes: type[Arguments]
    do: Callable[[Any, Asking], Awaitable[Json]]
    writes: bool = False
    repeat: Repeat = Repeat.ALWAYS

    @property
    def operation(self) -> Operation:
        """The tool as everybody knows it."""
        return Operation(
            name=f"{SOURCE}.{self.name}",
            title=self.title,
            description=self.description,
            inputs=_schema(self.takes),
            writes=self.writes,
            repeat=self.repeat,
            source=SOURCE,
            own_yes=True,
        )


class OwnTools:
    """The own tools, once what they work with is there."""

    def __init__(self, journal: Journal, people: People) -> None:
        self._journal = journal
        self._people = people
        self._tools: Mapping[str, Tool] = {}
        self._operations: Mapping[str, Operation] = {}

    def open(self, tools: Sequence[Tool]) -> None:
        """Say what there is."""
        self._tools = {one.operation.name: one for one in tools}
        self._operations = {name: one.operation for name, one in self._tools.items()}

    @property
    def health(self) -> SourceHealth:
        """How they are doing: always well."""
        count = len(self._operations)
        sentence = f"`{SOURCE}` is ready with {count} operations of its own."
        return SourceHealth(SOURCE, Health.READY, sentence, tuple(self._operations.values()))

    def find(self, name: str) -> Operation | None:
        """Return the operation of that full name, or None."""
        return self._operations.get(name)

    async def call(self, call: OperationCall) -> Json:
        """Do what a call wants, in the name of whoever its run works for.

        Raises:
            OperationFailed: the arguments do not fit, or the person may not do this; nothing was done.
        """
        tool = self._tools[call.operation]
        try:
            arguments = tool.takes.model_validate(dict(call.arguments))
        except ValidationError as error:
            said = f"`{call.operation}` was not called: {_complaint(error)}"
            raise OperationFailed(said, kind="invalid", retryable=False) from error
        try:
            return await tool.do(arguments, await self._asking(call.key))
        except StoreUnavailable as error:
            raise OperationFailed(str(error), kind="unavailable", outcome_known=False) from error
        except OperationFailed:
            raise
        except OpStreamError as error:
            raise OperationFailed(str(error), kind="refused", retryable=False) from error

    async def _asking(self, key: str) -> Asking:
        run = (await self._journal.load(key.partition(":")[0])).run
        return Asking(run, await self._people.look_up(run.by.id, run.by.name), key)


@dataclass(frozen=True, slots=True)
class OperationsWithOwn:
    """All operations, the own ones among them; satisfies the port `Operations`."""

    operations: Operations
    own: OwnTools

    def find(self, name: str) -> Operation:
        """Return the operation of that name; errors as the port says."""
        return self.own.find(name) or self.operations.find(name)

    async def ready(self, name: str) -> Operation:
        """Return the operation of that name once its source is up; errors as the port says."""
        return self.own.find(name) or await self.operations.ready(name)

    def sources(self) -> Sequence[SourceHealth]:
        """Return every source with its health and operations."""
        return [*self.operations.sources(), self.own.health]

    async def call(self, call: OperationCall, listener: ProgressListener) -> Json:
        """Call an operation and return its output; errors as the port says."""
        if self.own.find(call.operation) is not None:
            return await self.own.call(call)
        return await self.operations.call(call, listener)


def _schema(takes: type[Arguments]) -> JsonObject:
    """Return the JSON schema of arguments, without the titles that say the names once more."""
    schema = takes.model_json_schema()
    properties = {
        name: {key: value for key, value in one.items() if key != "title"}
        for name, one in schema.get("properties", {}).items()
    }
    required = {"required": schema["required"]} if schema.get("required") else {}
    return {"type": "object", "properties": properties, "additionalProperties": False, **required}


def _complaint(error: ValidationError) -> str:
    found = [
        f"`{'.'.join(str(part) for part in one['loc']) or 'it'}`: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False)
    ]
    return "; ".join(found[:3]) + "."
