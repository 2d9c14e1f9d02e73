"""A tool of an MCP server as an Operation: what it changes, and whether it may be repeated."""

from collections.abc import Mapping

from opstream.adapters.mcp.session import Extra, Tool
from opstream.adapters.mcp.settings import McpServer
from opstream.domain.operation import Operation, Repeat
from opstream.domain.values import Json, JsonObject

KEY = "idempotency_key"
"""An argument of this name takes the key of a call; people and workflows never see it."""


def operation(server: McpServer, tool: Tool) -> Operation:
    """Return the operation for a tool; what does not say that it only reads counts as a write."""
    reads = tool.name in server.reads or bool(tool.read_only)
    writes = tool.name in server.writes or not reads
    return Operation(
        name=f"{server.name}.{tool.name}",
        title=tool.title or tool.name.replace("_", " ").capitalize(),
        description=tool.description,
        inputs=without_key(tool.inputs),
        outputs=tool.outputs,
        writes=writes,
        repeat=_repeat(tool, writes=writes),
        source=server.name,
    )


def extra(server: McpServer, what: Extra) -> Operation:
    """Return the operation for something that a server offers beside tools; all of it only reads."""
    title, description, properties = _EXTRAS[what]
    required: list[Json] = [name for name in properties if name != "arguments"]
    inputs: JsonObject = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return Operation(
        name=f"{server.name}.{what.value}",
        title=title,
        description=description,
        inputs=inputs,
        writes=what.value in server.writes,
        repeat=Repeat.ALWAYS,
        source=server.name,
    )


_NAMED: JsonObject = {"type": "string", "minLength": 1}
_EXTRAS: Mapping[Extra, tuple[str, str, JsonObject]] = {
    Extra.LIST_RESOURCES: ("List resources", "Lists what can be read, with its addresses.", {}),
    Extra.READ_RESOURCE: ("Read a resource", "Reads a resource by its address.", {"uri": _NAMED}),
    Extra.LIST_PROMPTS: ("List prompts", "Lists the prompts and what they take.", {}),
    Extra.GET_PROMPT: (
        "Fill in a prompt",
        "Returns a prompt of the server with its arguments filled in.",
        {"name": _NAMED, "arguments": {"type": "object"}},
    ),
}


def takes_key(tool: Tool) -> bool:
    """Return whether the tool does nothing twice for the same key."""
    properties = tool.inputs.get("properties")
    return isinstance(properties, Mapping) and KEY in properties


def without_key(inputs: JsonObject) -> JsonObject:
    """Return the schema of the arguments without the key."""
    shown: dict[str, Json] = {"type": "object", **inputs}
    properties, required = inputs.get("properties"), inputs.get("required")
    if isinstance(properties, Mapping):
        shown["properties"] = {name: one for name, one in properties.items() if name != KEY}
    if isinstance(required, list | tuple):
        shown["required"] = [name for name in required if name != KEY]
    return shown


def _repeat(tool: Tool, *, writes: bool) -> Repeat:
    if not writes:
        return Repeat.ALWAYS
    if takes_key(tool):
        return Repeat.WITH_KEY
    return Repeat.ALWAYS if tool.idempotent else Repeat.NEVER
