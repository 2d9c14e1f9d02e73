"""Tried: roles kept with their audit line, a trail cut at both ends, people forgotten, old data removed."""

import re
from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from opstream.adapters.store.statements import Statement
from opstream.domain import history as h
from opstream.domain.audit import AuditEntry, AuditFilter
from opstream.domain.conversation import Place
from opstream.domain.notification import Dispatch, Notice, NoticeKind, Standing, Target
from opstream.domain.open_approval import Delegation
from opstream.domain.person import GivenRole, Role
from opstream.domain.workflow import ApprovalRule, Escalation
from opstream.ports import Kind
from tests.contracts.stories import ANA, BO, NOON, Story, later, started

GIVEN = AuditEntry(NOON, ANA, "role.given", BO.id, "approver")


def entry(n, by=ANA):
    return AuditEntry(later(n), by, "run.started", f"r{n}", f"by {by.name}")


async def execute(database, text):
    await database.writer.execute(Statement(text, text), [{}])


async def test_a_role_is_kept_with_its_line_of_the_trail(database):
    given = GivenRole(BO.id, Role.APPROVER, True, NOON, ANA)

    await database.roles.save(given, GIVEN)

    assert await database.roles.all() == [given]
    assert await database.audit.of_subject(BO.id) == [GIVEN]
    await database.roles.remove(BO.id, Role.APPROVER, GIVEN)
    assert await database.roles.all() == []


async def test_entries_cut_off_at_the_end_are_missed_also_after_the_next_one(database):
    for n in range(3):
        await database.audit.record(entry(n))
    await execute(database, "DELETE FROM audit WHERE seq = 3")

    assert (await database.audit.check()).broken == 3
    await database.audit.record(entry(4))
    assert (await database.audit.check()).broken == 4


async def test_pages_are_filtered_and_newest_first(database):
    for n in range(5):
        await database.audit.record(entry(n, ANA if n % 2 else BO))

    page = await database.audit.page(AuditFilter(person=BO.id), 1, 1)

    assert [one.number for one in page.entries] == [3]
    assert page.total == 3
    found = [one.number async for one in database.audit.entries(AuditFilter(since=later(3)))]
    assert found == [4, 5]


async def test_the_beginning_of_the_trail_goes_and_the_rest_proves_itself(database):
    for n in range(5):
        await database.audit.record(entry(n))

    assert await database.retained.outdated(Kind.AUDIT, later(3)) == 3
    assert await database.retained.remove(Kind.AUDIT, later(3), 100, later(9)) == 3

    state = await database.audit.check()
    assert (state.broken, state.first, state.last) == (None, 4, 6)
    await execute(database, "DELETE FROM audit WHERE seq = 4")
    assert (await database.audit.check()).broken == 5


async def test_only_runs_that_ended_long_ago_go(database):
    await Story(database.runs, "r1").tell(started())

    assert await database.retained.remove(Kind.RUNS, later(10**6), 10, later(9)) == 0
    assert await database.runs.find("r1") == ["r1"]


async def test_artifacts_that_runs_under_way_may_need_stay(database):
    kept = await database.artifacts.put(b"large")
    future = NOON + timedelta(days=100_000)
    await Story(database.runs, "r1").tell(started())

    assert await database.retained.remove(Kind.ARTIFACTS, future, 10, future) == 0
    assert await database.artifacts.get(kept) == b"large"


async def test_old_artifacts_go_when_nothing_is_under_way(database):
    await database.artifacts.put(b"large")
    future = NOON + timedelta(days=100_000)

    assert await database.retained.outdated(Kind.ARTIFACTS, future) == 1
    assert await database.retained.remove(Kind.ARTIFACTS, future, 10, future) == 1


async def test_a_forgotten_person_stands_nowhere_and_the_trail_is_whole(database):
    await Story(database.runs, "r1").tell(started(), audit=[entry(1), entry(2, BO)])
    told = AuditEntry(later(9), BO, "person.forgotten", "forgotten-1")

    names = await database.oblivion.known_as(ANA.id)
    counts = await database.oblivion.forget(ANA.id, "forgotten-1", names, told)

    assert counts["audit"] == 1
    assert counts["runs"] == 1
    facts = await database.runs.history("r1")
    assert ANA.id not in repr(facts)
    page = await database.audit.page(AuditFilter(), 0, 10)
    assert ANA.id not in repr(page)
    assert ANA.name not in repr(page.entries[-1])
    state = await database.audit.check()
    assert (state.broken, state.erased) == (None, 1)


async def test_who_decided_was_asked_or_away_is_forgotten_too(database):
    rule = ApprovalRule(people=3, escalation=(Escalation(timedelta(minutes=1), (ANA.id,)),))
    asked = h.ApprovalRequested(NOON, "ask", 1, f"For {ANA.id}?", "", rule, None, None)
    story = await Story(database.runs, "r1").tell(started(by=BO), asked)
    await story.tell(h.ApprovalEscalated(later(1), "ask", 1, 1, (ANA.id,)))
    await story.tell(h.ApprovalSupported(later(2), "ask", 1, ANA))
    await story.tell(h.RunHandedOver(later(3), BO, BO, ANA))
    for absent, delegate in ((ANA, BO), (BO, ANA)):
        away = Delegation(absent, delegate, NOON, later(600))
        await database.delegations.save(away, AuditEntry(NOON, absent, "person.away", absent.id))
    told = Notice("r1/handed/1", NoticeKind.ESCALATION, f"{ANA.id} answers.", persons=(BO.id,))
    targets = [Target(one.id, Place(one.id)) for one in (ANA, BO)]
    await database.notices.add([Dispatch(told, one, Standing.HELD, NOON, NOON) for one in targets])
    await database.notices.watch("r1", ANA.id)

    names = await database.oblivion.known_as(ANA.id)
    gone = AuditEntry(later(9), BO, "person.forgotten", "forgotten-1")
    counts = await database.oblivion.forget(ANA.id, "forgotten-1", names, gone)

    everything = await database.runs._reader.read(_everything)
    assert ANA.id not in re.findall(r"[A-Za-z0-9-]+", everything)
    assert f"'{ANA.name}'" not in everything
    assert counts["delegations"] == 2
    assert counts["notices"] == 2


def _everything(session) -> str:
    """Return all rows of all tables as one text."""
    return repr(
        [
            session.connection().execute(one.select()).all()
            for one in SQLModel.metadata.sorted_tables
        ]
    )


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET by_name = 'Eve' WHERE seq = 1",
        "UPDATE audit SET salt = NULL, deed = 'run.paused' WHERE seq = 1",
        "UPDATE audit SET personal = 'x' WHERE seq = 1",
    ],
)
async def test_what_is_sealed_apart_is_sealed_all_the_same(database, tampering):
    await database.audit.record(entry(1))
    await execute(database, tampering)

    assert (await database.audit.check()).broken == 1
