"""A step of Slack's Workflow Builder starts a run and hears of its end, once, whatever happens between."""

import itertools

import pytest

from opstream.playground.slack import happenings as h
from opstream.playground.slack.executions import Execution
from tests.contracts.waiting import until
from tests.handlers.driving import OPS, fill_in

NUMBERS = itertools.count(1)


@pytest.fixture
def execute(playground, ana):
    """Let a workflow come to our step, and return the id of that."""

    async def come(workflow: str, inputs: str = "", channel: str = OPS) -> str:
        await ana.until(lambda: ana.connected, "the bot is connected")
        execution = f"Fx{next(NUMBERS):010}"
        given = {"workflow": workflow, "inputs": inputs, "channel": channel}
        playground._hub.record(h.StepExecuted(Execution(execution, "run_workflow", given)))
        return execution

    return come


@pytest.fixture
def ended(playground):
    """Wait until a step has ended, and return how."""

    async def wait(execution: str) -> Execution:
        steps = playground._hub.workspace.executions
        await until(lambda: steps[execution].ending)
        return steps[execution]

    return wait


async def test_a_step_waits_for_the_yes_and_gets_what_the_run_found(execute, ended, bo, bot):
    execution = await execute("greet", 'name="the whole world"')
    request = await bo.sees("Greet the whole world?", "approval_grant")

    await bo.press(request, "approval_grant")

    step = await ended(execution)
    (run,) = (await bot.install.services.runs.ended()).runs
    assert step.ending == "completed"
    assert step.outputs == {"run": run.id, "result": "Hello the whole world."}


async def test_a_step_whose_run_is_denied_fails_with_the_reason(execute, ended, bo):
    execution = await execute("greet", "name=World")
    request = await bo.sees("Greet World?", "approval_deny")

    await bo.press(request, "approval_deny")
    await fill_in(bo, await bo.opens("form_deny"), reason="Not before noon.")

    step = await ended(execution)
    assert (step.ending, "Not before noon." in step.error) == ("failed", True)


@pytest.mark.parametrize(
    ("workflow", "inputs", "why"),
    [
        ("gret", "", "There is no workflow `gret`. Did you mean `greet`?"),
        ("greet", "", "name"),
        ("greet", "name=x wrong=1", "has no input `wrong`"),
        ("", "", "There is no workflow"),
    ],
)
async def test_a_step_that_cannot_start_fails_at_once(execute, ended, workflow, inputs, why):
    step = await ended(await execute(workflow, inputs))

    assert step.ending == "failed"
    assert why in step.error


async def test_what_slack_delivers_twice_starts_one_run(playground, execute, bo, bot):
    playground.faults.duplicate_next(5)
    await execute("greet", "name=World")

    await bo.sees("Greet World?", "approval_grant")

    assert (await bot.install.services.runs.active()).total == 1


async def test_a_step_that_was_stopped_meanwhile_is_left_alone(playground, execute, bo, bot):
    execution = await execute("greet", "name=World")
    request = await bo.sees("Greet World?", "approval_grant")
    hub = playground._hub
    running = hub.workspace.executions[execution]
    hub.record(h.StepEnded(Execution(running.id, running.step, running.inputs, "failed")))

    await bo.press(request, "approval_grant")
    await bo.sees("took", "Greet somebody")
    await bot.messenger.settled()

    assert hub.workspace.executions[execution].error == ""


async def test_the_shortcut_starts_a_workflow_from_anywhere(ana):
    await ana.until(lambda: ana.connected, "the bot is connected")
    await ana.do("shortcut", callback_id="start_anything")
    choice = await ana.opens("form_anything")
    which, where = choice["blocks"]
    chosen = next(one for one in which["element"]["options"] if one["value"] == "greet")
    values = {
        which["block_id"]: {which["element"]["action_id"]: {"selected_option": chosen}},
        where["block_id"]: {where["element"]["action_id"]: {"selected_conversation": OPS}},
    }

    await ana.do("view_submit", view_id=choice["id"], values=values)
    await fill_in(ana, await ana.opens("form_start"), input_name="World")

    await ana.sees("Asked by <@U0ANA00001>", "name = World")
