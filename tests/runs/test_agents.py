"""Agents: what they say and do is journalled, writes wait for a yes, and a restart repeats nothing."""

import asyncio
from dataclasses import dataclass, field

import pytest

from opstream.domain.approval import Deny, Grant
from opstream.domain.history import Outcome
from opstream.domain.prompt import PromptReply, PromptRequest, ToolCall
from opstream.errors import BadInput, OperationFailed
from tests.runs.conftest import ANA, BO

LOOK = (
    "id: demo\ntitle: Demo\nsteps:\n  - {id: look, agent: {task: Why?, tools: ['t.*'], turns: 4}}\n"
)


def wants(*calls: tuple[str, dict[str, object]]) -> PromptReply:
    made = tuple(ToolCall(f"c{n}", name, given) for n, (name, given) in enumerate(calls))
    return PromptReply("Let me see.", "m", 100, 10, calls=made, cost=0.001)


def says(text: str) -> PromptReply:
    return PromptReply(text, "m", 200, 20, cost=0.002)


@dataclass
class Scripted:
    """A model that says what was written down for it, and remembers what it was asked."""

    script: list[PromptReply | OperationFailed]
    asked: list[PromptRequest] = field(default_factory=list)
    available: bool = True

    async def answer(self, request, saying=None):
        self.asked.append(request)
        said = self.script.pop(0)
        if isinstance(said, OperationFailed):
            raise said
        return said


async def look(house, *script, text: str = LOOK) -> str:
    house.model = Scripted(list(script))
    return await house.start(text)


async def test_it_reads_as_it_likes_and_its_answer_names_what_it_saw(house):
    house.tools.answers["t.read"] = [{"load": 93}]
    run = await look(house, wants(("t.read", {"host": "a"})), says("The load is 93 % [1]."))

    view = await house.watcher.ended(run)

    assert view.run.outcome is Outcome.SUCCEEDED
    output = view.run.state("look").output
    assert output["text"] == "The load is 93 % [1]."
    assert output["sources"] == [
        {"number": 1, "operation": "t.read", "arguments": {"host": "a"}, "failed": False}
    ]
    assert (output["turns"], output["tokens"], output["cost"]) == (2, 330, 0.003)
    [told] = house.model.asked[1].turns[1].results
    assert (told.call, told.output, told.failed) == ("c0", {"load": 93}, False)


async def test_a_write_waits_for_a_yes_to_exactly_that_call(house):
    run = await look(house, wants(("t.write", {"size": "{{ inputs.x }}"})), says("Done."))
    path = "look[0].act[0].call"
    asking = await house.watcher.until(run, lambda v: v.run.state(path).approval)
    assert house.tools.calls == []
    assert asking.run.state(path).approval.call.arguments == {"size": "{{ inputs.x }}"}

    await house.runs.answer_approval(run, path, 1, Grant(), by=BO)
    await house.watcher.ended(run)

    [call] = house.tools.calls
    assert (call.operation, call.arguments) == ("t.write", {"size": "{{ inputs.x }}"})


async def test_a_no_is_an_answer_to_the_model_and_ends_nothing(house):
    run = await look(house, wants(("t.write", {})), says("Then I leave it."))
    path = "look[0].act[0].call"
    await house.watcher.until(run, lambda v: v.run.state(path).approval)

    await house.runs.answer_approval(run, path, 1, Deny("Not on a Friday."), by=BO)
    view = await house.watcher.ended(run)

    assert view.run.outcome is Outcome.SUCCEEDED
    [told] = house.model.asked[1].turns[1].results
    assert told.failed
    assert "Not on a Friday." in told.output
    assert "Bo" in told.output
    assert house.tools.calls == []


async def test_a_call_that_fails_is_told_to_the_model(house):
    house.tools.answers["t.read"] = [OperationFailed("It is down.", retryable=False)]
    run = await look(house, wants(("t.read", {})), says("I could not see."))

    view = await house.watcher.ended(run)

    assert view.run.outcome is Outcome.SUCCEEDED
    [told] = house.model.asked[1].turns[1].results
    assert told.failed
    assert told.output == "It is down."


async def test_what_it_may_not_use_is_never_called(house):
    text = LOOK.replace("t.*", "t.read")
    run = await look(house, wants(("t.write", {}), ("rm", {})), says("Well."), text=text)

    await house.watcher.ended(run)

    assert house.tools.calls == []
    assert [one.name for one in house.model.asked[0].tools] == ["t.read"]
    assert all(one.failed for one in house.model.asked[1].turns[1].results)


async def test_reads_of_one_turn_are_made_side_by_side(house):

    house.tools.gates["t.read"] = gate = asyncio.Event()
    run = await look(house, wants(("t.read", {"n": 1}), ("t.read", {"n": 2})), says("Well."))
    both = {"look[0].act[0].call", "look[0].act[1].call"}

    await house.watcher.until(run, lambda v: v.under_way >= both)
    gate.set()

    assert (await house.watcher.ended(run)).run.outcome is Outcome.SUCCEEDED


async def test_the_last_turn_has_no_tools_and_must_answer(house):
    again = [wants(("t.read", {"n": n})) for n in range(4)]
    run = await look(house, *again)

    view = await house.watcher.ended(run)

    assert [bool(one.tools) for one in house.model.asked] == [True, True, True, False]
    assert view.run.state("look").output["text"] == "Let me see."
    assert len(house.tools.calls) == 3


async def test_it_stops_at_its_budget_of_tokens(house):
    text = LOOK.replace("turns: 4", "turns: 9, tokens: 1000")
    dear = PromptReply("Hm.", "m", 2_000, 10, calls=(ToolCall("c", "t.read", {}),))
    run = await look(house, dear, says("Enough."), text=text)

    view = await house.watcher.ended(run)

    assert [bool(one.tools) for one in house.model.asked] == [True, False]
    assert view.run.state("look").output["text"] == "Enough."


async def test_after_a_restart_no_finished_turn_or_call_is_repeated(house):
    run = await look(house, wants(("t.read", {})), wants(("t.write", {})))
    path = "look[1].act[0].call"
    await house.watcher.until(run, lambda v: v.run.state(path).approval)
    asked, called = len(house.model.asked), len(house.tools.calls)

    house.model.script.append(says("All done."))
    await house.reopen()
    await house.runs.answer_approval(run, path, 1, Grant(), by=BO)
    view = await house.watcher.ended(run)

    assert view.run.state("look").output["text"] == "All done."
    assert (len(house.model.asked), len(house.tools.calls)) == (asked + 1, called + 1)


async def test_without_a_model_the_step_fails_with_what_to_do(house):
    run = await look(house, OperationFailed("Set `GEMINI_API_KEY`.", retryable=False))

    view = await house.watcher.ended(run)

    assert view.run.outcome is Outcome.FAILED
    assert view.run.reason == "The step “Look” failed: Set `GEMINI_API_KEY`."


async def test_a_failed_agent_goes_on_where_it_was(house):
    bad = OperationFailed("No answer.", retryable=False)
    run = await look(house, wants(("t.read", {})), bad)
    await house.watcher.ended(run)

    house.model.script.append(says("Found it."))
    await house.runs.retry(run, by=ANA)
    view = await house.watcher.until(run, lambda v: v.run.outcome is Outcome.SUCCEEDED)

    assert view.run.state("look").output["text"] == "Found it."
    assert len(house.tools.calls) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("agent: {task: Look, tools: ['rm -rf /']}", "names no operations"),
        ("agent: {tools: ['t.*']}", "`task`"),
        ("agent: {task: Look, turns: 0}", "`turns`"),
        ("agent: {task: Look, turns: 1000}", "`turns`"),
        ("agent: {task: Look, tokens: lots}", "`tokens`"),
        ("agent: {task: Look, schema: 3}", "`schema`"),
        ("agent: {task: '{{ steps.gone.output }}'}", "gone"),
        ("agent: {task: Look, toolz: []}", "toolz"),
        ("{agent: Look, with: {a: 1}}", "`with` belongs to"),
    ],
)
async def test_a_badly_written_agent_is_refused_with_its_line(house, given, said):
    step = given if given.startswith("{") else "{id: look, " + given + "}"
    house.write(f"id: demo\ntitle: Demo\nsteps:\n  - {step}\n")
    await house.open()

    [found] = house.install.services.workflows.complaints()

    assert said in str(found)
    assert ":4" in str(found)


async def test_it_goes_on_with_its_last_turn_only(house):
    run = await look(house, wants(("t.read", {})), says("Well."))
    await house.watcher.ended(run)

    with pytest.raises(BadInput, match="build on each other: it goes on with turn 1"):
        await house.runs.retry(run, by=ANA, from_step="look[0].think")
