"""Carry out a call: look before a leap, call, and say as a fact how it went."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from pydantic_core import to_json

from opstream.domain import durations
from opstream.domain import history as h
from opstream.domain.artifact import reference
from opstream.domain.effects import AskModel, Perform, StartRun, TakeTurn, Work
from opstream.domain.operation import Operation, OperationCall, Progress, Repeat
from opstream.domain.prompt import Purpose
from opstream.domain.run import Run, StepStatus
from opstream.domain.spending import Answered
from opstream.domain.values import Json
from opstream.domain.workflow import Call, InputKind, Step, Workflow
from opstream.engine import approvals, expressions, retry
from opstream.errors import BadInput, ExpressionError, NotFound, OperationFailed
from opstream.ports import (
    Artifacts,
    Clock,
    Defaults,
    LanguageModel,
    Messenger,
    Operations,
    Saying,
    deadlines,
)
from opstream.runs.patience import insist

# An adapter keeps a call's own time limit; this much later nobody believes that it will.
_GRACE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Task:
    """One call to carry out; `announced` means that this process wrote its `StepScheduled`."""

    workflow: Workflow
    run: Run
    effect: Work
    announced: bool

    @property
    def step(self) -> Step:
        """The step that the call belongs to."""
        return self.workflow.step(self.effect.step)

    @property
    def is_repeated(self) -> bool:
        """Whether an earlier try with the same key may have taken effect."""
        state = self.run.state(self.effect.step)
        if any(one.question.resume for one in state.asks_now):
            return False  # that try had ended with a question, and goes on with the answer
        return state.perhaps_done and not (self.announced and state.status is StepStatus.SCHEDULED)


class ChildRuns(Protocol):
    """Who starts runs for steps; `Children` does."""

    async def start(self, run: Run, effect: StartRun) -> h.ChildStarted:
        """Start the run that a step wants.

        Raises:
            OperationFailed: it cannot be started.
        """


class Mind(Protocol):
    """Who takes the turns of agents."""

    async def turn(self, run: Run, effect: TakeTurn, saying: Saying) -> Json:
        """Return what a model says next, as `engine/agents.py` describes it.

        Raises:
            OperationFailed: no model is set up, a budget is used up, or it did not work.
        """


@dataclass(frozen=True, slots=True)
class Beside:
    """What else than tools steps work with."""

    model: LanguageModel
    mind: Mind
    children: ChildRuns
    artifacts: Artifacts


class Performer:
    """Makes calls for runs, at most so many at once."""

    def __init__(
        self,
        operations: Operations,
        messenger: Messenger,
        clock: Clock,
        defaults: Defaults,
        luck: Callable[[], float],
        beside: Beside,
    ) -> None:
        self._operations = operations
        self._messenger = messenger
        self._clock = clock
        self._defaults = defaults
        self._luck = luck
        self._model = beside.model
        self._mind = beside.mind
        self._children = beside.children
        self._artifacts = beside.artifacts
        self._slots = asyncio.Semaphore(defaults.calls_at_once)
        self._sources: dict[str, asyncio.Semaphore] = {}

    async def perform(self, task: Task) -> h.Fact:
        """Return what came of a task, or what must come before it: a yes, or an intent."""
        began = self._clock.now()
        try:
            match task.effect:
                case Perform() as effect:
                    return await self._perform(task, effect)
                case AskModel() | TakeTurn() as effect:
                    return await self._ask_model(task, effect)
                case StartRun() as effect:
                    return await self._children.start(task.run, effect)
        except NotFound as error:
            invalid = OperationFailed(str(error), kind="invalid", retryable=False)
            return self._failed(task, invalid, began)
        except OperationFailed as error:
            return self._failed(task, error, began)

    async def _perform(self, task: Task, effect: Perform) -> h.Fact:
        operation = await self._operations.ready(effect.call.operation)
        before = self._before(task, effect, operation)
        if before is not None:
            return before
        # What waits for its turn at one source takes no place from the calls of others.
        async with self._of_source(operation.source), deadlines.place(self._slots):
            return await self._call(task, effect, operation)

    async def _ask_model(self, task: Task, effect: AskModel | TakeTurn) -> h.Fact:
        limit = effect.timeout or self._defaults.step_timeout
        async with self._slots:
            began = self._clock.now()
            try:
                async with asyncio.timeout(limit.total_seconds()):
                    output, answered = await self._said(task, effect)
            except TimeoutError as error:
                said = f"The model did not answer within {limit.total_seconds():g} s."
                raise OperationFailed(said, kind="timeout") from error
        output = await self._kept(task.run.id, output)
        now = self._clock.now()
        return h.StepSucceeded(now, effect.step, output, began, None, effect.attempt, answered)

    async def _said(self, task: Task, effect: AskModel | TakeTurn) -> tuple[Json, Answered | None]:
        """Return what a model says, and who it was where that does not say so; words are shown as they come."""
        run, step = task.run, effect.step

        def saying(text: str) -> None:
            self._messenger.progress(run.id, step, Progress(0, said=text))

        task_name = "agent" if isinstance(effect, TakeTurn) else "prompt"
        purpose = Purpose(task_name, run.id, step, run.by.id, effect.attempt)
        request = replace(effect.request, purpose=purpose)
        if isinstance(effect, TakeTurn):
            return await self._mind.turn(run, replace(effect, request=request), saying), None
        reply = await self._model.answer(request, saying)
        return reply.output, reply.answered

    def _before(self, task: Task, effect: Perform, operation: Operation) -> h.Fact | None:
        """Return the fact that must be written before the call may be made, if any."""
        now = self._clock.now()
        if not operation.writes:
            return None
        if not effect.approved:
            state = task.run.state(effect.step)
            return approvals.own_request(
                task.workflow, task.step, state, effect.call, operation, now
            )
        if not effect.scheduled:
            return h.StepScheduled(now, effect.step, effect.attempt, effect.call)
        if task.is_repeated and operation.repeat is Repeat.NEVER:
            return h.StepDoubted(now, effect.step, _doubt(task.step, operation), effect.attempt)
        return None

    async def _call(self, task: Task, effect: Perform, operation: Operation) -> h.Fact:
        began = self._clock.now()
        try:
            output = await self._answer(task, effect, operation)
            _check(task.step, output)
        except OperationFailed as error:
            error.outcome_known |= not operation.writes
            if not error.outcome_known and operation.repeat is Repeat.NEVER:
                question = _doubt(task.step, operation, str(error))
                return h.StepDoubted(self._clock.now(), effect.step, question, effect.attempt)
            raise
        output = await self._kept(task.run.id, output)
        now = self._clock.now()
        return h.StepSucceeded(now, effect.step, output, began, attempt=effect.attempt)

    def _of_source(self, source: str) -> AbstractAsyncContextManager[None]:
        """Return what keeps calls of one source to the number that it bears at once."""
        most = self._defaults.calls_per_source.get(source)
        if most is None:
            return nullcontext()
        return deadlines.place(self._sources.setdefault(source, asyncio.Semaphore(most)))

    async def _kept(self, run_id: str, output: Json) -> Json:
        """Return an output as the history keeps it: a large one stands elsewhere, and is referred to."""
        content = to_json(output, fallback=str)
        if len(content) <= self._defaults.output_bytes:
            return output
        # The call has had its effect: its outcome must not be lost because the database is away.
        artifact = await insist(run_id, partial(self._artifacts.put, content))
        return reference(artifact, content)

    async def _answer(self, task: Task, effect: Perform, operation: Operation) -> Json:
        limit, work = effect.timeout or self._defaults.step_timeout, task.step.work
        call = OperationCall(
            operation=operation.name,
            arguments=effect.call.arguments,
            key=f"{task.run.id}:{effect.step}:{effect.attempt}",
            timeout=limit,
            secrets=_secrets_of(task),
            keep=work.may_be_old(effect.attempt) if isinstance(work, Call) else None,
        )

        def listener(progress: Progress) -> None:
            self._messenger.progress(task.run.id, effect.step, progress)

        try:
            async with deadlines.limit((limit + _GRACE).total_seconds()):
                return await self._operations.call(call, listener)
        except TimeoutError as error:
            raise OperationFailed(
                f"`{operation.name}` did not answer within {limit.total_seconds():g} s.",
                kind="timeout",
                outcome_known=False,
            ) from error

    def _failed(self, task: Task, error: OperationFailed, began: datetime) -> h.StepFailed:
        now, policy = self._clock.now(), task.step.retry
        if isinstance(task.effect, StartRun):
            policy = replace(policy, attempts=1)
        tries = task.run.state(task.effect.step).tries + 1
        retry_at = None
        if retry.may_retry(policy, tries, error):
            wait = retry.wait_before(policy, tries, self._luck())
            retry_at = now + min(max(wait, error.retry_after or timedelta()), durations.LONGEST)
        # That this try had no effect says nothing about one before it: the key must stay.
        known = error.outcome_known and not task.is_repeated
        return h.StepFailed(
            now,
            task.effect.step,
            str(error),
            error.kind,
            began,
            retry_at,
            known,
            task.effect.attempt,
        )


def _secrets_of(task: Task) -> frozenset[str]:
    """Return the texts that stand for secrets in a run; what an agent calls gets none of them."""
    if task.workflow.is_of_agent(task.effect.step):
        return frozenset()
    names = (one.name for one in task.workflow.inputs if one.kind is InputKind.SECRET)
    return frozenset(str(task.run.inputs[one]) for one in names if task.run.inputs.get(one))


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
