from pathlib import Path

import pytest

from opstream.definitions import loader
from opstream.domain.run import RunStatus, StepStatus
from opstream.domain.workflow import Workflow
from tests.definitions.driving import drive
from tests.definitions.estate import BREACHED, MET, PUZZLING, READS, SICK, WELL

FOLDER = Path(__file__).parents[2] / "config" / "workflows"


def shipped(name: str) -> Workflow:
    [loaded] = loader.load_bytes((FOLDER / name).read_bytes(), name)
    return loaded.workflow


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_every_shipped_workflow_loads_without_complaint(path):
    [loaded] = loader.load_bytes(path.read_bytes(), path.name)

    assert loaded.workflow.id == path.stem
    assert loaded.workflow.description


def test_profiling_reads_analyses_asks_fixes_and_compares():
    outputs = {**READS, **SICK, "slo_checker": BREACHED}

    run, called = drive(
        shipped("application_profiling.yaml"), {"service": "checkout", "duration": "2 min"}, outputs
    )

    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert run.result == "It is faster now."
    assert [operation for operation, _ in called] == [
        "cloudwatch_metrics",
        "trace_analysis",
        "log_aggregation",
        "slo_checker",
        "estate_status",
        "profiling.find_bottlenecks",
        "estate.set_pool_size",
        "cloudwatch_metrics",
        "slo_checker",
        "profiling.compare",
    ]
    arguments = [arguments for _, arguments in called]
    assert arguments[0] == {"service": "checkout", "duration": "2m"}
    assert arguments[6] == {"service": "checkout", "size": 40}
    since = {"duration": "20s", "since": "2026-05-04T12:00:00Z"}
    assert arguments[7] == {"service": "checkout", **since}


def test_profiling_shows_the_exact_fix_before_it_is_made():
    outputs = {**READS, **SICK, "slo_checker": BREACHED}

    run, _ = drive(shipped("application_profiling.yaml"), {"service": "checkout"}, outputs)

    approval = run.steps["approve"].approval
    assert approval is not None
    assert approval.title == "Enlarge the pool of checkout"
    assert approval.details == "Requests wait 1.8 s for a connection."
    assert approval.rule.risk == "low"
    assert approval.call is not None
    assert approval.call.operation == "estate.set_pool_size"
    assert approval.call.arguments == {"service": "checkout", "size": 40}


def test_profiling_of_a_healthy_service_says_so_and_ends():
    outputs = {**READS, **WELL, "slo_checker": MET}

    run, called = drive(shipped("application_profiling.yaml"), {"service": "web"}, outputs)

    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert run.result == "All is well."
    assert run.steps["no_fix"].output["text"].startswith("There is nothing to change")
    assert run.steps["approve"].status is StepStatus.SKIPPED
    assert len(called) == 6


def test_profiling_that_knows_no_fix_says_why_and_ends():
    outputs = {**READS, **PUZZLING, "slo_checker": BREACHED}

    run, _ = drive(shipped("application_profiling.yaml"), {"service": "web"}, outputs)

    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert run.steps["no_fix"].output["text"].startswith("Nothing that was measured says why.")
    assert run.steps["fix"].status is StepStatus.SKIPPED


def test_slo_monitoring_mends_the_service_where_the_trouble_begins():
    outputs = {**READS, **SICK, "slo_checker": [BREACHED, BREACHED, MET]}

    run, called = drive(shipped("slo_monitoring.yaml"), {}, outputs)

    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert run.result == "All objectives are met again."
    assert "at web, checkout." in run.steps["missed"].output["text"]
    assert ("cloudwatch_metrics", {"service": "checkout", "duration": "1m"}) in called
    assert called[-1] == ("slo_checker", {"duration": "20s", "since": "2026-05-04T12:00:00Z"})


def test_slo_monitoring_leaves_a_breach_alone_that_is_over():
    outputs = {**READS, "slo_checker": [BREACHED, MET]}

    run, called = drive(shipped("slo_monitoring.yaml"), {}, outputs)

    assert run.result == "The trouble has passed: all objectives are met."
    assert len(called) == 3


def test_slo_monitoring_with_all_objectives_met_calls_nothing_more():
    run, called = drive(shipped("slo_monitoring.yaml"), {}, {**READS, "slo_checker": MET})

    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert run.result == "All objectives are met."
    assert [operation for operation, _ in called] == ["slo_checker", "alert_correlator"]


def test_slo_monitoring_without_a_known_fix_ends_with_what_is_missed():
    outputs = {**READS, **PUZZLING, "slo_checker": [BREACHED, BREACHED]}

    run, _ = drive(shipped("slo_monitoring.yaml"), {}, outputs)

    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert run.result == "Objectives are missed."
    assert run.steps["no_fix"].output["text"].startswith("Nothing that was measured says why.")
