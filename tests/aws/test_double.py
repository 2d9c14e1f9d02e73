"""The double of AWS answers queries and metric math as far as the shipped example needs them."""

import json

import pytest

from benchmarks.aws import gaps, insights

SPANS = [
    (1795251600000 + number, json.dumps(span), str(number))
    for number, span in enumerate(
        [
            {"kind": "SERVER", "durationNano": 100_000_000, "attributes": {"aws": {"x": "web"}}},
            {"kind": "SERVER", "durationNano": 300_000_000, "attributes": {"aws": {"x": "web"}}},
            {
                "kind": "CLIENT",
                "durationNano": 50_000_000,
                "attributes": {"aws": {"x": "web", "y": "db"}},
            },
            {"kind": "SERVER", "durationNano": 9, "attributes": {"aws": {"x": "other | pipe"}}},
        ]
    )
]


def test_spans_are_counted_and_measured_by_group():
    query = """filterIndex @data_format = "AWS-OTEL-TRACE-V1"
        | filter attributes.aws.x = "web" and kind in ["SERVER", "CLIENT"]
        | fields kind, attributes.aws.y as service, durationNano / 1000000 as ms
        | stats count(*) as count, avg(ms) as mean_ms, pct(ms, 99) as p99_ms by kind, service
        | sort count desc | limit 5"""

    assert insights.answer(query, SPANS) == [
        {"kind": "SERVER", "count": 2, "mean_ms": 200.0, "p99_ms": 300.0},
        {"kind": "CLIENT", "service": "db", "count": 1, "mean_ms": 50.0, "p99_ms": 50.0},
    ]


def test_a_pipe_in_quotes_ends_no_command():
    found = insights.answer('filter attributes.aws.x = "other | pipe" | fields kind', SPANS)

    assert found == [{"kind": "SERVER", "@ptr": "3"}]


def test_lines_come_newest_first_with_times_as_aws_writes_them():
    lines = [(1795251600000, "INFO fine", "1"), (1795251601500, "ERROR lost", "2")]

    found = insights.answer("fields @timestamp, @message | sort @timestamp desc | limit 1", lines)

    assert found == [
        {"@timestamp": "2026-11-21 09:00:01.500", "@message": "ERROR lost", "@ptr": "2"}
    ]


def test_a_command_that_it_lacks_is_an_error():
    with pytest.raises(ValueError, match="anomaly"):
        insights.answer("anomaly @message", [])


def test_metric_math_is_worked_out_at_the_times_that_all_have():
    results = [
        {"id": "requests", "timestamps": [1, 2, 3], "values": [20, 40, 60]},
        {"id": "faults", "timestamps": [1, 2], "values": [1, 4]},
    ]

    assert gaps.series("100 * faults / requests", results) == ([5.0, 10.0], [1, 2])
    assert gaps.series("requests / PERIOD(requests)", results[:1])[0] == pytest.approx(
        [1 / 3, 2 / 3, 1.0]
    )
