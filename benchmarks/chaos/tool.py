"""The recording tool server: an MCP server in a process of its own, over HTTP or standard input.

It records each call before, at and after its effect, takes a random time in between, and is at times
unkind: it fails before or after the effect, in every way that a tool may.

    python -m benchmarks.chaos.tool RECORDINGS --seed 7 [--port 8123]
"""

import argparse
import asyncio
import os
import random
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from time import time
from typing import Any

import uvicorn
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from benchmarks.chaos import leaving
from benchmarks.chaos.recordings import Phase, Record, Recorder

META_KEY = "opstream/idempotency-key"
INTERNAL_ERROR = -32603
_KEYED = ("post", "balk", "stumble")
_READS = ("look", "wobble")
_TROUBLE = 0.35  # how often the operations that are made for trouble make some
_RARE = 0.03  # how often those do that are not
_LONG = 0.04


def _schema(*, keyed: bool) -> dict[str, Any]:
    names = ["run", "step", "value", *(["idempotency_key"] if keyed else [])]
    text: dict[str, Any] = {"type": "string"}
    properties = {name: {} if name == "value" else text for name in names}
    return {"type": "object", "properties": properties, "required": names}


def _tool(name: str, description: str, **hints: bool) -> Tool:
    schema = _schema(keyed=name in _KEYED)
    annotations = ToolAnnotations(read_only_hint=name in _READS, **hints)
    return Tool(name=name, description=description, input_schema=schema, annotations=annotations)


TOOLS = (
    _tool("look", "Read something."),
    _tool("wobble", "Read something; often says that all is well although it is not."),
    _tool("post", "Write an entry, once for each key."),
    _tool("balk", "Write an entry, once for each key; often does not and says so."),
    _tool("stumble", "Write an entry, once for each key; often fails after it has done so."),
    _tool("stamp", "Write an entry, each time again: it takes no key."),
    _tool(
        "put", "Put a value in its place; doing so twice is doing it once.", idempotent_hint=True
    ),
    _tool("refuse", "Refuse, without having done anything."),
)


class Books:
    """The operations; each waits a little before and after its effect, to be killed meanwhile."""

    def __init__(self, recorder: Recorder, luck: random.Random) -> None:
        self._recorder = recorder
        self._luck = luck

    async def list_tools(
        self, ctx: ServerRequestContext[Any], params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        """Offer the tools."""
        return ListToolsResult(tools=list(TOOLS))

    async def call_tool(
        self, ctx: ServerRequestContext[Any], params: CallToolRequestParams
    ) -> CallToolResult:
        """Record a call, do it, and answer."""
        began = self._began(params, dict(ctx.meta or {}))
        await self._take_time()
        done = self._do(began)
        await self._take_time()
        self._fail_late(began.operation)
        self._note(done, Phase.ANSWERED)
        return _answer(done)

    def _began(self, params: CallToolRequestParams, meta: Mapping[str, Any]) -> Record:
        given = params.arguments or {}
        return self._note(
            Record(
                Phase.BEGAN,
                call=secrets.token_hex(6),
                operation=params.name,
                run=given["run"],
                step=given["step"],
                value=given["value"],
                key=given.get("idempotency_key") or str(meta.get(META_KEY, "")),
                seconds=0,
                process=0,
            ),
            Phase.BEGAN,
        )

    def _do(self, began: Record) -> Record:
        """Do what is wanted; the line written here is the effect."""
        name = began.operation
        if name == "refuse" or (name in ("balk", "wobble") and self._happens(_TROUBLE)):
            return self._note(began, Phase.REFUSED)
        if name in _READS:
            return self._note(replace(began, entry=secrets.token_hex(6)), Phase.READ)
        if self._happens(_RARE):
            self._note(began, Phase.REFUSED)
            raise MCPError(code=INTERNAL_ERROR, message="the pen is empty; nothing was written")
        with self._recorder.alone() as applied:
            before = applied.get(began.key) if name in _KEYED else None
            if before is not None:
                return self._note(replace(began, entry=before.entry), Phase.DEDUPLICATED)
            return self._note(replace(began, entry=secrets.token_hex(6)), Phase.APPLIED)

    def _fail_late(self, name: str) -> None:
        if self._happens(_TROUBLE if name == "stumble" else _RARE):
            raise MCPError(code=INTERNAL_ERROR, message="the ink ran before it could be read")

    async def _take_time(self) -> None:
        most = 0.6 if self._happens(_LONG) else 0.05
        await asyncio.sleep(self._luck.random() * most)

    def _happens(self, chance: float) -> bool:
        return self._luck.random() < chance

    def _note(self, record: Record, phase: Phase) -> Record:
        noted = replace(record, phase=phase, seconds=time(), process=os.getpid())
        self._recorder.write(noted)
        return noted


def _answer(done: Record) -> CallToolResult:
    if done.operation == "refuse":
        said = TextContent(type="text", text="This is against the rules of the house.")
        return CallToolResult(content=[said], is_error=True)
    answer = {"ok": done.phase is not Phase.REFUSED, "value": done.value, "entry": done.entry}
    return CallToolResult(content=[], structured_content=answer)


async def serve(recordings: Path, seed: int, port: int | None) -> None:
    """Serve until the process ends, or until standard input does."""
    books = Books(Recorder(recordings), random.Random(seed))
    server = Server("books", on_list_tools=books.list_tools, on_call_tool=books.call_tool)
    if port is None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())
        return
    app = server.streamable_http_app(host="127.0.0.1")
    config = uvicorn.Config(app, port=port, log_level="error", lifespan="on")
    await uvicorn.Server(config).serve()


def main() -> None:
    """Wait for a line on standard input if asked to, so that a spare is quick; then serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--port", type=int)
    parser.add_argument("--spare", action="store_true", help="wait for a line before serving")
    asked = parser.parse_args()
    if asked.spare:
        if not os.read(0, 1):
            return
        leaving.with_who_started_it()
    asyncio.run(serve(asked.recordings, asked.seed, asked.port))


if __name__ == "__main__":
    main()
