"""What the history of a run tells of the agents in it, for all cards that show them."""

from collections.abc import Mapping, Sequence

from blocks.wording import count, flat, line
from opstream.domain import paths
from opstream.domain.run import Run, RunView, StepState, StepStatus
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Step


def is_answer(value: Json) -> bool:
    """Return whether a value is what an agent gave in the end."""
    return isinstance(value, Mapping) and value.keys() >= {"text", "sources", "turns", "tokens"}


def spent(answer: Json) -> str:
    """Return what an answer took: `3 turns · 4,120 tokens · $0.0021 · gemini-3.8-flash`."""
    turns, tokens = field(answer, "turns"), field(answer, "tokens")
    cost, model = field(answer, "cost"), field(answer, "model")
    parts = [
        count(turns, "turn") if isinstance(turns, int) else "",
        count(tokens, "token") if isinstance(tokens, int) else "",
        money(cost) if isinstance(cost, int | float) else "price not known",
        line(str(model), 60) if model else "",
    ]
    return " · ".join(one for one in parts if one)


def money(dollars: float) -> str:
    """Return a sum, with as many digits as it takes to see it."""
    if 0 < dollars < 0.00005:
        return "under $0.0001"
    return f"${dollars:,.2f}" if dollars >= 0.1 or not dollars else f"${dollars:.4f}"


def whys(run: Run, agent: str) -> list[str]:
    """Return why turns were answered by another model than the first choice, each reason once."""
    thoughts = (
        run.state(paths.inside(agent, turn, "think")).output
        for turn in range(run.state(agent).begun)
    )
    found = (str(field(one, "why") or "") for one in thoughts)
    return list(dict.fromkeys(flat(one, 300) for one in found if one))


def at_work(view: RunView, step: Step) -> str:
    """Return where an agent is: `Turn 3 · looking at estate.logs`; '' when it is not under way."""
    state = view.run.state(step.id)
    if state.status is not StepStatus.LOOPING or not state.active:
        return ""
    turn = state.active[-1]
    inside = [path for path in sorted(view.under_way) if path.startswith(f"{step.id}[{turn}].")]
    calls = [found for path in inside if (found := called(view.run, path))]
    waits = any(one.approvals and not one.settled for one in _calls_of(view.run, step.id, turn))
    doing = f"looking at {', '.join(calls[:3])}" if calls else "thinking"
    if waits and not calls:
        doing = "waiting for a decision"
    return f"Turn {turn + 1} · {doing}"


def _calls_of(run: Run, agent: str, turn: int) -> Sequence[StepState]:
    act = paths.inside(agent, turn, "act")
    return [state for path, state in run.open.items() if path.startswith(f"{act}[")]


def called(run: Run, path: str) -> str:
    """Return the operation that a step inside an agent calls, '' for other steps."""
    found = list(paths.items(path))
    if len(found) < 2:
        return ""
    (agent, turn), (_, number) = found[-2:]
    calls = mappings(field(run.state(paths.inside(agent, turn, "think")).output, "calls"))
    return flat(str(calls[number].get("operation") or ""), 80) if number < len(calls) else ""


def field(value: Json, name: str) -> Json:
    """Return a field of an object, None where it is none or has none of that name."""
    return value.get(name) if isinstance(value, Mapping) else None


def mappings(value: Json) -> list[JsonObject]:
    """Return the objects of a list; of what is no list, none."""
    found = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [one for one in found if isinstance(one, Mapping)]
