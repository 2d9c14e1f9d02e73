"""The analyst reads what other tools return: single log lines, spans of OpenTelemetry, numbers as text."""

from datetime import UTC, datetime

import pytest

from opstream.adapters.connectors.profiling.causes import Kind, bottlenecks
from opstream.adapters.connectors.profiling.connector import compare, find_bottlenecks
from opstream.adapters.connectors.profiling.evidence import Span
from opstream.adapters.connectors.profiling.lines import patterns
from opstream.adapters.connectors.profiling.reading import evidence
from opstream.adapters.connectors.profiling.summary import summarize
from opstream.adapters.connectors.profiling.values import number, time

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-21T09:00:00+00:00",
        "2026-11-21T09:00:00Z",
        "2026-11-21 09:00:00.000",
        1795251600,
        "1795251600000",
        1795251600 * 10**9,
    ],
)
def test_times_are_read_in_all_the_ways_tools_write_them(written):
    assert time(written) == NINE


@pytest.mark.parametrize("written", ["", "noon", None, True, "nan", 10**300, {}])
def test_what_is_no_time_is_none(written):
    assert time(written) is None


def test_numbers_may_be_written_as_text():
    assert [number(one) for one in ("464.1", "1e3", 7, "x", "inf", True, None)] == [
        464.1,
        1000.0,
        7.0,
        None,
        None,
        None,
        None,
    ]


def test_lines_that_are_alike_become_one_pattern():
    found = patterns(
        [
            {
                "@timestamp": "2026-11-21 09:00:00.000",
                "@message": "WARNING slow: 120 ms at 10.0.0.1",
            },
            {
                "@timestamp": "2026-11-21 09:00:05.000",
                "@message": "WARNING slow: 99 ms at 10.0.0.7",
            },
            {"time": 1795251600, "message": "gave up", "level": "err"},
            "plain text 5",
        ]
    )

    assert [(one.level, one.template, one.count, one.share) for one in found] == [
        ("WARN", "WARNING slow: <n> ms at <n>", 2, 0.5),
        ("INFO", "plain text <n>", 1, 0.25),
        ("ERROR", "gave up", 1, 0.25),
    ]
    assert (found[0].first, found[0].last) == (NINE, NINE.replace(second=5))
    assert [one.is_error for one in found] == [False, False, True]


def test_a_message_that_is_json_is_read_as_such():
    (found,) = patterns([{"@message": '{"severityText": "Error", "body": "no route to 10.1.2.3"}'}])

    assert (found.level, found.template) == ("ERROR", "no route to <n>")


@pytest.mark.parametrize("given", [None, "text", {}, [None, 3, {}, {"message": " "}]])
def test_what_holds_no_lines_gives_no_patterns(given):
    assert patterns(given) == ()


def test_spans_of_telemetry_become_parts_of_a_request():
    rows = [
        {"kind": "SERVER", "operation": "GET /", "count": "10", "mean_ms": "100", "p99_ms": "400"},
        {"kind": "SPAN_KIND_CLIENT", "service": "db", "operation": "SELECT", "count": "20"}
        | {"mean_ms": "15", "p99_ms": "60"},
        {"kind": "INTERNAL", "operation": "pool.acquire", "count": "10", "mean_ms": "50"},
        {"kind": "INTERNAL", "operation": "render", "count": "10", "mean_ms": "5"},
    ]

    found = evidence("web", None, {"spans": rows}, None, None, None)

    assert found.spans == (
        Span("web", "GET /", "self", 20.0, 320.0, 0.2),
        Span("db", "SELECT", "call", 30.0, 60.0, 0.3),
        Span("web", "pool.acquire", "wait", 50.0, 50.0, 0.5),
    )
    assert bottlenecks(found)[0].kind is Kind.POOL


def test_spans_without_a_request_give_nothing():
    rows = [{"kind": "SERVER", "operation": "GET /", "count": "0", "mean_ms": "0"}]

    assert evidence("web", None, {"spans": rows}, None, None, None).spans == ()


BUSY = {
    "series": [
        {
            "metric": "cpu_utilization",
            "points": [{"timestamp": "2026-11-21T09:00:00Z", "value": "93"}],
        }
    ]
}
MISSED = {"slos": [{"service": "web", "objective": "SLO web: p99 is 650 ms", "met": False}]}


async def proposed(remedies):
    status = {"services": [{"name": "web", "replicas": 2}], **remedies}
    return await find_bottlenecks("web", metrics=BUSY, slos=MISSED, status=status)


async def test_a_fix_goes_by_the_name_that_the_status_gives_it():
    found = await proposed({"remedies": ["scale_service"]})

    assert found["fix"]["operation"] == "scale_service"
    assert found["fix"]["arguments"] == {"service": "web", "replicas": 4}


async def test_a_fix_that_nothing_here_can_make_is_left_to_people():
    found = await proposed({"remedies": []})

    assert found["fix"] is None
    assert found["no_fix_because"].startswith(
        "This would help: Scale web from 2 to 4 replicas. The processors of 2 replicas are 93 % busy"
    )
    assert found["no_fix_because"].endswith(
        "No tool here does `scale_service`, so it is left to you."
    )


async def test_a_fix_belongs_to_the_named_source_where_no_status_says_otherwise():
    assert (await proposed({}))["fix"]["operation"] == "estate.scale_service"


async def test_an_objective_without_numbers_is_told_in_the_words_of_its_tool():
    found = await proposed({})
    summary = summarize("Check", {"slos": MISSED})
    compared = await compare("web", before=BUSY, after=BUSY, slos=MISSED)

    assert found["summary"].startswith("`web` misses its objectives: SLO web: p99 is 650 ms.")
    assert found["findings"][0]["detail"] == "SLO web: p99 is 650 ms."
    assert summary.findings[0].detail == "SLO web: p99 is 650 ms."
    assert compared["summary"].endswith("the objective target is still missed.")


def test_single_lines_are_summed_up_by_pattern():
    report = summarize("Logs", {"log_aggregation": {"lines": ["ERROR lost 1", "ERROR lost 2"]}})

    assert report.findings[0].detail == "2 times “ERROR lost <n>”."
    assert report.tables[0].rows == (("ERROR", "ERROR lost <n>", "2"),)
