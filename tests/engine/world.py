"""A world for random runs: tools that lie low, break or die, and a turn that does as the runner does.

It remembers what really took effect, and complains as soon as something happens that must not.
"""

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.approval import ProposedCall, Verdict
from opstream.domain.effects import Work
from opstream.domain.operation import OperationCall, Repeat
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.workflow import Call, RequestApproval, Workflow
from opstream.engine import undoing
from opstream.engine.evolve import begin, evolve
from opstream.engine.settle import Settled, settle
from opstream.engine.timely import is_timely
from opstream.ports import Defaults
from opstream.runs.performers import Beside, Performer, Task
from tests.engine.fates import OPERATIONS, Children, Fate, Mind, Model, Nowhere, Tools
from tests.engine.recipes import ANA, NOON

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


def _waits_for_others(state: StepState) -> bool:
    letter = state.status is StepStatus.WAITING and state.topic is not None
    return letter or state.status in (*ASKING, StepStatus.RUNNING_CHILD)


def must_add_up(run: Run) -> None:
    """Judge what a run derives from its steps."""
    stuck = (StepStatus.FAILED, StepStatus.DENIED)
    assert run.open == {id: one for id, one in run.steps.items() if not one.settled}
    assert sorted(run.stuck) == sorted(id for id, one in run.steps.items() if one.status in stuck)


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
        self.tools = Tools(self.sees)
        beside = Beside(
            Model(self.tools), Mind(self.tools), Children(self.tools, lambda: self.now), Nowhere()
        )
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
        self._lose([step for step in self.busy if not undoing.is_wanted(self.run, step)])
        settled = self._settled(facts)
        self._append(settled.facts)
        assert self.run == settled.run
        self.run = settled.run
        for fact in settled.facts:
            if isinstance(fact, h.StepScheduled):
                self.announced.add((fact.step, fact.attempt))
        if self.run.status.ended:
            self.die(Fate.LOST)
        for effect in settled.calls:
            assert undoing.is_wanted(self.run, effect.step)
            self.busy[effect.step] = self._task(effect)
        if not self.busy:
            self.announced.clear()
        self.must_wait_for_something()

    def _settled(self, facts) -> Settled:
        """Return what follows; to look only at what moved must give what looking at all gives."""
        busy = frozenset(self.busy)
        settled = settle(self.workflow, self.run, facts, self.now, busy)
        whole = settle(self.workflow, replace(self.run, moved=None), facts, self.now, busy)
        assert settled == whole, "something was overlooked"
        return settled

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
        self._load()

    def _lose(self, steps: list[str]) -> None:
        """Cancel calls: nobody hears what came of them."""
        for step in steps:
            self._perform(self.busy.pop(step), Fate.LOST)
        self.announced -= {one for one in self.announced if one[0] in steps}

    def _load(self) -> None:
        """Forget what was worked out before, as somebody does who reads the run from the store."""
        self.run = replace(self.run, moved=None)

    def _perform(self, task: Task, fate: Fate) -> h.Fact:
        self.tools.fate = fate
        return self.loop.run_until_complete(self.performer.perform(task))

    # What people do is committed at once; the turn may look later.

    def tell(self, *facts: h.Fact) -> None:
        self._append(facts)
        self._load()

    def _append(self, facts) -> None:
        for fact in facts:
            assert is_timely(self.run, fact)
            self._must_be_its_turn(fact)
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
        after = evolve(self.run, fact)
        inner = [one for one in self.run.steps if one.startswith(beginnings(fact.resets))]
        for step in dict.fromkeys((*fact.resets, *inner)):
            kept = after.state(step) == self.run.state(step)  # such as the finished items of a loop
            if not kept and not after.state(step).perhaps_done:
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
        if took_effect and call.key not in self._done_keys:
            assert step not in self._done_steps, "took effect twice"
            self._done_keys.add(call.key)
            self._done_steps.add(step)

    def _must_be_its_turn(self, fact: h.Fact) -> None:
        """Judge an undo: what the run did is known, and what ended later was undone before."""
        undone = None if isinstance(fact, h.RunFact) else paths.undone(fact.step)
        if undone is None or self.run.status is not RunStatus.STOPPING:
            return
        steps = {path: one for path, one in self.run.steps.items() if not paths.undone(path)}
        assert not any(one.is_call_open for one in steps.values()), "undone, and not known what"
        ends = {
            fact.step: number
            for number, fact in enumerate(self.facts)
            if isinstance(fact, (h.StepSucceeded, h.StepFailed, h.DoubtCleared))
        }
        for path, state in steps.items():
            if state.status is not StepStatus.SUCCEEDED and not state.perhaps_done:
                continue
            if self.workflow.step(path).undo and ends[path] > ends[undone]:
                assert self.run.state(paths.undo(path)).settled, "not undone in reverse order"

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
