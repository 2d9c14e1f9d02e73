"""Cards of prompt templates: harmless whatever stands in them, within Slack's limits, and complete."""

from dataclasses import replace

import pytest

from blocks import drafts, ids, prompts
from opstream.domain.inputs import Input
from opstream.domain.template import Example, Expectation, PromptTemplate, TemplateTest, Trial
from opstream.errors import BadInput, Complaint
from tests.blocks.drawing import drawn
from tests.blocks.oracle import accepts, accepts_view
from tests.blocks.stories import ANA, NOON

HOSTILE = "<!channel> *x* `y` \u202e & " + "long " * 900
EXAMPLE = Example("A short notice", {"text": "x"}, Expectation(contains=("shop",), max_words=9))
TEMPLATE = PromptTemplate(
    "summarise",
    "Summarise a text",
    "Say it: {{ inputs.text }}",
    3,
    inputs=(Input("text"),),
    examples=(EXAMPLE,),
)
ODD = replace(TEMPLATE, title=HOSTILE, description=HOSTILE, text=HOSTILE * 4, system=HOSTILE * 4)


def test_a_list_shows_each_template_once_and_what_keeps_files_out():
    message = prompts.listing([TEMPLATE], [Complaint("bad.yaml", 3, "It is odd.", "Mend it.")])

    accepts(message)
    shown = drawn(message)
    assert "Prompt templates* · 1 template" in shown
    assert "*Summarise a text* · `summarise` · version 3" in shown
    assert "bad.yaml" in shown
    assert prompts.listing([], []).text.startswith("There is no prompt template yet.")


def test_a_long_list_has_pages():
    many = [replace(TEMPLATE, id=f"t{number}") for number in range(23)]

    shown = drawn(prompts.listing(many, [], 10))

    assert "11 to 20 of 23" in shown
    assert "`t10`" in shown
    assert "`t20`" not in shown


@pytest.mark.parametrize("template", [TEMPLATE, ODD])
def test_a_close_up_and_a_proposal_are_taken_by_slack_whatever_stands_in_them(template):
    versions = [drafts.version_line(n, NOON, ANA, HOSTILE) for n in range(12, 0, -1)]

    for message in (
        prompts.closeup(template, versions, ["a", "b"], 2),
        prompts.proposal("d1", template, HOSTILE * 5),
        prompts.published(template, ANA, HOSTILE),
    ):
        accepts(message)
        assert "<!channel>" not in str([b for b in message.blocks if b["type"] == "section"])


def test_only_a_template_with_examples_can_be_tested_and_only_an_older_version_brought_back():
    full = str(prompts.closeup(TEMPLATE, [], [], 2).blocks)
    bare = str(prompts.closeup(replace(TEMPLATE, examples=()), [], []).blocks)

    assert ids.PROMPT_TEST in full
    assert "Bring back version 2" in full
    assert ids.PROMPT_TEST not in bare
    assert ids.PROMPT_BACK not in bare


def test_forms_are_taken_and_a_text_that_none_can_hold_says_what_to_do():
    accepts_view(prompts.editor("id: x\n" * 800, {"channel": "C1"}))
    accepts_view(prompts.publication("d1", "summarise", {"channel": "C1"}))

    with pytest.raises(BadInput, match="This template has"):
        prompts.editor("id: x\n" * 20_000, {})


def test_a_test_shows_each_example_and_what_was_wrong_with_the_answer():
    good = Trial(EXAMPLE, (), "The shop.", "gemini", 30, 4, 0.001, "Claude is down.")
    bad = Trial(
        replace(EXAMPLE, title="Hostile"), ("It does not fit.",), HOSTILE, "gemini", 30, 900, 0.002
    )

    message = prompts.tested(TemplateTest(TEMPLATE, (good, *[bad] * 30)))

    accepts(message)
    shown = drawn(message)
    assert "❌ 1 of 31 examples as expected · version 3" in shown
    assert "contains “shop”, at most 9 words" in shown
    assert "*Hostile*: It does not fit." in shown
    assert "and 20 more examples that did not go as expected" in shown
    assert "Answered by `gemini` · 27,934 tokens · $0.0610" in shown
    assert "Claude is down." in shown
    assert "<!channel>" not in shown.replace("&lt;!channel", "")


def test_all_as_expected_is_said_in_one_line():
    message = prompts.tested(TemplateTest(replace(TEMPLATE, version=0), (Trial(EXAMPLE),)))

    assert "✅ 1 of 1 example as expected · the draft" in drawn(message)
