import pytest
from hypothesis import given
from hypothesis import strategies as st

from opstream.adapters.connectors.profiling import sizing


def test_little_s_law_counts_the_busy_connections():
    assert sizing.busy_connections(40, 200, 0.0) == 8.0
    assert sizing.busy_connections(40, 200, 0.5) == 16.0


@pytest.mark.parametrize(
    ("busy", "current", "size"), [(8, 8, 16), (8, None, 16), (2, 8, 12), (90, 8, 32), (0.5, 1, 4)]
)
def test_a_pool_is_at_most_60_percent_used_and_never_more_than_four_times_as_large(
    busy, current, size
):
    assert sizing.pool_size(busy, current) == size


@given(st.floats(0.1, 500), st.integers(1, 200))
def test_a_proposed_pool_is_always_larger_than_the_one_there_is(busy, current):
    assert current < sizing.pool_size(busy, current) <= 4 * current + 4


@given(st.integers(1, 50), st.floats(75, 100))
def test_proposed_replicas_bring_the_processors_below_saturation(current, busy):
    wanted = sizing.replicas(current, busy)

    assert current < wanted
    assert busy * current / wanted <= 60.0 or wanted == 4 * current
