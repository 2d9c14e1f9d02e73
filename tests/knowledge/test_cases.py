"""Runs are remembered, and those that failed alike are shown with what helped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from opstream.domain.approval import Approval, ProposedCall, Verdict
from opstream.domain.conversation import Place
from opstream.domain.outcome import Outcome
from opstream.domain.person import Who
from opstream.domain.run import Run, RunStatus, StepState, StepStatus
from opstream.domain.work import Call
from opstream.domain.workflow import ApprovalRule, Step, Workflow
from opstream.knowledge import cases
from tests.knowledge.conftest import ANA, BO

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
LOAD = Workflow("load", "Load test", (Step("fire", "Fire", Call("estate.fire", {})),))
OPS = Place("C1", "17.5")
TIMEOUT = "Timed out after 31 s waiting for a connection of pool 20 (request 4f7k2q9d)"


def ended(id, error="", hours=0, inputs=None, place=OPS, **more):
    """Return a run that failed with an error, or succeeded without."""
    at = NOON + timedelta(hours=hours)
    run = Run(
        id,
        more.pop("workflow", "load"),
        1,
        inputs or {"service": "checkout", "pool_size": 20},
        Who(ANA.id, ANA.name),
        place,
        at - timedelta(minutes=5),
        status=RunStatus.FAILED if error else RunStatus.SUCCEEDED,
        outcome=Outcome.FAILED if error else Outcome.SUCCEEDED,
        ended_at=at,
        reason=error,
        **more,
    )
    state = StepState(StepStatus.FAILED, error=error) if error else StepState(StepStatus.SUCCEEDED)
    return run.with_step("fire", state)


def approved(run, operation, **arguments):
    call = ProposedCall("scale", operation, arguments)
    approval = Approval("scale", 1, "Scale?", "", ApprovalRule(), call, NOON, None, Verdict.GRANTED)
    return run.with_step("scale", StepState(StepStatus.SUCCEEDED, call=call, approval=approval))


async def similar(house, run):
    return await house.knowledge.similar(LOAD, run)


async def test_a_run_is_found_by_what_it_was_about_and_what_it_found(house):
    run = replace(ended("r1"), result={"findings": ["The cache of checkout is cold."]})
    await house.knowledge.note_run(LOAD, run)

    [hit] = await house.knowledge.look_up("cold cache", by=BO)

    assert hit.passage == "findings: The cache of checkout is cold."
    assert hit.entry.title == "Load test"
    assert hit.entry.subjects == {"workflow/load", "checkout", "C1/17.5"}


async def test_a_failure_that_was_there_before_is_shown_with_what_helped(house):
    for run in (
        ended("r1", TIMEOUT),
        ended("r2", hours=1, inputs={"service": "checkout", "pool_size": 40}),
    ):
        await house.knowledge.note_run(LOAD, run)
    again = ended("r3", TIMEOUT.replace("31", "45").replace("4f7k2q9d", "9zz1"), hours=50)
    await house.knowledge.note_run(LOAD, again)

    [case] = await similar(house, again)

    assert (case.run, case.helped, case.helped_by) == ("r1", "pool size 20 → 40", "r2")
    assert case.error.startswith("Timed out after 31 s")
    assert (await house.knowledge.saved()).cases == 1


async def test_what_was_approved_and_done_counts_as_help(house):
    await house.knowledge.note_run(LOAD, ended("r1", TIMEOUT))
    fixed = approved(ended("r2", hours=1), "estate.scale", service="checkout", replicas=4)
    await house.knowledge.note_run(LOAD, fixed)

    [case] = await similar(house, ended("r3", TIMEOUT, hours=2))

    assert case.helped == "estate.scale (service checkout, replicas 4)"


async def test_a_failure_that_was_retried_until_it_worked_is_one_case_that_ended_well(house):
    await house.knowledge.note_run(LOAD, ended("r1", TIMEOUT))
    await house.knowledge.note_run(LOAD, ended("r1", hours=1, retries=2))

    assert await similar(house, ended("r3", TIMEOUT, hours=2)) == []
    [hit] = await house.knowledge.look_up("retries", by=BO)
    assert "It worked after 2 retries." in hit.passage


async def test_what_helped_is_kept_when_the_failure_is_told_once_more(house):
    failed, worked = ended("r1", TIMEOUT), ended("r2", hours=1)
    for run in (failed, worked, failed, worked):
        await house.knowledge.note_run(LOAD, run)

    [case] = await similar(house, ended("r3", TIMEOUT, hours=2))

    assert case.helped == "running it once more, with nothing changed"


@pytest.mark.parametrize(
    "other",
    [
        ended("r1", "The service does not exist, choose another one from the list"),
        ended("r1", TIMEOUT, workflow="another"),
        ended("r1", TIMEOUT, place=Place("C9", "1.1")),
        ended("r1", TIMEOUT, hours=99),
        ended("r1"),
    ],
    ids=["another error", "another workflow", "another channel", "later", "no failure"],
)
async def test_what_is_not_alike_or_not_for_all_who_read_there_is_not_shown(house, other):
    await house.knowledge.note_run(replace(LOAD, id=other.workflow_id), other)

    assert await similar(house, ended("r3", TIMEOUT, hours=2)) == []


async def test_a_success_on_something_else_helped_nobody(house):
    await house.knowledge.note_run(LOAD, ended("r1", TIMEOUT))
    await house.knowledge.note_run(LOAD, ended("r2", hours=1, inputs={"service": "search"}))

    [case] = await similar(house, ended("r3", TIMEOUT, hours=2))

    assert case.helped == ""


async def test_talks_are_not_remembered_as_runs(house):
    await house.knowledge.note_run(replace(LOAD, conversation=True), ended("r1"))

    assert (await house.knowledge.saved()).entries == {}


def test_failures_are_alike_by_words_not_by_numbers():
    def details(error, step="fire"):
        return {"workflow": "load", "error": error, "step": step}

    one = details("Pool of 20 is used up after 31 s")

    assert cases.alike(one, details("Pool of 40 is used up after 9 s")) == 1.0
    assert cases.alike(one, details("Pool of 40 is used up after 9 s", "other")) == 0.8
    assert cases.alike(one, details("No such host")) < 0.3
    assert cases.alike(details(""), details("")) == 0.0
