"""What people write who know other systems: each fault is told once, in the words of this one."""

import pytest

from opstream.definitions import loader
from opstream.errors import DefinitionErrors

HEAD = "id: demo\ntitle: Demo\n"


def complaints(text, file="w.yaml"):
    with pytest.raises(DefinitionErrors) as caught:
        loader.load(text, file)
    return [str(one).partition(": ")[2] for one in caught.value.complaints]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{call: x.y, depends_on: [a]}", "no key `depends_on`. Did you mean `needs`?"),
        ("{notify: hi, if: yes}", "no key `if`. Did you mean `when`?"),
        ("{call: x.y, args: {a: 1}}", "no key `args`. Did you mean `with`?"),
        ("{call: x.y, name: Read}", "no key `name`. Did you mean `title`?"),
        ("{call: x.y, retries: 3}", "no key `retries`. Did you mean `retry`?"),
        ("{call: x.y, retry: {times: 3}}", "no key `times`. Did you mean `attempts`?"),
        ("{notify: {text: a, message: b}}", "no key `message`. Did you mean `text`?"),
        ("{call: x.y, retry: yes}", "Write `retry: 3`, or `retry: {attempts: 3, wait: 2s}`."),
        ("{approval: Shall I?}", "Write `approval: {title: Shall I go on?}`."),
        ("{ask: What?}", "Write `ask: {question: Why?, fields: {reason: text}}`."),
        ("{wait: }", "`wait` is empty. Write for example `wait: 20s`."),
        ("{when: 1 = 1, notify: a}", "compare with `==`."),
        ("{when: true && true, notify: a}", "write `and`."),
        ("{notify: '{{ inputs.x }}'}", "Add `inputs: {x: text}`."),
        ("{call: x.y, with: {a: '{{ secrets.KEY }}'}}", "Add an input of the type `secret`."),
        ("{call: x.y, compensate: {call: x.z}}", "no key `compensate`. Did you mean `undo`?"),
        ("{notify: '{% if 1 %}a{% endif %}'}", "statements such as `{% for %}` are not part"),
    ],
)
def test_a_step_in_foreign_words_hears_ours_and_nothing_else(step, said):
    [only] = complaints(f"{HEAD}steps:\n  - {step}\n")

    assert said in only


def test_what_no_step_has_is_told_before_it_runs():
    steps = "steps:\n  - {id: a, call: x.y}\n  - notify: '{{ steps.a.result }} {{ steps.a.output.result }}'\n"

    assert complaints(HEAD + steps) == [
        "The step `notify` uses `steps.a.result`, which is not there. "
        "Use one of `output`, `status`, `error`."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# later\n", "The file holds nothing. Begin with `id:`, `title:` and `steps:`."),
        ("- call: x.y\n", "The workflow is a list, but a mapping is expected."),
        (HEAD + "steps: {a: {call: x.y}}\n", "`steps` is a mapping, but a list is expected."),
        (HEAD + "steps:\n", "The workflow has no steps."),
        ("id: a\n title: b\n", "or indent the line like those around it."),
        ("workflows: [a]\n", "`workflows` is a list, but a mapping is expected."),
        ("workflows: {a: {tools: x}}\n", "`tools` is a text, but a list is expected."),
    ],
)
def test_a_file_of_another_shape_hears_one_thing(text, said):
    [only] = complaints(text)

    assert said in only
