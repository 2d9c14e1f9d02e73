"""Prompt templates: how they are written, what is wrong with them, and how answers are judged."""

import re
from pathlib import Path

import pytest

from opstream.definitions import judging, loader, prompt_asking, prompts
from opstream.domain.prompt import Purpose
from opstream.domain.template import Expectation
from opstream.errors import BadInput, DefinitionErrors

SUMMARISE = """id: summarise
title: Summarise a text
inputs:
  text: {type: text, title: Text}
  words: {type: number, default: 40}
system: You are brief.
text: "Say in {{ inputs.words }} words: {{ inputs.text }}"
schema: {type: object, properties: {said: {type: string}}}
examples:
  - inputs: {text: The shop was closed.}
    expect: {contains: shop, matches: "clos(ed|ure)", max_words: 40, equals: {said: Closed.}}
"""


def only(text, file="t.yaml"):
    [loaded] = prompts.load(text, file)
    return loaded.template


def complaints(text, file="t.yaml"):
    with pytest.raises(DefinitionErrors) as caught:
        prompts.load(text, file)
    return [str(one) for one in caught.value.complaints]


def test_a_template_written_out_reads_as_the_same_template():
    template = only(SUMMARISE)

    assert only(prompts.write(template)) == template
    assert template.examples[0].expect.contains == ("shop",)


def test_all_faults_are_named_at_once_with_their_lines_and_what_to_write():
    text = """id: sum up
title: Sum up
inputs: {text: text, how: {type: choice}}
system: "{{ inputs.txet }} and {{ run.id }} and {{ text }}"
text: "{{ inputs.text"
tone: kind
schema: {type: strange}
examples:
  - inputs: {words: 3}
    expect: {matches: "(?=a)"}
  - {inputs: {text: x, how: y}}
"""

    said = complaints(text)

    assert (
        "t.yaml:1: The id `sum up` has characters that an id cannot have. Write `sum_up`." in said
    )
    assert "t.yaml:3: The input `how` is a choice without `choices`." in " ".join(said)
    assert (
        "t.yaml:4: `system` uses the input `txet`, which is not declared. Did you mean `text`?"
        in said
    )
    assert any(
        "t.yaml:4: `system` uses `run`, but a template sees only its inputs." in s for s in said
    )
    assert (
        "t.yaml:4: `system` uses `text`, which is no name by itself. Write `inputs.text`." in said
    )
    assert any(s.startswith("t.yaml:5: `{{ inputs.text` cannot be read") for s in said)
    assert any(s.startswith("t.yaml:6: The template has no key `tone`.") for s in said)
    assert any(s.startswith("t.yaml:7: The schema of the answer is no JSON schema") for s in said)
    assert any(s.startswith("t.yaml:9: Example 1: there is no input `words`.") for s in said)
    assert any("t.yaml:9: Example 1: the input `text` is missing." in s for s in said)
    assert any("t.yaml:10: Example 1: `(?=a)` is no pattern: look-around" in s for s in said)
    assert any("t.yaml:11: Example 2 expects nothing." in s for s in said)


OLDER = [
    ('{"prompts": {"sum up": "Sum up: {text}"}}', "sum_up", "Sum up: {{ inputs.text }}"),
    ('{"sum": "Sum up: {{text}}"}', "sum", "Sum up: {{ inputs.text }}"),
    ('{"sum": {"prompt": "Sum: {{ text | upper }}"}}', "sum", "Sum: {{ inputs.text | upper }}"),
    ('[{"name": "sum", "template": "Sum: {my-text}"}]', "sum", "Sum: {{ inputs.my_text }}"),
    ('{"prompts": [{"id": "sum", "text": "Sum up."}]}', "sum", "Sum up."),
    ('{"sum": {"content": "Give {\\"a\\": {\\"b\\": 1}}"}}', "sum", 'Give {"a": {"b": 1}}'),
    (
        '{"sum": "As {{\\"a\\": {{\\"b\\": 1}}}}: {text}"}',
        "sum",
        'As {"a": {"b": 1}}: {{ inputs.text }}',
    ),
]


@pytest.mark.parametrize(("text", "name", "wanted"), OLDER)
def test_a_file_of_an_older_system_loads_as_it_is(text, name, wanted):
    template = only(text, "prompts.json")

    assert (template.id, template.text) == (name, wanted)
    assert only(prompts.write(template)) == template


def test_an_older_template_keeps_its_part_and_model_and_each_has_a_source_of_its_own():
    text = """{"prompts": {
      "one": {"prompt": "One {a}", "system_prompt": "You are {who}.", "model": "gemini", "temperature": 0},
      "two": "Two"}}"""

    one, two = prompts.load(text, "prompts.json")

    assert one.template.system == "You are {{ inputs.who }}."
    assert one.template.model == "gemini"
    assert [field.name for field in one.template.inputs] == ["a", "who"]
    assert prompts.reload(two.source, "two") == two.template
    assert "two" not in one.source


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 3}', "`a` is a number, but the text of a prompt is expected."),
        ('{"a": {"modle": "x"}}', "`a` has no text: none of `prompt`, `template`, `text`"),
        ('[{"prompt": "x"}]', "Item 1 of the list has no name."),
        ('["x"]', "Item 1 of the list has no name."),
        ("{}", "There is no template in it."),
        ('{"a b": "x", "a_b": "y"}', "There are two templates `a_b`."),
        ('{"a": "{{ user.name }}"}', "`text` uses `user`, but a template sees only its inputs."),
    ],
)
def test_an_older_file_that_cannot_be_used_says_what_is_wrong(text, said):
    assert said in complaints(text, "prompts.json")[0]


def test_a_question_is_asked_with_defaults_and_values_of_their_kinds():
    asked = prompt_asking.request(
        only(SUMMARISE), {"text": "{{ inputs.words }}"}, Purpose(person="U1")
    )

    assert asked.text == "Say in 40 words: {{ inputs.words }}"  # data, not a template
    assert (asked.system, asked.purpose.person) == ("You are brief.", "U1")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "The template `summarise` still needs `text`."),
        ({"text": "x", "wrods": 3}, "has no input `wrods`. Did you mean `words`?"),
        ({"text": "x", "words": "many"}, "`words` cannot be `many`: it is no number."),
    ],
)
def test_a_question_with_wrong_inputs_is_refused(given, said):
    with pytest.raises(BadInput) as caught:
        prompt_asking.request(only(SUMMARISE), given, Purpose())

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("expect", "good", "bad", "why"),
    [
        (Expectation(contains=("Ana",)), "ANA did it", "Bo", "It does not contain “Ana”."),
        (Expectation(matches="[0-9]+ euros"), "120 euros", "some", "Nothing in it matches"),
        (
            Expectation(max_words=2),
            "two words",
            "now three words",
            "It has 3 words; 2 are the most.",
        ),
        (Expectation(max_words=2), {"a": "x", "b": ["y"]}, ["x y", "z"], "It has 3 words"),
        (Expectation(equals="Yes"), " Yes\n", "yes", "It is not “Yes”."),
        (Expectation(equals={"a": 1}), '{"a": 1}', {"a": 2}, 'It is not “{"a": 1}”.'),
        (
            Expectation(schema={"type": "object", "required": ["a"]}),
            '{"a": 1}',
            {},
            "It does not obey the schema: 'a' is a required property.",
        ),
    ],
)
def test_an_answer_is_held_against_what_was_expected(expect, good, bad, why):
    assert judging.faults(expect, good) == []
    [said] = judging.faults(expect, bad)
    assert why in said


def test_a_pattern_that_other_engines_choke_on_is_decided_at_once():
    expect = Expectation(matches="^(a+)+$")

    assert judging.faults(expect, "a" * 50_000 + "!") == ["Nothing in it matches `^(a+)+$`."]


def test_the_examples_of_the_page_about_templates_are_real():
    page = (Path(__file__).parents[2] / "docs" / "prompts.md").read_text()
    found = re.findall(r"```(yaml|json)\n(.*?)```", page, re.DOTALL)

    templates = [text for kind, text in found if "steps:" not in text]
    [workflow] = [text for kind, text in found if "steps:" in text]

    assert [prompts.load(text, "page")[0].template.id for text in templates] == ["summarise"] * 4
    assert loader.load(workflow, "page")
