"""What follows from a history: the interpreter, step by step, without a clock or a database."""

from datetime import timedelta

import pytest

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.effects import Finish, Perform, Record
from opstream.domain.run import StepStatus
from opstream.domain.workflow import (
    AskPerson,
    Input,
    Notify,
    OnError,
    RequestApproval,
    Step,
    Wait,
)
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


def approve_then_fix(**more):
    ask = Step("ask", "Ask", RequestApproval("Do it?", covers="fix"), **more)
    return workflow(ask, call("fix", "ask", operation="test.write", arguments={"size": 24}))


def test_a_first_step_is_called_with_its_rendered_arguments():
    flow = workflow(call("read", arguments={"of": "{{ inputs.service }}", "n": 3}))

    effects = decide(flow, started(service="checkout"), NOON)

    bound = ProposedCall("read", "test.read", {"of": "checkout", "n": 3})
    assert effects == [Perform("read", 1, bound, scheduled=False, approved=False, timeout=None)]


def test_independent_steps_begin_side_by_side_and_a_dependent_one_waits():
    flow = workflow(call("a"), call("b"), call("both", "a", "b"))

    assert [e.step for e in decide(flow, started(), NOON)] == ["a", "b"]
    half = told(started(), succeeded("a"))
    assert [e.step for e in decide(flow, half, NOON)] == ["b"]
    assert [e.step for e in decide(flow, told(half, succeeded("b")), NOON)] == ["both"]


def test_a_step_whose_condition_does_not_hold_is_skipped_and_the_next_one_begins():
    flow = workflow(call("a", when="{{ inputs.deep }}"), call("b", "a"))

    settled = settle(flow, started(deep=False), (), NOON, frozenset())

    assert settled.run.state("a").status is StepStatus.SKIPPED
    assert [c.step for c in settled.calls] == ["b"]


def test_a_condition_may_ask_how_a_step_ended():
    flow = workflow(
        call("a", on_error=OnError.GO_ON), call("b", "a", when="{{ steps.a.status == 'failed' }}")
    )

    assert [e.step for e in decide(flow, told(started(), failed("a")), NOON)] == ["b"]


def test_a_broken_template_fails_its_step_with_a_sentence():
    flow = workflow(call("a", arguments={"of": "{{ inputs.servise }}"}))

    settled = settle(flow, started(service="x"), (), NOON, frozenset())

    assert settled.run.outcome is h.Outcome.FAILED
    assert "servise" in settled.run.reason


def test_a_run_ends_with_the_output_of_its_last_step():
    flow = workflow(call("a"))

    (finish,) = decide(flow, told(started(), succeeded("a", {"n": 1})), after(2))

    assert finish == Finish(h.RunFinished(after(2), h.Outcome.SUCCEEDED, result={"n": 1}))


def test_a_run_ends_with_its_own_result_when_it_declares_one():
    flow = workflow(call("a"), result="{{ steps.a.output.n + 1 }}")

    (finish,) = decide(flow, told(started(), succeeded("a", {"n": 1})), NOON)

    assert finish.fact.result == 2


def test_a_failed_step_stops_the_run_but_not_before_what_is_under_way_has_ended():
    flow = workflow(call("a"), call("b"))
    run = told(started(), failed("a"))

    assert settle(flow, run, (), NOON, frozenset({"b"})).run.outcome is None
    assert settle(flow, run, (), NOON, frozenset()).run.outcome is h.Outcome.FAILED


def test_a_failed_step_with_on_error_go_on_does_not_stop_the_run():
    flow = workflow(call("a", on_error=OnError.GO_ON), call("b", "a"))

    assert [e.step for e in decide(flow, told(started(), failed("a")), NOON)] == ["b"]


def test_a_retry_waits_for_its_time_and_has_a_key_of_its_own():
    flow = workflow(call("a"))
    run = told(started(), failed("a", retry_in=5))

    assert decide(flow, run, after(4.9)) == []
    assert run.wake_at == after(5)
    (effect,) = decide(flow, run, after(5))
    assert effect.attempt == 2


def test_a_retry_after_an_unknown_outcome_keeps_its_key():
    run = told(started(), failed("a", retry_in=5, known=False))

    (effect,) = decide(workflow(call("a")), run, after(5))

    assert effect.attempt == 1


@pytest.mark.parametrize(
    ("wait", "until"),
    [
        (Wait(duration="20s"), after(20)),
        (Wait(duration="{{ inputs.rest }}"), after(120)),
        (Wait(duration=90), after(90)),
        (Wait(until="2026-11-20T13:00:00+01:00"), NOON),
        (Wait(until="2026-11-20T12:05:00"), after(300)),
    ],
)
def test_a_wait_rests_until_its_time(wait, until):
    flow = workflow(Step("rest", "Rest", wait))

    (effect,) = decide(flow, started(rest="2m"), NOON)

    assert effect == Record(h.WaitBegan(NOON, "rest", until))


@pytest.mark.parametrize("wrong", ["soon", "-3s", "", "{{ inputs.none }}", True, [1], "9999d"])
def test_a_wait_that_says_no_time_fails_with_a_sentence(wrong):
    flow = workflow(Step("rest", "Rest", Wait(duration=wrong)))

    (effect,) = decide(flow, started(), NOON)

    assert effect.fact.kind == "step_failed"
    assert effect.fact.error


def test_a_wait_that_is_over_says_how_long_it_was():
    flow = workflow(Step("rest", "Rest", Wait(duration="20s")))
    run = told(started(), h.WaitBegan(NOON, "rest", after(20)))

    assert decide(flow, run, after(19)) == []
    (effect,) = decide(flow, run, after(21))
    assert effect.fact.output == {"waited_seconds": 21.0}


def test_an_approval_shows_exactly_the_call_that_it_covers():
    (effect,) = decide(approve_then_fix(), started(), NOON)

    assert effect.fact.call == FIX
    assert effect.fact.expires_at == NOON + timedelta(hours=24)


def test_a_granted_call_is_made_to_the_letter():
    flow = approve_then_fix()
    asked = settle(flow, started(), (), NOON, frozenset()).run

    run = told(asked, h.ApprovalGranted(after(9), "ask", 1, BO))

    assert decide(flow, run, after(9)) == [Perform("fix", 1, FIX, False, True, None)]


def test_changes_ask_again_with_what_was_changed():
    flow = approve_then_fix()
    asked = settle(flow, started(), (), NOON, frozenset()).run

    changes = h.ChangesRequested(after(3), "ask", 1, BO, "Not so much.", {"size": 16})
    again = settle(flow, asked, (changes,), after(3), frozenset()).run

    approval = again.state("ask").approval
    assert (approval.revision, approval.call.arguments) == (2, {"size": 16})
    assert again.state("ask").earlier_approvals[0].comment == "Not so much."


def test_a_denial_ends_the_run_with_its_reason():
    flow = approve_then_fix()
    asked = settle(flow, started(), (), NOON, frozenset()).run

    denied = h.ApprovalDenied(after(3), "ask", 1, BO, "Freeze until Monday.")
    run = settle(flow, asked, (denied,), after(3), frozenset()).run

    assert (run.outcome, run.reason, run.ended_by) == (h.Outcome.DENIED, "Freeze until Monday.", BO)


def test_a_denied_call_is_left_out_when_the_run_may_go_on():
    flow = approve_then_fix(on_error=OnError.GO_ON)
    asked = settle(flow, started(), (), NOON, frozenset()).run

    denied = h.ApprovalDenied(after(3), "ask", 1, BO, "No.")
    run = settle(flow, asked, (denied,), after(3), frozenset()).run

    assert run.state("fix").status is StepStatus.SKIPPED
    assert run.outcome is h.Outcome.SUCCEEDED


def test_an_approval_that_nobody_answers_expires():
    flow = approve_then_fix()
    asked = settle(flow, started(), (), NOON, frozenset()).run

    run = settle(flow, asked, (), NOON + timedelta(hours=24), frozenset()).run

    assert run.outcome is h.Outcome.DENIED
    assert run.reason == "Nobody answered in time."


def test_a_call_that_was_under_way_at_a_crash_comes_back_as_scheduled():
    flow = workflow(call("fix", operation="test.write", unattended=True))
    run = told(started(), h.StepScheduled(NOON, "fix", 1, FIX))

    assert decide(flow, run, NOON) == [Perform("fix", 1, FIX, True, True, None)]


def test_a_doubted_step_rests_until_a_person_speaks():
    flow = workflow(call("fix", operation="test.write", unattended=True))
    doubt = told(
        started(), h.StepScheduled(NOON, "fix", 1, FIX), h.StepDoubted(NOON, "fix", "Did it?")
    )

    assert decide(flow, doubt, after(99)) == []
    repeat = told(doubt, h.DoubtCleared(NOON, "fix", h.Clarification.REPEAT, BO))
    assert decide(flow, repeat, NOON) == [Perform("fix", 2, FIX, False, True, None)]
    done = told(doubt, h.DoubtCleared(NOON, "fix", h.Clarification.DONE, BO))
    assert decide(flow, done, NOON)[0].fact.outcome is h.Outcome.SUCCEEDED


def test_a_question_waits_for_its_answer():
    ask = Step("who", "Who", AskPerson("Who owns {{ inputs.of }}?", (Input("owner"),)))
    flow = workflow(ask, call("tell", "who", arguments={"to": "{{ steps.who.output.owner }}"}))
    asked = settle(flow, started(of="checkout"), (), NOON, frozenset()).run
    assert asked.state("who").question == "Who owns checkout?"

    answered = told(asked, h.QuestionAnswered(after(5), "who", {"owner": "Dan"}, BO))

    assert decide(flow, answered, NOON)[0].call.arguments == {"to": "Dan"}


def test_a_notice_is_said_once_and_keeps_its_report():
    flow = workflow(Step("tell", "Tell", Notify("All {{ inputs.n }} done", {"summary": "ok"})))

    run = settle(flow, started(n=3), (), NOON, frozenset()).run

    assert run.state("tell").output == {"text": "All 3 done", "report": {"summary": "ok"}}


@pytest.mark.parametrize("fact", [h.RunPaused(NOON, ANA), h.RunFinished(NOON, h.Outcome.CANCELLED)])
def test_a_run_that_is_paused_or_over_wants_nothing(fact):
    assert decide(workflow(call("a")), told(started(), fact), after(999)) == ()


def test_a_paused_run_has_no_alarm_and_a_resumed_one_has():
    waiting = told(started(), h.WaitBegan(NOON, "rest", after(20)))
    paused = told(waiting, h.RunPaused(NOON, ANA))

    assert paused.wake_at is None
    assert told(paused, h.RunResumed(NOON, ANA)).wake_at == after(20)
