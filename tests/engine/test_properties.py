"""What holds for every workflow and every order of events: nothing lost, doubled, unasked or stuck."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opstream.domain import history as h
from opstream.domain.effects import Work
from opstream.engine.decide import decide
from opstream.engine.evolve import evolve, replay
from opstream.engine.settle import settle
from opstream.engine.timely import is_timely
from tests.engine.crowd import help_on, moves
from tests.engine.random_facts import HISTORIES
from tests.engine.random_flows import workflows
from tests.engine.recipes import ANA, NOON, after, started
from tests.engine.world import World, must_add_up

# The same examples every time: a suite that fails must fail for everybody.
STEADY = settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
FIRST = h.RunStarted(NOON, "demo", 1, {}, ANA, None)


@pytest.fixture(scope="module")
def loop():
    made = asyncio.new_event_loop()
    yield made
    made.close()


@settings(STEADY, max_examples=300)
@given(workflow=workflows(), happens=st.binary(min_size=60, max_size=100))
def test_whatever_happens_nothing_is_doubled_unasked_or_stuck(loop, workflow, happens):
    world = World(workflow, loop)
    world.look()

    for choice, haste in zip(happens[::2], happens[1::2], strict=False):
        possible = moves(world, haste)
        possible[choice % len(possible)]()
        world.must_hold_together()
    assert replay("r1", world.facts) == world.run

    for _ in range(100):
        if not world.run.status.ended:
            help_on(world)
    world.must_hold_together()
    assert world.run.status.ended, "with willing people and good tools every run ends"


@settings(STEADY, max_examples=200)
@given(facts=HISTORIES)
def test_any_facts_in_any_order_add_up_and_always_to_the_same(facts):
    run = started()
    for fact in facts:
        told = evolve(run, fact)
        assert told == evolve(run, fact)
        assert told.version == run.version + 1
        if not is_timely(run, fact):
            assert replace(told, version=run.version) == run
        run = told
        must_add_up(run)

    assert replay("r1", [FIRST, *facts]) == run


@settings(STEADY, max_examples=200)
@given(workflow=workflows(), facts=HISTORIES, minutes=st.integers(0, 200))
def test_what_follows_from_any_facts_ends_and_leaves_nothing_undone(workflow, facts, minutes):
    now = after(60 * minutes)

    settled = settle(workflow, started(), facts, now, frozenset())

    left = decide(workflow, replace(settled.run, moved=None), now)
    assert list(left) == list(settled.calls)
    assert all(isinstance(effect, Work) for effect in left)
    assert replay("r1", [FIRST, *settled.facts]) == settled.run
    if settled.run.status.ended:
        assert not left
