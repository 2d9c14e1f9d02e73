"""What an open session with an MCP server offers, without naming the library behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from opstream.domain.values import Json, JsonObject
from opstream.errors import OpStreamError
from opstream.ports import ProgressListener


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as its server describes it; hints are None where the server gives none."""

    name: str
    title: str
    description: str
    inputs: JsonObject
    outputs: JsonObject | None
    read_only: bool | None
    idempotent: bool | None


class Extra(StrEnum):
    """What a server may offer beside tools, as operations; their names are those of the tools they become."""

    LIST_RESOURCES = "list_resources"
    READ_RESOURCE = "read_resource"
    LIST_PROMPTS = "list_prompts"
    GET_PROMPT = "get_prompt"


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a server says of itself.

    Args:
        protocol: The version of the protocol that is spoken.
        title: Its name and version; '' where it keeps them to itself.
    """

    protocol: str
    title: str = ""


class Session(Protocol):
    """A greeted server."""

    @property
    def greeting(self) -> Greeting:
        """What the server says of itself."""

    @property
    def over(self) -> bool:
        """Whether the server is gone."""

    async def tools(self) -> Sequence[Tool]:
        """List the tools anew, all pages.

        Raises:
            ToolFailed: the server did not answer as it should.
        """

    async def call(
        self, tool: str, arguments: Mapping[str, Json], key: str, listener: ProgressListener
    ) -> Json:
        """Call a tool; cancelling the task tells the server to stop.

        Raises:
            ToolFailed: it did not work.
        """

    async def extras(self) -> frozenset[Extra]:
        """Return what there is beside tools: only what has anything in it."""

    async def do(
        self, extra: Extra, arguments: Mapping[str, Json], key: str, listener: ProgressListener
    ) -> Json:
        """Do something beside tools; as `call`."""

    async def news(self) -> bool:
        """Wait until what it offers changed (True) or the server is gone (False)."""


class Unreachable(OpStreamError):
    """A server could not be started or greeted, or went away; the sentence says what to mend."""

    def __init__(self, sentence: str, *, missing: bool = False) -> None:
        super().__init__(sentence)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call did not work, as far as the session can tell.

    Args:
        kind: As in `OperationFailed`.
        settled: Whether it is certain that the call is over; False when the server may have done
            what it was asked, or may still do it.
    """

    text: str
    kind: str
    retryable: bool
    settled: bool


class ToolFailed(OpStreamError):
    """A request to a server failed; the caller knows what that means for its call."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure
