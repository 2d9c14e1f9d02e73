"""What a person's wish turns into, given where the run is: facts, or a sentence why not. Pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from opstream.definitions import inputs as given_inputs
from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.approval import Approval, Verdict
from opstream.domain.person import Person, Who
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Agent, Loop, OnError, Step, Workflow
from opstream.engine import redoing, undoing
from opstream.errors import BadInput, NotFound, TooLate
from opstream.runs.journal import Loaded

_LONGEST_REMARK = 2000


def pause(loaded: Loaded, by: Person, now: datetime) -> Sequence[h.Fact]:
    """Return the pause of an active run."""
    _require_active(loaded.run)
    _require_begun(loaded.run)
    if loaded.run.status is RunStatus.PAUSED:
        who = loaded.run.paused_by.name if loaded.run.paused_by else "somebody"
        raise TooLate(f"This run is paused already, by {who}.")
    return (h.RunPaused(now, by.who),)


def resume(loaded: Loaded, by: Person, now: datetime) -> Sequence[h.Fact]:
    """Return the end of a pause."""
    _require_active(loaded.run)
    if loaded.run.status is not RunStatus.PAUSED:
        raise TooLate("This run is not paused; it is going on by itself.")
    return (h.RunResumed(now, by.who),)


def cancel(loaded: Loaded, by: Person, reason: str, now: datetime) -> Sequence[h.Fact]:
    """Return the end of a run by a person's wish; what it did is undone first where it says how.

    Who cancels a run that is being undone ends it at once, as it is.
    """
    _require_active(loaded.run)
    why = reason.strip()[:_LONGEST_REMARK] or f"Cancelled by {by.name}."
    return end(loaded, h.Outcome.CANCELLED, why, by.who, now)


def hand_over(loaded: Loaded, to: Person, by: Person, now: datetime) -> Sequence[h.Fact]:
    """Return that another person answers for an active run from now on."""
    run = loaded.run
    _require_active(run)
    if to.id == run.responsible.id:
        whose = "You answer" if to.id == by.id else f"{to.name} answers"
        raise TooLate(f"{whose} for this run already; nothing was changed.")
    return (h.RunHandedOver(now, by.who, run.responsible, to.who),)


def end(
    loaded: Loaded, outcome: h.Outcome, reason: str, by: Who, now: datetime
) -> Sequence[h.Fact]:
    """Return the end of an active run, or what comes before it while there is something to undo."""
    run = loaded.run
    if run.status is RunStatus.STOPPING:
        left = f"{reason} What was not undone yet stays as it is."
        return (h.RunFinished(now, outcome, reason=left, by=by),)
    if undoing.is_needed(loaded.workflow, run):
        return (h.RunStopping(now, outcome, reason, by),)
    return (h.RunFinished(now, outcome, reason=reason, by=by),)


def retry(loaded: Loaded, by: Person, from_step: str | None, now: datetime) -> Sequence[h.Fact]:
    """Return a new beginning of an ended run: from its failed steps, or from one that is named."""
    run, workflow = loaded.run, loaded.workflow
    if not run.status.ended:
        raise TooLate("This run is still active; there is nothing to retry yet.")
    chosen = {step.id for step in workflow.steps if _holds_up(workflow, run, step)}
    if from_step is not None:
        _require_place(loaded, from_step)
        chosen.add(from_step)
    if not chosen:
        well = run.status is RunStatus.SUCCEEDED
        ended = "This run ended well." if well else "All steps of this run have ended."
        raise TooLate(
            f"{ended} To do part of it again, name a step: "
            f"`/opstream retry {run.id} from={workflow.steps[0].id}`."
        )
    resets = redoing.with_followers(workflow, chosen)
    return (h.RunRetried(now, by.who, resets, redoing.afresh(workflow, resets)),)


def _require_place(loaded: Loaded, path: str) -> None:
    """Refuse a place to go on from where the run has nothing to go on with."""
    _require_step(loaded.workflow, path)
    if (undone := paths.undone(path)) is not None:
        raise BadInput(f"`{path}` takes a step back. Name the step itself: `{undone}`.")
    for loop, index in paths.items(path):
        begun = loaded.run.state(loop).begun
        if index >= begun:
            raise BadInput(
                f"`{path}` has not begun: the run got to {begun} items of `{loop}`, which are "
                f"counted from 0. Name `{loop}` to go on there."
            )
        if index < begun - 1 and isinstance(loaded.workflow.step(loop).work, Agent):
            raise BadInput(
                f"The turns of `{loop}` build on each other: it goes on with turn {begun - 1}, counted "
                f"from 0, or begins anew. Name a step of that turn, or `{loop}`."
            )


def _holds_up(workflow: Workflow, run: Run, step: Step) -> bool:
    """Return whether a run cannot end well unless this step is done, or done anew."""
    state = run.state(step.id)
    stuck = state.status in (StepStatus.FAILED, StepStatus.DENIED)
    stops = stuck and step.on_error is OnError.STOP and step.id not in workflow.order.rescued
    return not state.settled or stops or _is_undone(run, step)


def _is_undone(run: Run, step: Step) -> bool:
    """Return whether what a step did, or one of those inside it, was taken back."""
    if _was_undone(run.state(paths.undo(step.id))):
        return True
    inner = f"{step.id}["
    return isinstance(step.work, Loop) and any(
        path.startswith(inner) and paths.undone(path) and _was_undone(state)
        for path, state in run.steps.items()
    )


def _was_undone(undo: StepState) -> bool:
    """Return whether a step was taken back, or perhaps was."""
    return undo.status is StepStatus.SUCCEEDED or undo.perhaps_done


def open_approval(loaded: Loaded, step: str, revision: int) -> Approval:
    """Return the approval that is open.

    Raises:
        TooLate: this revision was settled, by whom and when; or the run has ended.
        NotFound: the step never asked.
    """
    state = loaded.run.state(step)
    for approval in state.approvals:
        if approval.revision == revision and approval.verdict is not Verdict.OPEN:
            raise TooLate(_settled(approval, loaded.run))
    if state.approval is None or state.approval.revision != revision:
        raise NotFound("open approval", f"{loaded.run.id}:{step}:{revision}")
    return state.approval


_VERDICTS = {
    Verdict.GRANTED: "approved",
    Verdict.DENIED: "denied",
    Verdict.CHANGES: "sent back with a comment",
    Verdict.EXPIRED: "closed because nobody answered in time",
    Verdict.WITHDRAWN: "withdrawn because the run ended",
}


def _settled(approval: Approval, run: Run) -> str:
    by = f" by {approval.by.name}" if approval.by else ""
    at = f" at {approval.settled_at:%H:%M} UTC" if approval.settled_at else ""
    what = _VERDICTS.get(approval.verdict, "settled")
    if approval.verdict is Verdict.WITHDRAWN and not run.status.ended:
        what = "withdrawn because nobody needs it any more"
    ended = " The run was cancelled." if run.status is RunStatus.CANCELLED else ""
    return f"This was {what}{by}{at}; nothing was changed by your answer.{ended}"


def said(text: str, wish: str) -> str:
    """Return what a person said, at a bearable length.

    Raises:
        BadInput: they said nothing.
    """
    remark = text.strip()
    if not remark:
        raise BadInput(f"Please {wish}: a few words will do.")
    return remark[:_LONGEST_REMARK]


def changed_arguments(approval: Approval, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the arguments that a person really changed, in the type that the proposal has.

    Raises:
        BadInput: the proposal has no such argument, or its value cannot become this type.
    """
    proposed = approval.call.arguments if approval.call else {}
    changed: dict[str, Json] = {}
    for name, value in arguments.items():
        if name not in proposed:
            raise BadInput(f"The proposal has no argument `{name}` that could be changed.")
        wanted = _like(name, proposed[name], value)
        if wanted != proposed[name]:
            changed[name] = wanted
    return changed


def _like(name: str, old: Json, new: Json) -> Json:
    """Return a value from a form as the type that the old one has."""
    if not isinstance(new, str) or isinstance(old, str):
        return new
    text = new.strip()
    try:
        if isinstance(old, bool):
            return {"true": True, "yes": True, "false": False, "no": False}[text.lower()]
        if isinstance(old, int):
            return int(text)
        if isinstance(old, float) and math.isfinite(number := float(text)):
            return number
    except (KeyError, ValueError) as error:
        raise BadInput(f"`{name}` was `{old}`; `{new}` is not of that kind.") from error
    if isinstance(old, float):
        raise BadInput(f"`{name}` was `{old}`; `{new}` is no number.")
    return new


def answer(
    loaded: Loaded, step: str, answers: Mapping[str, Json], by: Person, now: datetime
) -> Sequence[h.Fact]:
    """Return the answer to a step's question."""
    _require_listening(loaded.run, step)
    state = loaded.run.state(step)
    if state.status is not StepStatus.ASKING_PERSON:
        _require_step(loaded.workflow, step)
        raise TooLate(_not_asking(state, "This question was answered"))
    values = given_inputs.answers(state.fields, answers)
    return (h.QuestionAnswered(now, step, values, by.who),)


def clear_doubt(
    loaded: Loaded, step: str, what: h.Clarification, by: Person, now: datetime
) -> Sequence[h.Fact]:
    """Return what a person says about a write whose outcome nobody knows.

    In a run that is being undone it has to be known first; “repeat” then says that it did not happen.
    """
    state = loaded.run.state(step)
    if state.status is not StepStatus.DOUBTED or paths.undone(step) is not None:
        _require_listening(loaded.run, step)
    _require_active(loaded.run)
    if state.status is not StepStatus.DOUBTED:
        _require_step(loaded.workflow, step)
        raise TooLate(_not_asking(state, "This was cleared up"))
    return (h.DoubtCleared(now, step, what, by.who),)


def _not_asking(state: StepState, settled: str) -> str:
    if state.status is StepStatus.FAILED:
        return f"This was closed before: {state.error}"
    if state.by is None:
        return "This step does not ask anything now; look at the run for what it asks."
    return f"{settled} by {state.by.name} before."


def _require_begun(run: Run) -> None:
    if run.status is RunStatus.QUEUED:
        raise TooLate("This run waits in the queue and has not begun; it can only be cancelled.")
    if run.status is RunStatus.STOPPING:
        raise TooLate(
            "This run is being undone; it cannot be paused. Cancel it to leave it as it is."
        )


def _require_listening(run: Run, step: str) -> None:
    _require_active(run)
    stopping = run.status is RunStatus.STOPPING
    if stopping and paths.undone(step) is None:
        raise TooLate("This run is being undone, so this step needs no answer any more.")
    if not stopping and paths.undone(step) is not None:
        raise TooLate("This run goes on, so nothing of it is undone now; nothing was changed.")


def _require_active(run: Run) -> None:
    if run.status.ended:
        by = f" by {run.ended_by.name}" if run.ended_by else ""
        at = f" at {run.ended_at:%H:%M} UTC" if run.ended_at else ""
        raise TooLate(f"This run has {run.status.value}{by}{at}; nothing was changed.")


def _require_step(workflow: Workflow, step_id: str) -> None:
    names = [step.id for step in workflow.steps]
    if not _has_step(workflow, step_id):
        listed = ", ".join(f"`{name}`" for name in names)
        raise NotFound("step", step_id, hint=f"This workflow has {listed}.")


def _has_step(workflow: Workflow, path: str) -> bool:
    try:
        workflow.step(path)
    except KeyError:
        return False
    return True
