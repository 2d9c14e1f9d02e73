"""Prompt templates from the chat: listed, shown, written, tested, published, brought back."""

import pytest

from config.settings import Settings
from opstream.domain.person import Person, Role
from opstream.domain.prompt import PromptReply, PromptRequest
from tests.agent.scripted import ScriptedModel
from tests.handlers.driving import fill_in

GREETING = """id: greeting
title: A greeting
inputs:
  name: {type: text, title: Name}
text: Greet {{ inputs.name }}.
examples:
  - title: Ana
    inputs: {name: Ana}
    expect: {contains: Ana, max_words: 5}
  - title: Nobody in particular
    inputs: {name: all of you}
    expect: {contains: everybody}
"""
SHORTER = GREETING.replace("Greet {{", "Greet, shortly, {{")
WORKFLOW = """id: hello
title: Say hello
inputs: {name: text}
steps:
  - id: greet
    prompt: {template: greeting, with: {name: "{{ inputs.name }}"}}
  - notify: "{{ steps.greet.output }}"
result: "{{ steps.greet.output }}"
"""

LATER = """id: later
title: Greet later
steps:
  - approval: {title: "Shall I greet?", role: operator, asker_may: true}
  - id: greet
    prompt: {template: greeting, with: {name: Bo}}
result: "{{ steps.greet.output }}"
"""


def echo(request: PromptRequest) -> PromptReply:
    """Say what was asked."""
    return PromptReply(f"You asked: {request.text}", "echo-1", 20, 5)


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel(echo)


@pytest.fixture
def settings(tmp_path) -> Settings:
    """An install with one template and a workflow that names it; Ana is an admin, Bo an operator."""
    (tmp_path / "config" / "prompts").mkdir(parents=True)
    (tmp_path / "config" / "prompts" / "greeting.yaml").write_text(GREETING)
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "hello.yaml").write_text(WORKFLOW)
    (tmp_path / "workflows" / "later.yaml").write_text(LATER)
    people = {"U0ANA00001": ["admin"], "U0BO000001": ["operator"], "U0DAN00001": ["viewer"]}
    tree = {
        "data_dir": str(tmp_path / "data"),
        "config_dir": str(tmp_path / "config"),
        "workflow_dirs": [str(tmp_path / "workflows")],
        "roles": {"default": ["viewer"], "people": people},
    }
    return Settings.model_validate(tree, context={"folder": tmp_path})


async def test_templates_are_listed_and_shown_with_what_uses_them(ana):
    await ana.command("/opstream prompts")

    listed = await ana.told("Prompt templates", "1 template", "A greeting", "2 examples")
    await ana.press(listed, "prompt_show")
    shown = await ana.told("Greet {{ inputs.name }}.", "Version 1", "from its file")
    assert "Used by `later`, `hello`" in str(shown["blocks"])


async def test_a_name_that_is_misspelt_is_answered_with_what_comes_close(ana):
    await ana.command("/opstream prompts show greting")

    await ana.told("There is no prompt template `greting`. Did you mean `greeting`?")


async def test_a_template_is_written_shown_as_a_difference_and_published_after_a_yes(ana, model):
    await ana.command("/opstream prompts edit greeting")
    form = await ana.until(lambda: _filled(ana), "the form is filled in")
    assert _typed(form) == GREETING.rstrip()
    await fill_in(ana, form, **{"text:0": SHORTER.rstrip()})

    draft = await ana.told("1 line new, 1 line taken out. Nothing is published yet.")
    assert "+text: Greet, shortly, {{ inputs.name }}." in str(draft["blocks"])
    await ana.press(draft, "prompt_publish")
    await fill_in(ana, await ana.opens("form_prompt_publish"), why="It was too long")

    await ana.sees("published version 2 of", "A greeting", "It was too long")
    await ana.command("/opstream start hello name=Bo")
    await ana.sees("You asked: Greet, shortly, Bo.")


async def test_a_run_under_way_keeps_the_version_that_it_began_with(ana, bot):
    await ana.command("/opstream start later")
    question = await ana.sees("Shall I greet?", "approval_grant")

    admin = Person("U0CLEO0001", "Cleo", frozenset({Role.ADMIN}))
    await bot.install.services.prompts.publish(SHORTER, "Shorter", by=admin)
    await ana.press(question, "approval_grant")

    await ana.sees("You asked: Greet Bo.")
    await ana.command("/opstream start hello name=Bo")
    await ana.sees("You asked: Greet, shortly, Bo.")


async def test_faults_are_said_under_the_field_and_nothing_typed_is_lost(ana):
    heard = {}
    ana._on_view_errors = heard.update
    await ana.command("/opstream prompts edit greeting")
    form = await ana.until(lambda: _filled(ana), "the form is filled in")

    await fill_in(ana, form, **{"text:0": GREETING.replace("inputs.name", "inputs.nmae")})

    await ana.until(lambda: "errors" in heard, "the faults at their fields")
    assert heard["errors"] == {
        "text:0": "Line 5: `text` uses the input `nmae`, which is not declared. Did you mean `name`?"
    }
    assert form["id"] in ana.views


async def test_a_test_shows_what_passed_what_failed_and_what_was_expected(ana, model):
    await ana.command("/opstream prompts test greeting")

    told = await ana.told("1 of 2 examples as expected", "version 1", "echo-1", "50 tokens")
    shown = str(told["blocks"])
    assert all(word in shown for word in ("passed", "failed", "contains “Ana”", "at most 5 words"))
    assert "It does not contain “everybody”." in shown
    assert "&gt; You asked: Greet all of you." in shown or "> You asked: Greet all" in shown
    assert [one.purpose.person for one in model.asked] == ["U0ANA00001"] * 2


async def test_an_older_version_is_brought_back_as_a_proposal(ana):
    await ana.command("/opstream prompts edit greeting")
    form = await ana.until(lambda: _filled(ana), "the form is filled in")
    await fill_in(ana, form, **{"text:0": SHORTER.rstrip()})
    await ana.press(await ana.told("Nothing is published yet."), "prompt_publish")
    await fill_in(ana, await ana.opens("form_prompt_publish"), why="Shorter")
    await ana.sees("published version 2 of")

    await ana.command("/opstream prompts rollback greeting 1")

    await ana.told("-text: Greet, shortly, {{ inputs.name }}.", "+text: Greet {{ inputs.name }}.")


async def test_an_operator_may_test_but_not_publish(bo):
    await bo.command("/opstream prompts test greeting")
    await bo.told("1 of 2 examples as expected")
    await bo.command("/opstream prompts edit greeting")
    form = await bo.until(lambda: _filled(bo), "the form is filled in")
    await fill_in(bo, form, **{"text:0": SHORTER.rstrip()})
    await bo.press(await bo.told("Nothing is published yet."), "prompt_publish")

    await fill_in(bo, await bo.opens("form_prompt_publish"), why="Because")

    await bo.told("To publish a prompt template you need the role `admin`")


async def test_who_only_looks_on_may_not_test(join):
    dan = await join("U0DAN00001")
    await dan.command("/opstream prompts test greeting")

    await dan.told("To test prompt templates you need the role `operator`")


async def test_the_words_of_a_request_say_what_is_missing(ana):
    await ana.command("/opstream prompts test")
    await ana.told("Say which template.")

    await ana.command("/opstream prompts rollback greeting")
    await ana.told("Say which template and which version")


class TestWithoutAModel:
    @pytest.fixture
    def model(self) -> None:
        return None

    async def test_a_test_says_so_in_one_sentence(self, ana):
        await ana.command("/opstream prompts test greeting")

        await ana.told(
            "No language model is set up, so the examples of `greeting` cannot be tried."
        )


def _filled(person):
    """Return the open editor once the text stands in it."""
    forms = [one for one in person.views.values() if one["callback_id"] == "form_prompt"]
    return next((one for one in forms if _typed(one)), None)


def _typed(form):
    return form["blocks"][1].get("element", {}).get("initial_value", "")
