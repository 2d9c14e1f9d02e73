"""Approvals by risk, in lists and in forms; stand-ins, long arguments, and who answers for a run."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from blocks import approvals, deciding, lists, proposals, risks, runs, thread
from blocks.thread import Surroundings
from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.open_approval import ApprovalPage, OpenApproval
from opstream.domain.person import Role, Who
from opstream.domain.run import RunStatus
from opstream.domain.workflow import ApprovalRule
from tests.blocks.drawing import drawn
from tests.blocks.figures import summary
from tests.blocks.stories import ANA, ASKING, BO, RUN, SCALING, at, every_state, view

CY = Who("U0CY000001", "Cy")
PLACE = {"channel": "C0OPS00001", "thread": "1.2"}
OPEN = OpenApproval(
    RUN,
    "deploy",
    "ask",
    1,
    "Scale?",
    ANA,
    None,
    Role.APPROVER,
    "medium",
    SCALING,
    "alike",
    at(0),
    None,
)


def asked_at_risk(risk):
    shown = every_state()["asking"]
    approval = shown.run.state("ask").approval
    changed = replace(approval, rule=replace(approval.rule, risk=risk))
    return approvals.request(shown, changed)


def buttons(message):
    return drawn(message).rpartition("[actions] ")[2].partition(" <Deny")[0]


def test_a_yes_takes_one_press_a_second_look_or_a_typed_word_by_its_risk():
    assert {
        risk: buttons(asked_at_risk(risk)) for risk in ("low", "High", "odd", "critical")
    } == snapshot(
        {
            "low": '<Approve primary approval_grant {"run":"r4f7k2q9dx","step":"ask","revision":1}>',
            "High": """\
<Approve primary approval_grant {"run":"r4f7k2q9dx","step":"ask","revision":1} ?🔴 High risk: approve? This is done at once, in your name:
estate.scale: service = checkout, replicas = 4>\
""",
            "odd": """\
<Approve primary approval_grant {"run":"r4f7k2q9dx","step":"ask","revision":1} ?⚪ Odd risk: approve? This is done at once, in your name:
estate.scale: service = checkout, replicas = 4>\
""",
            "critical": '<Approve … primary approval_type {"run":"r4f7k2q9dx","step":"ask","revision":1}>',
        }
    )


def test_stand_ins_and_the_taker_of_a_run_are_named():
    deciders = {"ask": (CY.id,)}
    taken = h.RunHandedOver(at(30), BO, ANA, BO)
    shown = view(*ASKING, taken, deciders=deciders, away={CY.id: Who("U0DAN00001", "Dan")})
    rule = replace(shown.run.state("ask").approval.rule, reactions=True)

    words = approvals.who_may(shown, replace(shown.run.state("ask").approval, rule=rule))

    assert words == snapshot(
        "An approver may decide, other than <@U0ANA00001>, who asked, and <@U0BO000001>, who answers for it now, also by ✅ or ❌ on this message: <@U0DAN00001> for <@U0CY000001>."
    )


def test_where_many_may_decide_nobody_is_named():
    shown = view(*ASKING, deciders={"ask": tuple(f"U0000000{n}" for n in range(6))})

    assert "U0000000" not in approvals.who_may(shown, shown.run.state("ask").approval)


def test_a_list_of_approvals_puts_equal_ones_together_but_not_what_is_critical():
    critical = replace(OPEN, run="r2", risk="critical", likeness="grave")
    found = (OPEN, replace(OPEN, run="r3"), critical, replace(critical, run="r4"))

    many = drawn(deciding.listing(ApprovalPage(found, 510, 0, 10, more=True)))
    assert "more than 510 open approvals" in many
    assert "1 to 4 of more than 510" in many
    assert drawn(deciding.listing(ApprovalPage(found, 4, 0, 10))) == snapshot("""\
(4 open approvals for you)
[header] 🙋 4 open approvals
[section] *2 equal: Scale?* <Approve all approval_all:alike {"words":"alike"}>
[context] 🟠 Medium · asked for by <@U0ANA00001> · approver · open until somebody answers · `r4f7k2q9dx`
[section] *Scale?*
    `estate.scale: service = checkout, replicas = 4`
[context] ⛔ Critical · asked for by <@U0ANA00001> · approver · open until somebody answers · `r2`
[actions] <Approve … primary approval_type {"run":"r2","step":"ask","revision":1}> <Deny danger approval_deny {"run":"r2","step":"ask","revision":1}>
[section] *Scale?*
    `estate.scale: service = checkout, replicas = 4`
[context] ⛔ Critical · asked for by <@U0ANA00001> · approver · open until somebody answers · `r4`
[actions] <Approve … primary approval_type {"run":"r4","step":"ask","revision":1}> <Deny danger approval_deny {"run":"r4","step":"ask","revision":1}>\
""")


def test_the_form_of_something_critical_names_what_must_be_typed():
    view_ = deciding.type_word(replace(OPEN, risk="critical"), PLACE)

    assert view_["private_metadata"] == snapshot(
        '{"run":"r4f7k2q9dx","step":"ask","revision":1,"words":"estate.scale","place":{"channel":"C0OPS00001","thread":"1.2"}}'
    )
    assert view_["blocks"][-1]["label"]["text"] == snapshot("Type estate.scale to say yes")
    without = deciding.type_word(replace(OPEN, risk="critical", call=None), PLACE)
    assert without["blocks"][-1]["label"]["text"] == snapshot("Type approve to say yes")


def test_the_form_for_several_carries_each_and_where_it_was_opened():
    form = deciding.approve_all((OPEN, replace(OPEN, run="r3")), PLACE)

    assert form["private_metadata"] == snapshot(
        '{"words":"r4f7k2q9dx:ask:1 r3:ask:1","place":{"channel":"C0OPS00001","thread":"1.2"}}'
    )


@pytest.mark.parametrize("length", [701, 3_000, 20_000, 100_000])
def test_long_arguments_stand_in_full_before_the_question_as_far_as_messages_hold_them(length):
    call = ProposedCall("scale", "estate.scale", {"note": "x" * length, "n": 1})
    asked = h.ApprovalRequested(at(2), "ask", 1, "Scale?", "", ApprovalRule(), call, None)
    shown = view(*ASKING[:-1], asked) if isinstance(ASKING[-1], h.ApprovalRequested) else None
    assert shown is not None

    keys = [one.key for one in thread.parts(shown, Surroundings())]
    full = list(proposals.whole(shown.run.state("ask").approval))
    texts = [
        block["elements"][0]["elements"][0]["text"]
        for message in full
        for block in message.blocks
        if block["type"] == "rich_text"
    ]

    assert keys.index("whole/ask/1/1") < keys.index("approval/ask/1")
    assert "".join(texts) == f"note = {'x' * length}\nn = 1"[: 5 * 9_000]
    assert ("more characters do not fit" in drawn(full[-1])) is (length > 45_000)
    assert "stands in the message above" in drawn(
        approvals.request(shown, shown.run.state("ask").approval)
    )


def test_a_run_that_was_handed_over_says_who_answers_for_it():
    shown = view(*ASKING, h.RunHandedOver(at(30), BO, ANA, BO))
    row = replace(summary(RUN, RunStatus.ACTIVE, -60), handed_to=BO)

    assert "🤝 <@U0BO000001> answers for it now" in drawn(runs.card(shown))
    assert "<@U0BO000001> answers for it" in lists.summary(row, {})


def test_a_risk_is_the_same_word_however_it_is_written():
    assert {risks.risk(one) for one in ("Critical", " CRITICAL ", "critical")} == {"⛔ Critical"}
