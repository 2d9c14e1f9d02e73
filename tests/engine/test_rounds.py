"""A run that is set going again after its end, and facts that come when their time is over."""

import pytest

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall, Verdict
from opstream.domain.effects import Finish, Perform
from opstream.domain.run import RunStatus, StepStatus
from opstream.domain.workflow import OnError, RequestApproval, Step, Wait
from opstream.engine.decide import decide
from opstream.engine.settle import settle
from tests.engine.recipes import (
    ANA,
    BO,
    NOON,
    after,
    call,
    failed,
    started,
    succeeded,
    told,
    workflow,
)

FIX = ProposedCall("fix", "test.write", {"size": 24})
ASK = Step("ask", "Ask", RequestApproval("Do it?", covers="fix"), on_error=OnError.GO_ON)
FLOW = workflow(ASK, call("fix", "ask", operation="test.write", arguments={"size": 24}))
YES = h.ApprovalGranted(after(1), "ask", 1, BO)
INTENT = h.StepScheduled(after(2), "fix", 1, FIX)
CANCELLED = h.RunFinished(after(3), h.Outcome.CANCELLED, by=ANA)
AGAIN = h.RunRetried(after(4), ANA, ("ask", "fix"), ("fix",))
NO_SECOND = h.ApprovalDenied(after(6), "ask", 2, BO, "Not now.")


def lived(*facts: h.Fact, seconds: float = 5):
    run = settle(FLOW, started(), (), NOON, frozenset()).run
    for fact in facts:
        run = settle(FLOW, run, (fact,), after(seconds), frozenset()).run
    return run


def test_a_call_approved_in_an_earlier_round_is_not_made_when_the_new_one_says_no():
    broke = h.StepFailed(after(3), "fix", "It broke.", "error", NOON)

    run = lived(YES, INTENT, broke, AGAIN, NO_SECOND)

    assert run.state("fix").status is StepStatus.SKIPPED


def test_a_write_that_may_have_happened_is_a_persons_when_what_comes_before_it_is_redone():
    run = lived(YES, INTENT, CANCELLED, AGAIN)

    assert run.state("fix").status is StepStatus.DOUBTED
    assert "nobody knows whether it took effect" in run.state("fix").question
    assert not [e for e in decide(FLOW, run, after(5)) if isinstance(e, Perform)]
    repeat = h.DoubtCleared(after(6), "fix", h.Clarification.REPEAT, BO)
    assert lived(YES, INTENT, CANCELLED, AGAIN, repeat, NO_SECOND).state("fix").status is (
        StepStatus.SKIPPED
    )


def test_a_yes_that_comes_when_its_call_was_marked_as_done_does_not_make_it_again():
    done = h.DoubtCleared(after(6), "fix", h.Clarification.DONE, BO)
    yes = h.ApprovalGranted(after(7), "ask", 2, BO)

    run = lived(YES, INTENT, CANCELLED, AGAIN, done, yes)

    assert run.outcome is h.Outcome.SUCCEEDED
    assert run.state("fix").status is StepStatus.SUCCEEDED


def test_an_unknown_outcome_keeps_its_key_when_the_run_is_set_going_again():
    lost = h.StepFailed(after(3), "fix", "No answer.", "timeout", NOON, after(60), False)

    run = lived(YES, INTENT, lost, CANCELLED, h.RunRetried(after(4), ANA, ("fix",)))

    assert decide(FLOW, run, after(5)) == [Perform("fix", 1, FIX, True, True, None)]


def test_an_intent_that_was_overtaken_by_a_new_round_does_not_count():
    run = lived(YES, CANCELLED, AGAIN)

    settled = settle(FLOW, run, (INTENT,), after(5), frozenset())

    assert (settled.facts, settled.calls) == ((), ())


def test_a_question_that_arises_when_the_run_has_ended_is_not_asked():
    own = h.ApprovalRequested(after(4), "fix", 1, "?", "", ASK.work.rule, FIX, None)

    settled = settle(FLOW, lived(YES, CANCELLED), (own,), after(4), frozenset())

    assert settled.facts == ()
    assert told(settled.run, own).state("fix").approval is None


def test_what_a_call_came_to_counts_although_its_run_has_ended():
    run = told(lived(YES, INTENT, CANCELLED), succeeded("fix", {"ok": True}))

    assert run.status is RunStatus.CANCELLED
    assert run.state("fix").output == {"ok": True}
    assert not run.state("fix").perhaps_done


def test_a_changed_proposal_is_not_made_without_a_yes_although_its_tool_was_away():
    flow = workflow(call("fix", operation="test.write", arguments={"size": 24}))
    changes = h.ChangesRequested(after(1), "fix", 1, BO, "Less.", {"size": 16})
    asked = h.ApprovalRequested(NOON, "fix", 1, "?", "", ASK.work.rule, FIX, None)

    run = told(started(), asked, changes, failed("fix", retry_in=5))

    (effect,) = decide(flow, run, after(5))
    assert (effect.approved, effect.call.arguments) == (False, {"size": 16})


@pytest.mark.parametrize("late", [YES, h.ApprovalDenied(after(2), "ask", 1, BO, "No.")])
def test_an_answer_to_an_earlier_revision_changes_nothing(late):
    changes = h.ChangesRequested(after(1), "ask", 1, BO, "Less.", {"size": 16})
    asked = lived(changes)

    run = told(asked, late)

    assert run.state("ask") == asked.state("ask")
    assert run.state("ask").approval.verdict is Verdict.OPEN


def test_a_yes_given_while_paused_is_used_when_the_run_goes_on():
    paused = lived(h.RunPaused(after(1), ANA), YES)

    assert decide(FLOW, paused, after(5)) == ()
    resumed = told(paused, h.RunResumed(after(6), ANA))
    assert decide(FLOW, resumed, after(6)) == [Perform("fix", 1, FIX, False, True, None)]


def test_an_approved_call_is_left_out_when_its_condition_does_not_hold_by_then():
    flow = workflow(
        ASK, call("fix", "ask", operation="test.write", arguments={"size": 24}, when="inputs.go")
    )
    asked = settle(flow, started(go=False), (), NOON, frozenset()).run

    run = settle(flow, asked, (YES,), after(1), frozenset()).run

    assert run.state("fix").status is StepStatus.SKIPPED


def test_an_end_that_lets_a_step_ask_in_vain_asks_anew_in_the_next_round():
    run = lived(CANCELLED, h.RunRetried(after(4), ANA, ()))

    assert run.state("ask").approval.revision == 2
    assert run.state("ask").earlier_approvals[0].verdict is Verdict.WITHDRAWN


def test_facts_about_a_step_that_does_not_exist_do_not_keep_a_run_from_its_end():
    flow = workflow(call("a"))
    run = told(started(), succeeded("a"), failed("nobody"), h.WaitBegan(NOON, "no", after(9)))

    (effect,) = decide(flow, run, NOON)

    assert isinstance(effect, Finish)
    assert effect.fact.outcome is h.Outcome.SUCCEEDED


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_wait_until_a_time_beyond_all_calendars_fails_with_a_sentence(moment):
    (effect,) = decide(workflow(Step("rest", "Rest", Wait(until=moment))), started(), NOON)

    assert "is no time" in effect.fact.error


def test_a_wait_of_no_time_is_over_at_once():
    run = settle(
        workflow(Step("rest", "Rest", Wait(duration=0))), started(), (), NOON, frozenset()
    ).run

    assert run.outcome is h.Outcome.SUCCEEDED
