"""The shipped workflows that need nothing but a model, from the chat: with one, and without."""

import pytest

from config.settings import PROJECT, Settings
from opstream.domain.prompt import PromptReply, PromptRequest
from tests.agent.scripted import ScriptedModel
from tests.handlers.driving import fill_in

NOTES = "Ana writes the report by Friday. Somebody should tell the customers."
FOUND = {
    "summary": "It was about the outage.",
    "items": [
        {"owner": "Ana", "what": "Write the report.", "until": "2026-03-06"},
        {"owner": "", "what": "Tell the customers.", "until": ""},
    ],
}


def answers(request: PromptRequest) -> PromptReply:
    """Answer as the templates want it."""
    fits = request.schema is None or "items" in request.schema["properties"]
    output = FOUND if request.schema and fits else "It is at 40 now."
    if not fits:
        output = {"summary": "About Tuesday.", "decided": ["Bo: Tuesday."], "open": []}
    return PromptReply(output, "scripted", 10, 5)


@pytest.fixture
def model() -> ScriptedModel | None:
    return ScriptedModel(answers)


@pytest.fixture
def settings(tmp_path) -> Settings:
    """An install with what is shipped."""
    tree = {
        "data_dir": str(tmp_path / "data"),
        "config_dir": str(PROJECT / "config"),
        "workflow_dirs": [str(PROJECT / "config" / "workflows")],
        "roles": {"default": ["operator"]},
    }
    return Settings.model_validate(tree, context={"folder": tmp_path})


async def test_meeting_notes_become_a_table_of_who_what_and_until(ana, model):
    await ana.command("/opstream start meeting_notes")
    await fill_in(ana, await ana.opens("form_start"), input_notes=NOTES)

    shown = await ana.sees("2 action items", "Write the report.")
    table = next(block for block in shown["blocks"] if block["type"] == "table")
    cells = [[cell["text"] for cell in row] for row in table["rows"]]
    assert cells == [
        ["owner", "what", "until"],
        ["Ana", "Write the report.", "2026-03-06"],
        ["-", "Tell the customers.", "-"],
    ]
    await ana.sees("It was about the outage.", "run_details")
    [asked] = model.asked
    assert NOTES in asked.text
    assert "never" in asked.system
    assert asked.schema["required"] == ["summary", "items"]


async def test_the_others_are_listed_and_say_what_the_model_answers(ana, model):
    await ana.command("/opstream workflows")
    titles = ("Ask a model", "Meeting notes to action items", "Sum up a conversation")
    await ana.told(*titles, "Summarise a text")

    await ana.command('/opstream start simple_prompt question="How large is the pool?"')
    await ana.sees("It is at 40 now.")
    await ana.command('/opstream start thread_summary conversation="ana: Tuesday? bo: Yes"')
    await ana.sees("What was decided there", "Bo: Tuesday.")


class TestWithoutAModel:
    @pytest.fixture
    def model(self) -> None:
        return None

    async def test_they_end_with_one_sentence_or_do_what_can_be_done(self, ana):
        await ana.command("/opstream start simple_prompt question=Why?")
        await ana.sees("This takes a language model, and none is set up. Set GEMINI_API_KEY")

        await ana.command(
            '/opstream start text_summary text="The pool was small. It is large now."'
        )
        await ana.sees("No language model is set up", "The pool was small.")
