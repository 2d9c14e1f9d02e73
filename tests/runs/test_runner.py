"""The loop, on a real database: what is called, written, waited for and taken up again."""

import asyncio

import pytest

from opstream.domain.approval import Grant
from opstream.domain.history import Clarification, Outcome
from opstream.domain.run import RunStatus, StepStatus
from opstream.errors import OperationFailed
from tests.contracts.waiting import until
from tests.runs.conftest import ANA, BO

HEAD = "id: demo\ntitle: Demo\nsteps:\n"
TWO = (
    HEAD
    + "  - {id: a, call: t.read}\n  - {id: b, call: t.read, with: {n: '{{ steps.a.output.n }}'}}\n"
)
WRITE = HEAD + "  - {id: fix, call: t.write, with: {size: 24}}\n"
FREE_WRITE = HEAD + "  - {id: fix, call: t.write, unattended: true}\n"
FREE_KEYED = HEAD + "  - {id: fix, call: t.keyed, unattended: true}\n"
RETRIED = HEAD + "  - {id: a, call: t.read, retry: {attempts: 2, wait: 10s, factor: 1}}\n"
WAITING = HEAD + "  - wait: 20s\n  - {id: a, call: t.read}\n"


async def test_steps_run_in_order_and_hand_on_what_they_found(house):
    house.tools.answers["t.read"] = [{"n": 7}, "done"]

    view = await house.watcher.ended(await house.start(TWO))

    assert view.run.outcome is Outcome.SUCCEEDED
    assert [call.arguments for call in house.tools.calls] == [{}, {"n": 7}]
    assert view.run.result == "done"


async def test_branches_do_not_wait_for_each_other(house):
    house.tools.gates["t.keyed"] = gate = asyncio.Event()
    text = HEAD + (
        "  - {id: slow, call: t.keyed, unattended: true, needs: []}\n"
        "  - {id: quick, call: t.read, needs: []}\n"
        "  - {id: then, call: t.read, needs: [quick]}\n"
    )

    run_id = await house.start(text)
    view = await house.watcher.until(run_id, lambda v: v.run.state("then").settled)

    assert view.under_way == {"slow"}
    gate.set()
    assert (await house.watcher.ended(run_id)).run.outcome is Outcome.SUCCEEDED


async def test_a_failed_read_is_tried_again_after_its_wait_and_not_before(house):
    house.tools.answers["t.read"] = [OperationFailed("Away.", kind="unavailable"), "back"]
    run_id = await house.start(RETRIED)
    await house.watcher.until(run_id, lambda v: v.run.state("a").status is StepStatus.RETRYING)

    house.clock.pass_(seconds=13)
    await house.install.look_around()

    assert (await house.watcher.ended(run_id)).run.result == "back"


async def test_a_step_that_keeps_failing_ends_the_run_with_a_sentence(house):
    house.tools.answers["t.read"] = [OperationFailed("No such service.", retryable=False)]

    view = await house.watcher.ended(await house.start(TWO))

    assert view.run.outcome is Outcome.FAILED
    assert "No such service." in view.run.reason


async def test_a_write_that_nobody_covered_asks_for_a_yes_first(house):
    run_id = await house.start(WRITE)
    view = await house.watcher.until(run_id, lambda v: v.run.state("fix").approval)

    assert house.tools.calls == []
    assert view.run.state("fix").approval.call.arguments == {"size": 24}
    await house.runs.answer_approval(run_id, "fix", 1, Grant(), by=BO)
    assert (await house.watcher.ended(run_id)).run.outcome is Outcome.SUCCEEDED
    assert [call.key for call in house.tools.calls] == [f"{run_id}:fix:1"]


async def test_a_keyed_write_under_way_at_a_crash_is_made_again_with_the_same_key(house):
    house.tools.gates["t.keyed"] = asyncio.Event()
    run_id = await house.start(FREE_KEYED)
    await house.watcher.until(run_id, lambda v: v.under_way and v.run.state("fix").call)

    house.tools.gates.clear()
    await house.reopen()
    await house.watcher.ended(run_id)

    keys = {call.key for call in house.tools.calls}
    assert keys == {f"{run_id}:fix:1"}


@pytest.mark.parametrize(
    ("answer", "calls", "outcome"),
    [
        (Clarification.REPEAT, 2, Outcome.SUCCEEDED),
        (Clarification.DONE, 1, Outcome.SUCCEEDED),
        (Clarification.SKIP, 1, Outcome.SUCCEEDED),
    ],
)
async def test_a_write_without_a_key_is_not_repeated_before_a_person_has_spoken(
    house, answer, calls, outcome
):
    house.tools.gates["t.write"] = asyncio.Event()
    run_id = await house.start(FREE_WRITE)
    await house.watcher.until(run_id, lambda v: v.under_way and v.run.state("fix").call)
    house.tools.gates.clear()

    await house.reopen()
    view = await house.watcher.until(
        run_id, lambda v: v.run.state("fix").status is StepStatus.DOUBTED
    )
    assert "may or may not have happened" in view.run.state("fix").question
    await house.runs.clear_doubt(run_id, "fix", answer, by=ANA)

    assert (await house.watcher.ended(run_id)).run.outcome is outcome
    assert len(house.tools.calls) == calls


async def test_a_write_whose_answer_got_lost_is_a_persons_to_clear_up(house):
    lost = OperationFailed("The connection broke.", kind="unavailable", outcome_known=False)
    house.tools.answers["t.write"] = [lost]

    run_id = await house.start(FREE_WRITE)

    view = await house.watcher.until(run_id, lambda v: v.run.state("fix").question)
    assert "The connection broke." in view.run.state("fix").question


async def test_a_waiting_run_is_taken_up_after_a_restart(house):
    run_id = await house.start(WAITING)
    await house.watcher.until(run_id, lambda v: v.run.wake_at)

    house.clock.pass_(seconds=21)
    await house.reopen()

    assert (await house.watcher.ended(run_id)).run.outcome is Outcome.SUCCEEDED


async def test_cancelling_a_run_cancels_the_call_under_way(house):
    house.tools.gates["t.read"] = asyncio.Event()
    run_id = await house.start(TWO)
    await house.watcher.until(run_id, lambda v: v.under_way)

    await house.runs.cancel(run_id, by=ANA, reason="Wrong service.")
    view = await house.watcher.ended(run_id)

    assert (view.run.status, view.run.reason) == (RunStatus.CANCELLED, "Wrong service.")
    await until(lambda: house.tools.cancelled)
    assert house.tools.cancelled == [f"{run_id}:a:1"]


async def test_a_paused_run_ends_what_is_under_way_and_begins_nothing_new(house):
    house.tools.gates["t.read"] = gate = asyncio.Event()
    house.tools.answers["t.read"] = [{"n": 7}]
    run_id = await house.start(TWO)
    await house.watcher.until(run_id, lambda v: v.under_way)

    await house.runs.pause(run_id, by=ANA)
    gate.set()
    await house.watcher.until(run_id, lambda v: v.run.state("a").settled)
    assert len(house.tools.calls) == 1

    await house.runs.resume(run_id, by=ANA)
    await house.watcher.ended(run_id)
    assert len(house.tools.calls) == 2


async def test_a_retry_goes_on_from_the_failed_step(house):
    house.tools.answers["t.read"] = [{"n": 1}, OperationFailed("Away.", retryable=False), "well"]
    run_id = await house.start(TWO)
    await house.watcher.ended(run_id)

    await house.runs.retry(run_id, by=ANA)
    view = await house.watcher.until(run_id, lambda v: v.run.outcome is Outcome.SUCCEEDED)

    assert view.run.result == "well"
    assert [call.key for call in house.tools.calls] == [
        f"{run_id}:a:1",
        f"{run_id}:b:1",
        f"{run_id}:b:2",
    ]


async def test_an_output_that_fail_if_refuses_counts_as_a_failure(house):
    text = HEAD + "  - {id: a, call: t.read, fail_if: output.error, retry: {attempts: 1}}\n"
    house.tools.answers["t.read"] = [{"error": "AWS Error: throttled"}]

    view = await house.watcher.ended(await house.start(text))

    assert view.run.outcome is Outcome.FAILED
    assert "fail_if" in view.run.reason


async def test_an_unknown_operation_is_a_clear_end(house):
    view = await house.watcher.ended(
        await house.start(HEAD + "  - {id: a, call: \"{{ 't.raed' }}\", retry: {attempts: 1}}\n")
    )

    assert "t.raed" in view.run.reason
