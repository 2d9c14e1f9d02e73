"""The turns of agents: what a model is asked, and what of its wishes is allowed."""

from collections.abc import Mapping
from dataclasses import replace

from opstream.agent import prompts
from opstream.agent.toolbox import Toolbox, shown
from opstream.domain.effects import TakeTurn
from opstream.domain.operation import Operation
from opstream.domain.prompt import PromptReply, ToolCall
from opstream.domain.run import Run
from opstream.domain.values import Json
from opstream.governance.people import People
from opstream.ports import Clock, LanguageModel, Saying


class AgentMind:
    """Takes the turns of agents; the port `Mind` of `runs/performers.py`."""

    def __init__(
        self, model: LanguageModel, toolbox: Toolbox, people: People, clock: Clock
    ) -> None:
        self._model = model
        self._toolbox = toolbox
        self._people = people
        self._clock = clock

    async def turn(self, run: Run, effect: TakeTurn, saying: Saying) -> Json:
        """Return what a model says next; errors as the port says."""
        person = self._people.person(run.by.id, run.by.name)
        tools = {} if effect.must_answer else self._toolbox.open(person, effect.tools)
        request = replace(
            effect.request,
            system=prompts.system(
                effect.request.system,
                person.name,
                self._clock.now(),
                must_answer=effect.must_answer,
            ),
            tools=tuple(shown(one) for one in tools.values()),
        )
        return said(await self._model.answer(request, saying), tools)


def said(reply: PromptReply, tools: Mapping[str, Operation]) -> Json:
    """Return a model's reply as the history keeps it: wishes that are not allowed stand apart."""
    calls = [_written(one) for one in reply.calls if one.operation in tools]
    refused = [
        {**_written(one), "why": f"There is no tool `{one.operation}` for you here."}
        for one in reply.calls
        if one.operation not in tools
    ]
    text = reply.output if isinstance(reply.output, str) else ""
    return {
        "text": text,
        "data": None if isinstance(reply.output, str) else reply.output,
        "calls": calls,
        "refused": refused,
        "model": reply.model,
        "tokens_in": reply.tokens_in,
        "tokens_out": reply.tokens_out,
        "cost": reply.cost,
        "why": reply.why,
    }


def _written(call: ToolCall) -> dict[str, Json]:
    return {"id": call.id, "operation": call.operation, "arguments": dict(call.arguments)}
