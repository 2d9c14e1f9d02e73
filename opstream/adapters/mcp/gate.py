"""What every call of a server passes: its circuit and its pace; and what is remembered of how they went."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from opstream.adapters.mcp.pacing import Circuit, Pace
from opstream.adapters.mcp.settings import McpServer
from opstream.domain.operation import OperationCall
from opstream.errors import OperationFailed

_NEARLY = 0.9  # of its time: a call that is cancelled after that ran into its limit


class Gate:
    """Lets calls pass, and learns from how they went.

    Args:
        now: Seconds that only grow.
    """

    def __init__(self, settings: McpServer, now: Callable[[], float]) -> None:
        self._now = now
        self._rate = settings.rate
        self._pace = Pace(settings.rate, now)
        self._circuit = Circuit(settings.name, settings.breaker, now)
        self.last_error = ""

    @property
    def sentence(self) -> str:
        """Say that calls fail at once for now; '' while they are made."""
        return self._circuit.sentence

    @property
    def details(self) -> tuple[str, ...]:
        """Return what there is to know, one line each."""
        lines = ["circuit: open" if self._circuit.is_open else "circuit: closed"]
        if self._rate is not None:
            lines.append(
                f"at most {self._rate.count} calls in {self._rate.per.total_seconds():g} s"
            )
        if self.last_error:
            lines.append(f"last error: {self.last_error}")
        return tuple(lines)

    @asynccontextmanager
    async def passing(self, call: OperationCall) -> AsyncIterator[None]:
        """Let a call pass when it is its turn.

        Raises:
            OperationFailed: the server is left alone for now; nothing was called.
        """
        self._circuit.enter()
        began = self._now()
        try:
            await self._pace.turn()
            yield
        except OperationFailed as error:
            self._circuit.failed(error.kind)
            self.last_error = str(error)
            raise
        except BaseException:  # it is cancelled, by its own time limit or by somebody
            self._given_up(call, self._now() - began)
            raise
        self._circuit.succeeded()

    def _given_up(self, call: OperationCall, lasted: float) -> None:
        limit = call.timeout.total_seconds() if call.timeout else None
        if limit is None or lasted < limit * _NEARLY:
            self._circuit.given_up()
            return
        self._circuit.failed("timeout")
        self.last_error = f"`{call.operation}` did not answer within {limit:g} s."
