"""What starts a workflow besides people, and its limits."""

from datetime import UTC, datetime

import pytest

from opstream.domain.trigger import (
    AfterRun,
    ChannelMessage,
    Missed,
    OnSignal,
    Reaction,
    Schedule,
    Shortcut,
    Webhook,
)
from opstream.domain.workflow import Limits, Overlap
from tests.definitions.saying import HEAD, complaints, load

STEPS = "steps: [{notify: x}]\n"


@pytest.mark.parametrize(
    ("written", "trigger"),
    [
        ('schedule: "0 9 * * mon-fri"', Schedule(cron="0 9 * * mon-fri")),
        (
            "schedule: every monday at 9, timezone: Europe/Berlin, missed: all, inputs: {n: 1}",
            Schedule("0 9 * * mon", None, "Europe/Berlin", Missed.ALL, {"n": 1}),
        ),
        (
            "schedule: on 2026-12-24 at 9, timezone: Europe/Berlin",
            Schedule(at=datetime(2026, 12, 24, 8, tzinfo=UTC), timezone="Europe/Berlin"),
        ),
        (
            "webhook: shop-orders, secret: SHOP, inputs: {n: '{{ body.n }}'}",
            Webhook("shop-orders", "SHOP", {"n": "{{ body.n }}"}),
        ),
        ("reaction: ':eyes:', channel: '#ops'", Reaction("eyes", "#ops")),
        ("reaction: +1", Reaction("+1")),
        (
            "message: {channel: C012ABCDEF, contains: help}, inputs: {n: 3}",
            ChannelMessage("C012ABCDEF", "help", {"n": 3}),
        ),
        ("shortcut: Look after this", Shortcut("Look after this")),
        ("after: build", AfterRun("build")),
        (
            "after: build, outcomes: [failed, denied], inputs: {n: '{{ run.result.n }}'}",
            AfterRun("build", ("failed", "denied"), {"n": "{{ run.result.n }}"}),
        ),
        ("signal: checkout-latency", OnSignal("checkout-latency")),
    ],
)
def test_each_trigger_is_read(written, trigger):
    text = f"{HEAD}inputs: {{n: {{type: number, default: 2}}}}\ntriggers: [{{{written}}}]\n{STEPS}"

    assert load(text).triggers == (trigger,)


def test_a_schedule_beside_the_list_is_a_trigger():
    assert load(f'{HEAD}schedule: "@daily"\n{STEPS}').triggers == (Schedule(cron="0 0 * * *"),)


@pytest.mark.parametrize(
    ("written", "limits"),
    [
        ("{at_once: 2}", Limits(2, Overlap.QUEUE)),
        ("{overlap: skip}", Limits(1, Overlap.SKIP)),
        ("{at_once: 1, overlap: cancel_old, priority: -3}", Limits(1, Overlap.CANCEL_OLD, -3)),
        ("{priority: 10}", Limits(priority=10)),
    ],
)
def test_limits_are_read(written, limits):
    assert load(f"{HEAD}limits: {written}\n{STEPS}").limits == limits


def test_all_faults_of_triggers_are_named_with_their_lines():
    text = f"""{HEAD}inputs:
  must: text
  count: {{type: number, default: 1}}
limits: {{at_once: 0, overlap: drop, priority: 11}}
triggers:
  - schedule: tomorrow at 9
    timezone: Mars
    missed: some
  - schedule: every day at 9
    inputs:
      must: "{{{{ inputs.count }}}}"
  - webhook: my hook
    secret: s3cr3t!
    inputs: {{must: "{{{{ text }}}}"}}
  - webhook: hook
    inputs: {{must: a}}
  - webhook: hook
    secret: S
    inputs: {{must: "{{{{ body. }}}}"}}
  - reaction: Big Eyes
    channel: #ops
    inputs: {{must: "{{{{ text }}}}"}}
  - message: {{contains: x}}
    inputs: {{must: "{{{{ link }}}}"}}
  - after: w
    outcomes: [ended]
    inputs: {{must: "{{{{ run.output }}}}"}}
  - signal: a b
    inputs: {{must: x, count: many, cuont: 3}}
  - shortcut: Go
  - when: x
  - after: b
    signal: x
    inputs: [1]
{STEPS}"""

    assert complaints(text) == [
        "w.yaml:6: `at_once` is 0, but must be from 1 to 1000. Write for example `at_once: 1`.",
        "w.yaml:6: `overlap` cannot be `drop`. Use one of `allow`, `skip`, `queue`, `cancel_old`.",
        "w.yaml:6: `priority` is 11, but must be from -10 to 10. Write for example `priority: 0`.",
        "w.yaml:8: `tomorrow` depends on the day on which it is read. Write a date, such as "
        "`on 2026-12-24 at 9`, or something that comes again, such as `every monday at 9`.",
        "w.yaml:9: `Mars` is no timezone. Write for example `Europe/Berlin` or `UTC`.",
        "w.yaml:10: `missed` cannot be `some`. Use one of `skip`, `once`, `all`.",
        "w.yaml:13: The trigger uses `inputs`, which is not there. Write the value itself.",
        "w.yaml:14: The webhook `my hook` has characters that an address cannot have. "
        "Write `webhook: my_hook`.",
        "w.yaml:15: `secret` is no name of a secret. "
        "Write its name in capitals, never the secret itself: `secret: SHOP_WEBHOOK`.",
        "w.yaml:16: The trigger uses `text`, which is not there. It sees `body`, `headers`.",
        "w.yaml:17: The trigger `webhook` has no `secret`. Add a line `secret: …`.",
        "w.yaml:19: There are two webhooks `hook`. Rename one of them.",
        "w.yaml:21: `{{ body. }}` cannot be read: expected name or number; "
        "write an expression such as `{{ inputs.service }}`.",
        "w.yaml:22: `Big Eyes` is no name of an emoji. Write `reaction: eyes`.",
        'w.yaml:23: `channel` is empty. Put it in quotes: `channel: "#ops"`.',
        'w.yaml:25: `message` has no `channel`. Write `message: {channel: "#ops", contains: help}`.',
        "w.yaml:27: `w` starts after itself, and so again and again. "
        "Name another workflow, or use a `schedule`.",
        "w.yaml:28: `outcomes` cannot be `ended`. "
        "Use some of `succeeded`, `failed`, `cancelled`, `denied`.",
        "w.yaml:29: The trigger uses `run.output`, which is not there. "
        "Use one of `id`, `workflow`, `outcome`, `result`, `reason`.",
        "w.yaml:30: `a b` is no name of a signal. Write for example `signal: checkout-latency`.",
        "w.yaml:31: `count` cannot be `many`: it is no number. Write for example `3` or `2.5`.",
        "w.yaml:31: The workflow has no input `cuont`. Did you mean `count`?",
        "w.yaml:32: The trigger does not give `must`, which the workflow needs. "
        "Add `inputs: {must: …}`.",
        "w.yaml:33: This trigger is none. Give it one of `schedule`, `webhook`, `reaction`, "
        "`message`, `shortcut`, `after`, `signal`.",
        "w.yaml:34: The trigger does not give `must`, which the workflow needs. "
        "Add `inputs: {must: …}`.",
        "w.yaml:35: This trigger has `after` and `signal`. Make one of its own for each.",
        "w.yaml:36: `inputs` is a list, but names with values are expected. "
        "Write `inputs: {service: checkout}`.",
    ]
