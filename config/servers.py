"""The settings of MCP servers: how each is reached, and what is known of its tools."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.aliases import AnyAlias, lost
from config.parts import Part, Words, setting
from config.values import Duration, ProjectPath, WebAddress


class McpServer(Part):
    """One MCP server: a command that is started here, or an address."""

    command: str | None = setting(
        None, "Program of a stdio server.", write="the program that starts the server"
    )
    args: Words = setting((), "Its arguments.", write="a list of texts")
    env: Mapping[str, str] = setting(
        {},
        "Variables it gets beside PATH and HOME.",
        write="lines of `NAME: ${NAME}`",
        repr=False,
    )
    cwd: ProjectPath = setting(
        Path(), "Folder it starts in.", write="a folder", validate_default=True
    )
    url: WebAddress | None = setting(
        None, "Address of a streamable HTTP server.", write="an http(s) address"
    )
    headers: Mapping[str, str] = setting(
        {}, "HTTP headers sent to it.", write="lines of `Name: ${SECRET}`", repr=False
    )
    reads: Words = setting(
        (), "Tools that only read although the server does not say so.", write="a list of tools"
    )
    writes: Words = setting(
        (), "Tools that change something although the server says not.", write="a list of tools"
    )
    transport: Literal["stdio", "http", "sse"] | None = setting(
        None,
        "How it is talked to; without it `stdio` for a command and `http` for an address.",
        write="`stdio`, `http` or `sse`",
    )
    timeout: Duration | None = setting(
        None, "Longest call; without it the step's own limit.", write="a time such as `30s`"
    )
    connect_timeout: Duration = setting(
        timedelta(seconds=10), "Longest wait for it to start.", write="a time such as `10s`"
    )
    at_once: int | None = setting(
        None,
        "Calls that it gets at once; without it, any number.",
        write="a number above 0",
        ge=1,
    )
    only_in_playground: bool = setting(
        False, "Left alone when a real workspace is served.", write="`true` or `false`"
    )

    @model_validator(mode="after")
    def _one_way_to_reach_it(self) -> Self:
        if (self.command is None) == (self.url is None):
            raise ValueError(
                "It needs exactly one of `command` (a program to start) and `url` (an address). "
                "Keep the one that reaches the server."
            )
        return self


ServerName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]


class Mcp(Part):
    """The MCP servers whose tools workflows may call."""

    servers: Mapping[ServerName, McpServer] = setting(
        {}, "The servers by name.", write="servers by name: small letters, digits, `_` and `-`"
    )
    aliases: Mapping[str, AnyAlias] = setting(
        {}, "Other names of tools.", write="lines such as `metrics: estate.cloudwatch_metrics`"
    )

    @model_validator(mode="after")
    def _aliases_lead_to_servers(self) -> Self:
        for sentence in lost(self.aliases, self.servers):
            raise ValueError(sentence)
        return self
