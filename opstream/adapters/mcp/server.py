"""One MCP server through its life: one task starts, greets, watches and restarts it.

The library wants a session to be left by the task that entered it, so that task does nothing
else. Calls run in the tasks that make them, many at once on one session; cancelling such a task
cancels the call at the server. While the server is starting, calls wait for it; while it is down,
they fail at once.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace

import anyio
import structlog

from opstream.adapters.mcp import schema
from opstream.adapters.mcp.gate import Gate
from opstream.adapters.mcp.masking import masked, secrets_of
from opstream.adapters.mcp.session import Extra, Session, Tool, ToolFailed, Unreachable
from opstream.adapters.mcp.settings import McpServer
from opstream.adapters.mcp.surroundings import Surroundings
from opstream.domain.operation import Health, Operation, OperationCall, SourceHealth
from opstream.domain.values import Json
from opstream.errors import OperationFailed
from opstream.ports import ProgressListener

log = structlog.get_logger(__name__)

_LOADING_SECONDS = 5.0  # for the library, which is imported with the first server

Connect = Callable[[McpServer, Surroundings], AbstractAsyncContextManager[Session]]
_Offer = tuple[Sequence[Tool], frozenset[Extra]]


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the next start, in seconds: doubled each time, up to a bound.

    Args:
        steady: A server that was up for this long begins at `first` again.
    """

    first: float = 0.2
    longest: float = 30.0
    steady: float = 5.0

    def after(self, last: float | None, lasted: float, *, missing: bool) -> float:
        """Return the next wait, given the last one and how long the server was up since."""
        if missing:
            return self.longest
        if last is None or lasted >= self.steady:
            return self.first
        return min(2 * last, self.longest)


class Server:
    """One MCP server as a source of operations.

    Args:
        now: Seconds that only grow, for the pace of calls.
    """

    def __init__(
        self,
        settings: McpServer,
        around: Surroundings,
        secrets: Sequence[str] = (),
        backoff: Backoff = Backoff(),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._around = around
        self._gate = Gate(settings, now)
        self._woken = asyncio.Event()
        self._secrets = (*secrets_of(settings), *secrets)
        self._backoff = backoff
        self._session: Session | None = None
        self._keyed: frozenset[str] = frozenset()
        self._extras: frozenset[str] = frozenset()
        self._greeting = ""
        self._task: asyncio.Task[None] | None = None
        # Unlike cancelling the task, this lets a program that is being ended end in peace.
        self._scope = anyio.CancelScope()
        self._changed = asyncio.Event()
        starting = f"`{settings.name}` is starting."
        self._health = SourceHealth(settings.name, Health.STARTING, starting)

    @property
    def name(self) -> str:
        """What its operations begin with."""
        return self._settings.name

    @property
    def health(self) -> SourceHealth:
        """How it is doing; keeps the operations of a server that is down for the moment."""
        health = self._health
        resting = self._gate.sentence
        if resting and health.health is Health.READY:
            health = replace(health, sentence=resting)
        return replace(health, details=tuple(filter(None, (self._greeting, *self._gate.details))))

    @property
    def settings(self) -> McpServer:
        """What is configured about it."""
        return self._settings

    @property
    def timeout(self) -> float | None:
        """Seconds that a call may take unless it says so itself; None for no limit."""
        limit = self._settings.call_timeout
        return limit.total_seconds() if limit else None

    def start(self) -> None:
        """Begin to start the server; returns at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._live(), name=f"mcp-{self.name}")

    async def stop(self) -> None:
        """End the session and the program, for good."""
        self._scope.cancel()
        if self._task is not None:
            await self._task

    def wake(self) -> None:
        """Try at once to reach a server that is down, because something has changed for it."""
        self._woken.set()

    async def changed(self) -> None:
        """Wait until health or operations change."""
        await self._changed.wait()

    async def settled(self) -> SourceHealth:
        """Wait while the server is starting, and return how it is then.

        Its own task ends a start that takes too long: this waits longer than that, so that who waits
        hears why.
        """
        self._notice()
        longest = 2 * self._settings.connect_timeout.total_seconds() + _LOADING_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                while self._health.health is Health.STARTING:
                    await self._changed.wait()
        return self._health

    async def call(
        self, operation: Operation, call: OperationCall, listener: ProgressListener
    ) -> Json:
        """Call a tool; the arguments fit its schema already."""
        async with self._gate.passing(call):
            session = self._session
            if session is None:
                raise OperationFailed(self._health.sentence, kind="unavailable")
            try:
                return await self._made(session, operation, call, listener)
            except ToolFailed as error:
                self._notice()
                raise self._failed(operation, error) from error

    async def _made(
        self,
        session: Session,
        operation: Operation,
        call: OperationCall,
        listener: ProgressListener,
    ) -> Json:
        tool = operation.name.removeprefix(f"{self.name}.")
        if tool in self._extras:
            return await session.do(Extra(tool), call.arguments, call.key, listener)
        keyed = {schema.KEY: call.key} if tool in self._keyed else {}
        return await session.call(tool, {**call.arguments, **keyed}, call.key, listener)

    def _failed(self, operation: Operation, error: ToolFailed) -> OperationFailed:
        failure = error.failure
        text = masked(failure.text, self._secrets)
        return OperationFailed(
            f"`{operation.name}` {_VERBS[failure.kind]}: {text.rstrip('.')}.",
            kind=failure.kind,
            retryable=failure.retryable,
            outcome_known=failure.settled or not operation.writes,
        )

    def _notice(self) -> None:
        """Tell at once that the server is gone; its task still has to clean up after it."""
        if self._session is not None and self._session.over:
            self._session = None
            self._show(Health.STARTING, f"`{self.name}` is being started again.")

    async def _live(self) -> None:
        with self._scope:
            connect = await asyncio.to_thread(_connect)
            wait: float | None = None
            while True:
                up_since: float | None = None
                try:
                    async with connect(await self._opened(), self._around) as session:
                        offer = await self._offer(session)
                        up_since = anyio.current_time()
                        await self._serve(session, offer)
                except Unreachable as error:
                    lasted = anyio.current_time() - up_since if up_since is not None else 0.0
                    wait = self._backoff.after(wait, lasted, missing=error.missing)
                    self._down(error, was_up=up_since is not None)
                    await self._rest(wait)

    async def _opened(self) -> McpServer:
        """Return the settings with the address that the server has now."""
        settings = self._settings
        if settings.opening is None:
            return settings
        try:
            with anyio.fail_after(settings.connect_timeout.total_seconds()):
                address = await settings.opening()
        except TimeoutError as error:
            raise Unreachable(f"`{self.name}` does not say in time where it is.") from error
        return replace(settings, url=address.url, headers=address.headers)

    async def _rest(self, seconds: float) -> None:
        self._woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    async def _serve(self, session: Session, offer: _Offer) -> None:
        """Offer what there is until the server is gone."""
        self._up(session, offer)
        while await session.news():
            self._up(session, await self._offer(session))

    async def _offer(self, session: Session) -> _Offer:
        try:
            with anyio.fail_after(self._settings.connect_timeout.total_seconds()):
                return await session.tools(), await session.extras()
        except ToolFailed as error:
            raise Unreachable(f"`{self.name}` cannot list its tools: {error}.") from error
        except TimeoutError as error:
            raise Unreachable(f"`{self.name}` does not list its tools in time.") from error

    def _up(self, session: Session, offer: _Offer) -> None:
        tools, extras = offer
        self._session = session
        self._keyed = frozenset(tool.name for tool in tools if schema.takes_key(tool))
        taken = {tool.name for tool in tools}
        self._extras = frozenset(one.value for one in extras if one.value not in taken)
        self._greeting = _greeting(session)
        operations = tuple(schema.operation(self._settings, tool) for tool in tools)
        more = tuple(schema.extra(self._settings, Extra(one)) for one in sorted(self._extras))
        count = "1 tool" if len(tools) == 1 else f"{len(tools)} tools"
        kinds = [
            one for one in ("resources", "prompts") if any(one[:-1] in x for x in self._extras)
        ]
        beside = f", {' and '.join(kinds)}" if kinds else ""
        self._show(Health.READY, f"`{self.name}` is ready with {count}{beside}.", operations + more)

    def _down(self, error: Unreachable, *, was_up: bool) -> None:
        self._session = None
        sentence = self._gate.last_error = masked(str(error), self._secrets)
        log.warning("mcp_server_down", server=self.name, reason=sentence)
        if was_up:
            self._show(Health.STARTING, f"{sentence} It is being started again.")
        else:
            self._show(Health.MISSING if error.missing else Health.FAILING, sentence)

    def _show(
        self, health: Health, sentence: str, operations: tuple[Operation, ...] | None = None
    ) -> None:
        kept = self._health.operations if operations is None else operations
        self._health = SourceHealth(self.name, health, sentence, kept)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


_VERBS = {
    "timeout": "did not answer",
    "unavailable": "did not answer",
    "refused": "was refused",
    "invalid": "cannot be used",
    "error": "failed",
}


def _greeting(session: Session) -> str:
    said = session.greeting
    return f"{said.title}, protocol {said.protocol}" if said.title else f"protocol {said.protocol}"


def _connect() -> Connect:
    # The library takes more than a second to import, so nobody waits for it who has no server.
    from opstream.adapters.mcp.connecting import connect

    return connect
