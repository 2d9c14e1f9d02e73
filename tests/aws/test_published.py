"""What the aliases of the shipped example make of the answers of AWS's servers."""

import pytest

from opstream.adapters.connectors.profiling.reading import evidence
from opstream.errors import OperationFailed
from tests.aws.shelf import called

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_metrics_become_series(aws):
    answer = await called(aws[0], "cloudwatch_metrics", service="checkout", duration="2h")

    assert answer["service"] == "checkout"
    assert [(one["metric"], len(one["points"])) for one in answer["series"]] == [
        ("latency_p50_ms", 3),
        ("latency_p99_ms", 3),
        ("request_rate", 3),
        ("error_rate", 3),
        ("cpu_utilization", 3),
    ]


async def test_what_all_tools_say_of_a_service_is_read_as_evidence(aws):
    names = ("cloudwatch_metrics", "trace_analysis", "log_aggregation", "slo_checker")
    look = {"service": "checkout", "duration": "10m"}
    read = [await called(aws[0], name, **look) for name in names]

    found = evidence("checkout", *read, await called(aws[0], "estate_status"))

    assert {name: (one.mean, one.unit) for name, one in found.metrics.items()} == {
        "latency_p50_ms": (pytest.approx(464.1), "ms"),
        "latency_p99_ms": (pytest.approx(640.7), "ms"),
        "request_rate": (8.0, ""),
        "error_rate": (pytest.approx(2.9), "percent"),
        "cpu_utilization": (93.0, "percent"),
    }
    assert [(one.kind, one.service, round(one.share, 2)) for one in found.spans] == [
        ("self", "checkout", 0.89),
        ("call", "payments", 0.11),
    ]
    assert [(one.level, one.template, one.count) for one in found.patterns] == [
        ("INFO", "INFO POST /orders answered <n> in <n> ms", 2),
        ("ERROR", "ERROR Request refused after <n> ms: no free worker", 1),
    ]
    assert [(one.service, one.met, one.actual) for one in found.targets] == [
        ("checkout", False, None)
    ]
    assert found.setting.replicas == 2
    assert found.remedies == {"scale_service"}


async def test_all_objectives_are_checked_where_no_service_is_named(aws):
    answer = await called(aws[0], "slo_checker")

    assert answer == {
        "slos": [
            {
                "service": "checkout",
                "name": "POST /orders",
                "objective": "SLO checkout-latency: p99 latency is 653 ms against 300 ms",
                "met": False,
            },
            {
                "service": "payments",
                "name": "POST /charges",
                "objective": "SLO payments-latency: p99 latency is 61 ms against 200 ms",
                "met": True,
            },
        ],
        "breached": True,
    }


@pytest.mark.parametrize(("service", "breached"), [("checkout", True), ("payments", False)])
async def test_a_breach_elsewhere_is_no_breach_here(aws, service, breached):
    answer = await called(aws[0], "slo_checker", service=service)

    assert ([one["service"] for one in answer["slos"]], answer["breached"]) == ([service], breached)


async def test_alarms_become_alerts(aws):
    assert await called(aws[0], "alert_correlator", duration="10m") == {
        "alerts": [
            {
                "service": "checkout",
                "name": "checkout-latency-high",
                "threshold": 300.0,
                "since": "2026-11-21T11:23:41.468000Z",
                "reason": "p99 is 647 ms, the threshold is 300 ms",
            }
        ],
        "groups": [],
    }


async def test_the_number_of_tasks_is_changed_by_its_own_tool(aws):
    operations, folder = aws

    answer = await called(operations, "scale_service", service="checkout", replicas=4)

    assert answer == {
        "service": "checkout",
        "replicas": 4,
        "at": "2026-11-21T12:00:00+00:00",
        "watch": "1s",
    }
    assert (folder / "tasks").read_text() == "4"
    writes = {name: operations.find(name).writes for name in ("scale_service", "estate_status")}
    assert writes == {"scale_service": True, "estate_status": False}


async def test_a_name_of_a_service_cannot_leave_its_place_in_a_query(aws):
    hostile = 'checkout" or kind = "SERVER'

    answer = await called(aws[0], "trace_analysis", service=hostile)

    assert answer["spans"] == []


@pytest.mark.parametrize(
    ("mark", "name", "given", "said"),
    [
        ("denied", "slo_checker", {}, "not authorized to perform: application-signals"),
        ("many", "slo_checker", {}, "more than 10 objectives; name yours in `slo_targets`"),
        ("", "log_aggregation", {"service": "web"}, "The specified log group does not exist"),
        ("", "scale_service", {"service": "web", "replicas": 3}, "failed: Service not found."),
    ],
)
async def test_what_fails_at_aws_fails_here_in_its_own_words(aws, mark, name, given, said):
    operations, folder = aws
    if mark:
        (folder / mark).touch()

    with pytest.raises(OperationFailed) as failed:
        await called(operations, name, **given)

    assert said in str(failed.value)
    assert failed.value.kind == "refused"
