"""The settings of MCP servers: how each is reached, and what is known of its tools."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from config.aliases import AnyAlias, lost
from config.parts import Part, Words, setting
from config.values import Duration, ProjectPath, Rate, WebAddress


class Oauth(Part):
    """How this install signs in at a remote server."""

    client_id: str = setting(
        "", "Who we are there; without it we register ourselves.", write="a text"
    )
    client_secret: SecretStr = setting(
        SecretStr(""), "The secret that goes with `client_id`.", write="`${NAME}`"
    )
    client_metadata: WebAddress | None = setting(
        None,
        "Address of a document that describes us, in place of registering.",
        write="an address",
    )
    scope: str = setting("", "What we ask for, unless the server says it.", write="words")
    issuer: WebAddress | None = setting(
        None, "The authorization server that `client_id` belongs to.", write="an address"
    )
    grant: Literal["person", "client"] = setting(
        "person",
        "Who signs in: a `person` by `/opstream connect`, or the `client` by its id and secret.",
        write="`person` or `client`",
    )

    @model_validator(mode="after")
    def _client_is_known(self) -> Self:
        secret = self.client_secret.get_secret_value()
        if self.grant == "client" and not (self.client_id and secret and self.issuer):
            raise ValueError(
                "With `grant: client` it needs `client_id`, `client_secret` and `issuer`. Add what is missing."
            )
        return self


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
    sampling: Literal["ask", "allow", "deny"] = setting(
        "ask",
        "Whether it may have a language model asked: after a yes in the thread, always, or never.",
        write="`ask`, `allow` or `deny`",
    )
    roots: Words = setting(
        (),
        "Folders or addresses that it is told to keep to.",
        write="a list of folders or addresses",
    )
    answer_within: Duration = setting(
        timedelta(days=3),
        "How long its questions to people stay open.",
        write="a time such as `1d`",
    )
    rate: Rate | None = setting(
        None,
        "Calls that it gets in a stretch of time; further ones wait. Without it, any number.",
        write="a rate such as `60/minute`",
    )
    failures: int = setting(
        5,
        "Failures in a row after which calls fail at once for a while; 0 for never.",
        write="a number from 0 on",
        ge=0,
    )
    rest: Duration = setting(
        timedelta(seconds=30),
        "For how long, before one call is tried.",
        write="a time such as `30s`",
    )
    oauth: Oauth | None = setting(
        None, "How we sign in at it.", write="`oauth: {}`, with what is known beforehand"
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
        if self.oauth is not None and self.url is None:
            raise ValueError(
                "`oauth` is for servers with a `url`. Leave it out, or name the `url`."
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
