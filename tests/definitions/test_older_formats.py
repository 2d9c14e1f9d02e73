"""The examples of older systems stand here to the letter."""

import pytest

from opstream.definitions import loader
from opstream.domain.run import RunStatus, StepStatus
from opstream.domain.trigger import Schedule
from opstream.domain.workflow import Call
from opstream.errors import DefinitionErrors
from tests.definitions.driving import drive
from tests.definitions.estate import BREACHED, MET, READS, SICK, WELL

TOOLS = """\
workflows:                                   # 1. one file of named workflows with tools
  application_profiling:
    name: "Application Performance Profiling"
    tools: [cloudwatch_metrics, trace_analysis, log_aggregation]
    duration: "2h"
    notifications: [start, milestones, completion, errors]
  slo_monitoring:
    name: "SLO Compliance Monitoring"
    tools: [slo_checker, alert_correlator]
    schedule: "*/5 * * * *"
    auto_resolve: true
"""
STEPS = """\
{"id": "email_to_notion", "steps": [
  {"id": "fetch", "type": "gmail", "action": "list_messages", "params": {"query": "is:unread"}},
  {"id": "summarize", "type": "openai", "action": "summarize", "params": {"text": "{{fetch_output}}"}},
  {"id": "save", "type": "notion", "action": "create_page", "params": {"content": "{{summarize_output}}"}}]}
"""


def complaints(text, file="old.yaml"):
    with pytest.raises(DefinitionErrors) as caught:
        loader.load(text, file)
    return str(caught.value).splitlines()


def test_tools_file_gives_one_workflow_for_each_name():
    profiling, monitoring = (one.workflow for one in loader.load(TOOLS, "workflows.yaml"))

    assert (profiling.id, profiling.title) == (
        "application_profiling",
        "Application Performance Profiling",
    )
    assert [(one.name, one.required, one.default) for one in profiling.inputs] == [
        ("service", True, None),
        ("duration", False, "2h"),
    ]
    assert profiling.notices == {"start", "milestones", "completion", "errors"}
    assert [one.required for one in monitoring.inputs] == [False, False]
    assert monitoring.triggers == (Schedule(cron="*/5 * * * *"),)
    assert monitoring.description == ""


def test_tools_workflow_reads_side_by_side_and_reports():
    profiling = loader.load(TOOLS, "workflows.yaml")[0].workflow

    run, called = drive(profiling, {"service": "checkout"}, READS)

    assert run.status is RunStatus.SUCCEEDED, run.reason
    what = {"service": "checkout", "duration": "2h"}
    assert called[:3] == [
        ("cloudwatch_metrics", what),
        ("trace_analysis", what),
        ("log_aggregation", what),
    ]
    assert called[3] == (
        "profiling.summarize",
        {
            "title": "Application Performance Profiling",
            "results": {
                "cloudwatch_metrics": {"series": [1]},
                "trace_analysis": {"spans": [2]},
                "log_aggregation": {"patterns": [3]},
            },
        },
    )
    assert run.steps["report"].output == {
        "text": "All is read.",
        "report": {"summary": "All is read."},
    }


def test_auto_resolve_asks_before_it_fixes_and_checks_again():
    monitoring = loader.load(TOOLS, "workflows.yaml")[1].workflow
    outputs = {**READS, **SICK, "slo_checker": [BREACHED, BREACHED, MET]}

    run, called = drive(monitoring, {}, outputs)

    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert called[0] == ("slo_checker", {})
    seen = {"slos": BREACHED, "alerts": READS["alert_correlator"]}
    assert ("profiling.where_to_look", seen) in called
    assert ("cloudwatch_metrics", {"service": "checkout", "duration": "1m"}) in called
    assert called[-2:] == [
        ("estate.set_pool_size", {"service": "checkout", "size": 40}),
        ("slo_checker", {"duration": "20s", "since": "2026-05-04T12:00:00Z"}),
    ]
    assert run.steps["approve"].approval.call.operation == "estate.set_pool_size"
    assert run.result == "The fix is in and the objectives are met again."


@pytest.mark.parametrize(
    ("checked", "analysed", "result"),
    [
        ([MET], {}, "All is read."),
        (
            [BREACHED, MET],
            {},
            "Over the last minute all objectives are met. The trouble has passed.",
        ),
        ([BREACHED, BREACHED], WELL, "All is well."),
    ],
)
def test_auto_resolve_without_a_lasting_breach_or_a_fix_changes_nothing(checked, analysed, result):
    monitoring = loader.load(TOOLS, "workflows.yaml")[1].workflow

    run, _ = drive(monitoring, {}, {**READS, **analysed, "slo_checker": checked})

    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert run.steps["fix"].status is StepStatus.SKIPPED
    assert run.result == result


def test_each_tools_workflow_has_a_source_of_its_own():
    first, second = loader.load(TOOLS, "workflows.yaml")
    changed = loader.load(TOOLS.replace("*/5", "*/9"), "workflows.yaml")

    assert changed[0].source == first.source
    assert changed[1].source != second.source
    again = loader.reload(second.source, "workflows.yaml", "slo_monitoring")
    assert again is not None
    assert again.workflow == second.workflow
    assert loader.reload(second.source, "workflows.yaml", "application_profiling") is None


def test_a_scheduled_workflow_needs_no_service_as_nobody_is_there_to_name_one():
    text = "workflows: {w: {tools: [trace_analysis], schedule: '@daily'}}"

    [loaded] = loader.load(text, "old.yaml")

    assert [one.required for one in loaded.workflow.inputs] == [False, False]


def test_unknown_tool_takes_what_it_says_it_takes():
    text = "workflows: {w: {tools: [my.tool, {tool: other.tool, takes: [service]}]}}"

    [loaded] = loader.load(text, "old.yaml")

    run, called = drive(loaded.workflow, {"service": "x"}, {**READS, "my.tool": 1, "other.tool": 2})
    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert called[:2] == [("my.tool", {}), ("other.tool", {"service": "x"})]


def test_tools_file_with_faults_hears_of_all_of_them():
    text = """\
workflows:
  one:
    tools: [cloudwatch_metrics, cloudwatch_metrics]
    duration: 2 parsecs
    notification: [start]
  two:
    tools: [alert_correlator]
    auto_resolve: true
    schedule: often
"""

    assert complaints(text) == [
        "old.yaml:3: The tool `cloudwatch_metrics` stands there twice. Keep one of them.",
        "old.yaml:4: `duration` is `2 parsecs`, which is no duration. "
        "Write for example `duration: 30s`, `5m`, `2h` or `1d`.",
        "old.yaml:5: The workflow `one` has no key `notification`. Did you mean `notifications`?",
        "old.yaml:8: `auto_resolve` watches objectives, but `slo_checker` is not among the tools. "
        "Add `slo_checker` to `tools`.",
        "old.yaml:9: `often` is no time at which something can start. Write for example "
        "`every monday at 9`, `every 15 minutes`, `on 2026-12-24 at 9` or a cron expression "
        "such as `0 9 * * mon-fri`.",
    ]


def test_steps_file_chains_by_order_and_hands_outputs_on():
    [loaded] = loader.load(STEPS, "email_to_notion.json")
    outputs = {
        "gmail.list_messages": {"messages": [{"subject": "Hi"}]},
        "openai.summarize": "One mail: Hi.",
        "notion.create_page": {"url": "https://notion.example/1"},
    }

    run, called = drive(loaded.workflow, {}, outputs)

    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert called == [
        ("gmail.list_messages", {"query": "is:unread"}),
        ("openai.summarize", {"text": {"messages": [{"subject": "Hi"}]}}),
        ("notion.create_page", {"content": "One mail: Hi."}),
    ]
    assert run.result == {"url": "https://notion.example/1"}


def test_steps_follow_next_step_when_one_has_it():
    text = """{"id": "w", "steps": [
      {"id": "a", "type": "t", "action": "one", "next_step": "c"},
      {"id": "b", "type": "t", "action": "three"},
      {"id": "c", "type": "t", "action": "two", "params": {"x": "{{ a_output.n }}"}, "next_step": "b"}]}"""

    [loaded] = loader.load(text, "w.json")

    _, called = drive(loaded.workflow, {}, {"t.one": {"n": 7}, "t.two": 2, "t.three": 3})
    assert called == [("t.one", {}), ("t.two", {"x": 7}), ("t.three", {})]


def test_bare_names_become_inputs_and_ids_become_names():
    text = """{"id": "w", "steps": [
      {"id": "fetch-mail", "type": "gmail", "action": "list", "params": {"box": "{{ channel }}"}},
      {"id": "save", "type": "notion", "action": "page",
       "params": {"text": "for {{channel}}: {{fetch-mail_output}}"}}]}"""

    [loaded] = loader.load(text, "w.json")

    assert [(one.name, one.required) for one in loaded.workflow.inputs] == [("channel", True)]
    outputs = {"gmail.list": "one mail", "notion.page": None}
    _, called = drive(loaded.workflow, {"channel": "#ops"}, outputs)
    assert called[1] == ("notion.page", {"text": "for #ops: one mail"})


def test_steps_file_with_faults_hears_of_all_of_them():
    text = """{"id": "w", "steps": [
      {"id": "a", "type": "t", "action": "x", "next_step": "d"},
      {"id": "b", "action": "x", "param": {}},
      {"id": "c", "type": "t", "action": "x", "params": {"x":
         "{{ nope_output }} {{ b_output }}"}}]}"""

    assert complaints(text, "w.json") == [
        "w.json:2: There is no step `d`. Use one of `a`, `b`, `c`.",
        'w.json:3: Step 2 has no `type`. Add `"type": …`.',
        "w.json:3: Step 2 has no key `param`. Did you mean `params`?",
        'w.json:3: No step leads to `b`. Add `"next_step": "b"` to another step.',
        'w.json:4: No step leads to `c`. Add `"next_step": "c"` to another step.',
        "w.json:4: The step `c` uses the step `b`, which has not ended by then. "
        "Add `b` to what it needs, or move it after that step.",
        "w.json:4: The step `c` uses the step `nope`, which does not exist. "
        "Use one of `a`, `b`, `c`.",
    ]


def test_next_steps_in_a_circle_are_named():
    text = """{"id": "w", "steps": [
      {"id": "a", "type": "t", "action": "x", "next_step": "b"},
      {"id": "b", "type": "t", "action": "x", "next_step": "a"}]}"""

    [said] = complaints(text, "w.json")

    assert said.startswith("w.json:2: These steps wait for each other: `a` → `b` → `a`.")
    assert said.endswith("Take one of them out of `next_step`.")


def test_calls_are_named_by_type_and_action():
    [loaded] = loader.load(STEPS, "email_to_notion.json")

    assert [
        step.work.operation for step in loaded.workflow.steps if isinstance(step.work, Call)
    ] == [
        "gmail.list_messages",
        "openai.summarize",
        "notion.create_page",
    ]
