"""The stage on which scripts are played: a model and tools that do as the script of the moment says."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from opstream.domain.operation import Health, Operation, OperationCall, SourceHealth
from opstream.domain.prompt import PromptReply, PromptRequest
from opstream.errors import NotFound, OperationFailed
from opstream.governance.sanitising import Sanitiser
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
WORKFLOWS = """
id: tidy
title: Tidy up
description: Reads the logs of a service and says what stands in them.
inputs:
  service: {type: text, title: Service}
steps:
  - {id: read, title: Read the logs, call: estate.logs, with: {service: "{{ inputs.service }}"}}
result: "{{ steps.read.output }}"
---
id: backup
title: Nightly backup
description: Copies what a host holds.
inputs:
  host: {type: text, title: Host}
steps:
  - {id: measure, title: Measure, call: estate.metrics, with: {host: "{{ inputs.host }}"}}
  - {id: copy, title: Copy the data, call: estate.traces, with: {host: "{{ inputs.host }}"}}
---
id: rollout
title: Roll out
description: Rolls a service out, after a yes.
inputs:
  service: {type: text, title: Service}
steps:
  - {id: look, title: Look at it, call: github.pull, with: {service: "{{ inputs.service }}"}}
  - id: ask
    title: Ask for a yes
    approval: {title: "Roll out {{ inputs.service }}?", covers: roll, risk: low}
  - id: roll
    title: Roll it out
    call: estate.scale
    with: {service: "{{ inputs.service }}", pool: 10}
"""
_OBJECT = {"type": "object", "additionalProperties": True}
_PLACEHOLDER = re.compile(r"<([A-Z]+)_\d+>")


Line = PromptReply | Exception
"""What the model says, or fails with."""


class StageTools:
    """Tools whose outputs stand in the script; satisfies the port Operations."""

    def __init__(self) -> None:
        self.calls: list[OperationCall] = []
        self.outputs: dict[str, Any] = {}
        self.over = asyncio.Event()
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

    def learn(self, script: Script) -> None:
        """Take the outputs of a script; what is still held up goes on."""
        self.over.set()
        self.over = asyncio.Event()
        self.calls.clear()
        self.outputs = {
            name: list(one) if isinstance(one, list) else one for name, one in script.tools.items()
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
        match output:
            case {"error": words}:
                raise OperationFailed(str(words), retryable=False)
            case {"repeats": word, "times": times}:
                return str(word) * times
            case {"holds": True}:
                await self.over.wait()
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
    """A model that says what the script of the moment has for the question it is asked.

    Args:
        sanitiser: What took personal data out of the question before it came here.
    """

    def __init__(self, sanitiser: Sanitiser) -> None:
        self._sanitiser = sanitiser
        self.available = True
        self.lines: dict[str, list[list[Line]]] = {}
        self.asked: list[PromptRequest] = []

    def learn(self, script: Script) -> None:
        """Take the turns of a script for its questions."""
        self.asked.clear()
        self.available = not script.offline
        self.lines = {
            self._plain(self._sanitiser.sanitise(question)[0]): [_lines(one) for one in turns]
            for question, turns in script.questions()
        }

    async def answer(self, request: PromptRequest, saying: Any = None) -> PromptReply:
        self.asked.append(request)
        text = self._plain(request.text)
        question = max(self.lines, key=lambda one: text.rfind(one) + len(one))
        turn = len(request.turns) // 2
        if turn >= len(self.lines[question]):
            raise OperationFailed("The script is at its end.", retryable=False)
        lines = self.lines[question][turn]
        line = lines.pop(0) if len(lines) > 1 else lines[0]
        if isinstance(line, Exception):
            raise line
        if saying and isinstance(line.output, str) and line.output:
            saying(line.output)
        return line

    def told(self) -> str:
        """Return all that it was told since it learnt its lines."""
        return "\n".join(f"{one.system}\n{one.text}\n{one.turns}" for one in self.asked)

    def offered(self) -> set[str]:
        """Return the names of all tools that it was offered."""
        return {tool.name for one in self.asked for tool in one.tools}

    def _plain(self, text: str) -> str:
        return re.sub(r"\s+", " ", _PLACEHOLDER.sub(r"<\1>", text)).strip()


def _lines(written: Mapping[str, Any] | list[Mapping[str, Any]]) -> list[Line]:
    return [_line(one) for one in (written if isinstance(written, list) else [written])]


def _line(written: Mapping[str, Any]) -> Line:
    if "fails" in written:
        kind = written.get("kind", "unavailable")
        return OperationFailed(str(written["fails"]), kind=kind, retryable=False)
    reply = _reply(written)
    more = {"tokens_in": written["tokens"]} if "tokens" in written else {}
    return replace(reply, why=written.get("why", ""), **more)


def _reply(written: Mapping[str, Any]) -> PromptReply:
    if "calls" not in written:
        return says(written["says"])
    wanted = [(name, given or {}) for one in written["calls"] for name, given in one.items()]
    return calls(*wanted, text=written.get("text", ""))
