"""Traces, logs, objectives and alerts tell the same story as the model beneath."""

from datetime import timedelta

import pytest

from opstream.playground.estate.alerts import alert_report
from opstream.playground.estate.faults import FAULT_NAMES, FAULTS
from opstream.playground.estate.logs import log_report
from opstream.playground.estate.measures import look, looks, samples
from opstream.playground.estate.metrics import METRIC_NAMES, USUAL_METRICS, read_metrics
from opstream.playground.estate.slos import slos_of
from opstream.playground.estate.spec import SERVICE_NAMES
from opstream.playground.estate.state import NORMAL
from opstream.playground.estate.traces import trace_report
from tests.playground.estate.bench import NOW, healthy, last, ordered, sampled, with_fault


def alerts_of(estate, duration="2m"):
    periods = looks(estate, last(duration))
    measured = {name: samples(estate, name, periods) for name in SERVICE_NAMES}
    return alert_report(measured, periods[-1][-1], look(estate, NOW, 1.0, NORMAL))


def logs_of(estate, service, duration="2m"):
    seen = [each for period in looks(estate, last(duration)) for each in period]
    return log_report(estate, service, seen)


@pytest.mark.parametrize("duration", ["2m", "2h", "7d", 3])
def test_series_have_at_most_twenty_points_and_span_the_window(duration):
    report = read_metrics(healthy(), "checkout", USUAL_METRICS, last(duration))

    for series in report.series:
        assert 1 <= len(series.points) <= 20
        assert series.points[0].time == report.start
    assert [series.metric for series in report.series] == list(USUAL_METRICS)
    assert report.end == NOW


def test_a_service_without_a_pool_has_no_pool_metrics():
    report = read_metrics(healthy(), "database", METRIC_NAMES, last("1m"))

    assert not {"pool_utilization", "pool_wait_ms"} & set(report.summary)


@pytest.mark.parametrize("service", SERVICE_NAMES)
def test_the_spans_of_a_request_add_up_to_the_request(service):
    report = trace_report(service, sampled(healthy(), service), seed=1)

    assert sum(span.share for span in report.spans) == pytest.approx(1.0, abs=1e-3)
    assert sum(span.mean_ms for span in report.spans) == pytest.approx(report.mean_ms, rel=0.02)
    assert report.slowest[0].duration_ms >= report.p99_ms
    assert len({slow.trace_id for slow in report.slowest}) == 5


def test_traces_blame_the_wait_for_a_connection_when_the_pool_is_too_small():
    report = trace_report("checkout", sampled(with_fault("pool_too_small"), "checkout"), seed=1)

    worst = max(report.spans, key=lambda span: span.share)

    assert (worst.service, worst.kind, worst.operation) == (
        "checkout",
        "wait",
        "wait for a pooled connection",
    )
    assert worst.share > 0.6
    assert any("wait for a pooled connection" in step for step in report.slowest[0].path)


def test_logs_of_a_small_pool_name_the_pool_first():
    report = logs_of(with_fault("pool_too_small"), "checkout")

    assert report.patterns[0].level == "ERROR"
    assert "pool of 8 exhausted" in report.patterns[0].example
    assert sum(report.by_level.values()) == report.total
    assert sum(pattern.share for pattern in report.patterns) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("slow_database", "waited for a lock"),
        ("bad_deploy", "Charge failed in version v43"),
        ("noisy_neighbour", "taken by other tenants"),
        ("memory_leak", "Garbage collection paused"),
    ],
)
def test_each_fault_leaves_its_own_words_in_the_log(fault, words):
    service = FAULTS[fault].service

    def said(estate):
        return any(words in pattern.template for pattern in logs_of(estate, service).patterns)

    assert said(with_fault(fault))
    assert not said(healthy())


def test_a_pattern_is_first_seen_when_it_began():
    began = NOW - timedelta(minutes=4)

    report = logs_of(with_fault("slow_database", at=began), "database", "10m")

    lock = next(each for each in report.patterns if "lock" in each.template)
    assert abs(lock.first - began) < timedelta(seconds=40)
    assert abs(lock.last - NOW) < timedelta(seconds=40)


def test_a_broken_promise_has_no_budget_left_and_burns_fast():
    latency, _ = slos_of("checkout", sampled(with_fault("pool_too_small"), "checkout"))

    assert (latency.name, latency.target, latency.unit, latency.met) == (
        "latency",
        500.0,
        "ms",
        False,
    )
    assert latency.error_budget_left == 0.0
    assert latency.burn_rate > 20


def test_kept_promises_leave_a_budget():
    for service in SERVICE_NAMES:
        for slo in slos_of(service, sampled(healthy(), service)):
            assert slo.met, slo
            assert slo.burn_rate <= 1.0


def test_a_healthy_estate_rings_no_alert():
    assert alerts_of(healthy()).alerts == []


@pytest.mark.parametrize("fault", FAULT_NAMES)
def test_alerts_of_one_fault_form_one_group_with_the_struck_service_as_root(fault):
    report = alerts_of(with_fault(fault))

    assert [group.root for group in report.groups] == [FAULTS[fault].service]
    assert len(report.groups[0].alerts) == len(report.alerts)


def test_two_faults_far_apart_form_two_groups():
    report = alerts_of(ordered(with_fault("bad_deploy"), ("set_fault", "noisy_neighbour", True)))

    assert {"payments", "inventory"} <= {group.root for group in report.groups}


def test_an_alert_says_since_when_it_rings():
    began = NOW - timedelta(minutes=4)

    report = alerts_of(with_fault("pool_too_small", at=began), "10m")

    latency = next(each for each in report.alerts if each.service == "checkout")
    assert latency.name == "latency_p99_high"
    assert abs(latency.since - began) <= timedelta(seconds=30)
    assert latency.severity == "critical"


def test_the_reason_of_a_group_is_a_sentence_with_numbers():
    reason = alerts_of(with_fault("pool_too_small")).groups[0].reason

    assert "waiting for a pooled connection makes" in reason
    assert "of the extra time of web comes from there." in reason
