"""Who hears of a question, of its escalation, of a decision in somebody's name, and of a hand-over."""

from dataclasses import replace
from datetime import timedelta

from opstream.domain import history as h
from opstream.domain.notification import NoticeKind, Severity
from opstream.domain.person import Who
from opstream.domain.workflow import ApprovalRule, Escalation
from opstream.notifications import runs
from tests.blocks.stories import ANA, BO, PROFILING, SCALING, at, view

CY, DAN = Who("U0CY000001", "Cy"), Who("U0DAN00001", "Dan")
RULE = ApprovalRule(
    people=2, escalation=(Escalation(timedelta(minutes=30), (DAN.id, "@oncall", "#ops")),)
)
STARTED = h.RunStarted(at(0), PROFILING.id, 3, {}, ANA, None)


def asking(rule=RULE):
    return h.ApprovalRequested(at(1), "ask", 1, "Scale?", "", rule, SCALING, None)


def notices(*facts, deciders=(), **more):
    shown = view(STARTED, *facts, deciders={"ask": tuple(deciders)}, **more)
    return [one for one in runs.about(shown) if one.kind is not NoticeKind.STARTED]


def test_those_who_are_known_to_decide_are_asked_by_name_with_their_stand_ins():
    [asked] = notices(asking(), deciders=(BO.id, CY.id), away={CY.id: DAN, BO.id: ANA})

    assert asked.persons == (BO.id, CY.id, DAN.id)  # Ana asks, so she does not decide for Bo
    assert (asked.kind, asked.key[-15:]) == (NoticeKind.APPROVAL, "approval/ask/1/0/0"[-15:])


def test_where_many_may_decide_nobody_is_asked_by_name():
    [asked] = notices(asking(), deciders=[f"U{n}" for n in range(6)])

    assert asked.persons == ()


def test_an_escalation_tells_people_groups_and_channels_and_breaks_through_when_critical():
    escalated = h.ApprovalEscalated(at(2), "ask", 1, 1, RULE.escalation[0].to)

    _, usual = notices(asking(), escalated)
    _, urgent = notices(asking(replace(RULE, risk="Critical")), escalated)

    assert (usual.persons, usual.channels) == ((DAN.id, "@oncall"), ("#ops",))
    assert (usual.kind, usual.severity) == (NoticeKind.ESCALATION, Severity.NORMAL)
    assert urgent.severity is Severity.CRITICAL


def test_who_is_away_hears_what_was_decided_in_their_name():
    supported = h.ApprovalSupported(at(2), "ask", 1, DAN, instead_of=BO)
    denied = h.ApprovalDenied(at(3), "ask", 1, DAN, "No.", CY)

    told = [one for one in notices(asking(), supported, denied) if "away" in one.text]

    assert [(one.persons, one.origin) for one in told] == [((BO.id,), DAN.id), ((CY.id,), DAN.id)]
    assert [one.text for one in told] == [
        "Dan said yes for Bo Chen, who is away: Scale?",
        "Dan said no for Cy, who is away: Scale?",
    ]


def test_each_hand_over_is_a_notice_of_its_own_to_all_whom_it_concerns():
    first = h.RunHandedOver(at(1), BO, ANA, BO)
    second = h.RunHandedOver(at(2), BO, BO, CY)

    [one], [other] = notices(first), notices(first, second)

    assert one.key != other.key
    assert (one.persons, one.origin) == ((BO.id, ANA.id), BO.id)
    assert other.persons == (CY.id, BO.id, ANA.id)
    assert "Bo Chen handed" in other.text
