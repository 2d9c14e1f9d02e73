"""A run that is only thought through: which operations would be called, with which arguments. Pure.

Nothing is called, reads neither, so the outputs of most steps are unknown; see `unknowns.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from opstream.domain import durations
from opstream.domain.operation import Operation
from opstream.domain.person import Who
from opstream.domain.rehearsal import Certainty, Rehearsal, RehearsedStep
from opstream.domain.values import Json
from opstream.domain.workflow import (
    Agent,
    AskPerson,
    Call,
    ForEach,
    Notify,
    Prompt,
    RequestApproval,
    RunWorkflow,
    Step,
    Wait,
    Workflow,
)
from opstream.errors import ExpressionError
from opstream.runs.unknowns import Scope, mark

Find = Callable[[str], Operation | None]

_ITEMS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class _Place:
    """Where steps stand: in the workflow itself, or in a loop for one item of it."""

    prefix: str
    scope: Scope
    certainty: Certainty
    because: str = ""


def rehearse(
    workflow: Workflow, inputs: Mapping[str, Json], by: Who, now: datetime, find: Find
) -> Rehearsal:
    """Return what a run would do.

    Args:
        workflow: Its recipe.
        inputs: Checked, with defaults.
        by: Who would start it.
        now: When.
        find: Gives the operation of a name, or None.
    """
    run = {
        "id": mark("id of the run"),
        "asker": by.name,
        "asker_id": by.id,
        "started_at": now.isoformat(),
    }
    scope = Scope({"inputs": inputs, "steps": {}, "run": run}, frozenset())
    steps = _Rehearsing(find).steps(workflow.steps, _Place("", scope, Certainty.YES))
    return Rehearsal(workflow.id, workflow.version, dict(inputs), tuple(steps))


class _Rehearsing:
    def __init__(self, find: Find) -> None:
        self._find = find

    def steps(self, steps: Sequence[Step], place: _Place) -> Iterator[RehearsedStep]:
        """Go through steps in the order of their needs; each learns what is known of those before."""
        covered = {one.work.covers for one in steps if isinstance(one.work, RequestApproval)}
        known: dict[str, Json] = {}
        unknown: set[str] = set()
        for step in _ordered(steps):
            here = replace(place, scope=_seeing(place.scope, known, unknown))
            said, because = _happens(step, here)
            shown = self._shown(step, replace(here, certainty=said, because=because), covered)
            yield from shown
            if said is Certainty.NO:
                known[step.id] = {"status": "skipped", "error": because, "output": None}
            elif said is Certainty.YES and isinstance(step.work, Notify):
                text = shown[0].arguments
                known[step.id] = {"status": "succeeded", "error": "", "output": text}
            else:
                unknown.add(step.id)

    def _shown(
        self, step: Step, place: _Place, covered: set[str | None]
    ) -> Sequence[RehearsedStep]:
        shown = RehearsedStep(
            place.prefix + step.id, step.title, "", certainty=place.certainty, because=place.because
        )
        if place.certainty is Certainty.NO:
            return (replace(shown, does="is skipped"),)
        try:
            if isinstance(step.work, ForEach):
                return self._loop(shown, step.work, place)
            return (self._one(shown, step, place.scope, asked=step.id in covered),)
        except ExpressionError as error:
            return (replace(shown, does=f"fails: {error}"),)

    def _one(self, shown: RehearsedStep, step: Step, scope: Scope, *, asked: bool) -> RehearsedStep:
        match step.work:
            case Call() as call:
                return self._call(shown, call, scope, asked=asked)
            case RequestApproval(title=title, rule=rule):
                does = f"asks for a yes of the role `{rule.role.value}`: {scope.fill(title)}"
                return replace(shown, does=does, asks=True)
            case AskPerson(question=question):
                return replace(shown, does=f"asks: {scope.fill(question)}")
            case Notify(text=text, report=report):
                said: Json = {"text": scope.fill(text), "report": scope.fill(report)}
                return replace(shown, does=f"says: {scope.fill(text)}", arguments=said)
            case Prompt() | Agent() as asking:
                return _asked(shown, asking, scope)
            case RunWorkflow(workflow=other, inputs=inputs):
                does = f"runs the workflow `{other}`"
                return replace(shown, does=does, arguments=scope.fill(inputs))
            case Wait() as wait:
                return replace(shown, does=f"waits {_until(wait, scope)}")
        raise AssertionError(step.work)  # loops are taken apart before

    def _call(
        self, shown: RehearsedStep, call: Call, scope: Scope, *, asked: bool
    ) -> RehearsedStep:
        name = str(scope.fill(call.operation))
        operation = self._find(name)
        writes = operation is None or operation.writes
        return replace(
            shown,
            does=f"calls `{operation.name if operation else name}`",
            operation=operation.name if operation else name,
            arguments=scope.fill(call.arguments),
            writes=writes,
            asks=writes and not asked and not call.unattended,
        )

    def _loop(self, shown: RehearsedStep, loop: ForEach, place: _Place) -> Sequence[RehearsedStep]:
        items = scope_items(loop, place.scope)
        if items is None:
            what = place.scope.fill(loop.items)
            head = replace(shown, does=f"repeats its steps for each item of {what}")
            inner = _seeing(place.scope, {}, set())
            unknown = replace(inner, unknown=inner.unknown | {"item", "index"})
            perhaps = _Place(
                f"{shown.step}[*].", unknown, Certainty.PERHAPS, "the list may be empty"
            )
            return (head, *self.steps(loop.steps, perhaps))
        count = "1 item" if len(items) == 1 else f"{len(items)} items"
        more = f", of which the first {_ITEMS_SHOWN} are shown" if len(items) > _ITEMS_SHOWN else ""
        found = [replace(shown, does=f"repeats its steps for {count}{more}")]
        for index, item in enumerate(items[:_ITEMS_SHOWN]):
            known = {**place.scope.known, "item": item, "index": index}
            inner_scope = replace(place.scope, known=known)
            one = replace(place, prefix=f"{shown.step}[{index}].", scope=inner_scope)
            found += self.steps(loop.steps, one)
        return found


def scope_items(loop: ForEach, scope: Scope) -> Sequence[Json] | None:
    """Return the items of a loop, None when only the run will know them.

    Raises:
        ExpressionError: they are no list.
    """
    if not scope.knows(loop.items):
        return None
    items = scope.fill(loop.items)
    if isinstance(items, str) or not isinstance(items, Sequence):
        raise ExpressionError(f"`items` must give a list, not {items!r:.60}.")
    return items


def _seeing(scope: Scope, known: Mapping[str, Json], unknown: set[str]) -> Scope:
    """Return what a step sees after some steps: by `steps.<id>`, and by their plain ids."""
    before = scope.known["steps"]
    earlier = before if isinstance(before, Mapping) else {}
    outputs = {
        f"{id}_output": state.get("output")
        for id, state in known.items()
        if isinstance(state, Mapping)
    }
    names = {form.format(id) for id in unknown for form in ("steps.{}", "{}", "{}_output")}
    steps = {**earlier, **known}
    return Scope({**scope.known, **outputs, **known, "steps": steps}, scope.unknown | names)


def _happens(step: Step, place: _Place) -> tuple[Certainty, str]:
    if step.rescues is not None:
        return Certainty.PERHAPS, f"only if `{step.rescues}` fails"
    if step.when is None:
        return place.certainty, place.because
    try:
        holds = place.scope.holds(step.when)
    except ExpressionError:
        return place.certainty, place.because  # it fails there, and says so
    if holds is False:
        return Certainty.NO, f"`{step.when}` does not hold"
    if holds is None:
        return Certainty.PERHAPS, f"if `{step.when}`"
    return place.certainty, place.because


def _ordered(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield steps in the order in which they can begin."""
    left, done = list(steps), set[str]()
    ids = {step.id for step in steps}
    while left:
        ready = [one for one in left if not (set(one.needs) & ids) - done] or left[:1]
        step = ready[0]
        left.remove(step)
        done.add(step.id)
        yield step


def _asked(shown: RehearsedStep, work: Prompt | Agent, scope: Scope) -> RehearsedStep:
    """Return a step that asks a model, or lets it work."""
    model = f"the model `{work.model}`" if work.model else "a language model"
    if isinstance(work, Prompt) and work.template:
        does = f"asks {model} as the template `{work.template}` says"
        return replace(shown, does=does, arguments=scope.fill(work.values))
    if isinstance(work, Prompt):
        return replace(shown, does=f"asks {model}", arguments=scope.fill(work.text))
    tools = ", ".join(f"`{one}`" for one in work.tools) or "all tools that the asker may use"
    return replace(shown, does=f"lets {model} work with {tools}", arguments=scope.fill(work.task))


def _until(wait: Wait, scope: Scope) -> str:
    if wait.reply:
        return "for a reply in the thread"
    if wait.topic is not None:
        return f"for an event `{scope.fill(wait.topic)}`"
    if wait.until is not None:
        return f"until {scope.fill(wait.until)}"
    planned = scope.fill(wait.duration)
    known = durations.parse(planned) if isinstance(planned, str) else None
    return f"for {durations.show(known) if known else planned}"
