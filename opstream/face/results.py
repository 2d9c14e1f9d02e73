"""What a program gets to see of a run. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from opstream.domain.approval import Approval, Verdict
from opstream.domain.run import Run, RunStatus, RunView, StepState, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Call, Prompt, Workflow

_ASKING = {StepStatus.ASKING_APPROVAL, StepStatus.ASKING_PERSON, StepStatus.DOUBTED}
_OTHERS_DECIDE = {StepStatus.LOOPING, StepStatus.RUNNING_CHILD}


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of a step; `status` is a word such as succeeded, failed, skipped."""

    status: str
    output: Json = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class PendingApproval:
    """A yes that a run, or one that it started, waits for.

    Args:
        operation: What a yes will do, '' when it does nothing by itself.
        arguments: With exactly these arguments.
    """

    run_id: str
    step: str
    revision: int
    title: str
    details: str
    risk: str
    operation: str = ""
    arguments: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PendingQuestion:
    """Something that a run asks a person, or, when `is_doubt`, what became of a call."""

    run_id: str
    step: str
    question: str
    fields: tuple[str, ...] = ()
    is_doubt: bool = False


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run as it stood when it was looked at.

    Args:
        run_id: To come back to it.
        status: succeeded, failed, cancelled or denied; active, paused or queued while it goes on.
        result: Of a run that succeeded: the workflow's result, or the output of its last step.
        reason: Of every other end: a sentence.
        params: The inputs, with defaults.
        steps: By path, those that have begun or were settled.
        approvals: What waits for a yes; see `WorkflowEngine.approve`.
        questions: What waits for an answer; see `WorkflowEngine.answer` and `clear_doubt`.
        log: `{"executions": [{tool, action, status, ...outputs}], "params": {...}}` with a line for
            each call and prompt, as older systems know it.
    """

    run_id: str
    workflow_id: str
    version: int
    status: str
    result: Json
    reason: str
    params: Mapping[str, Json]
    steps: Mapping[str, StepResult]
    approvals: tuple[PendingApproval, ...]
    questions: tuple[PendingQuestion, ...]
    log: Mapping[str, Json]

    @property
    def ok(self) -> bool:
        """Whether the run ended well."""
        return self.status == "succeeded"

    @property
    def waits_for_person(self) -> bool:
        """Whether somebody must decide or answer before all of it can go on."""
        return bool(self.approvals or self.questions)


def of(family: Sequence[RunView]) -> RunResult:
    """Return what a program sees of a run.

    Args:
        family: The run, then those that it started and waits for.
    """
    view, run = family[0], family[0].run
    runs = [one.run for one in family if not one.run.status.ended]
    executions = list(_executions(view.workflow, run))
    return RunResult(
        run_id=run.id,
        workflow_id=run.workflow_id,
        version=run.workflow_version,
        status=run.status.value,
        result=run.result,
        reason=run.reason,
        params=run.inputs,
        steps={
            step: StepResult(state.status.value, state.output, state.error)
            for step, state in run.steps.items()
        },
        approvals=tuple(one for each in runs for one in _approvals(each)),
        questions=tuple(one for each in runs for one in _questions(each)),
        log={"executions": executions, "params": run.inputs},
    )


def stands_still(family: Sequence[RunView]) -> bool:
    """Whether nothing more happens in a run before a person does something."""
    first = family[0].run
    if first.status.ended or first.status is RunStatus.PAUSED:
        return True
    states = [state for view in family for state in view.run.open.values()]
    is_asking = any(state.status in _ASKING for state in states)
    return is_asking and all(map(_rests, family))


def _rests(view: RunView) -> bool:
    """Whether all that is open in a run waits for a person, or for others that do."""
    rests = _ASKING | _OTHERS_DECIDE
    ended = view.run.status.ended  # whoever waits for it is about to hear so
    return not (ended or view.under_way) and all(
        state.status in rests for state in view.run.open.values()
    )


def _approvals(run: Run) -> Iterator[PendingApproval]:
    for state in run.open.values():
        if state.approval is not None and state.approval.verdict is Verdict.OPEN:
            yield _pending(run.id, state.approval)


def _pending(run_id: str, one: Approval) -> PendingApproval:
    return PendingApproval(
        run_id=run_id,
        step=one.step,
        revision=one.revision,
        title=one.title,
        details=one.details,
        risk=one.rule.risk,
        operation=one.call.operation if one.call else "",
        arguments=one.call.arguments if one.call else {},
    )


def _questions(run: Run) -> Iterator[PendingQuestion]:
    for step, state in run.open.items():
        if state.status in (StepStatus.ASKING_PERSON, StepStatus.DOUBTED):
            names = tuple(one.name for one in state.fields)
            is_doubt = state.status is StepStatus.DOUBTED
            yield PendingQuestion(run.id, step, state.question, names, is_doubt)


def _executions(workflow: Workflow, run: Run) -> Iterator[Mapping[str, Json]]:
    works = {step.id: step.work for step in workflow.steps}
    for step, state in run.steps.items():
        work = works.get(step)
        if state.status is StepStatus.SKIPPED:
            continue
        if isinstance(work, Prompt):
            yield _execution("model", work.model or "prompt", state)
        elif isinstance(work, Call):
            called = state.call.operation if state.call else work.operation
            tool, dot, action = called.partition(".")
            yield _execution(tool if dot else "", action if dot else tool, state)


def _execution(tool: str, action: str, state: StepState) -> Mapping[str, Json]:
    """Return a line of the log; what is ours goes before outputs of the same name."""
    own: dict[str, Json] = {"tool": tool, "action": action, "status": state.status.value}
    if state.error:
        own["error"] = state.error
    if isinstance(state.output, Mapping):
        return {**state.output, **own}
    return {**own, "output": state.output} if state.output is not None else own
