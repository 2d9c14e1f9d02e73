"""Operations whose answers are kept for a time; satisfies the port `Operations`.

Only reads are, and only where a step or the settings say for how long. The same question that is asked while
an answer is on its way waits for that one. A write through a source takes out what was kept of it. Answers
come here after secrets were taken out of them, and arguments before secrets were put into them: neither stands
in the database.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from hashlib import sha256

import structlog
from pydantic_core import PydanticSerializationError, to_json

from opstream.domain import durations
from opstream.domain.operation import Operation, OperationCall, Progress, SourceHealth
from opstream.domain.values import Json
from opstream.errors import NotFound, StoreUnavailable
from opstream.ports import (
    Artifacts,
    Clock,
    KeptResult,
    Operations,
    ProgressListener,
    ResultStore,
)

log = structlog.get_logger(__name__)

_SWEEP = timedelta(minutes=5)
_SOON = timedelta(seconds=2)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long which answers are kept.

    Args:
        times: By name of the operation, or a pattern; the first that fits counts.
        large_bytes: An answer with more goes to the artifacts, as one of a step does.
        is_personal: Whether a source acts in the name of whoever asks, so that nobody else may have
            the answer.
    """

    times: Mapping[str, timedelta] = field(default_factory=dict)
    large_bytes: int = 1_000_000
    is_personal: Callable[[str], bool] = lambda source: False

    def time(self, operation: Operation, call: OperationCall) -> timedelta:
        """Return how old an answer may be; zero where it has to be new."""
        if operation.writes or self.is_personal(operation.source):
            return timedelta()
        if call.keep is not None:
            return call.keep
        fitting = (time for name, time in self.times.items() if fnmatchcase(operation.name, name))
        return next(fitting, timedelta())


class OperationsKept:
    """Operations, and their answers."""

    def __init__(
        self,
        operations: Operations,
        store: ResultStore,
        artifacts: Artifacts,
        clock: Clock,
        keeping: Keeping,
    ) -> None:
        self._operations = operations
        self._store = store
        self._artifacts = artifacts
        self._clock = clock
        self._keeping = keeping
        self._on_the_way: dict[tuple[str, timedelta], _OnTheWay] = {}
        self._writes: dict[str, int] = {}

    def find(self, name: str) -> Operation:
        """Return the operation of that name; errors as the port says."""
        return self._operations.find(name)

    async def ready(self, name: str) -> Operation:
        """Return the operation of that name once its source is up; errors as the port says."""
        return await self._operations.ready(name)

    def sources(self) -> Sequence[SourceHealth]:
        """Return every source with its health and operations."""
        return self._operations.sources()

    async def call(self, call: OperationCall, listener: ProgressListener) -> Json:
        """Return a kept answer where one will do, else call the operation; errors as the port says."""
        try:
            operation = self._operations.find(call.operation)
        except NotFound:
            return await self._operations.call(call, listener)
        if operation.writes:
            return await self._write(operation, call, listener)
        time = self._keeping.time(operation, call)
        if not time:
            return await self._operations.call(call, listener)
        return await self._asked(
            _Question(key_of(operation, call), operation, call, time), listener
        )

    async def _write(
        self, operation: Operation, call: OperationCall, listener: ProgressListener
    ) -> Json:
        try:
            return await self._operations.call(call, listener)
        finally:  # also after a failure: it may have taken effect
            source = operation.source
            self._writes[source] = self._writes.get(source, 0) + 1
            try:
                await self._store.forget_source(source)
            except StoreUnavailable as error:
                log.warning("results_not_forgotten", source=source, reason=str(error))

    async def _found(self, question: "_Question") -> "_Answer | None":
        """Return a kept answer that is young enough; whatever is wrong with it, it can be asked for."""
        now = self._clock.now()
        try:
            kept = await self._store.find(question.key, now)
            if kept is None or kept.at + question.time <= now:
                return None
            content = await self._artifacts.get(kept.artifact) if kept.artifact else kept.body
            return _Answer(json.loads(content), kept.at, was_kept=True)
        except (StoreUnavailable, NotFound, ValueError) as error:
            log.warning("result_not_found", operation=question.operation.name, reason=str(error))
            return None

    async def _asked(self, question: "_Question", listener: ProgressListener) -> Json:
        """Ask, or wait with others for the same answer; the call is cancelled with the last of them."""
        name = question.key, question.time
        flight = self._on_the_way.get(name)
        joined = flight is not None
        if flight is None:
            hearing = _Hearing()
            task = asyncio.create_task(self._ask(question, hearing))
            flight = self._on_the_way[name] = _OnTheWay(task, hearing)
        listeners = flight.hearing.listeners
        listeners.append(listener)
        try:
            answer = await asyncio.shield(flight.task)
        finally:
            listeners.remove(listener)
            if not listeners and self._on_the_way.get(name) is flight:
                del self._on_the_way[name]
                flight.task.cancel()
        if joined or answer.was_kept:
            await self._spared(question, answer, listener)
        return answer.output

    async def _spared(
        self, question: "_Question", answer: "_Answer", listener: ProgressListener
    ) -> None:
        """Tell that a call was spared, and how old the answer is."""
        now = self._clock.now()
        age = durations.show(now - answer.at)
        said = f"kept from {age} ago" if answer.was_kept else "asked together with another step"
        listener(Progress(1, 1, said))
        try:
            await self._store.note_saved(question.operation.name, now)
        except StoreUnavailable as error:
            log.warning("saved_call_not_noted", reason=str(error))

    async def _ask(self, question: "_Question", hearing: "_Hearing") -> "_Answer":
        try:
            found = await self._found(question)
            return await self._called(question, hearing) if found is None else found
        finally:
            flight = self._on_the_way.get((question.key, question.time))
            if flight is not None and flight.hearing is hearing:
                del self._on_the_way[question.key, question.time]

    async def _called(self, question: "_Question", hearing: "_Hearing") -> "_Answer":
        source = question.operation.source
        writes, at = self._writes.get(source, 0), self._clock.now()
        output = await self._operations.call(question.call, hearing.tell)
        if writes == self._writes.get(source, 0):
            await self._keep(question, output, at)
        return _Answer(output, at)

    async def _keep(self, question: "_Question", output: Json, at: datetime) -> None:
        """Keep an answer; that it cannot be kept is no reason not to have it."""
        name, source = question.operation.name, question.operation.source
        try:
            content = to_json(output, fallback=str)
            is_large = len(content) > self._keeping.large_bytes
            artifact = await self._artifacts.put(content) if is_large else ""
            body = "" if is_large else content.decode()
            until = at + question.time
            kept = KeptResult(question.key, name, source, at, until, body, artifact)
            await self._store.keep(kept)
        except (StoreUnavailable, PydanticSerializationError, UnicodeDecodeError) as error:
            log.warning("result_not_kept", operation=name, reason=str(error))


@dataclass(frozen=True, slots=True)
class _Question:
    """A call, what it asks, and how old an answer may be."""

    key: str
    operation: Operation
    call: OperationCall
    time: timedelta


@dataclass(frozen=True, slots=True)
class _Answer:
    output: Json
    at: datetime
    was_kept: bool = False


@dataclass(frozen=True, slots=True)
class _Hearing:
    """Who waits for an answer."""

    listeners: list[ProgressListener] = field(default_factory=list)

    def tell(self, progress: Progress) -> None:
        """Tell everybody how far the call is."""
        for listener in self.listeners:
            listener(progress)


@dataclass(frozen=True, slots=True)
class _OnTheWay:
    """An answer on its way."""

    task: "asyncio.Task[_Answer]"
    hearing: _Hearing


def key_of(operation: Operation, call: OperationCall) -> str:
    """Return what tells one question from another: it is the same for the same arguments in any order.

    Names of secrets are part of it, and not the secrets. That a text is the name of one is, too: where it
    is not, the tool gets the text itself.
    """
    asked = {
        "operation": operation.name,
        "arguments": call.arguments,
        "secrets": sorted(call.secrets),
    }
    text = json.dumps(asked, sort_keys=True, ensure_ascii=True, default=str)
    return sha256(text.encode()).hexdigest()


class Expiry:
    """Removes answers whose time is over, a few at a time; a ticker."""

    def __init__(self, store: ResultStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._next_at: datetime | None = None

    async def next_at(self) -> datetime | None:
        """Return when it looks again."""
        if self._next_at is None:
            self._next_at = self._clock.now() + _SWEEP
        return self._next_at

    async def tick(self, now: datetime) -> None:
        """Remove some, and come back soon while there are more."""
        removed = await self._store.remove_expired(now, _BATCH)
        self._next_at = now + (_SOON if removed >= _BATCH else _SWEEP)
