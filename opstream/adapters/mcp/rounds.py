"""A request that may take several rounds: the server asks back, gets answers, and goes on (2026-07-28).

What the server asked stands in the question that people see, so that the request goes on after a restart
of this process just where it was.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio
import mcp_types as types
from mcp.client import ClientSession
from mcp.client.session import ClientRequestContext
from mcp.shared.exceptions import MCPError, UrlElicitationRequiredError
from pydantic import ValidationError

from opstream.adapters.mcp.callbacks import Callbacks

T = TypeVar("T")
Answered = types.CallToolResult | types.ReadResourceResult | types.GetPromptResult
Send = Callable[[types.InputResponses | None, str | None], Awaitable[T | types.InputRequiredResult]]

_MOST_ROUNDS = 25
_PATIENCE_SECONDS = (0.05, 2.0)
_LONGEST_RESUME = 100_000


class Rounds:
    """Carries one request through its rounds."""

    def __init__(self, session: ClientSession, callbacks: Callbacks) -> None:
        self._session = session
        self._callbacks = callbacks

    async def carry(self, send: Send[T], resume: str = "") -> T:
        """Send a request, answer what is asked back, and return its result.

        Args:
            resume: What an earlier process left; it goes on with that.

        Raises:
            MCPError: the server refused, or asked back without end.
        """
        left = _read(resume)
        current: T | types.InputRequiredResult = left if left else await self._first(send)
        wait, longest = _PATIENCE_SECONDS
        for _ in range(_MOST_ROUNDS):
            if not isinstance(current, types.InputRequiredResult):
                return current
            responses = None
            if current.input_requests:
                responses = await self._answers(current)
            else:
                await anyio.sleep(wait)
                wait = min(2 * wait, longest)
            current = await send(responses, current.request_state)
        raise MCPError(types.INVALID_REQUEST, f"it asked back more than {_MOST_ROUNDS} times")

    async def _first(self, send: Send[T]) -> T | types.InputRequiredResult:
        """Send for the first time; pages that have to be visited before are shown (2025-11-25)."""
        try:
            return await send(None, None)
        except MCPError as error:
            if error.code != types.URL_ELICITATION_REQUIRED or not self._callbacks.can_ask:
                raise
            await self._visit(UrlElicitationRequiredError.from_error(error.error).elicitations)
        return await send(None, None)

    async def _visit(self, pages: Sequence[types.ElicitRequestURLParams]) -> None:
        for page in pages:
            visited = await self._callbacks.elicit(self._context("page"), page)
            if not isinstance(visited, types.ElicitResult) or visited.action != "accept":
                raise MCPError(types.INVALID_PARAMS, "a page was not visited")

    async def _answers(self, asked: types.InputRequiredResult) -> types.InputResponses:
        resume = asked.model_dump_json(by_alias=True, exclude_none=True)
        resume = resume if len(resume) <= _LONGEST_RESUME else ""
        responses: types.InputResponses = {}
        # One after another, so that a restart finds the same questions under the same numbers.
        for name, one in (asked.input_requests or {}).items():
            answer = await self._answer(name, one, resume)
            if isinstance(answer, types.ErrorData):
                raise MCPError.from_error_data(answer)
            responses[name] = answer
        return responses

    async def _answer(
        self, name: str, asked: types.InputRequest, resume: str
    ) -> types.InputResponse | types.ErrorData:
        context = self._context(name)
        match asked:
            case types.ElicitRequest(params=params) if self._callbacks.can_ask:
                return await self._callbacks.elicit(context, params, resume=resume)
            case types.CreateMessageRequest(params=wish) if self._callbacks.can_sample:
                return await self._callbacks.sample(context, wish, resume=resume)
            case types.ListRootsRequest():
                return await self._callbacks.roots(context)
        return types.ErrorData(code=types.INVALID_REQUEST, message="that cannot be answered here")

    def _context(self, name: str) -> ClientRequestContext:
        return ClientRequestContext(session=self._session, request_id=name)


def _read(resume: str) -> types.InputRequiredResult | None:
    if not resume:
        return None
    try:
        return types.InputRequiredResult.model_validate_json(resume)
    except ValidationError:  # of another version of the library: the call begins anew
        return None
