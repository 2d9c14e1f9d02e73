"""The turns of agents: what a model is asked, and what of its wishes is allowed."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from opstream.agent import prompts, results, toolbox
from opstream.agent.answers import TOOL as ANSWER
from opstream.agent.answers import answer_tool, complaint
from opstream.agent.toolbox import Toolbox
from opstream.domain import paths
from opstream.domain.effects import TakeTurn
from opstream.domain.operation import Operation
from opstream.domain.person import Person
from opstream.domain.prompt import PromptReply, PromptRequest, ToolCall, Turn
from opstream.domain.run import Run
from opstream.domain.values import Json
from opstream.errors import OperationFailed, OpStreamError
from opstream.governance.people import People
from opstream.governance.sanitising import Sanitiser
from opstream.knowledge.compacting import Compacted
from opstream.ports import Clock, LanguageModel, Saying

MOST_CALLS: Final = 8
MOST_WORDS: Final = 24_000
"""Longer conversations are made shorter; names, numbers and decisions stay."""
_SAME_AT_MOST = 2


Compact = Callable[[Sequence[Turn], int], Awaitable[Compacted]]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a model may wish for in a turn.

    Args:
        tools: Operations by name.
        before: Calls that were made already.
        schema: Of the data that the answer has to have, or None.
        must_answer: Whether it may call nothing any more.
    """

    tools: Mapping[str, Operation]
    before: Sequence[ToolCall] = ()
    schema: Json = None
    must_answer: bool = False


class AgentMind:
    """Takes the turns of agents; the port `Mind` of `runs/performers.py`."""

    def __init__(
        self,
        model: LanguageModel,
        toolbox: Toolbox,
        people: People,
        clock: Clock,
        sanitiser: Sanitiser,
        compact: Compact,
    ) -> None:
        self._model = model
        self._toolbox = toolbox
        self._people = people
        self._clock = clock
        self._sanitiser = sanitiser
        self._compact = compact

    async def turn(self, run: Run, effect: TakeTurn, saying: Saying) -> Json:
        """Return what a model says next; errors as the port says."""
        person = await self._person(run)
        if not effect.must_answer:
            await self._toolbox.settled()
        tools = {} if effect.must_answer else self._toolbox.open(person, effect.tools)
        before = tuple(results.made_before(effect.request.turns))
        allowed = Allowed(tools, before, effect.request.schema, effect.must_answer)
        request = self._request(effect, allowed)
        request = replace(request, turns=tuple(await self._fitting(request.turns)))
        reply = await self._model.answer(request, lambda text: saying(self._sanitiser.masked(text)))
        return said(self._masked(reply), allowed)

    async def _fitting(self, turns: Sequence[Turn]) -> Sequence[Turn]:
        """Return a conversation that is not too long; an extract of what tools said is data as they are."""
        found = await self._compact(turns, MOST_WORDS)
        if not found.shortened:
            return found.turns
        first, *others = found.turns
        return (replace(first, text=prompts.data("earlier, shortened", first.text)), *others)

    def _masked(self, reply: PromptReply) -> PromptReply:
        """Return a reply without secrets: it is kept, shown, and what it wants is called."""
        calls = tuple(replace(one, arguments=self._arguments(one)) for one in reply.calls)
        return replace(reply, output=self._sanitiser.masked_json(reply.output), calls=calls)

    def _arguments(self, call: ToolCall) -> Mapping[str, Json]:
        masked = self._sanitiser.masked_json(dict(call.arguments))
        return masked if isinstance(masked, Mapping) else {}

    async def _person(self, run: Run) -> Person:
        try:
            return await self._people.look_up(run.by.id, run.by.name)
        except OperationFailed:
            raise
        except OpStreamError as error:
            raise OperationFailed(str(error), kind="unavailable") from error

    def _request(self, effect: TakeTurn, allowed: Allowed) -> PromptRequest:
        request, tools = effect.request, allowed.tools
        by_tool = request.schema is not None and bool(tools)
        agent, _ = list(paths.items(effect.step))[-1]
        offered = [toolbox.shown(one) for one in tools.values()]
        system = prompts.system(
            request.system, self._clock.now(), must_answer=allowed.must_answer, by_tool=by_tool
        )
        down = [] if allowed.must_answer else self._toolbox.down(effect.tools)
        return replace(
            request,
            text="\n\n".join(one for one in (prompts.down(down), request.text) if one),
            system=system,
            schema=None if by_tool else request.schema,
            tools=(*offered, answer_tool(request.schema)) if by_tool else tuple(offered),
            turns=results.shown(request.turns, agent, readable=results.READ in tools),
        )


def said(reply: PromptReply, allowed: Allowed) -> Json:
    """Return a model's reply as the history keeps it: wishes that are not allowed stand apart."""
    calls: list[dict[str, Json]] = []
    refused: list[dict[str, Json]] = []
    accepted: list[ToolCall] = []
    data = None if isinstance(reply.output, str) else reply.output
    for one in reply.calls:
        if one.operation == ANSWER and allowed.schema is not None:
            why = complaint(allowed.schema, one.arguments)
            data = dict(one.arguments) if not why else data
        else:
            why = _refusal(one, accepted, allowed)
            if not why:
                accepted.append(one)
                calls.append(_written(one))
        if why:
            refused.append({**_written(one), "why": why})
    if data is not None:  # it has answered: what it wants besides comes too late
        calls, refused = [], []
    elif allowed.schema is not None and not reply.calls and not allowed.must_answer:
        refused = [{"id": ANSWER, "operation": ANSWER, "arguments": {}, "why": prompts.CALL_ANSWER}]
    return {
        "text": reply.output if isinstance(reply.output, str) else "",
        "data": data,
        "calls": calls,
        "refused": refused,
        "model": reply.model,
        "tokens_in": reply.tokens_in,
        "tokens_out": reply.tokens_out,
        "cost": reply.cost,
        "why": reply.why,
    }


def _refusal(wanted: ToolCall, accepted: Sequence[ToolCall], allowed: Allowed) -> str:
    """Return why a call is not made, '' when it is."""
    return next(_reasons(wanted, accepted, allowed), "")


def _reasons(wanted: ToolCall, accepted: Sequence[ToolCall], allowed: Allowed) -> Iterator[str]:
    if wanted.operation not in allowed.tools:
        yield f"There is no tool `{wanted.operation[:120]}` for you here."
    if any(results.is_same(wanted, one) for one in accepted):
        yield "You want this twice in one turn: it is made once."
    if len(accepted) >= MOST_CALLS:
        yield f"At most {MOST_CALLS} calls are made in one turn. Ask for this in the next one."
    same = [at for at, one in enumerate(allowed.before, 1) if results.is_same(wanted, one)]
    if len(same) >= _SAME_AT_MOST:
        numbers = ", ".join(f"[{at}]" for at in same)
        yield f"You made this call before, as {numbers}. Use what it gave, or ask for something else."


def _written(call: ToolCall) -> dict[str, Json]:
    return {"id": call.id, "operation": call.operation, "arguments": dict(call.arguments)}
