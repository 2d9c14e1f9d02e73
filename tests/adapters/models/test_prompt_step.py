"""Steps that prompt, in a real install: from the workflow to the provider and back."""

import pytest
import pytest_asyncio

from opstream.domain.history import Outcome
from opstream.domain.spending import Spent
from tests.adapters.models.conftest import GEMINI, ON_ONE_LOOP
from tests.doubles.models import Reply, Rule
from tests.runs.conftest import House

pytestmark = ON_ONE_LOOP
HEAD = "id: demo\ntitle: Demo\ninputs: {mail: {}}\nsteps:\n"
WHO = HEAD + (
    "  - id: ask\n"
    "    prompt:\n"
    "      text: 'Who wrote this? {{ inputs.mail }}'\n"
    "      schema: {type: object, properties: {who: {type: string}}, required: [who]}\n"
)
SUMMARY = HEAD + "  - {id: ask, prompt: 'Summarize: {{ inputs.mail }}'}\n"


@pytest_asyncio.fixture(loop_scope="package")
async def run_house(tmp_path):
    made = House(tmp_path)
    yield made
    if hasattr(made, "install"):
        await made.close()


async def test_a_prompt_is_answered_by_a_model_that_never_saw_the_address(run_house, double):
    run_house.environment |= double.environment("gemini")
    double.rules = [Rule(Reply('{"who": "<EMAIL_1>"}', tokens_in=50, tokens_out=5))]

    run_id = await run_house.start(WHO, mail="From ana@example.com: the disk is full.")
    view = await run_house.watcher.ended(run_id, seconds=30)

    assert view.run.result == {"who": "ana@example.com"}
    [asked] = double.asked
    assert asked.text == "Who wrote this? From <EMAIL_1>: the disk is full."
    spent = await run_house.stores.database.usage.spent(run=run_id, person=view.run.by.id)
    assert (spent.answers, spent.tokens_in) == (1, 50)
    assert view.spent == spent
    answered = view.run.state("ask").answered
    assert (answered.model, answered.tokens, answered.why) == (GEMINI, 55, "")
    assert answered.cost == pytest.approx(spent.cost, abs=1e-6)


async def test_without_a_key_a_summary_is_computed_and_says_so(run_house):
    run_id = await run_house.start(
        SUMMARY, mail="One thing. Another thing. A third one. It is late."
    )
    view = await run_house.watcher.ended(run_id)

    assert view.run.result.startswith("No language model is set up: what follows was computed")
    answered = view.run.state("ask").answered
    assert (answered.model, answered.tokens) == ("offline", 0)
    assert "Set GEMINI_API_KEY" in answered.why
    assert view.spent == Spent()


async def test_without_a_key_what_takes_a_model_fails_with_what_to_set(run_house):
    run_id = await run_house.start(WHO, mail="From Ana")
    view = await run_house.watcher.ended(run_id)

    assert view.run.outcome is Outcome.FAILED
    assert "Set GEMINI_API_KEY" in str(view.run.reason)
