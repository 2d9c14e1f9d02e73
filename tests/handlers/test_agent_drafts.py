"""`new <what you want>`: a workflow is drafted, checked, shown, and published after a yes by who may."""

import pytest

from opstream.agent.language import EXAMPLE
from opstream.definitions import loader
from opstream.domain.prompt import PromptReply, ToolCall
from tests.agent.scripted import ScriptedModel, calls
from tests.handlers.driving import fill_in

BAD = "id: hail\ntitle: Hail\nsteps:\n  - {id: one, cal: estate.look}\n"
GOOD = (
    "id: hail\ntitle: Hail somebody\ninputs: {name: text}\nsteps:\n"
    "  - {id: look, title: Look, call: estate.look, with: {name: '{{ inputs.name }}'}}\n"
    "  - {id: greet, title: Greet, call: estate.greet, with: {name: '{{ inputs.name }}'}}\n"
)


def _answers(text: str) -> PromptReply:
    data = {"workflow": text, "explanation": "It looks, asks, and greets."}
    return PromptReply("", "scripted", 10, 10, (ToolCall("a", "answer", data),), cost=0.001)


def _checks(text: str) -> PromptReply:
    return calls(("opstream.check_workflow", {"workflow": text}))


def _form_with(person, field: str):
    """Return the open form that has a field, once it is there."""
    fits = (
        one
        for one in person.views.values()
        if any(b.get("block_id") == field for b in one["blocks"])
    )
    return next(fits, None)


@pytest.fixture
def model() -> ScriptedModel:
    """A model that mends what is complained of."""
    return ScriptedModel(_checks(BAD), _checks(GOOD), _answers(f"```yaml\n{GOOD}```"))


def test_the_example_that_models_are_given_is_a_workflow():
    [found] = loader.load(EXAMPLE, "example")

    assert found.workflow.id == "restart_when_slow"


async def test_a_wish_becomes_a_draft_that_an_admin_publishes(ana, join, model, tools):
    cleo = await join("U0CLEO0001")
    await ana.command("/opstream new hail people by their name")

    root = await ana.sees("hail people by their name", "Ana")
    draft = await ana.sees(
        "It looks, asks, and greets", "What a run would do", "Publish", thread=root["ts"]
    )
    complaint = str(model.asked[1].turns[-1].results[0].output)
    assert "cal" in complaint
    assert "the draft:4" in complaint
    assert tools.calls == []

    await cleo.press(draft, "draft_publish")
    form = await cleo.until(lambda: _form_with(cleo, "why"), "the form opens")
    await fill_in(cleo, form, why="We greet.")
    await ana.sees("published version 1", "Hail somebody")


async def test_what_cannot_be_mended_is_shown_with_its_complaints(ana, model):
    model.replies = [_answers(BAD)]

    await ana.command("/opstream new hail people")

    await ana.sees("This cannot be used yet", "the draft:4", "cal: estate.look")
