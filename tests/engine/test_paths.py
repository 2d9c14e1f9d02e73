"""Where steps stand: in the workflow, in loops, and as what undoes others."""

import pytest

from opstream.domain import paths
from opstream.domain.workflow import Call, ForEach, RequestApproval, Step
from tests.engine.recipes import call, workflow

BOOK = Step("book", "Book", Call("t.book"), undo=Call("t.cancel", {"id": "{{ output.id }}"}))
INNER = ForEach(
    "{{ item }}",
    (Step("ask", "Ask", RequestApproval("Go?", covers="book")), call("last", "ask", "book"), BOOK),
)
FLOW = workflow(call("a"), Step("each", "Each", ForEach([1], (Step("in", "In", INNER),)), ("a",)))


def test_a_step_inside_loops_has_its_path_as_its_id_and_so_have_those_that_it_names():
    last = FLOW.step("each[3].in[12].last")
    ask = FLOW.step("each[3].in[12].ask")

    assert last.needs == ("each[3].in[12].ask", "each[3].in[12].book")
    assert ask.work.covers == "each[3].in[12].book"


def test_what_undoes_a_step_is_a_step_of_its_own():
    undo = FLOW.step("each[0].in[1].book.undo")

    assert (undo.id, undo.title) == ("each[0].in[1].book.undo", "Undo: Book")
    assert undo.work == BOOK.undo


@pytest.mark.parametrize(
    "path", ["b", "a.undo", "each[0].b", "each[0]", "a[0].b", "each[0].in[1].ask.undo", "[0].a", ""]
)
def test_a_path_that_leads_nowhere_is_no_step(path):
    with pytest.raises(KeyError):
        FLOW.step(path)


def test_a_step_inside_a_loop_may_be_called_undo():
    flow = workflow(Step("each", "Each", ForEach([1], (call("undo"),))))

    assert flow.step("each[0].undo").work == Call("test.read")
    assert paths.undone("each[0].undo") is None
    assert paths.undone("each[0].a.undo") == "each[0].a"
