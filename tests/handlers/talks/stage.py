"""The stage on which scripts are played: a model and tools that do as the script of the moment says."""

import re
from collections.abc import Mapping
from typing import Any

from opstream.domain.operation import Health, Operation, OperationCall, SourceHealth
from opstream.domain.prompt import PromptReply, PromptRequest
from opstream.errors import NotFound, OperationFailed
from tests.agent.scripted import calls, says
from tests.handlers.talks.script import Script

READS = (
    "estate.load", "estate.logs", "estate.metrics", "estate.traces", "estate.services",
    "github.issues", "github.pull", "mail.search", "notion.find", "toggl.entries",
)  # fmt: skip
WRITES = (
    "estate.scale", "estate.restart", "estate.rollback", "github.comment", "github.open_issue",
    "mail.send", "notion.add_page", "toggl.start",
)  # fmt: skip
_OBJECT = {"type": "object", "additionalProperties": True}


class StageTools:
    """Tools whose outputs stand in the script; satisfies the port Operations."""

    def __init__(self) -> None:
        self.calls: list[OperationCall] = []
        self.outputs: dict[str, Any] = {}
        self._known = {
            name: Operation(
                name,
                name,
                f"The tool {name}.",
                _OBJECT,
                writes=name in WRITES,
                source=name.split(".")[0],
            )
            for name in (*READS, *WRITES)
        }

    def find(self, name: str) -> Operation:
        if name not in self._known:
            raise NotFound("operation", name)
        return self._known[name]

    async def ready(self, name: str) -> Operation:
        return self.find(name)

    async def call(self, call: OperationCall, listener: Any) -> Any:
        self.calls.append(call)
        output = self.outputs.get(call.operation, {"done": True})
        if isinstance(output, list):
            output = output.pop(0)
        if isinstance(output, Mapping) and list(output) == ["error"]:
            raise OperationFailed(str(output["error"]), retryable=False)
        return output

    def sources(self) -> list[SourceHealth]:
        names = sorted({one.source for one in self._known.values()})
        return [
            SourceHealth(
                name,
                Health.READY,
                f"`{name}` is ready.",
                tuple(one for one in self._known.values() if one.source == name),
            )
            for name in names
        ]


class StageModel:
    """A model that says what the script of the moment has for the question it is asked."""

    available = True

    def __init__(self) -> None:
        self.lines: dict[str, list[PromptReply | Exception]] = {}
        self.asked: list[PromptRequest] = []

    def learn(self, script: Script) -> None:
        """Take the turns of a script for its questions."""
        self.asked.clear()
        self.lines = {question: [_line(one) for one in turns] for question, turns in script.turns()}

    async def answer(self, request: PromptRequest, saying: Any = None) -> PromptReply:
        self.asked.append(request)
        question = max(self.lines, key=lambda one: request.text.rfind(_plain(one)))
        turn = len(request.turns) // 2
        if turn >= len(self.lines[question]):
            raise OperationFailed("The script is at its end.", retryable=False)
        line = self.lines[question][turn]
        if isinstance(line, Exception):
            raise line
        if saying and isinstance(line.output, str) and line.output:
            saying(line.output)
        return line

    def told(self) -> str:
        """Return all that it was told since it learnt its lines."""
        return "\n".join(f"{one.system}\n{one.text}\n{one.turns}" for one in self.asked)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _line(written: Mapping[str, Any]) -> PromptReply | Exception:
    if "fails" in written:
        return OperationFailed(str(written["fails"]), kind="unavailable", retryable=False)
    if "calls" in written:
        wanted = [(name, given or {}) for one in written["calls"] for name, given in one.items()]
        return calls(*wanted, text=written.get("text", ""))
    return says(written["says"])
