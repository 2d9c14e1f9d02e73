"""An MCP server with a tool for each thing that a server may do, on the low level of the library.

    python workshop.py [--http PORT] [--notes FILE]

What it notices goes to FILE, one JSON object a line.
"""

import argparse
import asyncio
import json
import os
from functools import partial
from pathlib import Path

import anyio
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler
from mcp.shared.exceptions import MCPError
from mcp.shared.subscriptions import ToolsListChanged
from mcp_types import (
    CallToolResult,
    ImageContent,
    ListToolsResult,
    ResourceLink,
    TextContent,
    Tool,
    ToolAnnotations,
)

READS = ToolAnnotations(title="Only looks", read_only_hint=True)
NOTHING = {"type": "object", "properties": {}, "additionalProperties": False}


def inputs(*required, **properties):
    return {"type": "object", "properties": properties, "required": list(required)}


NUMBER = {"type": "integer", "minimum": 1}
TOOLS = [
    Tool(
        name="add",
        description="Add two numbers.",
        input_schema=inputs("a", "b", a={"type": "number"}, b=NUMBER)
        | {"additionalProperties": False},
        annotations=READS,
    ),
    Tool(name="texts", input_schema=inputs("texts", texts={"type": "array"}), annotations=READS),
    Tool(name="picture", input_schema=NOTHING, annotations=READS),
    Tool(name="refuse", input_schema=inputs("why", why={"type": "string"})),
    Tool(name="deny", input_schema=NOTHING),
    Tool(
        name="lie",
        input_schema=NOTHING,
        output_schema=inputs("truth", truth={"type": "boolean"}),
        annotations=READS,
    ),
    Tool(name="slow", input_schema=NOTHING, annotations=READS),
    Tool(name="wait", input_schema=NOTHING, annotations=READS),
    Tool(name="wait_writing", input_schema=NOTHING),
    Tool(name="crash", input_schema=NOTHING, annotations=READS),
    Tool(name="crash_writing", input_schema=NOTHING),
    Tool(name="stumble", input_schema=NOTHING, annotations=READS),
    Tool(name="tidy", input_schema=NOTHING, annotations=ToolAnnotations(idempotent_hint=True)),
    Tool(
        name="book",
        title="Book a room",
        input_schema=inputs(
            "room", "idempotency_key", room={"type": "string"}, idempotency_key={"type": "string"}
        ),
    ),
    Tool(name="environment", input_schema=NOTHING, annotations=READS),
    Tool(name="grow", input_schema=NOTHING, annotations=READS),
]
GROWN = Tool(name="grown", input_schema=NOTHING, annotations=READS)


class Workshop:
    def __init__(self, notes):
        self.notes = notes
        self.bus = InMemorySubscriptionBus()
        self.tools = list(TOOLS)

    def note(self, what, **more):
        with self.notes.open("a") as file:
            file.write(json.dumps({"what": what, **more}) + "\n")

    async def list_tools(self, ctx, params):
        """List three at a time."""
        start = int(params.cursor) if params and params.cursor else 0
        rest = start + 3
        cursor = str(rest) if rest < len(self.tools) else None
        return ListToolsResult(tools=self.tools[start:rest], next_cursor=cursor)

    async def call_tool(self, ctx, params):
        return await getattr(self, f"do_{params.name}")(ctx, **(params.arguments or {}))

    async def do_add(self, ctx, a, b):
        return structured({"sum": a + b})

    async def do_texts(self, ctx, texts):
        return CallToolResult(content=[TextContent(type="text", text=one) for one in texts])

    async def do_picture(self, ctx):
        return CallToolResult(
            content=[
                TextContent(type="text", text="A dot:"),
                ImageContent(type="image", data="AAAA", mime_type="image/png"),
                ResourceLink(type="resource_link", uri="file:///dot.png", name="dot"),
            ]
        )

    async def do_refuse(self, ctx, why):
        return CallToolResult(content=[TextContent(type="text", text=why)], is_error=True)

    async def do_deny(self, ctx):
        raise MCPError(code=-32050, message="the moon is in the wrong phase")

    async def do_lie(self, ctx):
        return structured({"truth": "of course"})

    async def do_slow(self, ctx):
        for step in (1, 2, 3):
            await ctx.session.report_progress(step, 3, f"step {step}")
        return structured({"steps": 3})

    async def do_wait(self, ctx):
        self.note("waiting")
        try:
            await anyio.sleep_forever()
        except BaseException:
            self.note("cancelled")
            raise

    do_wait_writing = do_wait

    async def do_crash(self, ctx):
        self.note("crashing")
        print("out of cheese", file=os.fdopen(2, "w", closefd=False), flush=True)
        os._exit(3)

    do_crash_writing = do_crash

    async def do_stumble(self, ctx):
        """Crash the first time."""
        if "stumbling" not in self.notes.read_text():
            self.note("stumbling")
            os._exit(4)
        return structured({"steps": 2})

    async def do_tidy(self, ctx):
        return structured({})

    async def do_book(self, ctx, room, idempotency_key):
        sent = dict(ctx.meta or {}).get("opstream/idempotency-key")
        return structured({"room": room, "key": idempotency_key, "meta": sent})

    async def do_environment(self, ctx):
        return structured(dict(os.environ))  # noqa: TID251  # to show it

    async def do_grow(self, ctx):
        self.tools.append(GROWN)
        await self.bus.publish(ToolsListChanged())
        return structured({})

    async def do_grown(self, ctx):
        return structured({"size": "large"})


def structured(value):
    return CallToolResult(content=[], structured_content=value)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--http", type=int)
    parser.add_argument("--notes", type=Path, required=True)
    asked = parser.parse_args()
    workshop = Workshop(asked.notes)
    server = Server(
        "workshop",
        on_list_tools=workshop.list_tools,
        on_call_tool=workshop.call_tool,
        on_subscriptions_listen=ListenHandler(workshop.bus),
    )
    workshop.note("started", pid=os.getpid())
    if asked.http:
        app = server.streamable_http_app(host="127.0.0.1")
        config = uvicorn.Config(app, port=asked.http, log_level="error", lifespan="on")
        await uvicorn.Server(config).serve()
        return
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(partial(main)())
