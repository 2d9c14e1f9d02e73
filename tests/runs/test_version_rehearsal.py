"""A run that is only thought through: what is known is filled in, the rest is marked."""

from datetime import UTC, datetime

import pytest

from opstream.domain.operation import Operation
from opstream.domain.person import Who
from opstream.domain.rehearsal import Certainty
from opstream.domain.workflow import (
    AskPerson,
    Call,
    ForEach,
    Input,
    Notify,
    Prompt,
    RequestApproval,
    RunWorkflow,
    Step,
    Wait,
    Workflow,
)
from opstream.runs.rehearsal import rehearse

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANA = Who("U1", "Ana")
OPERATIONS = {
    "t.read": Operation("t.read", "Read", "", {}, writes=False),
    "t.write": Operation("t.write", "Write", "", {}),
}


def rehearsed(*steps: Step, **inputs):
    workflow = Workflow("w", "W", steps, 3, inputs=tuple(Input(name) for name in inputs))
    return rehearse(workflow, inputs, ANA, NOW, OPERATIONS.get).steps


def call(id: str, operation: str = "t.read", needs: tuple[str, ...] = (), **arguments) -> Step:
    return Step(id, id, Call(operation, arguments), needs=needs)


def test_arguments_are_filled_in_as_far_as_they_are_known():
    fetch, save = rehearsed(
        call("fetch", service="{{ inputs.service }}", by="{{ run.asker }}"),
        call(
            "save",
            "t.write",
            ("fetch",),
            all="{{ steps.fetch.output }}",
            first="{{ steps.fetch.output.items[0].id }}",
            text="{{ inputs.service }} has {{ steps.fetch.output.count }} of {{ 1 + 1 }}",
            many="{{ steps.fetch.output.items | length }}",
            fixed=["{{ inputs.service | upper }}"],
        ),
        service="checkout",
    )

    assert fetch.arguments == {"service": "checkout", "by": "Ana"}
    assert (fetch.does, fetch.writes, fetch.asks) == ("calls `t.read`", False, False)
    assert save.arguments == {
        "all": "\u2039output of fetch\u203a",
        "first": "\u2039output.items[0].id of fetch\u203a",
        "text": "checkout has \u2039output.count of fetch\u203a of 2",
        "many": "{{ steps.fetch.output.items | length }}",
        "fixed": ["CHECKOUT"],
    }
    assert (save.writes, save.asks) == (True, True)


@pytest.mark.parametrize(
    ("condition", "certainty"),
    [
        ("inputs.mode == 'fast'", Certainty.YES),
        ("inputs.mode == 'slow'", Certainty.NO),
        ("steps.fetch.output.count > 3", Certainty.PERHAPS),
    ],
)
def test_a_condition_holds_does_not_or_may(condition, certainty):
    _, step = rehearsed(
        call("fetch"), Step("b", "b", Call("t.read"), ("fetch",), condition), mode="fast"
    )

    assert step.certainty is certainty


def test_what_is_skipped_is_known_to_those_that_come_after():
    skipped, told = rehearsed(
        Step("a", "a", Call("t.read"), when="false"),
        Step("b", "b", Notify("It was {{ steps.a.status }}."), needs=("a",)),
    )

    assert (skipped.does, skipped.operation) == ("is skipped", "")
    assert told.does == "says: It was skipped."


def test_a_known_list_is_gone_through_and_an_unknown_one_shown_once():
    loop = ForEach("{{ inputs.names }}", (call("save", "t.write", name="{{ item }}-{{ index }}"),))
    known = rehearsed(Step("each", "each", loop), names=["a", "b"])
    loop = ForEach(
        "{{ steps.list.output }}",
        (
            call("read"),
            call("save", "t.write", ("read",), name="{{ item }}", of="{{ read.output }}"),
        ),
    )
    unknown = rehearsed(call("list"), Step("each", "each", loop, needs=("list",)))

    assert [(one.step, one.arguments) for one in known[1:]] == [
        ("each[0].save", {"name": "a-0"}),
        ("each[1].save", {"name": "b-1"}),
    ]
    assert [(one.step, one.certainty) for one in unknown] == [
        ("list", Certainty.YES),
        ("each", Certainty.YES),
        ("each[*].read", Certainty.PERHAPS),
        ("each[*].save", Certainty.PERHAPS),
    ]
    assert unknown[1].does == "repeats its steps for each item of \u2039output of list\u203a"
    assert unknown[3].arguments == {"name": "{{ item }}", "of": "\u2039output of read\u203a"}


def test_every_kind_of_step_says_what_it_would_do():
    steps = rehearsed(
        Step("ask", "ask", RequestApproval("Shall I?", covers="fix")),
        call("fix", "t.write", ("ask",)),
        Step("who", "who", AskPerson("Who is on call?", ())),
        Step("think", "think", Prompt("Sum up {{ inputs.topic }}.", model="small")),
        Step("child", "child", RunWorkflow("other", {"x": "{{ inputs.topic }}"})),
        Step("rest", "rest", Wait(duration="90s")),
        Step("paid", "paid", Wait(topic="paid.{{ inputs.topic }}")),
        Step("reply", "reply", Wait(reply=True)),
        Step("oh", "oh", Notify("Oh."), rescues="fix", needs=("fix",)),
        topic="sales",
    )

    assert [(one.step, one.does) for one in steps] == [
        ("ask", "asks for a yes of the role `approver`: Shall I?"),
        ("fix", "calls `t.write`"),
        ("who", "asks: Who is on call?"),
        ("think", "asks the model `small`"),
        ("child", "runs the workflow `other`"),
        ("rest", "waits for 1 m 30 s"),
        ("paid", "waits for an event `paid.sales`"),
        ("reply", "waits for a reply in the thread"),
        ("oh", "says: Oh."),
    ]
    assert [one.step for one in steps if one.asks] == ["ask"]
    assert (steps[3].arguments, steps[4].arguments) == ("Sum up sales.", {"x": "sales"})
    assert (steps[8].certainty, steps[8].because) == (Certainty.PERHAPS, "only if `fix` fails")


def test_steps_come_in_the_order_in_which_they_could_begin():
    steps = rehearsed(call("late", needs=("early",)), call("early"))

    assert [one.step for one in steps] == ["early", "late"]


def test_a_template_that_fails_says_so_at_its_step():
    (step,) = rehearsed(call("a", x="{{ inputs.nothing }}"))

    assert step.does.startswith("fails: ")
