"""A write of which nobody knows whether it happened: its key stays, or a person has to speak."""

import asyncio
from datetime import timedelta

import pytest

from opstream.domain.run import StepStatus
from opstream.domain.workflow import RetryPolicy
from opstream.errors import OperationFailed
from tests.engine.recipes import call, workflow
from tests.engine.world import Fate, Tools, World

OFTEN = RetryPolicy(attempts=9, first_wait=timedelta(seconds=1))


@pytest.fixture
def loop():
    made = asyncio.new_event_loop()
    yield made
    made.close()


def under_way(loop, operation, **more):
    flow = workflow(call("fix", operation=operation, unattended=True, retry=OFTEN, **more))
    world = World(flow, loop)
    world.look()
    world.end_call("fix", Fate.WELL)  # the intent is written
    assert world.run.state("fix").status is StepStatus.SCHEDULED
    return world


def ends(world, *fates):
    for fate in fates:
        if world.run.wake_at:
            world.now = world.run.wake_at
            world.look()
        world.end_call("fix", fate)
    return world.run.state("fix")


@pytest.mark.parametrize("later", [Fate.REFUSED, Fate.DOWN])
def test_a_try_that_surely_failed_does_not_say_that_the_one_before_it_did(loop, later):
    world = under_way(loop, "t.keyed")

    state = ends(world, Fate.LOST, later)

    assert (state.status, state.attempt) == (StepStatus.RETRYING, 1)
    assert ends(world, Fate.WELL).status is StepStatus.SUCCEEDED


def test_a_write_under_way_at_a_crash_stays_in_doubt_while_its_tool_is_away(loop):
    world = under_way(loop, "t.write")
    world.die(Fate.LOST)
    world.look()

    state = ends(world, Fate.DOWN, Fate.DOWN, Fate.WELL)

    assert (state.status, state.attempt) == (StepStatus.DOUBTED, 1)


def test_a_write_that_runs_out_of_time_is_not_repeated_unasked(loop, monkeypatch):
    async def never_answers(self, call, listener):
        raise TimeoutError

    world = under_way(loop, "t.write")
    monkeypatch.setattr(Tools, "call", never_answers)

    state = ends(world, Fate.WELL)

    assert state.status is StepStatus.DOUBTED
    assert "did not answer within" in state.question


def test_a_write_whose_output_cannot_be_judged_is_a_persons_to_judge(loop):
    world = under_way(loop, "t.write", fail_if="output.none.such")

    state = ends(world, Fate.WELL)

    assert state.status is StepStatus.DOUBTED
    assert "fail_if" in state.question


def test_a_tool_that_asks_for_eternity_gets_a_year(loop, monkeypatch):
    async def busy(self, call, listener):
        raise OperationFailed("Later.", retry_after=timedelta.max)

    world = under_way(loop, "t.write")
    monkeypatch.setattr(Tools, "call", busy)

    state = ends(world, Fate.WELL)

    assert state.status is StepStatus.RETRYING
    assert state.wake_at - world.now == timedelta(days=366)
