"""Every kind of step: how it is written, and what is wrong when it is written badly."""

from datetime import timedelta

import pytest

from opstream.domain.workflow import (
    Call,
    ForEach,
    OnError,
    Prompt,
    RetryPolicy,
    RunWorkflow,
    Step,
    Wait,
)
from tests.definitions.saying import HEAD, complaints, steps_of


@pytest.mark.parametrize(
    ("written", "work"),
    [
        ("prompt: Sum up.", Prompt("Sum up.")),
        (
            "prompt: {text: T, system: S, model: m, schema: {type: object}}",
            Prompt("T", "S", "m", {"type": "object"}),
        ),
        ("run: other", RunWorkflow("other")),
        ("run: {workflow: other, inputs: {a: 1}}", RunWorkflow("other", {"a": 1})),
        (
            "run: {workflow: other, inputs: '{{ inputs.all }}'}",
            RunWorkflow("other", "{{ inputs.all }}"),
        ),
        ("wait: reply", Wait(reply=True)),
        ("wait: {reply: true}", Wait(reply=True)),
        (
            "wait: {topic: 'paid:{{ inputs.all }}', where: letter.body.amount > 10}",
            Wait(topic="paid:{{ inputs.all }}", where="letter.body.amount > 10"),
        ),
        ("wait: 20s", Wait("20s")),
    ],
)
def test_each_kind_has_its_forms(written, work):
    [step] = steps_of(f"  - {{id: a, {written}}}\n").values()

    assert step == Step("a", "A", work)


def test_prompts_are_tried_again_and_letters_are_waited_for_only_so_long():
    steps = steps_of("""\
  - {id: a, prompt: P, retry: {attempts: 2, on: [refused]}, timeout: 30s}
  - {id: b, wait: {topic: t}, timeout: 2d}
  - {id: c, wait: reply, timeout: 1h}
""")

    assert steps["a"].retry == RetryPolicy(2, kinds=("refused",))
    assert [steps[one].timeout for one in "abc"] == [
        timedelta(seconds=30),
        timedelta(days=2),
        timedelta(hours=1),
    ]


def test_a_call_has_an_undo():
    [step] = steps_of("""\
  - id: book
    call: travel.book
    undo: {call: travel.cancel, with: {id: "{{ output.id }}"}, unattended: true}
""").values()

    assert step.undo == Call("travel.cancel", {"id": "{{ output.id }}"}, unattended=True)


def test_a_loop_holds_steps_that_see_its_item_each_other_and_what_ended_before():
    steps = steps_of("""\
  - {id: list, call: x.list}
  - id: each
    for_each:
      items: "{{ steps.list.output }}"
      at_once: 2
      steps:
        - {id: fetch, call: "x.{{ item.kind }}", with: {n: "{{ index }}", all: "{{ steps.list.output }}"}}
        - {id: inner, for_each: {items: "{{ steps.fetch.output }}", steps: [{notify: "{{ item }}"}]}}
  - {id: tell, notify: "{{ steps.each.output | length }}"}
""")

    each = steps["each"]
    assert isinstance(each.work, ForEach)
    assert (each.needs, each.work.at_once) == (("list",), 2)
    assert [(one.id, one.needs) for one in each.work.steps] == [
        ("fetch", ()),
        ("inner", ("fetch",)),
    ]
    assert [one.id for one in steps["inner"].work.steps] == ["notify"]
    assert steps["tell"].needs == ("each",)


def test_steps_that_answer_a_failure_stand_behind_it_and_are_waited_for():
    steps = steps_of("""\
  - id: pay
    call: bank.pay
    on_error:
      steps:
        - {id: ask, ask: {question: How?, fields: {how: text}}}
        - {id: by_hand, call: bank.note, with: {why: "{{ steps.pay.error }}"}}
  - {id: ship, call: x.ship}
  - {id: tell, needs: [pay], notify: Done}
  - {id: log, needs: [], call: x.log}
""")

    assert list(steps) == ["pay", "ask", "by_hand", "ship", "tell", "log"]
    assert {one.id: (one.needs, one.rescues) for one in steps.values()} == {
        "pay": ((), None),
        "ask": (("pay",), "pay"),
        "by_hand": (("ask",), "pay"),
        "ship": (("pay", "by_hand"), None),
        "tell": (("pay", "by_hand"), None),
        "log": ((), None),
    }
    assert steps["pay"].on_error is OnError.GO_ON
    assert steps["by_hand"].on_error is OnError.STOP


def test_a_rescue_may_itself_be_rescued():
    steps = steps_of("""\
  - id: a
    call: x
    on_error:
      steps:
        - {id: b, call: x, on_error: {steps: [{id: c, notify: Oh}]}}
        - {id: d, notify: Well}
  - {id: e, notify: Done}
""")

    assert {one.id: (one.needs, one.rescues) for one in steps.values()} == {
        "a": ((), None),
        "b": (("a",), "a"),
        "c": (("b",), "b"),
        "d": (("b", "c"), "a"),
        "e": (("a", "d"), None),
    }


def test_what_is_wrong_with_each_kind_is_told_with_its_line():
    text = f"""{HEAD}steps:
  - id: a
    prompt: {{text: x, schema: [1]}}
  - id: b
    prompt: {{text: x, schema: {{type: thing}}}}
  - id: c
    prompt: {{system: x}}
  - id: d
    run: w
  - id: e
    run: "a b"
  - id: f
    run: {{inputs: [1]}}
  - id: g
    for_each: {{items: [1], at_once: 101, steps: [{{notify: x}}]}}
  - id: h
    for_each: {{items: soon, steps: []}}
  - id: i
    for_each: {{steps: [{{notify: x}}]}}
  - id: j
    wait: {{topic: reply, for: 3s}}
  - id: k
    wait: {{for: 3s, where: letter.x}}
  - id: l
    wait: 20s
    timeout: 3s
  - id: m
    notify: x
    undo: {{call: y.z}}
  - id: n
    call: x.y
    undo: {{with: {{a: 1}}}}
  - id: o
    call: x.y
    undo: {{call: "y z"}}
  - id: p
    call: x.y
    on_error: {{steps: []}}
  - id: q
    call: x.y
    on_error: [a]
  - id: r
    wait: {{topic: reply}}
"""

    assert complaints(text) == [
        "w.yaml:5: `schema` is a list. "
        "Write a JSON schema, such as `schema: {type: object, properties: {…}}`.",
        "w.yaml:7: The schema of the answer is no JSON schema at `type`: 'thing' is not valid under "
        "any of the given schemas. Write for example `schema: {type: object, properties: {…}}`.",
        "w.yaml:9: `prompt` has no `text`. Add a line `text: …`.",
        "w.yaml:11: `w` runs itself, and so would never end. "
        "Run another workflow, or repeat steps with `for_each`.",
        "w.yaml:13: `a b` is no id of a workflow. Write its id; it cannot be a template.",
        "w.yaml:15: `run` has no `workflow`. Add a line `workflow: …`.",
        "w.yaml:15: `inputs` is a list, but names with values are expected. "
        "Write `inputs: {service: checkout}`.",
        "w.yaml:17: `at_once` is 101, but must be from 1 to 100. Write for example `at_once: 4`.",
        "w.yaml:19: The loop has no steps. Begin each step with `- id: …` "
        "and say what it does, such as `call: estate_status`.",
        """w.yaml:19: `items` gives no list. Write `items: "{{ inputs.services }}"`, or a list.""",
        """w.yaml:21: `for_each` has no `items` to work on. Add `items: "{{ steps.list.output }}"`.""",
        "w.yaml:23: `wait` needs just one of `for`, `until`, `topic` and `reply`. "
        "Write `wait: {for: 20s}`, or `wait: 20s` in short.",
        "w.yaml:23: `reply` is the topic of replies in the thread. Write `wait: reply`.",
        "w.yaml:25: `where` picks letters and replies, but this waits for a time. "
        "Take it out, or wait for a `topic`.",
        "w.yaml:28: `timeout` limits a wait for a topic or a reply; this one ends by itself. "
        "Take it out.",
        "w.yaml:31: `undo` belongs to `call`, not to `notify`. Take it out.",
        "w.yaml:34: `undo` has no `call`. Write `undo: {call: travel.cancel, with: {…}}`.",
        "w.yaml:37: `y z` is no name of an operation. Write `server.tool`, such as `estate.logs`.",
        "w.yaml:40: `on_error` has no steps. Begin each step with `- id: …` "
        "and say what it does, such as `call: estate_status`.",
        "w.yaml:43: `on_error` cannot be a list. "
        "Write `on_error: stop`, `on_error: go_on`, or `on_error: {steps: [{notify: Oh.}]}`.",
        "w.yaml:45: `reply` is the topic of replies in the thread. Write `wait: reply`.",
    ]
