"""The MCP server of the simulated estate: its tools, their schemas and its manners."""

import inspect
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from mcp.types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import ValidationError

from opstream.playground.estate.complaints import bad_inputs, unknown_inputs, unknown_tool
from opstream.playground.estate.errors import Refused
from opstream.playground.estate.reads import Clock, Reads
from opstream.playground.estate.store import Store
from opstream.playground.estate.writes import Writes

_INSTRUCTIONS = (
    "A simulation of five services (web, checkout, payments, inventory, database) under load. "
    "Nothing here is real: measurements are modelled, and changes change the model alone."
)


class EstateServer(MCPServer[None]):
    """An MCP server whose errors are sentences that say what to write instead."""

    def __init__(self, store: Store, clock: Clock, pace: float) -> None:
        tools = _tools(Reads(store, clock, pace), Writes(store, clock))
        super().__init__(
            "estate",
            title="Simulated estate",
            description="Five simulated services to measure, break and mend.",
            instructions=_INSTRUCTIONS,
            version="1",
            tools=tools,
            log_level="WARNING",
        )
        self._inputs: dict[str, Mapping[str, Mapping[str, object]]] = {
            tool.name: tool.parameters["properties"] for tool in tools
        }

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any],
        context: Context[None, Any] | None = None,
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; what goes wrong is said in plain sentences.

        Raises:
            ToolError: The sentences, for the caller to read.
        """
        if name not in self._inputs:
            raise ToolError(unknown_tool(name, self._inputs))
        properties = self._inputs[name]
        if complaint := unknown_inputs(name, arguments, properties):
            raise ToolError(complaint)
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            match error.__cause__:
                case ValidationError() as cause if not isinstance(error, UnexpectedToolError):
                    raise ToolError(bad_inputs(name, cause, properties)) from error
                case Refused() as cause:
                    raise ToolError(str(cause)) from error
                case sqlite3.Error() as cause:
                    raise ToolError(
                        f"The simulated estate cannot use its file ({cause}); make sure that the "
                        "disk has room and no other program holds the file, then try again."
                    ) from error
            raise


def open_server(folder: Path, clock: Clock, pace: float, seed: int) -> EstateServer:
    """Open or create the estate in a folder and return its server.

    Args:
        folder: Is made when it is not there.
        clock: Tells the time, in UTC.
        pace: Seconds for which the longer reads let a person watch; 0 for none.
        seed: Chooses the noise of a new estate.
    """
    return EstateServer(Store(folder, clock(), seed), clock, pace)


def _tools(reads: Reads, writes: Writes) -> list[Tool]:
    return [
        _read(reads.cloudwatch_metrics, "Read metrics"),
        _read(reads.trace_analysis, "Analyse traces"),
        _read(reads.log_aggregation, "Aggregate logs"),
        _read(reads.slo_checker, "Check objectives"),
        _read(reads.alert_correlator, "Correlate alerts"),
        _read(reads.estate_status, "Show the estate"),
        _read(reads.change_log, "List changes"),
        _write(writes.scale_service, "Scale a service"),
        _write(writes.set_pool_size, "Set a pool size"),
        _write(writes.set_timeout, "Set a timeout"),
        _write(writes.restart_service, "Restart a service", destructive=True),
        _write(writes.roll_back, "Roll back a service", destructive=True),
        _write(writes.set_fault, "Switch a fault", destructive=True, group="simulation"),
    ]


def _read(tool: Callable[..., Any], title: str) -> Tool:
    hints = ToolAnnotations(
        title=f"{title} (simulation)",
        read_only_hint=True,
        destructive_hint=False,
        idempotent_hint=True,
        open_world_hint=False,
    )
    return _tool(tool, hints, "measure")


def _write(
    tool: Callable[..., Any], title: str, *, destructive: bool = False, group: str = "remedy"
) -> Tool:
    hints = ToolAnnotations(
        title=f"{title} (simulation)",
        read_only_hint=False,
        destructive_hint=destructive,
        idempotent_hint=True,
        open_world_hint=False,
    )
    return _tool(tool, hints, group)


def _tool(function: Callable[..., Any], hints: ToolAnnotations, group: str) -> Tool:
    tool = Tool.from_function(
        function,
        title=hints.title,
        description=inspect.getdoc(function),
        annotations=hints,
        meta={"group": group},
        structured_output=False,
    )
    # By itself the package reads a slotted dataclass as a class without defaults.
    answer = inspect.signature(function).return_annotation
    tool.fn_metadata = FuncMetadata(arg_model=tool.fn_metadata.arg_model, output_model=answer)
    tool.parameters["additionalProperties"] = False
    return tool
