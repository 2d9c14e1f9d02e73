"""What people's wishes turn into, and the sentence when it is too late: pure, without a database."""

import pytest

from opstream.domain import history as h
from opstream.domain.approval import Approval, ProposedCall
from opstream.domain.workflow import ApprovalRule, AskPerson, Input, OnError, Step
from opstream.errors import BadInput, NotFound, TooLate
from opstream.runs import rules
from opstream.runs.journal import Loaded
from tests.engine.recipes import NOON, after, call, failed, started, succeeded, told, workflow
from tests.runs.conftest import ANA, BO

FAILED = h.RunFinished(after(2), h.Outcome.FAILED)
ASKED = h.QuestionAsked(NOON, "who", "Who?", (Input("owner"),), None)
QUESTION = workflow(Step("who", "Who", AskPerson("Who?", (Input("owner"),))))


def retried(flow, *facts, from_step=None):
    (fact,) = rules.retry(Loaded(flow, told(started(), *facts)), ANA, from_step, after(3))
    return fact


def test_a_retry_begins_with_what_failed_and_redoes_what_needs_it():
    flow = workflow(call("a"), call("b", "a"), call("c", "b"))

    fact = retried(flow, succeeded("a"), failed("b"), FAILED)

    assert (fact.resets, fact.afresh) == (("b", "c"), ("c",))


def test_a_retry_leaves_alone_what_failed_without_holding_the_run_up():
    flow = workflow(call("a", on_error=OnError.GO_ON), call("b", "a"), call("c", "b"))

    fact = retried(flow, failed("a"), succeeded("b"), failed("c"), FAILED)

    assert fact.resets == ("c",)


def test_a_retry_from_a_step_also_redoes_what_would_end_the_run_again():
    flow = workflow(call("a"), call("b", "a"), call("other"))

    fact = retried(flow, succeeded("a"), succeeded("b"), failed("other"), FAILED, from_step="b")

    assert (fact.resets, fact.afresh) == (("b", "other"), ())


def test_a_run_whose_steps_all_ended_wants_to_know_which_one_to_redo():
    with pytest.raises(TooLate, match="All steps of this run have ended"):
        retried(workflow(call("a")), succeeded("a"), FAILED)


def test_a_retry_from_a_step_that_does_not_exist_names_those_that_do():
    with pytest.raises(NotFound, match="has `a`"):
        retried(workflow(call("a")), failed("a"), FAILED, from_step="b")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ((), "does not ask anything now"),
        ((ASKED, h.QuestionAnswered(NOON, "who", {}, BO.who)), "answered by Bo before"),
        ((ASKED, failed("who")), "closed before: It broke"),
    ],
)
def test_an_answer_that_nobody_waits_for_says_why(facts, words):
    loaded = Loaded(QUESTION, told(started(), *facts))

    with pytest.raises(TooLate, match=words):
        rules.answer(loaded, "who", {"owner": "Dan"}, ANA, NOON)


def test_an_answer_to_a_step_that_does_not_exist_is_refused():
    with pytest.raises(NotFound, match="step"):
        rules.answer(Loaded(QUESTION, started()), "nobody", {}, ANA, NOON)


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [(24, "16", 16), (0.5, "1", 1.0), (True, "no", False), ("a", "b", "b"), ([1], [2], [2])],
)
def test_a_changed_argument_keeps_its_type(old, new, kept):
    assert rules.changed_arguments(proposal(old), {"it": new}) == {"it": kept}


@pytest.mark.parametrize(
    ("old", "new"), [(24, "many"), (0.5, "nan"), (0.5, "much"), (True, "maybe")]
)
def test_a_changed_argument_of_another_kind_is_refused(old, new):
    with pytest.raises(BadInput, match="it"):
        rules.changed_arguments(proposal(old), {"it": new})


def proposal(value) -> Approval:
    shown = ProposedCall("fix", "t.write", {"it": value})
    return Approval("fix", 1, "Go?", "", ApprovalRule(), shown, NOON, None)
