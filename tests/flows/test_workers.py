"""Real workers on a real PostgreSQL: one dies, hangs or leaves, and another goes on with its run."""

import asyncio
import signal
import time

import pytest

from tests import postgres
from tests.contracts.waiting import until
from tests.flows.crew import PATIENCE, Crew

LONG = {"OPSTREAM_LEASE": "60s"}  # too long to explain why somebody went on


@pytest.fixture
async def crew_of_two(tmp_path):
    crews = []

    async def hire(**more):
        crews.append(Crew(tmp_path, postgres.migrated_database(), **more))
        await asyncio.gather(*(crews[-1].hire(name) for name in ("one", "two")))
        return crews[-1]

    yield hire
    for crew in crews:
        await crew.dismiss()


async def test_a_run_of_a_worker_that_was_killed_goes_on_elsewhere_within_ten_seconds(crew_of_two):
    crew = await crew_of_two()
    async with crew.office() as office:
        began_at = time.monotonic()
        await crew.start(office)
        victim = await crew.who_waits(calls=1)
        usual = time.monotonic() - began_at  # a second at most, unless others need the processors

        victim.send(signal.SIGKILL)
        killed_at = time.monotonic()
        other = await crew.who_waits(calls=2)

        assert time.monotonic() - killed_at < max(10, 10 * usual)
        assert other is not victim
        crew.open_gate()
        await until(lambda: crew.status() == "succeeded", PATIENCE)


async def test_what_a_worker_writes_after_its_run_was_taken_over_is_refused(crew_of_two):
    crew = await crew_of_two()
    async with crew.office() as office:
        await crew.start(office)
        sleeper = await crew.who_waits(calls=1)

        sleeper.send(signal.SIGSTOP)
        await until(lambda: len(crew.calls()) == 2, PATIENCE)
        facts = crew.facts()
        sleeper.send(signal.SIGCONT)
        crew.open_gate(only_for=crew.calls()[0])
        await until(lambda: "run_taken_over" in sleeper.log.read_text(), PATIENCE)

        assert crew.facts() == facts
        assert crew.workers[crew.owner().rsplit("-", 1)[0]] is not sleeper
        crew.open_gate()
        await until(lambda: crew.status() == "succeeded", PATIENCE)
        assert crew.facts() == [*facts, "step_succeeded", "run_finished"]


@pytest.mark.parametrize("how", ["politely", "twice"])
async def test_a_worker_that_is_asked_to_stop_gives_its_run_back(crew_of_two, how):
    crew = await crew_of_two(**(LONG if how == "politely" else {}))
    async with crew.office() as office:
        await crew.start(office)
        leaving = await crew.who_waits(calls=1)

        leaving.send(signal.SIGTERM)
        if how == "twice":
            leaving.send(signal.SIGINT)
        code = await leaving.left()
        other = await crew.who_waits(calls=2)

        assert code == (0 if how == "politely" else 130)
        assert other is not leaving
        crew.open_gate()
        await until(lambda: crew.status() == "succeeded", PATIENCE)
