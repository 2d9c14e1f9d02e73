"""Steps done for each item of a list: bounded, in order, and to the end of what is under way."""

from datetime import timedelta

import pytest

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.run import StepStatus
from opstream.domain.workflow import (
    Call,
    ForEach,
    OnError,
    RequestApproval,
    RunWorkflow,
    Step,
    Wait,
)
from opstream.errors import BadInput
from tests.engine.life import Life
from tests.engine.recipes import BO, after, call, workflow

FETCH = call("fetch", arguments={"of": "{{ item }}", "n": "{{ index }}"})
STORE = call("store", "fetch", arguments={"what": "{{ steps.fetch.output }}"})


def looping(*steps, items="{{ inputs.all }}", at_once=2, **more):
    return workflow(Step("each", "Each", ForEach(items, steps, at_once), **more))


def test_only_so_many_items_are_worked_on_at_once_and_each_sees_its_own():
    life = Life(looping(FETCH, STORE), all=["a", "b", "c"])

    assert [one.call.arguments for one in life.calls.values()] == [
        {"of": "a", "n": 0},
        {"of": "b", "n": 1},
    ]
    life.ends("each[1].fetch", "B")
    assert life.calls.keys() == {"each[0].fetch", "each[1].store"}
    assert life.calls["each[1].store"].call.arguments == {"what": "B"}
    life.ends("each[1].store")
    assert life.calls.keys() == {"each[0].fetch", "each[2].fetch"}


def test_results_are_in_the_order_of_the_items_whichever_ends_first():
    life = Life(looping(FETCH), all=["a", "b", "c"])

    for index in (1, 2, 0):
        life.ends(f"each[{index}].fetch", index * 10)

    assert life.run.result == [0, 10, 20]


def test_an_empty_list_gives_an_empty_list():
    assert Life(looping(FETCH), all=[]).run.result == []


@pytest.mark.parametrize("wrong", ["abc", None, {"a": 1}, 7, [0] * 10_001])
def test_what_is_no_list_or_too_long_fails_the_step_with_a_sentence(wrong):
    run = Life(looping(FETCH), all=wrong).run

    assert run.outcome is h.Outcome.FAILED
    assert "`items` of the step 'each'" in run.reason


def test_a_failure_inside_names_the_item_and_lets_end_what_is_under_way():
    life = Life(looping(FETCH, STORE), all=["a", "b", "c"])

    life.breaks("each[1].fetch")
    assert life.run.outcome is None
    life.ends("each[0].fetch")

    assert life.run.reason == ("The step “Each” failed: Item 2 of 3: “Fetch” failed: It broke.")
    assert life.run.steps.keys() == {"each", "each[0].fetch", "each[1].fetch"}


def test_a_failure_inside_may_be_put_up_with():
    broken = call("fetch", on_error=OnError.GO_ON)
    life = Life(looping(broken), all=["a", "b"])

    life.breaks("each[0].fetch")
    life.ends("each[1].fetch", "B")

    assert life.run.result == [None, "B"]


def test_a_child_run_inside_a_failed_loop_ends_before_the_loop_does():
    child = Step("child", "Child", RunWorkflow("other"), when="index == 0")
    life = Life(looping(child, FETCH, items=[1, 2]))
    del life.calls["each[0].child"]
    life.tell(h.ChildStarted(after(5), "each[0].child", "c1"))

    life.breaks("each[1].fetch")
    life.ends("each[0].fetch")
    assert life.run.outcome is None
    life.tell(h.ChildEnded(after(5), "each[0].child", "c1", h.Outcome.SUCCEEDED))

    assert life.run.outcome is h.Outcome.FAILED


def test_nobody_is_asked_any_more_once_the_loop_has_failed():
    ask = Step("ask", "Ask", RequestApproval("Go?"), when="index == 0")
    life = Life(looping(ask, call("fetch", when="index == 1"), on_error=OnError.GO_ON), all=[1, 2])

    life.breaks("each[1].fetch")

    assert life.run.outcome is h.Outcome.SUCCEEDED
    assert [one.verdict for one in life.run.state("each[0].ask").approvals] == ["withdrawn"]


def test_approvals_inside_bind_the_call_of_their_own_item():
    steps = (
        Step("ask", "Ask", RequestApproval("Go?", covers="fix")),
        call("fix", "ask", operation="t.write", arguments={"n": "{{ item }}"}),
    )
    life = Life(looping(*steps), all=["a", "b"])

    life.tell(h.ApprovalGranted(after(5), "each[1].ask", 1, BO))

    assert [one.call for one in life.calls.values()] == [
        ProposedCall("each[1].fix", "t.write", {"n": "b"})
    ]


def test_loops_inside_loops_see_the_nearest_item_and_all_that_ended_before():
    inner = Step("in", "In", ForEach("{{ item }}", (call("x", arguments={"s": "{{ item }}"}),)))
    life = Life(looping(inner), all=[["a"], ["b", "c"]])

    assert {one.step: one.call.arguments["s"] for one in life.calls.values()} == {
        "each[0].in[0].x": "a",
        "each[1].in[0].x": "b",
        "each[1].in[1].x": "c",
    }
    for path in list(life.calls):
        life.ends(path, path)
    assert life.run.result == [["each[0].in[0].x"], ["each[1].in[0].x", "each[1].in[1].x"]]


def test_a_wait_inside_a_loop_wakes_the_run():
    life = Life(looping(Step("rest", "Rest", Wait(duration="20s")), items=[1]))

    assert life.run.wake_at == after(5) + timedelta(seconds=20)


def test_a_retry_goes_on_with_the_items_that_are_left():
    life = Life(looping(FETCH), all=["a", "b", "c", "d"])
    life.ends("each[0].fetch", "A")
    life.breaks("each[1].fetch")
    life.ends("each[2].fetch", "C")
    assert life.run.outcome is h.Outcome.FAILED

    life.retried()

    assert {path: one.attempt for path, one in life.calls.items()} == {
        "each[1].fetch": 2,
        "each[3].fetch": 1,
    }
    life.ends("each[1].fetch", "B")
    life.ends("each[3].fetch", "D")
    assert life.run.result == ["A", "B", "C", "D"]


def test_a_retry_from_a_step_of_one_item_does_that_again_and_what_comes_after():
    life = Life(looping(FETCH, STORE, at_once=1), all=["a", "b"])
    for path in ("each[0].fetch", "each[0].store", "each[1].fetch", "each[1].store"):
        life.ends(path, path)

    life.retried("each[0].store")
    assert {path: one.attempt for path, one in life.calls.items()} == {"each[0].store": 2}
    life.ends("each[0].store", "anew")

    assert life.run.result == ["anew", "each[1].store"]


def test_a_retry_from_an_item_that_never_began_is_refused():
    life = Life(looping(FETCH, at_once=1), all=["a", "b"])
    life.breaks("each[0].fetch")

    with pytest.raises(BadInput, match="has not begun"):
        life.retried("each[1].fetch")


def test_a_retry_of_another_branch_leaves_the_finished_items_of_a_loop_alone():
    flow = workflow(
        Step("each", "Each", ForEach([1, 2], (FETCH,), 1)), Step("other", "Other", Call("t.read"))
    )
    life = Life(flow)
    life.ends("each[0].fetch", "A")
    life.breaks("other")
    life.breaks("each[1].fetch", retry_at=after(60))
    assert life.run.outcome is h.Outcome.FAILED

    life.retried()

    assert life.calls.keys() == {"each[1].fetch", "other"}
    assert life.run.state("each[0].fetch").status is StepStatus.SUCCEEDED
