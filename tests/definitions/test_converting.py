"""From the older formats to ours, and back as far as they can say the same."""

import pytest

from opstream.definitions import loader, older, writing
from opstream.errors import BadInput
from tests.definitions.driving import drive
from tests.definitions.saying import HEAD, load
from tests.definitions.test_older_formats import STEPS, TOOLS


def test_a_list_of_types_and_actions_becomes_ours():
    [old] = loader.load(STEPS, "email_to_notion.json")

    assert (
        writing.write(old.workflow)
        == """\
id: email_to_notion
title: Email to notion
steps:
  - id: fetch
    call: gmail.list_messages
    with:
      query: is:unread
  - id: summarize
    call: openai.summarize
    with:
      text: '{{steps.fetch.output}}'
  - id: save
    call: notion.create_page
    with:
      content: '{{steps.summarize.output}}'
"""
    )


def test_what_was_converted_does_the_same():
    [old] = loader.load(STEPS, "email_to_notion.json")
    outputs = {"gmail.list_messages": [["a"]], "openai.summarize": "b", "notion.create_page": "c"}

    ours = load(writing.write(old.workflow))

    assert drive(ours, {}, outputs)[1] == drive(old.workflow, {}, outputs)[1]


def test_a_list_of_types_and_actions_comes_back_the_same():
    [old] = loader.load(STEPS, "email_to_notion.json")
    ours = load(writing.write(old.workflow))

    [again] = loader.load(older.as_steps_json(ours), "again.json")

    assert again.workflow == old.workflow


def test_steps_that_branch_and_inputs_come_back_too():
    ours = load("""\
id: branch
title: A branch
description: Forks.
inputs: {box: text}
steps:
  - {id: a, call: t.one, with: {x: "{{ inputs.box }}"}}
  - {id: b, call: t.two, with: {x: "{{ steps.a.output.n }}"}}
  - {id: c, call: t.three.four, needs: [a]}
  - {id: d, title: The end, call: t.five, needs: [b, c]}
""")

    [again] = loader.load(older.as_steps_json(ours), "branch.json")

    assert writing.in_our_names(again.workflow) == ours


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("steps: [{notify: x}]", "the step `notify` does not call a tool"),
        ("steps: [{call: x}]", "the step `x` calls `x`, which is no type and action"),
        ("steps: [{call: x.y, when: 'true'}]", "the step `y` has `when`"),
        ("steps: [{call: x.y, on_error: go_on}]", "the step `y` has `on_error`"),
        ("steps: [{call: x.y, with: '{{ run }}'}]", "takes all its arguments from one template"),
        ("steps: [{call: x.y}]\nresult: 3", "it has `result`"),
        ("steps: [{call: x.y}]\nlimits: {priority: 1}", "it has `limits`"),
        ("steps: [{call: x.y}]\ninputs: {n: number}", "the input `n` is more than a required text"),
        ("steps: [{call: x.y}]\ninputs: {n: text}", "its steps or templates are too free"),
        ("steps: [{call: x.y}, {call: x.z, needs: []}]", "its steps or templates are too free"),
    ],
)
def test_what_types_and_actions_cannot_say_is_named(rest, reason):
    with pytest.raises(
        BadInput, match="cannot be written as a list of types and actions"
    ) as caught:
        older.as_steps_json(load(f"{HEAD}{rest}\n"))

    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "more",
    ["", "  mine: {tools: [my.tool, {tool: other.tool, takes: [service]}], description: D}\n"],
)
def test_a_file_of_tools_becomes_ours_and_comes_back_the_same(more):
    for old in loader.load(TOOLS + more, "tools.yaml"):
        ours = load(writing.write(old.workflow))

        [again] = loader.load(older.as_tools_yaml(ours), "again.yaml")

        assert again.workflow == old.workflow


def test_what_a_file_of_tools_cannot_say_is_refused():
    with pytest.raises(
        BadInput, match="`w` cannot be written as a list of tools: such a file only"
    ):
        older.as_tools_yaml(load(f"{HEAD}steps: [{{call: x.y}}]\n"))
