"""An MCP server of 2026 that asks back before it does anything, and needs no memory of it.

python asker.py [--notes FILE]
"""

import asyncio
import json
import sys
from pathlib import Path

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

NOTES = Path(sys.argv[2]) if len(sys.argv) > 2 else None
NOTHING = {"type": "object", "properties": {}}
NAMED = {"type": "object", "properties": {"name": {"type": "string", "title": "Who?"}}}
NAMED["required"] = ["name"]
TOOLS = ("greet", "model", "roots", "visit", "read")


def note(what, **more):
    if NOTES:
        with NOTES.open("a") as file:
            file.write(json.dumps({"what": what, **more}) + "\n")


async def list_tools(ctx, params):
    reads = types.ToolAnnotations(read_only_hint=True)
    return types.ListToolsResult(
        tools=[
            types.Tool(name=one, input_schema=NOTHING, annotations=reads if one == "read" else None)
            for one in TOOLS
        ]
    )


def asked(tool):
    match tool:
        case "model":
            message = types.SamplingMessage(
                role="user", content=types.TextContent(type="text", text="What is 6 x 7?")
            )
            params = types.CreateMessageRequestParams(
                messages=[message], max_tokens=50, system_prompt="Be brief."
            )
            return types.CreateMessageRequest(params=params)
        case "roots":
            return types.ListRootsRequest()
        case "visit":
            params = types.ElicitRequestURLParams(
                message="Please sign the form.", url="https://forms.example.com/7"
            )
            return types.ElicitRequest(params=params)
    params = types.ElicitRequestFormParams(message="Who shall be greeted?", requested_schema=NAMED)
    return types.ElicitRequest(params=params)


async def call_tool(ctx, params):
    note("called", tool=params.name, state=params.request_state)
    if params.input_responses is None:
        return types.InputRequiredResult(
            input_requests={"one": asked(params.name)}, request_state=f"state-of-{params.name}"
        )
    said = params.input_responses["one"].model_dump(mode="json", exclude_none=True)
    return types.CallToolResult(content=[], structured_content={"heard": said})


async def list_resources(ctx, params):
    return types.ListResourcesResult(
        resources=[types.Resource(uri="notes://today", name="today", mime_type="text/plain")]
    )


async def read_resource(ctx, params):
    found = types.TextResourceContents(uri=params.uri, text="all quiet", mime_type="text/plain")
    return types.ReadResourceResult(contents=[found])


async def list_prompts(ctx, params):
    argument = types.PromptArgument(name="service", required=True)
    return types.ListPromptsResult(prompts=[types.Prompt(name="triage", arguments=[argument])])


async def get_prompt(ctx, params):
    text = f"Look at {params.arguments['service']}."
    message = types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))
    return types.GetPromptResult(description="How to begin", messages=[message])


async def main():
    server = Server(
        "asker",
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
    )
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(main())
