"""Forms, each compared whole, and what stands in their fields."""

import pytest
from inline_snapshot import snapshot

from blocks import forms, ids
from opstream.domain.workflow import Input, InputKind
from tests.blocks.drawing import form
from tests.blocks.stories import PROFILING, RUN, every_state

PLACE = {"channel": "C1", "thread": "1.2"}


def test_the_forms():
    approval = every_state()["asking"].run.state("ask").approval
    asking = every_state()["question"].run.state("rate")

    assert form(forms.start(PROFILING, {"service": "web"}, PLACE, "k1")) == snapshot("""\
<Start a workflow> <Start> <Close>
form_start {"workflow":"application_profiling","place":{"channel":"C1","thread":"1.2"},"request":"k1"}
[section] *Application Performance Profiling*
    Finds bottlenecks of a service and proposes a fix.
[input] input:service Service {plain_text_input {'max_length': 3000, 'initial_value': 'web'}}
[input] input:duration How long {plain_text_input {'max_length': 3000, 'initial_value': '2m', 'placeholder': {'type': 'plain_text', 'text': 'such as 2m, 90s or 1h 30m', 'emoji': True}}}\
""")
    assert form(forms.deny(RUN, approval, PLACE)) == snapshot("""\
<Deny> <Deny> <Close>
form_deny {"run":"r4f7k2q9dx","step":"ask","revision":1,"place":{"channel":"C1","thread":"1.2"}}
[section] *Scale checkout to 4 replicas?*
    The asker and the thread will see your reason.
[input] reason Why not? {plain_text_input {'multiline': True, 'max_length': 3000}}\
""")
    assert form(forms.ask_changes(RUN, approval, PLACE)) == snapshot("""\
<Ask for changes> <Send back> <Close>
form_changes {"run":"r4f7k2q9dx","step":"ask","revision":1,"place":{"channel":"C1","thread":"1.2"}}
[section] *Scale checkout to 4 replicas?*
    It is asked again with your changes.
[input] comment What should be different? {plain_text_input {'multiline': True, 'max_length': 3000}}
[section] *The arguments of* `estate.scale`
[input] optional input:service service {plain_text_input {'max_length': 3000, 'initial_value': 'checkout'}}
[input] optional input:replicas replicas {plain_text_input {'max_length': 3000, 'initial_value': '4'}}\
""")
    assert form(forms.answer(RUN, PROFILING.steps[5], asking, PLACE)) == snapshot("""\
<Answer> <Answer> <Close>
form_answer {"run":"r4f7k2q9dx","step":"rate","place":{"channel":"C1","thread":"1.2"}}
[section] *Ask how it went*
    How well did it go?
[input] input:stars Stars {number_input {'is_decimal_allowed': True}}\
""")


@pytest.mark.parametrize(
    ("kind", "value", "stands"),
    [
        (InputKind.NUMBER, "12", {"initial_value": "12"}),
        (InputKind.NUMBER, "twelve", {}),
        (InputKind.DATE, "2026-12-24", {"initial_date": "2026-12-24"}),
        (InputKind.DATE, "soon", {}),
        (InputKind.PERSON, "U0ANA00001", {"initial_user": "U0ANA00001"}),
        (InputKind.PERSON, "ana", {}),
        (InputKind.CHANNEL, "C0OPS00001", {"initial_conversation": "C0OPS00001"}),
        (InputKind.CHANNEL, "#ops", {}),
        (InputKind.TEXT, None, {}),
        (InputKind.TEXT, 7, {"initial_value": "7"}),
    ],
)
def test_a_field_begins_with_a_value_only_where_slack_would_take_it(kind, value, stands):
    element = forms.field(Input("x", kind), value)["element"]

    assert {key: one for key, one in element.items() if key.startswith("initial")} == stands


def test_a_start_button_carries_as_many_inputs_as_fit():
    packed = ids.carried_start("deploy", {"a": "1", "b": "x" * 5_000})

    assert packed == '{"workflow":"deploy","inputs":{"a":"1"}}'
