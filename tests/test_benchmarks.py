"""The benchmarks still run, and count right; what they find is no matter of tests."""

from benchmarks import steps
from benchmarks.measure import Figure, percentile, ratio
from tests import logs


def test_a_percentile_is_the_nearest_rank():
    values = [4.0, 1.0, 3.0, 2.0]

    assert percentile(values, 0.50) == 2.0
    assert percentile(values, 0.99) == 4.0
    assert percentile([7.0], 0.50) == 7.0


def test_figures_are_compared_round_by_round():
    ours = Figure("ours", "ms", (2.0, 9.0, 4.0))
    peer = Figure("peer", "ms", (1.0, 3.0, 4.0))

    compared = ratio("ours against the peer", ours, peer)

    assert compared.rounds == (2.0, 3.0, 1.0)
    assert compared.median == 2.0
    assert (ours.median, ours.best) == (4.0, 2.0)


def test_the_engine_can_be_measured():
    size = steps.Size(rounds=1, workflows=4, steps=2, long_steps=5, parked=100, presses=3)

    with logs.put_back():
        outcome = steps.measure(size)

    assert all(value > 0 for figure in outcome.figures for value in figure.rounds)
    assert [one.bar for one in outcome.ratios] == ["", "", "", "1"]
