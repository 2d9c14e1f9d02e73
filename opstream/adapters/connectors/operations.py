"""Everything that can be called, under one roof: satisfies the port `Operations`.

A call passes here on its way to any source: its name is resolved, its arguments are checked, its
time and the size of its answer are bounded. What the source does with it is the source's business.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Protocol

from opstream.adapters.connectors.alias import Alias
from opstream.adapters.connectors.aliases import Aliases
from opstream.adapters.connectors.arguments import checked
from opstream.domain.operation import Health, Operation, OperationCall, SourceHealth
from opstream.domain.values import Json
from opstream.errors import NotFound, OperationFailed
from opstream.ports import Clock, ProgressListener, deadlines

_MOST_BYTES = 64_000_000
_LIST_THEM = "`/opstream tools` lists them all."


class Source(Protocol):
    """An MCP server or a connector."""

    @property
    def name(self) -> str:
        """What its operations begin with, without a dot."""

    @property
    def timeout(self) -> float | None:
        """Seconds for calls that bring no timeout of their own."""

    @property
    def health(self) -> SourceHealth:
        """How it is doing, and what it offers."""

    async def settled(self) -> SourceHealth:
        """Wait while it is starting, for a bounded time, and return its health."""

    async def call(
        self, operation: Operation, call: OperationCall, listener: ProgressListener
    ) -> Json:
        """Call an operation with arguments that fit it."""


class AllOperations:
    """The operations of all sources.

    Args:
        aliases: Other names: alias to `<source>.<tool>`, or to a bare tool name.
        output_bytes: The most that an answer may have, as JSON: what fits into the memory of a process
            beside many others. How much of it stands in a history is decided by who keeps that.
        shaped: Aliases with inputs, calls and outputs of their own, and the time they go by.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        aliases: Mapping[str, str] | None = None,
        output_bytes: int = _MOST_BYTES,
        shaped: tuple[Sequence[Alias], Clock] | None = None,
    ) -> None:
        self._sources = {source.name: source for source in sources}
        self._aliases = dict(aliases or {})
        self._output_bytes = output_bytes
        self._shaped: Aliases | None = None
        if shaped is not None and shaped[0]:
            self._shaped = Aliases(shaped[0], self._source_health, self.call, shaped[1])
            self._sources[self._shaped.name] = self._shaped
            self._aliases |= self._shaped.names

    def find(self, name: str) -> Operation:
        """Return the operation of that name; a bare tool name or an alias will do if unique."""
        fitting = self._fitting(name)
        if len(fitting) != 1:
            raise self._not_found(name, fitting)
        return fitting[0]

    async def ready(self, name: str) -> Operation:
        """Return the operation of that name, waiting for its source while that is starting."""
        await asyncio.gather(*(source.settled() for source in self._asked(name)))
        try:
            operation = self.find(name)
        except NotFound:
            self._require_alias(name)
            named = self._named(name)
            if named is not None:
                _require_up(named.health)
            raise
        _require_up(self._sources[operation.source].health)
        return operation

    async def call(self, call: OperationCall, listener: ProgressListener) -> Json:
        """Call an operation and return its output; cancelling the task cancels the call."""
        operation = await self._wanted(call.operation)
        arguments = checked(operation, call.arguments)
        source = self._sources[operation.name.partition(".")[0]]
        limit = call.timeout.total_seconds() if call.timeout else source.timeout
        try:
            async with deadlines.limit(limit):
                ready = replace(call, operation=operation.name, arguments=arguments)
                output = await source.call(operation, ready, listener)
        except TimeoutError as error:
            within = f"within {limit:g} s" if limit else "in time"
            raise OperationFailed(
                f"`{operation.name}` did not answer {within}.",
                kind="timeout",
                outcome_known=not operation.writes,
            ) from error
        return self._bounded(operation, output)

    def sources(self) -> Sequence[SourceHealth]:
        """Return every source with its health and operations."""
        return [source.health for source in self._sources.values()]

    async def _wanted(self, name: str) -> Operation:
        try:
            return await self.ready(name)
        except NotFound as error:
            raise OperationFailed(str(error), kind="invalid", retryable=False) from error

    def _fitting(self, name: str) -> Sequence[Operation]:
        known = {one.name: one for source in self.sources() for one in source.operations}
        wanted = name if name in known else self._aliases.get(name, name)
        if wanted in known:
            return [known[wanted]]
        return [one for one in known.values() if one.name == f"{one.source}.{wanted}"]

    def _asked(self, name: str) -> Sequence[Source]:
        """Return the sources that have to be up before one can say what a name means."""
        behind = self._shaped.sources(self._aliases.get(name, name)) if self._shaped else ()
        if behind:
            return [self._sources[one] for one in behind if one in self._sources]
        fitting = self._fitting(name)
        if len(fitting) == 1:
            return [self._sources[fitting[0].source]]
        named = self._named(name)
        return [named] if named is not None else list(self._sources.values())

    def _named(self, name: str) -> Source | None:
        """Return the source that a full name begins with."""
        source, dot, _tool = self._aliases.get(name, name).partition(".")
        return self._sources.get(source) if dot else None

    def _source_health(self, name: str) -> SourceHealth | None:
        source = self._sources.get(name)
        return source.health if source else None

    def _require_alias(self, name: str) -> None:
        """Say why an alias cannot be called, where the name is one."""
        full = self._aliases.get(name, name)
        if self._shaped is not None and full in self._shaped.names.values():
            raise OperationFailed(self._shaped.trouble(full), kind="unavailable")

    def _not_found(self, name: str, fitting: Sequence[Operation]) -> NotFound:
        if fitting:
            return NotFound("operation", name, [one.name for one in fitting], "Several have it.")
        health = [source.health for source in self._asked(name)]
        down = [one.sentence for one in health if one.health is not Health.READY]
        return NotFound("operation", name, self._close(name), " ".join([_LIST_THEM, *down[:2]]))

    def _close(self, name: str) -> Sequence[str]:
        known = [one.name for source in self.sources() for one in source.operations]
        bare = {one.split(".", 1)[1]: one for one in known}
        names = [*known, *self._aliases]
        close = get_close_matches(name, names, n=3)
        near = [bare[one] for one in get_close_matches(name.split(".")[-1], bare, n=3)]
        return list(dict.fromkeys([*close, *near]))[:3]

    def _bounded(self, operation: Operation, output: Json) -> Json:
        size = len(json.dumps(output, ensure_ascii=False, default=str).encode())
        if size <= self._output_bytes:
            return output
        raise OperationFailed(
            f"`{operation.name}` answered with {_amount(size)}, more than the "
            f"{_amount(self._output_bytes)} that one answer may have; ask it for less, such as a "
            "shorter time or fewer items.",
            kind="invalid",
            retryable=False,
        )


def _require_up(health: SourceHealth) -> None:
    if health.health is not Health.READY:
        raise OperationFailed(health.sentence, kind="unavailable")


def _amount(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
