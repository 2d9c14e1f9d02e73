"""The closed forms against Erlang's formula, against a simulated queue, and their bounds."""

import heapq
import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.playground.estate.queueing import erlang_c, inverse_erlang_b, servers_needed, solve

SERVERS = st.integers(1, 200)
RATES = st.floats(0.0, 2_000.0)
HOLDS = st.floats(0.0001, 20.0)
PATIENCES = st.floats(0.05, 60.0)
few = settings(max_examples=150, deadline=None, database=None)


def simulated(servers, rate, hold, patience, arrivals=100_000):
    """Serve first come, first served; who would wait longer than the patience goes away."""
    dice, now, waits, lost = Random(7), 0.0, 0.0, 0
    free_at = [0.0] * servers
    for _ in range(arrivals):
        now += dice.expovariate(rate)
        wait = max(0.0, free_at[0] - now)
        waits += min(wait, patience)
        if wait >= patience:
            lost += 1
        else:
            heapq.heapreplace(free_at, now + wait + dice.expovariate(1.0 / hold))
    return waits / arrivals, lost / arrivals


def test_one_server_waits_with_the_probability_that_it_is_busy():
    assert erlang_c(1, 0.7) == pytest.approx(0.7)


def test_a_textbook_value_of_erlang_b_is_met():
    assert 1 / inverse_erlang_b(10, 5.0) == pytest.approx(0.018385, rel=1e-4)


def test_endless_patience_gives_erlangs_mean_wait():
    queue = solve(8, 38.0, 0.2, 1e4)

    assert queue.mean_wait == pytest.approx(erlang_c(8, 7.6) / (8 / 0.2 - 38.0), rel=1e-9)
    assert queue.timeout_probability == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("rate", [38.0, 40.0, 44.0])
def test_a_simulated_queue_waits_and_loses_as_much(rate):
    queue = solve(8, rate, 0.2, 1.0)

    waited, lost = simulated(8, rate, 0.2, 1.0)

    assert queue.mean_wait == pytest.approx(waited, rel=0.1)
    assert queue.timeout_probability == pytest.approx(lost, abs=0.006)


@few
@given(SERVERS, RATES, HOLDS, PATIENCES)
def test_every_figure_is_finite_and_within_its_bounds(servers, rate, hold, patience):
    queue = solve(servers, rate, hold, patience)

    assert 0.0 <= queue.utilization <= 1.0
    assert 0.0 <= queue.timeout_probability <= queue.wait_probability <= 1.0 + 1e-9
    assert 0.0 <= queue.mean_wait <= patience * (1 + 1e-9)


@few
@given(SERVERS, RATES, HOLDS, PATIENCES, st.floats(0.0, 1.0, exclude_max=True))
def test_one_server_more_never_waits_longer(servers, rate, hold, patience, chance):
    fewer, more = solve(servers, rate, hold, patience), solve(servers + 1, rate, hold, patience)
    longer, shorter = fewer.wait(chance), more.wait(chance)

    assert more.mean_wait <= fewer.mean_wait + 1e-9 * patience
    assert more.timeout_probability <= fewer.timeout_probability + 1e-9
    assert longer is None or (shorter is not None and shorter <= longer + 1e-6 * patience)


@few
@given(SERVERS, RATES, HOLDS, PATIENCES)
def test_waits_grow_with_chance_and_never_exceed_the_patience(servers, rate, hold, patience):
    queue = solve(servers, rate, hold, patience)

    waits = [queue.wait(number / 50) for number in range(50)]
    served = [wait for wait in waits if wait is not None]

    assert all(math.isfinite(wait) and 0.0 <= wait <= patience for wait in served)
    assert served == sorted(served)
    assert None not in waits[: len(served)]


@few
@given(SERVERS, RATES, HOLDS, PATIENCES, st.floats(0.01, 0.99))
def test_the_tail_agrees_with_the_drawn_waits(servers, rate, hold, patience, chance):
    queue = solve(servers, rate, hold, patience)
    wait = queue.wait(chance)

    if wait is not None and 0.0 < wait < patience * 0.999:
        assert queue.longer_than(wait) == pytest.approx(1.0 - chance, abs=1e-6)


def test_above_capacity_the_surplus_times_out():
    queue = solve(8, 80.0, 0.2, 2.0)

    assert queue.timeout_probability == pytest.approx(0.5, abs=1e-3)
    assert queue.utilization == pytest.approx(1.0, abs=1e-3)


def test_the_size_said_to_be_needed_is_the_first_that_is_enough():
    needed = servers_needed(40.0, 0.2, wait_probability=0.02, most=200)

    assert erlang_c(needed, 8.0) <= 0.02 < erlang_c(needed - 1, 8.0)
