"""Links remote servers: a person signs in once, in a browser; satisfies the port `Accounts`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog

from opstream.adapters.mcp.masking import masked, secrets_of, shortened
from opstream.adapters.mcp.server import Server
from opstream.adapters.mcp.settings import McpServer
from opstream.adapters.mcp.surroundings import Landed, Surroundings
from opstream.errors import BadInput, NotFound, OperationFailed, TooLate
from opstream.ports.linking import Arrival

log = structlog.get_logger(__name__)

_TO_THE_DOOR_SECONDS = 30.0
_AT_THE_DOOR_SECONDS = 900.0
_THROUGH_SECONDS = 60.0


@dataclass
class _Attempt:
    """One person's way through the door; satisfies `Visitor`."""

    server: str
    address: "asyncio.Future[str]"
    landing: "asyncio.Future[Landed]"
    task: "asyncio.Task[None] | None" = field(default=None)

    async def visit(self, address: str) -> None:
        self.address.set_result(address)

    async def landed(self) -> Landed:
        return await self.landing


class ServerAccounts:
    """The accounts of this install at its MCP servers.

    Args:
        sources: The servers; those that a person signs in to can be linked.
    """

    def __init__(self, sources: Sequence[Server], around: Surroundings) -> None:
        self._sources = {one.name: one for one in sources if _is_linked(one.settings)}
        self._around = around
        self._attempts: dict[str, _Attempt] = {}  # by the state that only the browser knows

    def names(self) -> tuple[str, ...]:
        """Return the names of the servers that can be linked."""
        return tuple(self._sources)

    async def begin(self, name: str) -> str:
        """Return the address at which a person signs in; errors as the port says."""
        source = self._named(name)
        if not self._around.address or self._around.vault is None:
            raise BadInput(
                "Browsers cannot come back to this OpStream. Set `OPSTREAM_HTTP_PORT`, and "
                "`OPSTREAM_PUBLIC_URL` to the address at which they reach it."
            )
        await self._around.vault.names("mcp/")  # a missing key shows before anybody signs in
        loop = asyncio.get_running_loop()
        attempt = _Attempt(name, loop.create_future(), loop.create_future())
        attempt.task = asyncio.create_task(self._sign_in(source, attempt), name=f"link {name}")
        either: set[asyncio.Future[Any]] = {attempt.address, attempt.task}
        await asyncio.wait(
            either,
            timeout=_TO_THE_DOOR_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not attempt.address.done():
            raise await self._not_to_the_door(source, attempt)
        address = attempt.address.result()
        state = parse_qs(urlsplit(address).query).get("state", [""])[0]
        self._attempts[state] = attempt
        attempt.task.add_done_callback(lambda task: self._attempts.pop(state, None))
        return address

    async def arrived(self, name: str, arrival: Arrival) -> None:
        """Take what a browser brings back; errors as the port says."""
        attempt = self._attempts.pop(arrival.state, None)
        if attempt is None or attempt.server != name or attempt.task is None:
            raise TooLate(
                "This sign-in was used before, or began too long ago. Type "
                f"`/opstream connect {name[:60]}` in Slack to begin anew."
            )
        if arrival.error:
            attempt.task.cancel()
            raise OperationFailed(f"`{name}` let nobody in: {shortened(arrival.error, 200)}.")
        attempt.landing.set_result(Landed(arrival.code, arrival.state, arrival.issuer))
        await asyncio.wait({attempt.task}, timeout=_THROUGH_SECONDS)
        if (error := _error_of(attempt.task)) is not None:
            raise self._refused(self._sources[name], error)
        log.info("mcp_server_linked", server=name)
        self._sources[name].wake()

    async def _sign_in(self, source: Server, attempt: _Attempt) -> None:
        # The library takes more than a second to import, so nobody waits for it who links nothing.
        from opstream.adapters.mcp.signing_in import sign_in

        async with asyncio.timeout(_AT_THE_DOOR_SECONDS):
            await sign_in(source.settings, self._around, attempt)

    def _named(self, name: str) -> Server:
        if name not in self._sources:
            close = get_close_matches(name, self._sources, 2, 0.5)
            known = ", ".join(f"`{one}`" for one in self._sources)
            hint = f"These can be: {known}." if known else "No server of this install has `oauth`."
            raise NotFound("server to link", name[:60], close, hint)
        return self._sources[name]

    async def _not_to_the_door(self, source: Server, attempt: _Attempt) -> OperationFailed:
        assert attempt.task is not None  # made with it
        if not attempt.task.done():
            attempt.task.cancel()
            await asyncio.wait({attempt.task})
            return OperationFailed(f"`{source.name}` did not say in time where to sign in.")
        if (error := _error_of(attempt.task)) is not None:
            return self._refused(source, error)
        source.wake()
        return OperationFailed(f"`{source.name}` lets us in without anybody signing in.")

    def _refused(self, source: Server, error: BaseException) -> OperationFailed:
        said = masked(shortened(str(error), 200), secrets_of(source.settings))
        why = said.rstrip(".") or type(error).__name__
        return OperationFailed(f"`{source.name}` could not be linked: {why}.")


def _is_linked(server: McpServer) -> bool:
    return server.oauth is not None and server.oauth.interactive


def _error_of(task: "asyncio.Task[None]") -> BaseException | None:
    if not task.done():
        return TimeoutError("it did not answer in time")
    return TimeoutError("it was given up") if task.cancelled() else task.exception()
