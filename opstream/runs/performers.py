"""Carry out a call: look before a leap, call, and say as a fact how it went."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from opstream.domain import durations
from opstream.domain import history as h
from opstream.domain.effects import Perform
from opstream.domain.operation import Operation, OperationCall, Progress, Repeat
from opstream.domain.run import Run, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Call, Step, Workflow
from opstream.engine import approvals, expressions, retry
from opstream.errors import BadInput, ExpressionError, NotFound, OperationFailed
from opstream.ports import Clock, Defaults, Messenger, Operations

# An adapter keeps a call's own time limit; this much later nobody believes that it will.
_GRACE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Task:
    """One call to carry out; `announced` means that this process wrote its `StepScheduled`."""

    workflow: Workflow
    run: Run
    effect: Perform
    announced: bool

    @property
    def step(self) -> Step:
        """The step that the call belongs to."""
        return self.workflow.step(self.effect.step)

    @property
    def is_repeated(self) -> bool:
        """Whether an earlier try with the same key may have taken effect."""
        state = self.run.state(self.effect.step)
        return state.perhaps_done and not (self.announced and state.status is StepStatus.SCHEDULED)


class Performer:
    """Makes calls for runs, at most so many at once."""

    def __init__(
        self,
        operations: Operations,
        messenger: Messenger,
        clock: Clock,
        defaults: Defaults,
        luck: Callable[[], float],
    ) -> None:
        self._operations = operations
        self._messenger = messenger
        self._clock = clock
        self._defaults = defaults
        self._luck = luck
        self._slots = asyncio.Semaphore(defaults.calls_at_once)

    async def perform(self, task: Task) -> h.Fact:
        """Return what came of a call, or what must come before it: a yes, or an intent."""
        async with self._slots:
            began = self._clock.now()
            try:
                operation = await self._operations.ready(task.effect.call.operation)
                before = self._before(task, operation)
                return before if before else await self._call(task, operation, began)
            except NotFound as error:
                invalid = OperationFailed(str(error), kind="invalid", retryable=False)
                return self._failed(task, invalid, began)
            except OperationFailed as error:
                return self._failed(task, error, began)

    def _before(self, task: Task, operation: Operation) -> h.Fact | None:
        """Return the fact that must be written before the call may be made, if any."""
        effect, now = task.effect, self._clock.now()
        if not operation.writes:
            return None
        if not effect.approved:
            state = task.run.state(effect.step)
            return approvals.own_request(task.step, state, effect.call, now)
        if not effect.scheduled:
            return h.StepScheduled(now, effect.step, effect.attempt, effect.call)
        if task.is_repeated and operation.repeat is Repeat.NEVER:
            return h.StepDoubted(now, effect.step, _doubt(task.step, operation))
        return None

    async def _call(self, task: Task, operation: Operation, began: datetime) -> h.Fact:
        try:
            output = await self._answer(task, operation)
            _check(task.step, output)
        except OperationFailed as error:
            error.outcome_known |= not operation.writes
            if not error.outcome_known and operation.repeat is Repeat.NEVER:
                question = _doubt(task.step, operation, str(error))
                return h.StepDoubted(self._clock.now(), task.effect.step, question)
            raise
        return h.StepSucceeded(self._clock.now(), task.effect.step, output, began)

    async def _answer(self, task: Task, operation: Operation) -> Json:
        effect = task.effect
        limit = effect.timeout or self._defaults.step_timeout
        call = OperationCall(
            operation=operation.name,
            arguments=effect.call.arguments,
            key=f"{task.run.id}:{effect.step}:{effect.attempt}",
            timeout=limit,
        )

        def listener(progress: Progress) -> None:
            self._messenger.progress(task.run.id, effect.step, progress)

        try:
            async with asyncio.timeout((limit + _GRACE).total_seconds()):
                return await self._operations.call(call, listener)
        except TimeoutError as error:
            raise OperationFailed(
                f"`{operation.name}` did not answer within {limit.total_seconds():g} s.",
                kind="timeout",
                outcome_known=False,
            ) from error

    def _failed(self, task: Task, error: OperationFailed, began: datetime) -> h.StepFailed:
        now, policy = self._clock.now(), task.step.retry
        tries = task.run.state(task.effect.step).tries + 1
        retry_at = None
        if retry.may_retry(policy, tries, error):
            wait = retry.wait_before(policy, tries, self._luck())
            retry_at = now + min(max(wait, error.retry_after or timedelta()), durations.LONGEST)
        # That this try had no effect says nothing about one before it: the key must stay.
        known = error.outcome_known and not task.is_repeated
        return h.StepFailed(now, task.effect.step, str(error), error.kind, began, retry_at, known)


def _check(step: Step, output: Json) -> None:
    """Refuse an output that the step's `fail_if` calls a failure."""
    if not isinstance(step.work, Call) or step.work.fail_if is None:
        return
    try:
        failed = expressions.truthy(step.work.fail_if, {"output": output})
    except (ExpressionError, BadInput) as error:
        broken = f"`fail_if`: {error}"
        raise OperationFailed(
            broken, kind="invalid", retryable=False, outcome_known=False
        ) from error
    if failed:
        raise OperationFailed(
            f"The tool reported success, but `fail_if: {step.work.fail_if}` holds.", kind="refused"
        )


def _doubt(step: Step, operation: Operation, why: str = "") -> str:
    reason = why or "OpStream was stopped while the call was under way."
    return (
        f"“{step.title}” may or may not have happened: {reason} `{operation.name}` cannot tell, "
        "so a person has to: repeat it, skip it, or mark it as done."
    )
