import pytest

from opstream.domain import report
from tests.adapters.connectors.estates import (
    SMALL_POOL,
    logs,
    metrics,
    pattern,
    run,
    slo,
    slos,
    span,
    status,
    traces,
)


async def test_a_pool_that_is_too_small_is_found_with_its_numbers_and_a_computed_size():
    found = await run("find_bottlenecks", **SMALL_POOL)

    assert found["healthy"] is False
    assert found["summary"] == (
        "`checkout` misses its objectives: p99 2,140 ms against a target of 500 ms. Waiting for a "
        "connection of its pool takes 71 % of the mean request; 600 ms on average and 1,900 ms at "
        "p99; the pool was over 95 % used in 6 of 10 samples. Proposed: Raise checkout's "
        "connection pool from 8 to 16."
    )
    assert [(one["kind"], one["service"]) for one in found["bottlenecks"]] == [
        ("pool_wait", "checkout")
    ]
    assert found["fix"] == {
        "operation": "estate.set_pool_size",
        "arguments": {"service": "checkout", "size": 16},
        "title": "Raise checkout's connection pool from 8 to 16",
        "why": "40 requests a second that hold a connection for 218 ms each keep 8.8 connections "
        "busy (Little's law); with 16 the pool is about 55 % used and hardly any request waits.",
        "risk": "low",
        "reversible": True,
        "watch": "20s",
    }


async def test_charts_and_tables_fit_on_a_card():
    found = await run("find_bottlenecks", **SMALL_POOL)

    typed = report.parse(found)
    assert [one.title for one in typed.charts] == [
        "Latency of checkout",
        "Where the time of a request to checkout goes",
        "What checkout uses",
    ]
    latency = typed.charts[0]
    assert latency.labels[:2] == ("12:00", "12:01")
    assert [one.name for one in latency.series] == ["p99", "p50", "target"]
    assert latency.unit == "ms"
    assert [one.title for one in typed.tables] == [
        "Service level objectives",
        "Where the time goes",
        "Loudest log messages",
    ]
    assert typed.tables[1].rows[0] == ("wait for a pooled connection", "71 %", "600 ms", "1,900 ms")


async def test_long_series_are_thinned_to_20_labels_that_keep_the_peaks():
    values = [100.0] * 500
    values[333] = 9_000.0
    found = await run(
        "find_bottlenecks", service="web", metrics=metrics("web", 5, latency_p99_ms=values)
    )

    chart = report.parse(found).charts[0]
    assert len(chart.labels) <= 20
    assert chart.labels[1] == "12:02"
    assert max(chart.series[0].values) == 9_000.0


async def test_a_service_that_waits_for_an_unwell_one_is_not_blamed():
    found = await run(
        "find_bottlenecks",
        **SMALL_POOL
        | {
            "traces": traces(
                span("checkout", "wait for a pooled connection", "wait", 200.0),
                span("database", "order transaction", "call", 260.0, 431.0),
                span("checkout", "handle POST /checkout", "self", 140.0),
            ),
            "slos": slos(slo(), slo("database", target=80.0, actual=123.0)),
        },
    )

    first = found["bottlenecks"][0]
    assert (first["kind"], first["service"]) == ("slow_dependency", "database")
    assert "`database` is in trouble itself" in first["evidence"]
    assert found["fix"] is None
    assert found["no_fix_because"].endswith("Profile `database` next.")


async def test_saturated_processors_are_relieved_by_replicas():
    found = await run(
        "find_bottlenecks",
        service="inventory",
        metrics=metrics("inventory", cpu_utilization=[88.0, 92.0], latency_p99_ms=[544.0] * 2),
        traces=traces(span("inventory", "handle", "self", 190.0), span("db", "q", "call", 30.0)),
        slos=slos(slo("inventory", target=250.0, actual=544.0)),
        status=status(inventory={}),
    )

    assert found["fix"]["operation"] == "estate.scale_service"
    assert found["fix"]["arguments"] == {"service": "inventory", "replicas": 3}
    assert "90 % busy" in found["fix"]["why"]
    assert "60 % busy (utilisation law)" in found["fix"]["why"]


RELEASED = pattern("INFO", "Deployed version v43 of payments", 1, first=60)
BROKEN = pattern("ERROR", "Charge failed: no rounding rule", 400, first=75)


@pytest.mark.parametrize(
    ("lines", "versions", "title"),
    [
        ((RELEASED, BROKEN), {}, "Roll payments back to its previous version"),
        (
            (pattern("ERROR", "Charge failed in version v43: no rule", 400),),
            {"version": "v43", "previous_version": "v42"},
            "Roll payments back from v43 to v42",
        ),
    ],
)
async def test_failures_that_came_with_a_release_are_rolled_back(lines, versions, title):
    found = await run(
        "find_bottlenecks",
        service="payments",
        metrics=metrics("payments", error_rate=[5.0] * 5, cpu_utilization=[79.0] * 5),
        logs=logs(*lines),
        slos=slos(slo("payments", "availability", target=98.0, actual=95.0)),
        status=status(payments=versions),
    )

    assert found["bottlenecks"][0]["kind"] == "bad_release"
    assert (found["fix"]["title"], found["fix"]["risk"]) == (title, "medium")
    assert found["fix"]["arguments"] == {"service": "payments"}


@pytest.mark.parametrize(
    "lines",
    [
        (RELEASED, pattern("ERROR", "Charge failed", 400, first=-600)),
        (BROKEN,),
        (pattern("ERROR", "Charge failed in version v4300", 400),),
    ],
)
async def test_a_release_is_not_blamed_for_what_came_before_it_or_without_it(lines):
    found = await run(
        "find_bottlenecks",
        service="payments",
        metrics=metrics("payments", error_rate=[5.0] * 5),
        logs=logs(*lines),
        slos=slos(slo("payments", "availability", target=98.0, actual=95.0)),
        status=status(payments={"version": "v43", "previous_version": "v42"}),
    )

    assert found["bottlenecks"] == []
    assert found["fix"] is None
    assert found["summary"].endswith("What was measured does not say why.")


async def test_memory_that_climbs_is_acted_on_before_anybody_feels_it():
    found = await run(
        "find_bottlenecks",
        service="web",
        metrics=metrics("web", memory_utilization=[40.0, 50.0, 60.0, 70.0, 80.0]),
        slos=slos(slo("web", target=600.0, actual=320.0, met=True)),
    )

    assert found["summary"].startswith("`web` still keeps its objectives: p99 320 ms")
    assert "from 40 % to 80 % by some 10 points a minute" in found["bottlenecks"][0]["evidence"]
    assert found["fix"]["operation"] == "estate.restart_service"
    assert found["fix"]["reversible"] is False


async def test_memory_that_goes_up_and_down_is_left_alone():
    found = await run(
        "find_bottlenecks",
        service="web",
        metrics=metrics("web", memory_utilization=[40.0, 60.0, 41.0, 61.0, 42.0, 60.0]),
    )

    assert found["healthy"] is True
    assert found["fix"] is None


async def test_lock_waits_in_the_logs_lead_to_the_service_that_logs_them():
    found = await run(
        "find_bottlenecks",
        service="database",
        traces=traces(span("database", "handle SQL query", "self", 44.0)),
        logs=logs(pattern("WARN", "Slow query: waited for a lock on table orders", 900)),
        slos=slos(slo("database", target=80.0, actual=123.0)),
    )

    assert [one["kind"] for one in found["bottlenecks"]] == ["lock_wait", "own_work"]
    assert (found["fix"]["operation"], found["fix"]["risk"]) == ("estate.restart_service", "high")


async def test_a_timeout_right_at_the_tail_of_a_healthy_callee_is_raised():
    found = await run(
        "find_bottlenecks",
        service="web",
        metrics=metrics("web", error_rate=[4.0] * 3),
        traces=traces(
            span("web", "handle", "self", 300.0), span("search", "GET /find", "call", 280.0, 1990.0)
        ),
        logs=logs(pattern("ERROR", "Call to search timed out", 120)),
        slos=slos(slo("web", "availability", target=99.0, actual=96.0)),
        status=status(web={"timeout_seconds": 2.0}, search={}),
    )

    assert found["bottlenecks"][0]["kind"] == "timeouts"
    assert found["fix"]["title"] == "Raise web's timeout from 2 s to 4 s"
    assert found["fix"]["arguments"] == {"service": "web", "seconds": 4.0}


async def test_a_healthy_service_is_left_alone():
    found = await run(
        "find_bottlenecks",
        **SMALL_POOL
        | {
            "metrics": metrics(latency_p99_ms=[330.0] * 3, error_rate=[0.1] * 3),
            "traces": traces(
                span("checkout", "handle", "self", 30.0), span("database", "tx", "call", 90.0)
            ),
            "slos": slos(slo(actual=333.0, met=True)),
            "status": None,
        },
    )

    assert found["healthy"] is True
    assert found["fix"] is None
    assert found["summary"].startswith(
        "`checkout` is healthy: p99 333 ms against a target of 500 ms. There is nothing to fix."
    )
    assert {one["severity"] for one in found["findings"]} == {"info", "good"}


async def test_nothing_measured_is_no_verdict():
    found = await run("find_bottlenecks", service="web")

    assert found["summary"] == "Nothing was measured of `web`, so there is no verdict on it."
    assert (found["healthy"], found["fix"], found["bottlenecks"]) == (False, None, [])


async def test_a_size_that_cannot_be_computed_is_not_guessed():
    found = await run("find_bottlenecks", **SMALL_POOL | {"metrics": None, "status": None})

    assert found["bottlenecks"][0]["kind"] == "pool_wait"
    assert found["fix"] is None
    assert found["no_fix_because"].startswith("How large the pool should be cannot be computed")


async def test_other_tools_may_be_named_for_the_fix():
    found = await run("find_bottlenecks", **SMALL_POOL | {"tools": "cluster"})

    assert found["fix"]["operation"] == "cluster.set_pool_size"
