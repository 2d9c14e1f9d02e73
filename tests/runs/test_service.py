"""What people may do with runs, and the sentence they get when they may not."""

import asyncio

import pytest

from opstream.domain.approval import AskForChanges, Deny, Grant, Verdict
from opstream.domain.history import Outcome
from opstream.errors import BadInput, MissingInputs, NotAllowed, NotFound, TooLate
from tests.runs.conftest import ANA, BO, BOT, CLEO, DAN

HEAD = "id: demo\ntitle: Demo\n"
ASKING = HEAD + (
    "steps:\n"
    "  - {id: ask, approval: {title: Do it?, covers: fix}}\n"
    "  - {id: fix, call: t.keyed, with: {size: 24, name: checkout}}\n"
)
WITH_INPUT = HEAD + "inputs:\n  service: {type: text}\nsteps:\n  - {id: a, call: t.read}\n"


async def asked(house):
    run_id = await house.start(ASKING)
    await house.watcher.until(run_id, lambda v: v.run.state("ask").approval)
    return run_id


async def test_an_approved_call_is_made_once_and_remembers_who_said_yes(house):
    run_id = await asked(house)

    await house.runs.answer_approval(run_id, "ask", 1, Grant(), by=BO)
    view = await house.watcher.ended(run_id)

    assert view.run.state("ask").approval.by == BO.who
    assert [call.arguments for call in house.tools.calls] == [{"size": 24, "name": "checkout"}]


@pytest.mark.parametrize(
    ("person", "words"),
    [(ANA, "role `approver`"), (DAN, "role `approver`"), (BOT, "A bot cannot decide")],
)
async def test_who_may_not_decide_is_told_why(house, person, words):
    run_id = await asked(house)

    with pytest.raises(NotAllowed, match=words):
        await house.runs.answer_approval(run_id, "ask", 1, Grant(), by=person)

    assert house.tools.calls == []


async def test_who_asked_cannot_say_yes_to_themselves(house):
    house.write(ASKING)
    await house.open()
    run = await house.runs.start("demo", {}, by=CLEO, place=None)
    await house.watcher.until(run.id, lambda v: v.run.state("ask").approval)

    with pytest.raises(NotAllowed, match="somebody else has to decide"):
        await house.runs.answer_approval(run.id, "ask", 1, Grant(), by=CLEO)


async def test_a_second_press_learns_who_was_first(house):
    run_id = await asked(house)
    await house.runs.answer_approval(run_id, "ask", 1, Grant(), by=BO)

    with pytest.raises(TooLate, match="approved by Bo at 12:00 UTC"):
        await house.runs.answer_approval(run_id, "ask", 1, Deny("No"), by=CLEO)


async def test_of_two_decisions_at_once_one_wins_and_the_other_is_told(house):
    run_id = await asked(house)

    results = await asyncio.gather(
        house.runs.answer_approval(run_id, "ask", 1, Grant(), by=BO),
        house.runs.answer_approval(run_id, "ask", 1, Deny("Not now."), by=CLEO),
        return_exceptions=True,
    )

    assert sum(isinstance(one, TooLate) for one in results) == 1


async def test_a_press_after_the_run_was_cancelled_changes_nothing(house):
    run_id = await asked(house)
    await house.runs.cancel(run_id, by=ANA)

    with pytest.raises(TooLate, match=r"withdrawn because the run ended.*cancelled"):
        await house.runs.answer_approval(run_id, "ask", 1, Grant(), by=BO)

    view = await house.watcher.ended(run_id)
    assert view.run.state("ask").approval.verdict is Verdict.WITHDRAWN
    assert house.tools.calls == []


async def test_a_denial_needs_a_reason_and_shows_it(house):
    run_id = await asked(house)
    with pytest.raises(BadInput, match="say why"):
        await house.runs.answer_approval(run_id, "ask", 1, Deny("  "), by=BO)

    await house.runs.answer_approval(run_id, "ask", 1, Deny("Freeze."), by=BO)

    run = (await house.watcher.ended(run_id)).run
    assert (run.outcome, run.reason) == (Outcome.DENIED, "Freeze.")


async def test_asked_for_changes_come_back_as_a_new_question(house):
    run_id = await asked(house)

    changes = AskForChanges("Smaller, please.", {"size": "16", "name": "checkout"})
    await house.runs.answer_approval(run_id, "ask", 1, changes, by=BO)
    await house.watcher.until(run_id, lambda v: v.run.state("ask").approval.revision == 2)
    await house.runs.answer_approval(run_id, "ask", 2, Grant(), by=BO)
    await house.watcher.ended(run_id)

    assert house.tools.calls[0].arguments == {"size": 16, "name": "checkout"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"sise": "1"}, "no argument `sise`"), ({"size": "many"}, "not of that kind")],
)
async def test_changes_that_make_no_sense_are_refused(house, arguments, words):
    run_id = await asked(house)

    with pytest.raises(BadInput, match=words):
        await house.runs.answer_approval(
            run_id, "ask", 1, AskForChanges("Other.", arguments), by=BO
        )


async def test_the_same_request_twice_starts_one_run(house):
    house.write(ASKING)
    await house.open()

    first = await house.runs.start("demo", {}, by=ANA, place=None, request_key="t1")
    second = await house.runs.start("demo", {}, by=ANA, place=None, request_key="t1")

    assert first.id == second.id
    assert (await house.runs.active()).total == 1


async def test_a_viewer_cannot_start_anything(house):
    house.write(ASKING)
    await house.open()

    with pytest.raises(NotAllowed, match="role `operator`, and yours is viewer"):
        await house.runs.start("demo", {}, by=DAN, place=None)


@pytest.mark.parametrize(
    ("name", "inputs", "error", "words"),
    [
        ("demmo", {}, NotFound, "Did you mean `demo`"),
        ("demo", {}, MissingInputs, "needs `service`"),
        ("demo", {"service": ""}, BadInput, "service"),
        ("demo", {"service": "x", "servise": "y"}, BadInput, "servise"),
    ],
)
async def test_a_start_that_cannot_be_understood_says_what_to_write(
    house, name, inputs, error, words
):
    house.write(WITH_INPUT)
    await house.open()

    with pytest.raises(error, match=words):
        await house.runs.start(name, inputs, by=ANA, place=None)


async def test_a_run_is_found_by_the_beginning_of_its_id_or_alone(house):
    run_id = await asked(house)

    assert await house.runs.resolve(run_id[:4], by=BO, place=None) == run_id
    assert await house.runs.resolve(None, by=ANA, place=None) == run_id
    with pytest.raises(NotFound, match="There is no run `zzz`"):
        await house.runs.resolve("zzz", by=ANA, place=None)
    with pytest.raises(NotFound, match="You have no active run"):
        await house.runs.resolve(None, by=BO, place=None)


async def test_what_cannot_be_steered_any_more_says_so(house):
    run_id = await asked(house)
    await house.runs.pause(run_id, by=ANA)
    with pytest.raises(TooLate, match="paused already, by Ana"):
        await house.runs.pause(run_id, by=ANA)
    await house.runs.resume(run_id, by=ANA)
    with pytest.raises(TooLate, match="not paused"):
        await house.runs.resume(run_id, by=ANA)
    with pytest.raises(TooLate, match="still active"):
        await house.runs.retry(run_id, by=ANA)
    await house.runs.cancel(run_id, by=ANA)
    with pytest.raises(TooLate, match="cancelled by Ana"):
        await house.runs.cancel(run_id, by=ANA)
