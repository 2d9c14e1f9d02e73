"""Tools, models and other runs whose answers meet the fate that a test wants."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from opstream.domain import history as h
from opstream.domain.effects import StartRun, TakeTurn
from opstream.domain.operation import Operation, OperationCall, Repeat
from opstream.domain.prompt import PromptReply, PromptRequest
from opstream.domain.run import Run
from opstream.domain.values import Json
from opstream.errors import NotFound, OperationFailed


class Fate(StrEnum):
    """What becomes of a call."""

    WELL = "well"
    DOWN = "down"  # the tool's server is not there at all
    REFUSED = "refused"  # known to have had no effect
    FOR_GOOD = "for_good"  # the same, and no retry makes sense
    LOST = "lost"  # no answer; it took effect
    VOID = "void"  # no answer; it did not


OPERATIONS = {
    "t.read": Operation("t.read", "Read", "", {}, writes=False, repeat=Repeat.ALWAYS),
    "t.write": Operation("t.write", "Write", "", {}, repeat=Repeat.NEVER),
    "t.keyed": Operation("t.keyed", "Keyed", "", {}, repeat=Repeat.WITH_KEY),
}


class Tools:
    """Operations whose calls meet the fate that was set last."""

    def __init__(self, sees: Callable[..., None]) -> None:
        self._sees = sees
        self.fate = Fate.WELL
        self._count = 0

    async def ready(self, name: str) -> Operation:
        if self.fate is Fate.DOWN:
            raise OperationFailed("It is down.", kind="unavailable")
        if name not in OPERATIONS:
            raise NotFound("operation", name)
        return OPERATIONS[name]

    async def call(self, call: OperationCall, listener) -> object:
        if OPERATIONS[call.operation].writes:
            self._sees(call, took_effect=self.fate in (Fate.WELL, Fate.LOST))
        if self.fate in (Fate.REFUSED, Fate.FOR_GOOD):
            raise OperationFailed("It says no.", retryable=self.fate is Fate.REFUSED)
        if self.fate in (Fate.LOST, Fate.VOID):
            raise OperationFailed("No answer.", kind="timeout", outcome_known=False)
        self._count += 1
        return {"n": self._count}


class Model:
    """A model whose answers meet the fate of the tools."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def answer(self, request: PromptRequest, saying: object = None) -> PromptReply:
        if self._tools.fate is not Fate.WELL:
            raise OperationFailed(
                "It says nothing.", retryable=self._tools.fate is not Fate.FOR_GOOD
            )
        return PromptReply("Well.", "test")


WISHES = (
    [],
    [("t.write", {"n": "{{ inputs.yes }}"})],
    [("t.read", {}), ("t.keyed", {"n": 1})],
    [("t.gone", {}), ("t.nothing", {"n": 2})],
)


class Mind:
    """An agent that wants this and that, by the number of its turn, and answers sooner or later."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def turn(self, run: Run, effect: TakeTurn, saying: object) -> Json:
        if self._tools.fate is not Fate.WELL:
            retryable = self._tools.fate is not Fate.FOR_GOOD
            raise OperationFailed("It says nothing.", retryable=retryable)
        turn = len(effect.request.turns) // 2
        wishes = [] if effect.must_answer else WISHES[(turn + len(effect.request.text)) % 4]
        calls = [
            {"id": f"c{number}", "operation": name, "arguments": arguments}
            for number, (name, arguments) in enumerate(wishes)
        ]
        wanted = [one for one in calls if one["operation"] != "t.nothing"]
        refused = [{**one, "why": "No."} for one in calls if one not in wanted]
        return {"text": "So.", "calls": wanted, "refused": refused, "tokens_in": 9}


class Children:
    """Starts runs that only the crowd ever ends."""

    def __init__(self, tools: Tools, now: Callable[[], datetime]) -> None:
        self._tools, self._now = tools, now

    async def start(self, run: Run, effect: StartRun) -> h.ChildStarted:
        if self._tools.fate in (Fate.REFUSED, Fate.FOR_GOOD):
            raise OperationFailed("There is no such workflow.", kind="invalid", retryable=False)
        child = f"c-{effect.step}-{effect.attempt}"
        return h.ChildStarted(self._now(), effect.step, child)


class Nowhere:
    """Keeps no large output, because there is none."""

    async def put(self, content: bytes) -> str:
        raise AssertionError("no output is that large")

    async def get(self, artifact_id: str) -> bytes:
        raise NotFound("artifact", artifact_id)
