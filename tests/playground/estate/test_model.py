"""The estate under load: bounds, causes that show where they are, and remedies that cure."""

import math
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.playground.estate.errors import Refused
from opstream.playground.estate.faults import FAULT_NAMES, FAULTS
from opstream.playground.estate.flow import flows_at
from opstream.playground.estate.load import PEOPLE_PER_SECOND, arrival_rate
from opstream.playground.estate.remedies import Order, carry_out
from opstream.playground.estate.slos import slos_of
from opstream.playground.estate.spec import HEALTHY, SERVICE_NAMES, SPECS
from opstream.playground.estate.state import NORMAL, fresh_estate
from opstream.playground.estate.status import estate_status
from tests.playground.estate.bench import NOW, healthy, means, ordered, pooled, sampled, with_fault

REMEDIES = {
    "slow_database": ("restart_service", "database", None),
    "pool_too_small": ("set_pool_size", "checkout", 16),
    "bad_deploy": ("roll_back", "payments", None),
    "noisy_neighbour": ("scale_service", "inventory", 5),
    "memory_leak": ("restart_service", "web", None),
}
STRUCK_AT = NOW - timedelta(minutes=5)
CURED_AT = NOW - timedelta(minutes=2)  # after a restart has settled

any_epoch = st.builds(
    lambda settings, faults: replace(
        NORMAL,
        settings=dict(zip(SERVICE_NAMES, settings, strict=True)),
        faults=dict.fromkeys(faults, STRUCK_AT),
    ),
    st.tuples(
        *(
            st.builds(
                replace,
                st.just(HEALTHY[name]),
                replicas=st.integers(1, 20),
                pool_size=st.integers(1, 200) if SPECS[name].calls else st.none(),
                timeout_seconds=st.floats(0.1, 60.0),
            )
            for name in SERVICE_NAMES
        )
    ),
    st.sets(st.sampled_from(FAULT_NAMES)),
)


def breached(estate, service):
    return any(not slo.met for slo in slos_of(service, sampled(estate, service)))


@settings(max_examples=30, deadline=None, database=None)
@given(any_epoch, st.floats(0.0, 5_000.0))
def test_nothing_becomes_infinite_whatever_is_set(epoch, people):
    for flow in flows_at(epoch, NOW, people).values():
        figures = (flow.rate, flow.mean_ms, flow.hold_ms, flow.waiting, flow.busy_ms)
        assert all(math.isfinite(figure) and figure >= 0.0 for figure in figures)
        assert 0.0 <= flow.errors <= 1.0
        assert 0.0 <= flow.cpu_percent <= 100.0
        assert 0.0 <= flow.pool.utilization <= 1.0
        assert 0.0 <= flow.workers.utilization <= 1.0


@settings(max_examples=40, deadline=None, database=None)
@given(st.sampled_from(["web", "checkout", "payments", "inventory"]), st.integers(1, 40))
def test_a_larger_pool_never_waits_longer_for_a_connection(service, size):
    smaller, larger = (
        flows_at(pooled(healthy(), service, each).latest, NOW, PEOPLE_PER_SECOND)
        for each in (size, size + 1)
    )

    assert larger[service].pool.mean_wait <= smaller[service].pool.mean_wait + 1e-6


@settings(max_examples=60, deadline=None, database=None)
@given(st.floats(1.5e9, 2.5e9), st.integers(0, 99))
def test_the_load_keeps_near_its_mean_at_any_hour(moment, seed):
    rate = arrival_rate(moment, seed)

    assert rate == pytest.approx(PEOPLE_PER_SECOND, rel=0.051)


def test_the_same_question_gets_the_same_answer_and_another_seed_another():
    assert means(healthy(), "checkout") == means(healthy(), "checkout")
    assert means(healthy(), "checkout") != means(healthy(seed=2), "checkout")


@pytest.mark.parametrize("hour", range(0, 24, 4))
def test_without_faults_every_promise_is_kept_at_any_hour(hour):
    now = NOW.replace(hour=hour)

    status = estate_status(healthy(), now)

    assert [service.name for service in status.services if not service.healthy] == []


@pytest.mark.parametrize("hour", range(0, 24, 4))
def test_a_fresh_estate_has_a_checkout_that_waits_for_connections_at_any_hour(hour):
    now = NOW.replace(hour=hour)

    measured = means(fresh_estate(now, seed=1), "checkout", now)

    assert 1_700 < measured["latency_p99_ms"] < 2_500
    assert 0.2 < measured["error_rate"] < 9
    assert measured["pool_utilization"] > 90
    assert measured["pool_wait_ms"] > 400


def test_the_pool_size_said_to_be_needed_brings_checkout_back_under_its_promise():
    sick = fresh_estate(NOW - timedelta(minutes=10), seed=1)
    needed = estate_status(sick, NOW).services[1].pool_size_needed

    cured = ordered(sick, ("set_pool_size", "checkout", needed))

    assert 12 <= needed <= 24
    assert means(cured, "checkout")["latency_p99_ms"] < SPECS["checkout"].latency_slo_ms
    assert not breached(cured, "web")


@pytest.mark.parametrize("fault", FAULT_NAMES)
def test_each_fault_breaks_a_promise_of_its_service_or_of_a_caller(fault):
    at = NOW - timedelta(minutes=5)
    now = at + timedelta(minutes=5)

    sick = with_fault(fault, at=at)

    names = [each.name for each in estate_status(sick, now).services if not each.healthy]
    assert FAULTS[fault].service in names
    assert fault in [each.name for each in estate_status(sick, now).faults if each.active]


def test_slow_queries_show_in_the_database_and_spare_its_processors():
    normal, sick = means(healthy(), "database"), means(with_fault("slow_database"), "database")

    assert sick["latency_p50_ms"] > 2.5 * normal["latency_p50_ms"]
    assert sick["cpu_utilization"] < 1.1 * normal["cpu_utilization"]


def test_a_small_pool_shows_in_waiting_and_spares_the_callees():
    sick = with_fault("pool_too_small")

    assert means(sick, "checkout")["pool_wait_ms"] > 400
    for callee in ("payments", "inventory", "database"):
        normal = means(healthy(), callee)["latency_p50_ms"]
        assert means(sick, callee)["latency_p50_ms"] == pytest.approx(normal, rel=0.1)


def test_a_bad_deploy_shows_in_errors_processors_and_time_of_payments():
    normal, sick = means(healthy(), "payments"), means(with_fault("bad_deploy"), "payments")

    assert sick["error_rate"] > 3
    assert sick["cpu_utilization"] > 2 * normal["cpu_utilization"]
    assert sick["latency_p50_ms"] > 2 * normal["latency_p50_ms"]


def test_a_noisy_neighbour_shows_in_processors_and_time_but_not_in_errors():
    normal = means(healthy(), "inventory")
    sick = means(with_fault("noisy_neighbour"), "inventory")

    assert sick["cpu_utilization"] > 1.8 * normal["cpu_utilization"]
    assert sick["latency_p50_ms"] > 2 * normal["latency_p50_ms"]
    assert sick["error_rate"] < 0.5


def test_a_memory_leak_grows_until_the_service_is_killed_and_begins_anew():
    sick = with_fault("memory_leak", at=NOW)

    memory = [
        means(sick, "web", NOW + timedelta(minutes=minute), "5s")["memory_utilization"]
        for minute in (1, 3, 5, 7)
    ]

    assert memory[0] < memory[1] < memory[2] < 97
    assert memory[3] < memory[2]


@pytest.mark.parametrize("fault", FAULT_NAMES)
def test_each_remedy_brings_its_service_back_under_its_promises(fault):
    sick = with_fault(fault, at=STRUCK_AT)

    cured = ordered(sick, REMEDIES[fault], at=CURED_AT)

    assert not breached(cured, FAULTS[fault].service)
    assert not breached(cured, "checkout")


@pytest.mark.parametrize(("fault", "other"), list(permutations(FAULT_NAMES, 2)))
def test_a_remedy_for_another_fault_does_not_cure(fault, other):
    sick = with_fault(fault, at=STRUCK_AT)

    treated = ordered(sick, REMEDIES[other], at=CURED_AT)

    assert breached(treated, FAULTS[fault].service)
    assert fault in treated.latest.faults


def test_a_restart_drops_some_requests_for_a_few_seconds_and_no_longer():
    restarted = ordered(healthy(), ("restart_service", "payments", None), at=NOW)

    during = means(restarted, "payments", NOW + timedelta(seconds=5), "5s")["error_rate"]
    after = means(restarted, "payments", NOW + timedelta(seconds=40), "20s")["error_rate"]

    assert during > 3
    assert after < 1


def test_a_change_shows_in_the_series_from_its_moment_on():
    cured = ordered(
        with_fault("pool_too_small", at=NOW - timedelta(hours=1)),
        ("set_pool_size", "checkout", 16),
        at=NOW - timedelta(minutes=10),
    )

    series = [sample.latency_ms(0.99) for sample in sampled(cured, "checkout", "20m")]

    assert min(series[:9]) > 1_500
    assert max(series[-9:]) < 500


def test_a_shorter_timeout_trades_waiting_for_errors():
    sick = with_fault("pool_too_small")
    hasty = ordered(sick, ("set_timeout", "checkout", 0.3))

    assert means(hasty, "checkout")["pool_wait_ms"] < means(sick, "checkout")["pool_wait_ms"] / 3
    assert means(hasty, "checkout")["error_rate"] > means(sick, "checkout")["error_rate"]


def test_switching_a_fault_off_restores_what_it_had_changed():
    for fault in FAULT_NAMES:
        restored = ordered(with_fault(fault), ("set_fault", fault, False))
        versions = {name: each.version for name, each in restored.latest.settings.items()}

        assert restored.latest.faults == {}
        assert versions == {name: each.version for name, each in HEALTHY.items()}
        assert restored.latest.settings["checkout"].pool_size == 20


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (
            ("set_pool_size", "web", 0),
            "The pool size 0 is out of range; write a number from 1 to 200.",
        ),
        (
            ("set_pool_size", "database", 10),
            "database calls no other service, so it has no pool; "
            "write one of those that call it: checkout, payments, inventory.",
        ),
        (
            ("set_timeout", "web", math.nan),
            "The timeout in seconds nan is out of range; write a number from 0.1 to 60.",
        ),
        (
            ("scale_service", "webb", 2),
            "There is no service 'webb'; "
            "write one of web, checkout, payments, inventory, database.",
        ),
        (
            ("set_fault", "fire", True),
            "There is no fault 'fire'; write one of slow_database, pool_too_small, bad_deploy, "
            "noisy_neighbour, memory_leak.",
        ),
    ],
)
def test_an_impossible_order_is_refused_with_what_to_write(order, sentence):
    with pytest.raises(Refused) as refusal:
        carry_out(Order(*order), NORMAL, NOW)

    assert str(refusal.value) == sentence


def test_a_service_can_be_rolled_back_once():
    rolled = ordered(healthy(), ("roll_back", "web", None))

    with pytest.raises(Refused, match="web runs v30 and has no earlier version to go back to"):
        ordered(rolled, ("roll_back", "web", None))
