"""Drives our own MCP client through scenarios of the official conformance suite.

What is driven is what an install uses: the registry of servers, their operations as workflows see them, and
the way in which questions of servers are answered. The suite starts a command for each scenario, dozens at
once; here that is `knock.py`, which hands the scenario to the one process where all are driven.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.mcp.asking import Asking
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.settings import McpServer, Oauth
from opstream.adapters.mcp.surroundings import Landed, Surroundings
from opstream.domain.call_question import CallAnswer, CallQuestion, Reply
from opstream.domain.operation import Operation, OperationCall, Progress
from opstream.domain.prompt import Purpose
from opstream.domain.values import Json
from opstream.errors import OperationFailed

_PATIENCE = timedelta(seconds=20)
_CLIENT_METADATA = "https://conformance-test.local/client-metadata.json"


@dataclass
class Browser:
    """Signs in at once: follows the address and notes where it was sent."""

    found: Landed = field(default_factory=lambda: Landed("", ""))

    async def visit(self, address: str) -> None:
        async with httpx2.AsyncClient() as client:
            response = await client.get(address, follow_redirects=False)
        there = urljoin(address, response.headers.get("location", ""))
        query = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
        self.found = Landed(query.get("code", ""), query.get("state", ""), query.get("iss"))

    async def landed(self) -> Landed:
        return self.found


class Obliging:
    """Says yes to every question, with the defaults that its form has."""

    async def ask(
        self, key: str, number: int, question: CallQuestion, within: timedelta
    ) -> CallAnswer:
        properties = question.schema.get("properties", {})
        return CallAnswer(
            Reply.GIVEN,
            {name: one["default"] for name, one in properties.items() if "default" in one},
        )

    async def left(self, key: str):
        return ()

    async def purpose(self, key: str) -> Purpose:
        return Purpose("sampling")


def server(url: str, given: Mapping[str, str]) -> McpServer:
    oauth = Oauth(
        client_id=given.get("client_id", ""),
        client_secret=given.get("client_secret", ""),
        client_metadata="" if given.get("client_id") else _CLIENT_METADATA,
    )
    return McpServer("suite", url=url, oauth=oauth, connect_timeout=_PATIENCE)


def sample(schema: Json) -> Json:
    """Return a value that fits a schema, as far as the suite needs one."""
    if not isinstance(schema, dict):
        return "text"
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "integer" | "number":
            return 5
        case "boolean":
            return True
        case "array":
            return []
        case "object":
            return {name: sample(one) for name, one in schema.get("properties", {}).items()}
    return "text"


async def drive(url: str, given: Mapping[str, str]) -> str:
    """Do all that there is to do at a server, and return how it is in the end."""
    around = Surroundings(
        asking=Asking(questions=Obliging()),
        address="http://localhost:3000",
        visitors=lambda server: Browser(),
    )
    registry = McpRegistry([server(url, given)], {}, around=around)
    operations = AllOperations(registry.sources)
    await registry.start()
    try:
        health = await registry.sources[0].settled()
        for number, (name, arguments) in enumerate(calls(health.operations, given)):
            key = f"run:step{number}:1"
            with suppress(OperationFailed):  # some scenarios are about what is refused
                await operations.call(OperationCall(name, arguments, key, _PATIENCE), _no_matter)
        return health.sentence
    finally:
        await registry.stop()


def calls(
    operations: Sequence[Operation], given: Mapping[str, Json]
) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Yield the calls that the suite wants made, or one of each tool."""
    wanted = given.get("toolCalls")
    if wanted:
        yield from ((f"suite.{one['name']}", _said(one["arguments"])) for one in wanted)
    else:
        yield from ((one.name, sample(one.inputs)) for one in operations)


def _said(arguments: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the arguments that have a value; ours are left out where they have none."""
    return {name: value for name, value in arguments.items() if value is not None}


def _no_matter(progress: Progress) -> None:
    pass


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Drive the scenario that somebody who knocks names."""
    asked = json.loads(await reader.readline())
    writer.write((await drive(asked["url"], asked["context"])).encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()


@asynccontextmanager
async def listening(door: Path) -> AsyncIterator[None]:
    """Answer whoever knocks."""
    async with await asyncio.start_unix_server(answer, door):
        yield
