"""An agent: what it knows at each turn, and when it is through. Pure; all of it follows from the history.

What the model said in a turn is the output of its `think` step:
`{text, data, calls: [{id, operation, arguments}], refused: [{id, operation, arguments, why}], model, tokens_in, tokens_out, cost, why}`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.effects import Record, TakeTurn
from opstream.domain.prompt import PromptRequest, ToolCall, ToolResult, Turn, Voice
from opstream.domain.run import Run, StepState, StepStatus
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Agent, Step, Workflow
from opstream.engine import expressions
from opstream.engine.context import context_of
from opstream.errors import BadInput

THINK = "think"
MOST_TURNS = 100
_NO_ANSWER = "I have come to the end of what I may spend on this, and have no answer yet."


def begun(step: Step, agent: Agent, now: datetime) -> h.LoopBegan:
    """Return the fact with which an agent begins: its items are its turns, one after the other."""
    return h.LoopBegan(now, step.id, tuple(range(1, min(agent.turns, MOST_TURNS) + 1)), 1)


def turn(workflow: Workflow, step: Step, run: Run) -> TakeTurn:
    """Return what asks the model in a turn; `step` is the `think` step of it.

    Raises:
        ExpressionError: a template cannot be worked out.
        BadInput: the task is empty.
    """
    loop, index = list(paths.items(step.id))[-1]
    outer = workflow.step(loop)
    agent = outer.work
    if not isinstance(agent, Agent):
        raise BadInput(f"{loop!r} is no agent, so {step.id!r} has nothing to think about.")
    context = context_of(workflow, run, loop)
    task = str(expressions.render(agent.task, context)).strip()
    if not task:
        raise BadInput(f"The agent {loop!r} has no task: its template gave nothing.")
    request = PromptRequest(
        task,
        str(expressions.render(agent.system, context)),
        agent.model,
        agent.schema,
        tuple(_turns(loop, index, run)),
    )
    is_last, attempt = _is_last(loop, agent, index, run), run.state(step.id).attempt
    return TakeTurn(step.id, attempt, request, agent.tools, is_last, step.timeout or outer.timeout)


def _is_last(path: str, agent: Agent, index: int, run: Run) -> bool:
    """Return whether the model has to answer in a turn, and gets no other one if it does not."""
    return index + 1 >= len(run.state(path).items) or _spent(path, index, run) >= agent.tokens


def answered(path: str, agent: Agent, run: Run, now: datetime) -> Record | None:
    """Return the end of an agent whose model called nothing any more, else None."""
    state = run.state(path)
    for index in state.active:
        thought = run.state(paths.inside(path, index, THINK))
        if thought.status is not StepStatus.SUCCEEDED:
            continue
        said = _said(thought)
        if said.get("calls") or said.get("refused"):
            if not _is_last(path, agent, index, run):
                continue
            said = {**said, "text": said.get("text") or _NO_ANSWER}
        output = _output(path, index, said, run)
        return Record(h.StepSucceeded(now, path, output, state.started_at or now))
    return None


def _output(path: str, index: int, said: JsonObject, run: Run) -> Json:
    sources: list[Json] = [
        {
            "number": number,
            "operation": call.operation,
            "arguments": dict(call.arguments),
            "failed": result.failed,
        }
        for number, (call, result) in enumerate(_called(path, index, run), 1)
    ]
    output: dict[str, Json] = {"text": said.get("text") or "", "sources": sources}
    if said.get("data") is not None:
        output["data"] = said["data"]
    return output | {"model": said.get("model"), "turns": index + 1, **_totals(path, index, run)}


def _totals(path: str, index: int, run: Run) -> dict[str, Json]:
    outputs = [_said(run.state(paths.inside(path, one, THINK))) for one in range(index + 1)]
    costs = [cost for one in outputs if isinstance(cost := one.get("cost"), int | float)]
    return {
        "tokens": sum(_tokens(one) for one in outputs),
        "cost": round(sum(costs), 6) if len(costs) == len(outputs) else None,
    }


def _spent(path: str, index: int, run: Run) -> int:
    """Return how many tokens the turns before one took."""
    return sum(_tokens(_said(run.state(paths.inside(path, one, THINK)))) for one in range(index))


def _tokens(said: JsonObject) -> int:
    counts = (said.get("tokens_in"), said.get("tokens_out"))
    return sum(int(one) for one in counts if isinstance(one, int | float))


def _turns(path: str, index: int, run: Run) -> Iterator[Turn]:
    """Yield what was said and done in the turns before one."""
    for one in range(index):
        said = _said(run.state(paths.inside(path, one, THINK)))
        done = list(_results(path, one, run))
        calls = tuple(call for call, _ in done)
        yield Turn(Voice.ASSISTANT, str(said.get("text") or ""), calls)
        yield Turn(Voice.USER, results=tuple(result for _, result in done))


def _called(path: str, index: int, run: Run) -> Iterator[tuple[ToolCall, ToolResult]]:
    """Yield all calls that were made up to a turn, in order, each with its end."""
    for one in range(index + 1):
        yield from _results(path, one, run)


def _results(path: str, index: int, run: Run) -> Iterator[tuple[ToolCall, ToolResult]]:
    """Yield the calls of one turn, each with what became of it."""
    said = _said(run.state(paths.inside(path, index, THINK)))
    act = paths.inside(path, index, "act")
    for number, wanted in enumerate(_mappings(said.get("calls"))):
        state = run.state(paths.inside(act, number, "call"))
        call = _call(wanted, state)
        yield call, _result(call, state)
    for wanted in _mappings(said.get("refused")):
        call = _call(wanted, StepState())
        yield call, ToolResult(call.id, call.operation, str(wanted.get("why") or ""), failed=True)


def _call(wanted: JsonObject, state: StepState) -> ToolCall:
    """Return a call as it was made: whoever allowed it may have changed its arguments."""
    arguments = state.call.arguments if state.call else wanted.get("arguments")
    return ToolCall(
        str(wanted.get("id") or ""),
        str(wanted.get("operation") or ""),
        arguments if isinstance(arguments, Mapping) else {},
    )


def _result(call: ToolCall, state: StepState) -> ToolResult:
    match state.status:
        case StepStatus.SUCCEEDED:
            return ToolResult(call.id, call.operation, state.output)
        case StepStatus.DENIED:
            who = f" by {state.by.name}" if state.by else ""
            why = f": {state.error}" if state.error else ""
            said = f"This was denied{who}{why}. It was not done; do not ask for it again."
            return ToolResult(call.id, call.operation, said, failed=True)
        case _:
            said = state.error or "This was not done."
            return ToolResult(call.id, call.operation, said, failed=True)


def _said(state: StepState) -> JsonObject:
    return state.output if isinstance(state.output, Mapping) else {}


def _mappings(value: Json) -> Sequence[JsonObject]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return ()
    return [one for one in value if isinstance(one, Mapping)]
