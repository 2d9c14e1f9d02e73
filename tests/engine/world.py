"""A world for random runs: tools that lie low, break or die, and a turn that does as the runner does.

It remembers what really took effect, and complains as soon as something happens that must not.
"""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from enum import StrEnum

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.approval import ProposedCall, Verdict
from opstream.domain.effects import StartRun, Work
from opstream.domain.operation import Operation, OperationCall, Repeat
from opstream.domain.prompt import PromptReply, PromptRequest
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.workflow import Call, RequestApproval, Workflow
from opstream.engine.evolve import begin, evolve
from opstream.engine.settle import settle
from opstream.engine.timely import is_timely
from opstream.errors import NotFound, OperationFailed
from opstream.ports import Defaults
from opstream.runs.performers import Beside, Performer, Task
from tests.engine.recipes import ANA, NOON


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
ONCE = (
    h.StepScheduled,
    h.ApprovalRequested,
    h.ApprovalGranted,
    h.ApprovalDenied,
    h.ChangesRequested,
    h.ApprovalExpired,
)


def beginnings(steps) -> tuple[str, ...]:
    """Return how the paths begin of what is inside some steps, or undoes them."""
    return tuple(f"{step}{mark}" for step in steps for mark in ("[", "."))


ASKING = (StepStatus.ASKING_APPROVAL, StepStatus.ASKING_PERSON, StepStatus.DOUBTED)


class Tools:
    """Operations whose calls meet the fate that was set last."""

    def __init__(self, world: "World") -> None:
        self._world = world
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
            self._world.sees(call, took_effect=self.fate in (Fate.WELL, Fate.LOST))
        if self.fate in (Fate.REFUSED, Fate.FOR_GOOD):
            raise OperationFailed("It says no.", retryable=self.fate is Fate.REFUSED)
        if self.fate in (Fate.LOST, Fate.VOID):
            raise OperationFailed("No answer.", kind="timeout", outcome_known=False)
        self._count += 1
        return {"n": self._count}


def _waits_for_others(state: StepState) -> bool:
    letter = state.status is StepStatus.WAITING and state.topic is not None
    return letter or state.status in (*ASKING, StepStatus.RUNNING_CHILD)


def must_add_up(run: Run) -> None:
    """Judge what a run derives from its steps."""
    stuck = (StepStatus.FAILED, StepStatus.DENIED)
    assert run.open == {id: one for id, one in run.steps.items() if not one.settled}
    assert sorted(run.stuck) == sorted(id for id, one in run.steps.items() if one.status in stuck)


class Model:
    """A model whose answers meet the fate of the tools."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def answer(self, request: PromptRequest) -> PromptReply:
        if self._tools.fate is not Fate.WELL:
            raise OperationFailed(
                "It says nothing.", retryable=self._tools.fate is not Fate.FOR_GOOD
            )
        return PromptReply("Well.", "test")


class Children:
    """Starts runs that only the crowd ever ends."""

    def __init__(self, world: "World") -> None:
        self._world = world

    async def start(self, run: Run, effect: StartRun) -> h.ChildStarted:
        if self._world.tools.fate in (Fate.REFUSED, Fate.FOR_GOOD):
            raise OperationFailed("There is no such workflow.", kind="invalid", retryable=False)
        child = f"c-{effect.step}-{effect.attempt}"
        return h.ChildStarted(self._world.now, effect.step, child)


class Nowhere:
    """Keeps no large output, because there is none."""

    async def put(self, content: bytes) -> str:
        raise AssertionError("no output is that large")

    async def get(self, artifact_id: str) -> bytes:
        raise NotFound("artifact", artifact_id)


class HandClock:
    """The world's time, as a port."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.now


class World:
    """One run, its tools, and one process that advances it."""

    def __init__(self, workflow: Workflow, loop: asyncio.AbstractEventLoop) -> None:
        self.workflow, self.loop, self.now = workflow, loop, NOON
        first = h.RunStarted(NOON, "demo", 1, {"yes": True}, ANA, None)
        self.facts: list[h.Fact] = [first]
        self.run: Run = begin("r1", first)
        self.tools = Tools(self)
        beside = Beside(Model(self.tools), Children(self), Nowhere())
        clock = HandClock(self)
        self.performer = Performer(self.tools, self, clock, Defaults(), lambda: 0.5, beside)
        self._forget()
        self._granted: dict[str, list[ProposedCall]] = defaultdict(list)
        self._called: dict[str, OperationCall] = {}
        self._done_keys: set[str] = set()
        self._done_steps: set[str] = set()

    def _forget(self) -> None:
        self.busy: dict[str, Task] = {}
        self.announced: set[tuple[str, int]] = set()

    # The turn.

    def look(self, *facts: h.Fact) -> None:
        """Do what the runner does when it has facts, or is asked to look."""
        settled = settle(self.workflow, self.run, facts, self.now, frozenset(self.busy))
        self._append(settled.facts)
        assert self.run == settled.run
        for fact in settled.facts:
            if isinstance(fact, h.StepScheduled):
                self.announced.add((fact.step, fact.attempt))
        if self.run.status.ended:
            self.die(Fate.LOST)
        for effect in settled.calls:
            self.busy[effect.step] = self._task(effect)
        if not self.busy:
            self.announced.clear()
        self.must_wait_for_something()

    def _task(self, effect: Work) -> Task:
        announced = (effect.step, effect.attempt) in self.announced
        return Task(self.workflow, self.run, effect, announced)

    def end_call(self, step: str, fate: Fate) -> None:
        """Let a call under way meet its fate."""
        self.look(self._perform(self.busy.pop(step), fate))

    def die(self, fate: Fate) -> None:
        """Lose all that is in memory; calls under way had their effect, or not."""
        for task in self.busy.values():
            self._perform(task, fate)
        self._forget()

    def _perform(self, task: Task, fate: Fate) -> h.Fact:
        self.tools.fate = fate
        return self.loop.run_until_complete(self.performer.perform(task))

    # What people do is committed at once; the turn may look later.

    def tell(self, *facts: h.Fact) -> None:
        self._append(facts)

    def _append(self, facts) -> None:
        for fact in facts:
            assert is_timely(self.run, fact)
            self._note(fact)
            self.run = evolve(self.run, fact)
            self.facts.append(fact)

    def _note(self, fact: h.Fact) -> None:
        """Keep track, before it counts, of what a fact allows and what it takes back."""
        match fact:
            case h.ApprovalGranted(step=step):
                call = self.run.state(step).approval.call
                if call is not None:
                    self._granted[call.step].append(call)
            case h.ApprovalDenied(step=step) | h.ApprovalExpired(step=step):
                call = self.run.state(step).approval.call
                if call is not None:
                    self._granted[call.step].clear()
            case h.DoubtCleared(answer=answer, step=step):
                self._done_steps.discard(paths.undo(step))  # who says so knows that it still stands
                if answer is h.Clarification.REPEAT:
                    self._done_steps.discard(step)
            case h.RunRetried():
                self._retried(fact)

    def _retried(self, fact: h.RunRetried) -> None:
        inner = [one for one in self.run.steps if one.startswith(beginnings(fact.resets))]
        for step in dict.fromkeys((*fact.resets, *inner)):
            self._begins_anew(step, fact)

    def _begins_anew(self, step: str, fact: h.RunRetried) -> None:
        state = self.run.state(step)
        if state.perhaps_done:
            return
        self._done_steps.discard(step)
        if step in fact.afresh or state.status is not StepStatus.FAILED:
            self._granted[step].clear()

    # What must not happen.

    def sees(self, call: OperationCall, *, took_effect: bool) -> None:
        """Judge a write that is being made."""
        step, operation = call.key.split(":")[1], OPERATIONS[call.operation]
        self._must_be_allowed(step, call)
        before = self._called.setdefault(call.key, call)
        assert before.arguments == call.arguments, "a key stands for one exact call"
        assert before is call or operation.repeat is not Repeat.NEVER, "made again unasked"
        if (undone := paths.undone(step)) is not None:
            kinds = (h.StepScheduled, h.StepSucceeded)
            begun = (one.step for one in self.facts if isinstance(one, kinds))
            assert undone in begun, "undone, but never begun"
            assert self.run.stopping is not None
        if took_effect and call.key not in self._done_keys:
            assert step not in self._done_steps, "took effect twice"
            self._done_keys.add(call.key)
            self._done_steps.add(step)

    def _must_be_allowed(self, step: str, call: OperationCall) -> None:
        work = self.workflow.step(step).work
        assert isinstance(work, Call)
        for asking in map(self.workflow.step, self.run.steps):
            if isinstance(asking.work, RequestApproval) and asking.work.covers == step:
                assert self.run.state(asking.id).status is not StepStatus.DENIED, "denied"
        wanted = ProposedCall(step, call.operation, call.arguments)
        assert work.unattended or wanted in self._granted[step], "nobody said yes to this call"

    def must_hold_together(self) -> None:
        """Judge the run as it stands."""
        run = self.run
        must_add_up(run)
        for state in run.steps.values():
            revisions = [approval.revision for approval in state.approvals]
            assert revisions == sorted(set(revisions))
            assert all(one.verdict is not Verdict.OPEN for one in state.earlier_approvals)
            assert state.status is not StepStatus.SCHEDULED or state.perhaps_done
        assert not any(is_timely(run, fact) for fact in self.facts if isinstance(fact, ONCE))
        if run.status.ended:
            again = settle(self.workflow, run, (), self.now + timedelta(days=99), frozenset())
            assert (again.facts, again.calls) == ((), ())
        if run.outcome is h.Outcome.SUCCEEDED:
            assert all(run.state(step.id).settled for step in self.workflow.steps)

    def must_wait_for_something(self) -> None:
        """Judge a run that the turn has just looked at."""
        if self.run.status not in (RunStatus.ACTIVE, RunStatus.STOPPING) or self.busy:
            return
        others = any(_waits_for_others(state) for state in self.run.open.values())
        assert others or (self.run.wake_at is not None and self.run.wake_at > self.now), "stuck"

    def progress(self, run_id: str, step: str, progress: object) -> None:
        """Nobody listens."""
