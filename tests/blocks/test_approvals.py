"""What a person is asked to allow, and what became of it; questions and doubts."""

from inline_snapshot import snapshot

from blocks import approvals, proposals, questions, risks
from opstream.domain.approval import ProposedCall
from tests.blocks.drawing import drawn
from tests.blocks.stories import ASKING, PROFILING, RUN, SCALING, every_state, view


def message_about(name: str):
    shown = every_state()[name]
    state = shown.run.state("ask")
    earlier = state.earlier_approvals[-1] if state.earlier_approvals else None
    return approvals.request(shown, state.approval, earlier)


def settled(name: str) -> str:
    return drawn(approvals.decided(RUN, every_state()[name].run.state("ask").approval))


def test_a_request_shows_exactly_what_a_yes_does_the_risk_and_who_may_say_it():
    assert drawn(message_about("asking")) == snapshot("""\
(A decision is needed: Scale checkout to 4 replicas?)
[header] 🙋 Scale checkout to 4 replicas?
[section] The pool is full, and replicas bring pools of their own.
[section] *What a yes does:* `estate.scale`
[section] • service = `checkout`
    • replicas = `4`
[section] *Risk*
    🟠 Medium || *Open until*
    <!date^1795262400^{date_short_pretty} {time}|2026-11-21 12:00 UTC>
[context] 👥 An approver may decide, other than <@U0ANA00001>, who asked. || Run `r4f7k2q9dx`
[actions] <Approve primary approval_grant {"run":"r4f7k2q9dx","step":"ask","revision":1}> <Deny danger approval_deny {"run":"r4f7k2q9dx","step":"ask","revision":1}> <Ask for changes approval_changes {"run":"r4f7k2q9dx","step":"ask","revision":1}>\
""")


def test_those_who_are_known_to_be_able_to_decide_are_named():
    shown = view(*ASKING, deciders={"ask": ("U0BO000001", "U0CLEO0001")})

    words = approvals.who_may(shown, shown.run.state("ask").approval)

    assert words == snapshot(
        "An approver may decide, other than <@U0ANA00001>, who asked: <@U0BO000001> and <@U0CLEO0001>."
    )


def test_a_second_revision_shows_what_was_changed_and_by_whom():
    assert drawn(message_about("sent back")) == snapshot("""\
(A decision is needed: Scale checkout to 4 replicas?)
[header] 🙋 A changed proposal
[section] *What a yes does:* `estate.scale`
[section] • service = `checkout`
    • replicas = `3`
[section] *Changed since revision 1*, asked for by <@U0BO000001>: “Three will do.”
    • replicas: `4` → `3`
[context] First it was proposed as *Scale checkout to 4 replicas?*.
    The pool is full, and replicas bring pools of their own.
[section] *Risk*
    🟠 Medium || *Open until*
    <!date^1795262400^{date_short_pretty} {time}|2026-11-21 12:00 UTC>
[context] 👥 An approver may decide, other than <@U0ANA00001>, who asked. || Run `r4f7k2q9dx` · revision 2
[actions] <Approve primary approval_grant {"run":"r4f7k2q9dx","step":"ask","revision":2}> <Deny danger approval_deny {"run":"r4f7k2q9dx","step":"ask","revision":2}> <Ask for changes approval_changes {"run":"r4f7k2q9dx","step":"ask","revision":2}>\
""")


def test_a_decision_takes_the_place_of_the_buttons():
    assert settled("granted") == snapshot("""\
(Approved by Bo Chen: Scale checkout to 4 replicas?)
[header] ✅ Scale checkout to 4 replicas?
[section] *What was asked for:* `estate.scale`
[section] • service = `checkout`
    • replicas = `4`
[section] ✅ *Approved* by <@U0BO000001> · <!date^1795176060^{date_short_pretty} {time}|2026-11-20 12:01 UTC>
[context] 🟠 Medium risk · Run `r4f7k2q9dx`\
""")
    assert settled("denied") == snapshot("""\
(Denied by Bo Chen: Scale checkout to 4 replicas?)
[header] ✋ Scale checkout to 4 replicas?
[section] *What was asked for:* `estate.scale`
[section] • service = `checkout`
    • replicas = `4`
[section] ✋ *Denied* by <@U0BO000001> · <!date^1795176070^{date_short_pretty} {time}|2026-11-20 12:01 UTC>
    > Not on a Friday.
    Nothing was changed.
[context] 🟠 Medium risk · Run `r4f7k2q9dx`\
""")


def test_expired_and_withdrawn_requests_say_that_nothing_was_changed():
    assert settled("expired") == snapshot("""\
(Expired: Scale checkout to 4 replicas?)
[header] ⌛ Scale checkout to 4 replicas?
[section] *What was asked for:* `estate.scale`
[section] • service = `checkout`
    • replicas = `4`
[section] ⌛ *Expired* · <!date^1795262400^{date_short_pretty} {time}|2026-11-21 12:00 UTC>
    > Nobody answered in time.
    It counts as a no, and nothing was changed.
[context] 🟠 Medium risk · Run `r4f7k2q9dx`\
""")
    assert settled("withdrawn") == snapshot("""\
(No longer needed: Scale checkout to 4 replicas?)
[header] 🚫 Scale checkout to 4 replicas?
[section] *What was asked for:* `estate.scale`
[section] • service = `checkout`
    • replicas = `4`
[section] 🚫 *No longer needed* · <!date^1795176070^{date_short_pretty} {time}|2026-11-20 12:01 UTC>
    The run ended before anybody answered, and nothing was changed.
[context] 🟠 Medium risk · Run `r4f7k2q9dx`\
""")


def test_a_long_argument_says_how_much_of_it_is_not_shown():
    assert proposals.exact("x" * 5_000).endswith("(5,000 characters in all)")


def test_the_last_question_says_exactly_what_is_done_in_300_characters():
    many = ProposedCall("s", "estate.scale", {f"argument_{i}": "x" * 40 for i in range(9)})
    sly = ProposedCall("s", "a.b", {"to": "x, size = 1", "note": "a\nb", "n": [1, "é"], "no": ""})

    assert proposals.in_short(SCALING) == snapshot("estate.scale: service = checkout, replicas = 4")
    assert proposals.in_short(ProposedCall("s", "a.b", {})) == "a.b"
    assert proposals.in_short(sly) == snapshot(
        r'''a.b: to = "x, size = 1", note = "a\nb", n = [1, "é"], no = ""'''
    )
    assert len(proposals.in_short(many)) <= 264
    assert proposals.in_short(many).endswith("and 6 arguments that only the message shows")


def test_an_unknown_risk_is_said_as_it_is():
    assert [risks.risk(one) for one in ("HIGH", "odd <b>", "")] == snapshot(
        ["🔴 High", "⚪ Odd &lt;b&gt;", "⚪ Not stated"]
    )


def test_new_removed_and_changed_arguments_are_told_apart():
    old = ProposedCall("s", "a.b", {"same": 1, "gone": 2, "other": 3})
    new = ProposedCall("s", "a.b", {"same": 1, "other": 4, "fresh": 5})

    assert proposals.changed(old, new) == {"gone": (2, None), "other": (3, 4), "fresh": (None, 5)}


def test_a_question_and_its_answer():
    asking, answered = every_state()["question"], every_state()["ended"]

    assert drawn(questions.ask(asking.run, PROFILING.steps[5])) == snapshot("""\
(A question: How well did it go?)
[header] 🙋 Ask how it went
[section] How well did it go?
    • Stars
[context] Run `r4f7k2q9dx`
[actions] <Answer primary question_answer {"run":"r4f7k2q9dx","step":"rate"}>\
""")
    assert drawn(questions.ask(answered.run, PROFILING.steps[5])) == snapshot("""\
(Answered: How well did it go?)
[header] 💬 Ask how it went
[section] How well did it go?
[section] ✅ *Answered* by <@U0ANA00001> · <!date^1795176100^{date_short_pretty} {time}|2026-11-20 12:01 UTC>
    • stars = 5\
""")


def test_a_doubt_shows_the_call_and_three_ways_out():
    run = every_state()["doubted"].run

    assert drawn(questions.doubt(RUN, PROFILING.steps[3], run.state("scale"))) == snapshot("""\
(I need a word on what happened: Scale the service)
[header] 🙋 Scale the service: what happened?
[section] Did it happen?
[section] *The call:* `estate.scale`
    • service = `checkout`
    • replicas = `4`
[context] Run `r4f7k2q9dx` · I do not repeat it unasked.
[actions] <It is done primary doubt_done {"run":"r4f7k2q9dx","step":"scale"}> <Do it again doubt_repeat {"run":"r4f7k2q9dx","step":"scale"} ?Do it again? If it did take effect before, it will then have happened twice.> <Leave it out doubt_skip {"run":"r4f7k2q9dx","step":"scale"}>\
""")
