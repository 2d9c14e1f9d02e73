"""Steps that answer the failure of another one."""

from opstream.domain import history as h
from opstream.domain.run import StepStatus
from opstream.domain.workflow import Call, OnError, RequestApproval, Step
from tests.engine.life import Life
from tests.engine.recipes import BO, after, call, workflow

BY_HAND = Step("by_hand", "By hand", Call("t.read"), ("book",), rescues="book")
FLOW = workflow(call("book"), BY_HAND, call("tell", "book", "by_hand"))


def test_a_rescuer_begins_when_the_step_has_failed_and_the_run_goes_on():
    life = Life(FLOW)

    life.breaks("book")
    assert life.calls.keys() == {"by_hand"}
    life.ends("by_hand")
    life.ends("tell", "told")

    assert (life.run.outcome, life.run.result) == (h.Outcome.SUCCEEDED, "told")


def test_a_rescuer_is_left_out_when_the_step_did_not_fail():
    life = Life(FLOW)

    life.ends("book")

    assert life.run.state("by_hand").status is StepStatus.SKIPPED
    assert life.run.state("by_hand").error == "Not needed: “Book” did not fail."
    assert life.calls.keys() == {"tell"}


def test_a_rescuer_waits_for_the_step_even_if_it_does_not_need_it():
    life = Life(workflow(call("book"), Step("by_hand", "By hand", Call("t.read"), rescues="book")))

    assert life.calls.keys() == {"book"}


def test_a_rescuer_that_fails_ends_the_run_unless_it_may():
    life = Life(FLOW)
    life.breaks("book")
    life.breaks("by_hand")
    assert life.run.reason == "The step “By hand” failed: It broke."

    may = Step(
        "by_hand",
        "By hand",
        Call("t.read"),
        ("book",),
        None,
        on_error=OnError.GO_ON,
        rescues="book",
    )
    life = Life(workflow(call("book"), may))
    life.breaks("book")
    life.breaks("by_hand")
    assert life.run.outcome is h.Outcome.SUCCEEDED


def test_a_denial_can_be_answered_too():
    ask = Step("ask", "Ask", RequestApproval("Go?"))
    rescue = Step("why", "Why", Call("t.read", {"because": "{{ steps.ask.error }}"}), rescues="ask")
    life = Life(workflow(ask, rescue))

    life.tell(h.ApprovalDenied(after(5), "ask", 1, BO, "Freeze."))

    assert life.calls["why"].call.arguments == {"because": "Freeze."}


def test_a_retry_does_the_rescuer_again_and_leaves_the_step_that_it_answers():
    life = Life(FLOW)
    life.breaks("book")
    life.breaks("by_hand")

    life.retried()

    assert {path: one.attempt for path, one in life.calls.items()} == {"by_hand": 2}
