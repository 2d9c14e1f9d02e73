"""Tried: a step that says how old an answer may be, one that wants a new one, a second try, writing it down again."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from opstream.definitions.loader import only
from opstream.definitions.writing import write
from opstream.errors import DefinitionErrors


def call_of(more):
    text = f"id: look\ntitle: Look\nsteps:\n  - id: look\n    call: estate.look\n    {more}\n"
    workflow = only(text, "look.yaml").workflow
    assert only(write(workflow), "again.yaml").workflow.steps == workflow.steps
    return workflow.steps[0].work


def test_a_step_says_how_old_an_answer_may_be_and_a_second_try_asks_anew():
    call = call_of("keep: 5m")

    assert call.may_be_old(1) == timedelta(minutes=5)
    assert call.may_be_old(2) == timedelta()


def test_a_step_may_ask_anew_or_leave_it_to_the_settings():
    assert call_of("fresh: true").may_be_old(1) == timedelta()
    assert call_of("retry: 1").may_be_old(1) is None


def test_what_is_no_length_of_time_is_said_with_its_line():
    with pytest.raises(DefinitionErrors, match=r"look\.yaml:6: `keep` is .* no duration"):
        call_of("keep: for ever")


def test_the_workflow_that_the_docs_show_loads():
    page = (Path(__file__).parents[3] / "docs/apis.md").read_text()
    (example,) = re.findall(r"```yaml\n(id: .*?)```", page, re.DOTALL)

    steps = only(example, "example.yaml").workflow.steps

    assert [step.id for step in steps] == ["latency", "deploys", "together", "told"]
