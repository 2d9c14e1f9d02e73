"""What tools ask in the middle of a call, and what became of it."""

import pytest
from inline_snapshot import snapshot

from blocks import call_questions
from opstream.domain import history as h
from opstream.domain.call_question import CallQuestion, Reply, Wanted
from opstream.domain.inputs import Input, InputKind
from tests.blocks.drawing import drawn
from tests.blocks.stories import ANA, ASKING, RUN, at, view

FIELDS = (Input("room", title="Room"), Input("sure", InputKind.CHOICE, choices=("yes", "no")))
QUESTIONS = {
    "form": CallQuestion("lodge", Wanted.ANSWER, "Which <room> & when?\nBe quick."),
    "page": CallQuestion("lodge", Wanted.VISIT, "Please sign.", url="https://lodge.example.com/7"),
    "model": CallQuestion("lodge", Wanted.MODEL, "system: Be brief.\n\nuser: What is 6 x 7?"),
}


def asked(kind, *later):
    question = QUESTIONS[kind]
    fields = FIELDS if kind == "form" else ()
    first = h.CallAsked(at(50), "scale", 1, question, fields, at(90))
    return view(*ASKING, first, *later)


def card(shown):
    step = shown.workflow.step("scale")
    return drawn(call_questions.ask(shown.run, step, shown.run.state("scale").asked[0]))


def test_a_form_a_page_and_a_model_are_asked_for():
    assert card(asked("form")) == snapshot("""\
(lodge asks: Which &lt;room&gt; &amp; when? Be quick.)
[header] 🙋 lodge asks
[section] > Which &lt;room&gt; &amp; when?
    > Be quick.
[section] • Room
    • sure
[context] Scale the service · run `r4f7k2q9dx` · open until <!date^1795176090^{date_short_pretty} {time}|2026-11-20 12:01 UTC>
[actions] <Answer primary call_answer {"run":"r4f7k2q9dx","step":"scale","revision":1}> <Decline call_decline {"run":"r4f7k2q9dx","step":"scale","revision":1}> <Dismiss call_cancel {"run":"r4f7k2q9dx","step":"scale","revision":1}>\
""")
    assert card(asked("page")) == snapshot("""\
(lodge asks: Please sign.)
[header] 🔗 lodge wants you to visit a page
[section] > Please sign.
[section] The page is at *lodge.example.com*: `https://lodge.example.com/7`
[context] Scale the service · run `r4f7k2q9dx` · open until <!date^1795176090^{date_short_pretty} {time}|2026-11-20 12:01 UTC>
[actions] <Open the page call_visit {"run":"r4f7k2q9dx","step":"scale","revision":1}> <I have been there primary call_accept {"run":"r4f7k2q9dx","step":"scale","revision":1}> <Decline call_decline {"run":"r4f7k2q9dx","step":"scale","revision":1}> <Dismiss call_cancel {"run":"r4f7k2q9dx","step":"scale","revision":1}>\
""")
    assert card(asked("model")) == snapshot("""\
(lodge asks: system: Be brief. user: What is 6 x 7?)
[header] 🙋 May lodge ask a language model?
[section] This is exactly what would be asked; its answer goes to the tool:
[section] > system: Be brief.
    > \n\
    > user: What is 6 x 7?
[context] Scale the service · run `r4f7k2q9dx` · open until <!date^1795176090^{date_short_pretty} {time}|2026-11-20 12:01 UTC>
[actions] <Allow primary call_accept {"run":"r4f7k2q9dx","step":"scale","revision":1}> <Do not allow call_decline {"run":"r4f7k2q9dx","step":"scale","revision":1}>\
""")


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (h.CallAnswered(at(60), "scale", 1, Reply.GIVEN, {"room": "7"}, ANA), "*Answered* by"),
        (h.CallAnswered(at(60), "scale", 1, Reply.DECLINED, {}, ANA), "*Declined* by"),
        (h.CallAnswered(at(60), "scale", 1, Reply.CANCELLED, {}, ANA), "*Dismissed* by"),
        (h.CallAnswered(at(60), "scale", 1, Reply.CANCELLED, {}, None), "*Asked anew*"),
        (h.CallAnswered(at(60), "scale", 1, Reply.EXPIRED, {}, None), "*Nobody answered in time.*"),
        (h.StepFailed(at(60), "scale", "It broke.", "error", at(40)), "*The call is over*"),
    ],
)
def test_a_settled_question_says_what_became_of_it_and_has_no_buttons(fact, said):
    shown = card(asked("form", fact))

    assert said in shown
    assert "[actions]" not in shown


def test_a_form_has_the_fields_and_carries_which_question_it_answers():
    shown = asked("form")
    [question] = shown.run.state("scale").asked

    form = call_questions.form(RUN, shown.workflow.step("scale"), question, {"channel": "C1"})

    names = [one["block_id"] for one in form["blocks"] if one["type"] == "input"]
    assert names == ["input:room", "input:sure"]
    assert form["private_metadata"] == (
        f'{{"run":"{RUN}","step":"scale","revision":1,"place":{{"channel":"C1"}}}}'
    )
