"""Several yeses, who is asked next, who decides for whom, and who answers for a run."""

from dataclasses import replace

import pytest

from opstream.domain.approval import AskForChanges, Deny, Grant, Verdict
from opstream.domain.person import Person, Role
from opstream.errors import BadInput, NotAllowed, NotFound, TooLate
from tests.runs.conftest import ANA, BO, CLEO, DAN

CY = Person("U0CY000001", "Cy", frozenset({Role.APPROVER}))
HEAD = "id: demo\ntitle: Demo\n"


def asking(rule: str) -> str:
    return HEAD + (
        f"steps:\n  - {{id: ask, approval: {{title: Do it?, covers: fix, {rule}}}}}\n"
        "  - {id: fix, call: t.keyed, with: {size: 24}}\n"
    )


async def asked(house, rule="people: 2"):
    run_id = await house.start(asking(rule))
    await house.watcher.until(run_id, lambda v: v.run.state("ask").approval)
    return run_id


async def say(house, run_id, decision, person, revision=1):
    return await house.runs.answer_approval(run_id, "ask", revision, decision, by=person)


async def test_two_different_people_must_say_yes(house):
    run_id = await asked(house)

    first = await say(house, run_id, Grant(), BO)
    with pytest.raises(NotAllowed, match="counted already"):
        await say(house, run_id, Grant(), BO)
    await say(house, run_id, Grant(), CY)
    view = await house.watcher.ended(run_id)

    assert first.state("ask").approval.verdict is Verdict.OPEN
    assert [yes.by for yes in view.run.state("ask").approval.yeses] == [BO.who, CY.who]
    assert len(house.tools.calls) == 1


async def test_one_no_ends_what_needs_two_yeses(house):
    run_id = await asked(house)

    await say(house, run_id, Grant(), BO)
    await say(house, run_id, Deny("Not now."), CY)
    await house.watcher.ended(run_id)

    assert house.tools.calls == []


async def test_asking_for_changes_takes_the_yeses_back(house):
    run_id = await asked(house)

    await say(house, run_id, Grant(), BO)
    await say(house, run_id, AskForChanges("Smaller.", {"size": 12}), CY)
    view = await house.watcher.until(run_id, lambda v: v.run.state("ask").revision == 2)

    assert view.run.state("ask").approval.yeses == ()


async def test_a_delegate_decides_what_the_person_could_and_both_are_remembered(house):
    run_id = await asked(house, "people: 1")
    await house.install.services.absences.leave("3d", by=BO, delegate=DAN)

    run = await say(house, run_id, Grant(), DAN)

    settled = run.state("ask").approval
    assert (settled.by, settled.instead_of) == (DAN.who, BO.who)


async def test_a_delegate_never_decides_for_who_asked_or_has_said_yes(house):
    run_id = await asked(house)
    await say(house, run_id, Grant(), BO)
    await house.install.services.absences.leave("3d", by=BO, delegate=DAN)

    with pytest.raises(NotAllowed, match="role `approver`"):
        await say(house, run_id, Grant(), DAN)


async def test_who_is_back_decides_for_themselves_again(house):
    run_id = await asked(house, "people: 1")
    await house.install.services.absences.leave("3d", by=BO, delegate=DAN)

    await house.install.services.absences.come_back(by=BO)

    with pytest.raises(NotAllowed, match="role `approver`"):
        await say(house, run_id, Grant(), DAN)
    with pytest.raises(TooLate, match="not away"):
        await house.install.services.absences.come_back(by=BO)


@pytest.mark.parametrize("when", ["yesterday", "2020-01-01", ""])
async def test_a_return_that_makes_no_sense_is_refused(house, when):
    await house.open()

    with pytest.raises(BadInput):
        await house.install.services.absences.leave(when, by=BO)


async def test_when_nobody_answers_others_are_asked_and_may_decide(house):
    run_id = await asked(house, f"escalate_after: 30m, escalate_to: [{DAN.id}]")
    with pytest.raises(NotAllowed):
        await say(house, run_id, Grant(), DAN)

    house.clock.pass_(minutes=31)
    await house.install.look_around()
    await house.watcher.until(run_id, lambda v: v.run.state("ask").approval.escalated_at)
    run = await say(house, run_id, Grant(), DAN)

    assert run.state("ask").approval.verdict is Verdict.GRANTED


async def test_who_takes_a_run_over_becomes_an_asker_beside_the_first_one(house):
    run_id = await asked(house, "people: 1")

    run = await house.runs.hand_over(run_id, BO, by=BO)

    assert (run.by, run.responsible) == (ANA.who, BO.who)
    with pytest.raises(NotAllowed, match="handed over to you"):
        await say(house, run_id, Grant(), BO)
    with pytest.raises(NotAllowed, match="You started this run"):
        await say(house, run_id, Grant(), replace(ANA, roles=BO.roles))
    with pytest.raises(TooLate, match="already"):
        await house.runs.hand_over(run_id, BO, by=CLEO)


async def test_open_approvals_are_listed_for_who_may_decide_and_for_nobody_else(house):
    run_id = await asked(house)

    listed = [
        [one.run for one in (await house.install.services.approvals.open_for(who)).approvals]
        for who in (BO, ANA, DAN)
    ]
    await say(house, run_id, Grant(), BO)
    after = await house.install.services.approvals.open_for(BO)
    other = await house.install.services.approvals.open_for(CY)

    assert listed == [[run_id], [], []]
    assert after.total == 0
    assert [(one.voters, one.people) for one in other.approvals] == [(1, 2)]


async def test_of_equal_ones_each_is_settled_by_itself_and_late_ones_are_named(house):
    first = await asked(house, "people: 1")
    second = (await house.runs.start("demo", {}, by=ANA, place=None)).id
    await house.watcher.until(second, lambda v: v.run.state("ask").approval)
    [one, other] = (await house.install.services.approvals.open_for(BO)).approvals
    assert one.likeness == other.likeness
    await say(house, first, Deny("No."), CY)

    answers = await house.install.services.approvals.grant_all(
        [(first, "ask", 1), (second, "ask", 1)], by=BO
    )

    assert [bool(answer.problem) for answer in answers] == [True, False]


async def test_a_forged_revision_is_refused(house):
    run_id = await asked(house)

    with pytest.raises(NotFound):
        await say(house, run_id, Grant(), BO, revision=7)
