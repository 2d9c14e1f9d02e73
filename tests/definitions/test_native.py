from datetime import timedelta

import pytest

from opstream.definitions import loader
from opstream.domain.person import Role
from opstream.domain.trigger import Schedule
from opstream.domain.workflow import (
    ApprovalRule,
    AskPerson,
    Call,
    Input,
    InputKind,
    Notify,
    OnError,
    RequestApproval,
    RetryPolicy,
    Step,
    Wait,
)
from opstream.errors import DefinitionErrors

FULL = """\
id: deploy
title: Deploy a service
description: Rolls a new version out.
phrases: ["deploy {service} to {place}"]
triggers:
  - schedule: "0 9 * * mon-fri"
    inputs: {service: shop, pause: 5m}
notices: [errors, completion]
inputs:
  service: {type: text, title: Service, description: Which one.}
  place: {choices: [staging, production], default: staging}
  pause: duration
steps:
  - id: build
    title: Build it
    call: ci.build
    with: {service: "{{ inputs.service }}", depth: 2}
    retry: {attempts: 3, wait: 2s, factor: 3, longest_wait: 1m, jitter: 0, on: [timeout]}
    timeout: 90s
    fail_if: output.errors > 0
    on_error: go_on
  - id: ok
    approval:
      title: Deploy {{ inputs.service }}?
      details: Built {{ steps.build.output.version }}.
      covers: roll_out
      role: admin
      asker_may: true
      expires: never
      risk: high
  - id: roll_out
    call: "{{ steps.build.output.operation }}"
    with: "{{ steps.build.output.arguments }}"
    when: steps.build.status == 'succeeded'
  - wait: "{{ inputs.pause }}"
  - wait: {until: "2026-12-24T09:00:00+01:00"}
  - id: why
    ask: {question: How was it?, fields: {mark: {type: number}, remark: text}, expires: 2h}
  - id: log
    call: ci.log
    needs: []
    unattended: true
    retry: 2
  - notify: {text: Done., report: "{{ steps.build.output }}"}
    needs: [why, log]
result: "{{ steps.build.output.version }}"
"""


def load(text):
    [loaded] = loader.load(text, "w.yaml")
    return loaded.workflow


def complaints(text):
    with pytest.raises(DefinitionErrors) as caught:
        loader.load(text, "w.yaml")
    return str(caught.value).splitlines()


def with_steps(steps):
    return f"id: w\ntitle: W\nsteps:\n{steps}"


def test_all_keys_of_a_workflow_are_read():
    workflow = load(FULL)

    assert (workflow.id, workflow.title, workflow.version) == ("deploy", "Deploy a service", 0)
    assert workflow.description == "Rolls a new version out."
    assert workflow.phrases == ("deploy {service} to {place}",)
    weekdays = Schedule(cron="0 9 * * mon-fri", inputs={"service": "shop", "pause": "5m"})
    assert workflow.triggers == (weekdays,)
    assert workflow.notices == {"errors", "completion"}
    assert workflow.result == "{{ steps.build.output.version }}"
    assert workflow.source_format == "opstream"
    assert workflow.inputs == (
        Input("service", InputKind.TEXT, "Service", "Which one."),
        Input(
            "place",
            InputKind.CHOICE,
            "Place",
            required=False,
            default="staging",
            choices=("staging", "production"),
        ),
        Input("pause", InputKind.DURATION, "Pause"),
    )


def test_all_kinds_of_steps_are_read():
    assert load(FULL).steps == (
        Step(
            "build",
            "Build it",
            Call("ci.build", {"service": "{{ inputs.service }}", "depth": 2}, "output.errors > 0"),
            retry=RetryPolicy(3, timedelta(seconds=2), 3, timedelta(minutes=1), 0, ("timeout",)),
            timeout=timedelta(seconds=90),
            on_error=OnError.GO_ON,
        ),
        Step(
            "ok",
            "Ok",
            RequestApproval(
                "Deploy {{ inputs.service }}?",
                "Built {{ steps.build.output.version }}.",
                "roll_out",
                ApprovalRule(Role.ADMIN, True, None, "high"),
            ),
            needs=("build",),
        ),
        Step(
            "roll_out",
            "Roll out",
            Call("{{ steps.build.output.operation }}", "{{ steps.build.output.arguments }}"),
            needs=("ok",),
            when="steps.build.status == 'succeeded'",
        ),
        Step("wait", "Wait", Wait("{{ inputs.pause }}"), needs=("roll_out",)),
        Step("wait_2", "Wait 2", Wait(until="2026-12-24T09:00:00+01:00"), needs=("wait",)),
        Step(
            "why",
            "Why",
            AskPerson(
                "How was it?",
                (Input("mark", InputKind.NUMBER, "Mark"), Input("remark", title="Remark")),
                timedelta(hours=2),
            ),
            needs=("wait_2",),
        ),
        Step("log", "Log", Call("ci.log", unattended=True), retry=RetryPolicy(attempts=2)),
        Step("notify", "Notify", Notify("Done.", "{{ steps.build.output }}"), ("why", "log")),
    )


def test_json_of_the_same_shape_is_read():
    text = '{"id": "w", "title": "W", "steps": [{"id": "a", "call": "x.y", "with": {"n": 1}}]}'

    [loaded] = loader.load(text, "w.json")

    assert loaded.workflow.steps == (Step("a", "A", Call("x.y", {"n": 1})),)
    assert loaded.source == text


def test_all_faults_of_a_workflow_are_named_at_once():
    text = """\
id: my flow!
titel: x
phrases: ["{service}", "go {nope}"]
schedule: "*/5 * * 9-3 *"
notices: [starts]
inputs:
  service: {type: txt, descripton: x}
  mode: {choices: [alpha, beta], default: betta}
  pick: {type: choice}
steps: []
"""

    assert complaints(text) == [
        "w.yaml:1: The workflow has no `title`. Add a line `title: …`.",
        "w.yaml:1: The id `my flow!` has characters that an id cannot have. Write `my_flow`.",
        "w.yaml:2: The workflow has no key `titel`. Did you mean `title`?",
        "w.yaml:3: The phrase `{service}` has no word of its own. Write `profile {service}`.",
        "w.yaml:3: The phrase names `{nope}`, which is no input. "
        "Use one of `service`, `mode`, `pick`.",
        "w.yaml:4: The schedule `*/5 * * 9-3 *` cannot be read: "
        "`9-3` is no month (from 1 to 12). Write five fields, such as `0 9 * * mon`.",
        "w.yaml:5: There is no notice `starts`. "
        "Use some of `start`, `milestones`, `completion`, `errors`.",
        "w.yaml:7: `type` cannot be `txt`. Use one of "
        "`text`, `number`, `choice`, `duration`, `date`, `person`, `channel`, `secret`.",
        "w.yaml:7: The input `service` has no key `descripton`. Did you mean `description`?",
        "w.yaml:8: The default does not fit: `mode` cannot be `betta`: it is no choice. "
        "Did you mean `beta`? Write one of `alpha`, `beta`.",
        "w.yaml:9: The input `pick` is a choice without `choices`. Add `choices: [one, another]`.",
        "w.yaml:10: The workflow has no steps. Begin each step with `- id: …` "
        "and say what it does, such as `call: estate_status`.",
    ]


def test_all_faults_of_steps_are_named_at_once():
    text = with_steps("""\
  - id: one
    call: metrics
    retry: {attempts: 0, wait: soon, on: [timeot]}
    timeout: x
    with: [1, 2]
    on_error: explode
  - id: two
    call: a
    notify: b
  - nothing: here
  - id: four
    wait: {}
    retry: 3
  - ask: {question: x}
  - id: z-z
    call: op one
    approve: yes
  - id: five
    approval: {title: x, rol: y, role: boss, risk: huge, expires: 5 parsecs}
  - hello
  - id: six
    wait: a while
""")

    assert complaints(text) == [
        "w.yaml:6: `attempts` is 0, but must be from 1 to 100. Write for example `attempts: 3`.",
        "w.yaml:6: `wait` is `soon`, which is no duration. "
        "Write for example `wait: 30s`, `5m`, `2h` or `1d`.",
        "w.yaml:6: `on` cannot be `timeot`. "
        "Use some of `timeout`, `unavailable`, `refused`, `invalid`, `error`.",
        "w.yaml:7: `timeout` is `x`, which is no duration. "
        "Write for example `timeout: 30s`, `5m`, `2h` or `1d`.",
        "w.yaml:8: `with` is a list, but names with values are expected. "
        "Write `with: {service: checkout}`.",
        "w.yaml:9: `on_error` cannot be `explode`. "
        "Write `on_error: stop`, `on_error: go_on`, or `on_error: {steps: [{notify: Oh.}]}`.",
        "w.yaml:12: This step has `call` and `notify`, but does one thing only. "
        "Make a step of its own for each.",
        "w.yaml:13: This step does nothing. "
        "Give it one of `call`, `prompt`, `agent`, `run`, `for_each`, `approval`, `wait`, `ask`, `notify`.",
        "w.yaml:13: The step `call` has no key `nothing`. Did you mean `notify`?",
        "w.yaml:15: `wait` needs just one of `for`, `until`, `topic` and `reply`. "
        "Write `wait: {for: 20s}`, or `wait: 20s` in short.",
        "w.yaml:16: `retry` belongs to `call` and `prompt`, not to `wait`. Take it out.",
        "w.yaml:17: `ask` has no `fields` to fill in. Add `fields: {reason: {type: text}}`.",
        "w.yaml:18: The id `z-z` has characters that the id of a step cannot have. Write `z_z`.",
        "w.yaml:19: `op one` is no name of an operation. "
        "Write `server.tool`, such as `estate.logs`.",
        "w.yaml:20: The step `z-z` has no key `approve`. Did you mean `approval`?",
        "w.yaml:22: `risk` cannot be `huge`. Use one of `low`, `medium`, `high`, `critical`.",
        "w.yaml:22: `expires` is `5 parsecs`, which is no duration. "
        "Write for example `expires: 30s`, `5m`, `2h` or `1d`.",
        "w.yaml:22: `role` cannot be `boss`. Use one of `viewer`, `operator`, `approver`, `admin`.",
        "w.yaml:22: `approval` has no key `rol`. Did you mean `role`?",
        "w.yaml:23: Step 8 is a text, but a mapping is expected. "
        "Begin each step with `- id: …` and say what it does, such as `call: estate_status`.",
        "w.yaml:25: `a while` is no duration. Write for example `20s`, `5m` or `2h`.",
    ]


@pytest.mark.parametrize("text", ["- a\n- b", "hello", "3"])
def test_a_file_that_is_no_mapping_says_so(text):
    assert "but a mapping is expected" in complaints(text)[0]
