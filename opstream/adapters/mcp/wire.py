"""A session on the `mcp` library; the only door to it, imported when the first server connects."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

import mcp_types as types
from mcp import Client
from mcp.client.session import IncomingMessage
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.dispatcher import ProgressFnT
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from opstream.adapters.mcp import extras, failures
from opstream.adapters.mcp.answers import output, words
from opstream.adapters.mcp.asking import UnderWay, resumable
from opstream.adapters.mcp.callbacks import Callbacks
from opstream.adapters.mcp.masking import shortened
from opstream.adapters.mcp.rounds import Rounds, Send
from opstream.adapters.mcp.session import Extra, Failure, Greeting, Tool, ToolFailed
from opstream.domain.operation import Progress
from opstream.domain.values import Json
from opstream.ports import ProgressListener

T = TypeVar("T")
META_KEY = "opstream/idempotency-key"

_MOST_PAGES = 100
_LISTEN_AGAIN_SECONDS = (1.0, 30.0)
_CHANGES = (
    types.ToolListChangedNotification,
    types.ResourceListChangedNotification,
    types.PromptListChangedNotification,
)


class WireSession:
    """One greeted server; satisfies `Session`."""

    def __init__(self, callbacks: Callbacks) -> None:
        self.callbacks = callbacks
        self._client: Client | None = None
        self._over = False
        self._stirred = asyncio.Event()

    @property
    def over(self) -> bool:
        """Whether the server is gone."""
        return self._over

    @property
    def greeting(self) -> Greeting:
        """What the server says of itself."""
        info = self._up.server_info
        title = f"{info.title or info.name} {info.version}".strip() if info else ""
        return Greeting(self._up.protocol_version, shortened(title, 80))

    def greeted(self, client: Client) -> None:
        """Take the client once its server has answered."""
        self._client = client

    def ended(self) -> None:
        """Note that the server is gone."""
        self._over = True
        self._stirred.set()

    async def heard(self, message: IncomingMessage) -> None:
        """Note what the server says unasked."""
        if isinstance(message, _CHANGES):
            self._stirred.set()

    async def news(self) -> bool:
        """Wait until what it offers changed (True) or the server is gone (False)."""
        await self._stirred.wait()
        self._stirred.clear()
        return not self._over

    async def tools(self) -> Sequence[Tool]:
        """List the tools anew, all pages."""
        self._require_open()
        found: list[Tool] = []
        cursor: str | None = None
        try:
            for _ in range(_MOST_PAGES):
                page = await self._up.list_tools(cursor=cursor)
                found += [_tool(one) for one in page.tools]
                cursor = page.next_cursor
                if cursor is None:
                    break
        except MCPError as error:
            raise self._failed(error) from error
        except ValidationError as error:
            raise ToolFailed(_broken("its list of tools does not follow the protocol")) from error
        return found

    async def extras(self) -> frozenset[Extra]:
        """Return what there is beside tools: only what has anything in it."""
        try:
            return await extras.offered(self._up)
        except MCPError as error:
            raise self._failed(error) from error

    async def call(
        self, tool: str, arguments: Mapping[str, Json], key: str, listener: ProgressListener
    ) -> Json:
        """Call a tool; cancelling the task tells the server to stop."""
        session, tell, meta = self._up.session, _telling(listener), _meta(key)

        async def once(
            responses: types.InputResponses | None, state: str | None
        ) -> types.CallToolResult | types.InputRequiredResult:
            return await session.call_tool(
                tool,
                dict(arguments),
                progress_callback=tell,
                input_responses=responses,
                request_state=state,
                meta=meta,
                allow_input_required=True,
            )

        async def send(
            responses: types.InputResponses | None, state: str | None
        ) -> types.CallToolResult | types.InputRequiredResult:
            try:
                return await once(responses, state)
            except MCPError as error:
                if error.code != types.HEADER_MISMATCH:
                    raise
                await (
                    self.tools()
                )  # its schema says which arguments go into headers, and has changed
                return await once(responses, state)

        result = await self._carried(key, send)
        if result.is_error:
            raise ToolFailed(_refusal(result))
        return output(result)

    async def do(
        self, extra: Extra, arguments: Mapping[str, Json], key: str, listener: ProgressListener
    ) -> Json:
        """Read a resource, fill in a prompt, or list what there is of them."""
        if extra in (Extra.LIST_RESOURCES, Extra.LIST_PROMPTS):
            self._require_open()
            try:
                return await extras.listed(self._up, extra)
            except MCPError as error:
                raise self._failed(error) from error
        send = extras.sending(self._up, extra, arguments, _meta(key))
        return extras.output(await self._carried(key, send))

    async def _carried(self, key: str, send: Send[T]) -> T:
        """Carry a request through its rounds, with its questions taken as those of this call."""
        self._require_open()
        call = UnderWay(key)
        resume, call.asked = resumable(await self.callbacks.left(key))
        try:
            with self.callbacks.of(call):
                return await Rounds(self._up.session, self.callbacks).carry(send, resume)
        except MCPError as error:
            raise self._failed(error) from error
        except (ValidationError, RuntimeError) as error:
            # The library raises RuntimeError for an output that breaks the tool's own schema.
            raise ToolFailed(_broken("its answer does not fit its own description")) from error

    async def listen(self) -> None:
        """Keep a subscription to changes open; the oldest protocols send them without one."""
        wait, longest = _LISTEN_AGAIN_SECONDS
        while True:
            try:
                async with self._up.listen(
                    tools_list_changed=self._changes("tools"),
                    resources_list_changed=self._changes("resources"),
                    prompts_list_changed=self._changes("prompts"),
                ) as subscription:
                    async for _ in subscription:
                        wait, _longest = _LISTEN_AGAIN_SECONDS
            except MCPError as error:
                if error.code == types.METHOD_NOT_FOUND or self._lost_by(error):
                    return
            except (SubscriptionLost, TimeoutError):
                pass
            await asyncio.sleep(wait)
            wait = min(2 * wait, longest)

    @property
    def listens(self) -> bool:
        """Whether changes have to be subscribed to."""
        is_modern = self._up.protocol_version in MODERN_PROTOCOL_VERSIONS
        return is_modern and any(map(self._changes, ("tools", "resources", "prompts")))

    def _changes(self, what: str) -> bool:
        """Return whether the server says when its tools, resources or prompts change."""
        offered = getattr(self._up.server_capabilities, what)
        return offered is not None and bool(offered.list_changed)

    def _failed(self, error: MCPError) -> ToolFailed:
        self._lost_by(error)
        return ToolFailed(failures.of_request(error))

    def _lost_by(self, error: MCPError) -> bool:
        if failures.needs_new_session(error):
            self.ended()
        return self._over

    def _require_open(self) -> None:
        if self._over:
            raise ToolFailed(
                Failure("the connection was lost", "unavailable", retryable=True, settled=True)
            )

    @property
    def _up(self) -> Client:
        if self._client is None:
            raise RuntimeError("used before the server was greeted")
        return self._client


def _telling(listener: ProgressListener) -> ProgressFnT:
    async def tell(progress: float, total: float | None, message: str | None) -> None:
        listener(Progress(progress, total, message or ""))

    return tell


def _meta(key: str) -> types.RequestParamsMeta:
    return cast(types.RequestParamsMeta, {META_KEY: key})  # an open map, which mypy cannot say


def _tool(tool: types.Tool) -> Tool:
    hints = tool.annotations or types.ToolAnnotations()
    return Tool(
        name=tool.name,
        title=tool.title or hints.title or "",
        description=tool.description or "",
        inputs=tool.input_schema,
        outputs=tool.output_schema,
        read_only=hints.read_only_hint,
        idempotent=hints.idempotent_hint,
    )


def _broken(problem: str) -> Failure:
    return Failure(problem, "invalid", retryable=True, settled=False)


def _refusal(result: types.CallToolResult) -> Failure:
    said = shortened(words(result.content)) or "it gave no reason"
    return Failure(said, "refused", retryable=False, settled=True)
