"""How facts add up to a run."""

import pytest

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall, Verdict
from opstream.domain.run import RunStatus, StepStatus
from opstream.domain.workflow import ApprovalRule
from opstream.engine.evolve import _TRANSITIONS, replay
from tests.engine.recipes import ANA, BO, NOON, after, failed, started, succeeded, told

CALL = ProposedCall("fix", "test.write", {})
ASKED = h.ApprovalRequested(NOON, "ask", 1, "Do it?", "", ApprovalRule(), CALL, None)


def test_every_fact_has_a_transition():
    assert set(_TRANSITIONS) == set(h.Fact.__args__)


def test_a_run_counts_its_facts():
    run = told(started(), succeeded("a"), succeeded("b"))

    assert run.version == 3


def test_replay_equals_what_was_lived():
    first = h.RunStarted(NOON, "demo", 1, {}, ANA, None)
    facts = [first, succeeded("a"), ASKED, h.ApprovalGranted(after(1), "ask", 1, BO)]

    assert replay("r1", facts) == told(started(), *facts[1:])


def test_a_history_must_begin_at_its_beginning():
    with pytest.raises(ValueError, match="RunStarted"):
        replay("r1", [succeeded("a")])


def test_the_end_of_a_run_withdraws_what_it_still_asked():
    run = told(started(), ASKED, h.RunFinished(after(1), h.Outcome.CANCELLED, by=ANA))

    assert run.state("ask").approval.verdict is Verdict.WITHDRAWN
    assert run.status is RunStatus.CANCELLED


def test_a_retry_keeps_what_ended_well_and_does_the_rest_anew():
    ended = told(
        started(), succeeded("a", 1), failed("b"), h.RunFinished(after(2), h.Outcome.FAILED)
    )

    run = told(ended, h.RunRetried(after(3), ANA, ("b",)))

    assert run.status is RunStatus.ACTIVE
    assert run.state("a").output == 1
    assert run.state("b").status is StepStatus.PENDING
    assert run.state("b").attempt == 2


def test_a_step_done_again_on_request_gets_a_new_key():
    ended = told(started(), succeeded("a"), h.RunFinished(after(2), h.Outcome.SUCCEEDED))

    run = told(ended, h.RunRetried(after(3), ANA, ("a",)))

    assert run.state("a").attempt == 2


def test_a_retry_does_not_forget_a_write_that_may_have_happened():
    run = told(
        started(),
        h.StepScheduled(NOON, "fix", 1, CALL),
        h.RunFinished(after(1), h.Outcome.CANCELLED),
        h.RunRetried(after(2), ANA, ("fix",)),
    )

    assert run.state("fix").status is StepStatus.SCHEDULED
