"""Where a run goes on, and what it does only when a person is sure."""

from datetime import UTC, datetime

import pytest

from opstream.domain import history as h
from opstream.domain.operation import Operation
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.workflow import Call, Prompt, Step, Workflow
from opstream.errors import NeedsConfirmation, TooLate
from opstream.runs import retrying
from opstream.runs.journal import Loaded
from tests.runs.conftest import ANA

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
READS = {"t.read": Operation("t.read", "Read", "", {}, writes=False)}
STEPS = (
    Step("read", "Read", Call("t.read")),
    Step("write", "Write", Call("t.write"), needs=("read",)),
    Step("think", "Think", Prompt("Well?"), needs=("write",)),
    Step("last", "Last", Call("t.read"), needs=("think",)),
)


def loaded(status: RunStatus = RunStatus.FAILED, **steps: StepStatus) -> Loaded:
    run = Run("r1", "w", 1, {}, ANA.who, None, NOW, status=status)
    run = run.with_steps({step: StepState(state) for step, state in steps.items()})
    return Loaded(Workflow("w", "W", STEPS, 1), run)


FAILED_LAST = loaded(
    read=StepStatus.SUCCEEDED,
    write=StepStatus.SUCCEEDED,
    think=StepStatus.SUCCEEDED,
    last=StepStatus.FAILED,
)


def resets(found: Loaded, from_step: str | None) -> tuple[str, ...]:
    (fact,) = retrying.plan(found, from_step, ANA, NOW, None)
    assert isinstance(fact, h.RunRetried)
    return fact.resets


def test_a_failed_run_goes_on_where_it_failed_and_nothing_finished_is_done_again():
    facts = retrying.plan(FAILED_LAST, None, ANA, NOW, None)

    retrying.require_sure(FAILED_LAST, facts, READS.get)
    assert resets(FAILED_LAST, None) == ("last",)


def test_from_the_start_means_everything():
    assert resets(FAILED_LAST, "start") == ("read", "write", "think", "last")


def test_finished_writes_and_prompts_are_not_done_again_unasked():
    facts = retrying.plan(FAILED_LAST, "read", ANA, NOW, None)

    with pytest.raises(NeedsConfirmation) as asked:
        retrying.require_sure(FAILED_LAST, facts, READS.get)

    assert "`write` (changes something), `think` (asks a model)." in str(asked.value)
    assert "`read`" not in str(asked.value)


def test_a_finished_read_is_done_again_when_it_is_named():
    found = loaded(RunStatus.SUCCEEDED, read=StepStatus.SUCCEEDED, last=StepStatus.SUCCEEDED)
    facts = retrying.plan(found, "last", ANA, NOW, None)

    retrying.require_sure(found, facts, READS.get)
    assert set(resets(found, "last")) >= {"last"}


def test_the_version_to_go_on_with_is_noted():
    (fact,) = retrying.plan(FAILED_LAST, None, ANA, NOW, 4)

    assert isinstance(fact, h.RunRetried)
    assert (fact.workflow_version, fact.drops) == (4, ())
    assert fact.afresh == fact.resets


def test_steps_that_the_new_version_does_not_have_are_dropped():
    newer = Loaded(Workflow("w", "W", STEPS[:2] + STEPS[3:], 2), FAILED_LAST.run)

    (fact,) = retrying.plan(newer, None, ANA, NOW, 2)

    assert isinstance(fact, h.RunRetried)
    assert fact.drops == ("think",)


def test_an_active_run_cannot_be_retried_from_the_start_either():
    with pytest.raises(TooLate, match="still active"):
        retrying.plan(loaded(RunStatus.ACTIVE), "start", ANA, NOW, None)
