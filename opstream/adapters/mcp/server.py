"""One MCP server through its life: one task starts, greets, watches and restarts it.

The library wants a session to be left by the task that entered it, so that task does nothing
else. Calls run in the tasks that make them, many at once on one session; cancelling such a task
cancels the call at the server. While the server is starting, calls wait for it; while it is down,
they fail at once.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass

import anyio
import structlog

from opstream.adapters.mcp import schema
from opstream.adapters.mcp.masking import masked, secrets_of
from opstream.adapters.mcp.session import Session, Tool, ToolFailed, Unreachable
from opstream.adapters.mcp.settings import McpServer
from opstream.domain.operation import Health, Operation, OperationCall, SourceHealth
from opstream.domain.values import Json
from opstream.errors import OperationFailed
from opstream.ports import ProgressListener

log = structlog.get_logger(__name__)

_LOADING_SECONDS = 5.0  # for the library, which is imported with the first server

Connect = Callable[[McpServer, Mapping[str, str]], AbstractAsyncContextManager[Session]]


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
    """One MCP server as a source of operations."""

    def __init__(
        self,
        settings: McpServer,
        environment: Mapping[str, str],
        secrets: Sequence[str] = (),
        backoff: Backoff = Backoff(),
    ) -> None:
        self._settings = settings
        self._environment = environment
        self._secrets = (*secrets_of(settings), *secrets)
        self._backoff = backoff
        self._session: Session | None = None
        self._keyed: frozenset[str] = frozenset()
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
        return self._health

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
        session = self._session
        if session is None:
            raise OperationFailed(self._health.sentence, kind="unavailable")
        tool = operation.name.removeprefix(f"{self.name}.")
        keyed = {schema.KEY: call.key} if tool in self._keyed else {}
        try:
            return await session.call(tool, {**call.arguments, **keyed}, call.key, listener)
        except ToolFailed as error:
            self._notice()
            raise self._failed(operation, error) from error

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
                    async with connect(self._settings, self._environment) as session:
                        tools = await self._tools(session)
                        up_since = anyio.current_time()
                        await self._serve(session, tools)
                except Unreachable as error:
                    lasted = anyio.current_time() - up_since if up_since is not None else 0.0
                    wait = self._backoff.after(wait, lasted, missing=error.missing)
                    self._down(error, was_up=up_since is not None)
                    await asyncio.sleep(wait)

    async def _serve(self, session: Session, tools: Sequence[Tool]) -> None:
        """Offer the tools until the server is gone."""
        self._up(session, tools)
        while await session.news():
            self._up(session, await self._tools(session))

    async def _tools(self, session: Session) -> Sequence[Tool]:
        try:
            with anyio.fail_after(self._settings.connect_timeout.total_seconds()):
                return await session.tools()
        except ToolFailed as error:
            raise Unreachable(f"`{self.name}` cannot list its tools: {error}.") from error
        except TimeoutError as error:
            raise Unreachable(f"`{self.name}` does not list its tools in time.") from error

    def _up(self, session: Session, tools: Sequence[Tool]) -> None:
        self._session = session
        self._keyed = frozenset(tool.name for tool in tools if schema.takes_key(tool))
        operations = tuple(schema.operation(self._settings, tool) for tool in tools)
        count = "1 tool" if len(tools) == 1 else f"{len(tools)} tools"
        self._show(Health.READY, f"`{self.name}` is ready with {count}.", operations)

    def _down(self, error: Unreachable, *, was_up: bool) -> None:
        self._session = None
        sentence = masked(str(error), self._secrets)
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


def _connect() -> Connect:
    # The library takes more than a second to import, so nobody waits for it who has no server.
    from opstream.adapters.mcp.wire import connect

    return connect
