import asyncio

import pytest

from opstream.domain import history as h
from opstream.domain.audit import AuditEntry
from opstream.errors import RunMovedOn, TooLate
from opstream.ports import UnitOfWork
from tests.contracts.stories import ANA, BO, NOON, Story, asked, later, started, succeeded


@pytest.fixture
def runs(database):
    return database.runs


def granted(step="approve", at=NOON) -> h.ApprovalGranted:
    return h.ApprovalGranted(at, step, 1, BO)


def denied(step="approve", at=NOON) -> h.ApprovalDenied:
    return h.ApprovalDenied(at, step, 1, ANA, "Not today.")


def finished(outcome=h.Outcome.SUCCEEDED, at=NOON) -> h.RunFinished:
    return h.RunFinished(at, outcome)


async def test_facts_come_back_as_they_were_told(runs):
    facts = [started(), asked(), granted(), succeeded("build"), finished()]

    await (await Story(runs, "r1").tell(*facts[:2])).tell(*facts[2:])

    assert await runs.history("r1") == facts


async def test_an_unknown_run_has_no_history(runs):
    assert await runs.history("nobody") == []


async def test_a_run_begins_once(runs):
    await Story(runs, "r1").tell(started())

    with pytest.raises(RunMovedOn):
        await Story(runs, "r1").tell(started(by=BO))

    assert await runs.history("r1") == [started()]


async def test_a_commit_on_an_old_version_changes_nothing(runs, database):
    first = await Story(runs, "r1").tell(started())
    second = first.as_told_so_far()
    await first.tell(succeeded("build"))
    entry = AuditEntry(NOON, ANA, "run.cancelled", "r1")

    with pytest.raises(RunMovedOn):
        await second.tell(h.RunPaused(NOON, ANA), audit=[entry])

    assert [fact.kind for fact in await runs.history("r1")] == ["run_started", "step_succeeded"]
    assert await database.audit.of_subject("r1") == []


async def test_of_200_who_decide_at_once_on_one_version_one_wins(runs):
    story = await Story(runs, "r1").tell(started())
    rivals = [story.as_told_so_far() for _ in range(200)]

    results = await asyncio.gather(
        *(rival.tell(succeeded(f"s{n}")) for n, rival in enumerate(rivals)),
        return_exceptions=True,
    )

    assert sum(isinstance(result, Story) for result in results) == 1
    assert sum(isinstance(result, RunMovedOn) for result in results) == 199
    assert len(await runs.history("r1")) == 2


async def test_a_loser_does_not_pull_down_those_who_commit_beside_it(runs):
    stories = [await Story(runs, f"r{n}").tell(started()) for n in range(100)]
    late = [story.as_told_so_far() for story in stories[::2]]
    await asyncio.gather(*(story.tell(succeeded("first")) for story in stories[::2]))

    results = await asyncio.gather(
        *(story.tell(succeeded("second")) for story in [*late, *stories[1::2]]),
        return_exceptions=True,
    )

    assert all(isinstance(result, RunMovedOn) for result in results[:50])
    assert all(isinstance(result, Story) for result in results[50:])
    assert {len(await runs.history(f"r{n}")) for n in range(100)} == {2}


async def test_200_runs_commit_at_once_and_all_of_it_stands(runs):
    async def tell_all(run_id: str) -> None:
        story = await Story(runs, run_id).tell(started())
        for step in ("build", "test", "deploy"):
            await story.tell(succeeded(step))
        await story.tell(finished())

    await asyncio.gather(*(tell_all(f"r{n}") for n in range(200)))

    assert {len(await runs.history(f"r{n}")) for n in range(200)} == {5}


async def test_a_version_that_does_not_add_up_is_refused(runs):
    story = await Story(runs, "r1").tell(started())

    with pytest.raises(ValueError, match="do not make version"):
        await runs.commit(UnitOfWork(story.run, (succeeded("build"),), 1))


async def test_a_time_without_a_zone_is_refused(runs):
    story = await Story(runs, "r1").tell(started())
    naive = h.RunPaused(NOON.replace(tzinfo=None), ANA)

    with pytest.raises((TypeError, ValueError)):
        await story.tell(naive)

    assert len(await runs.history("r1")) == 1


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (granted(at=later(120)), "Approved by Bo Chen at 12:02 UTC before this."),
        (denied(at=later(120)), "Denied by Ana at 12:02 UTC before this."),
        (
            h.ChangesRequested(later(120), "approve", 1, BO, "Smaller, please.", {}),
            "Sent back for changes by Bo Chen at 12:02 UTC before this.",
        ),
        (
            h.ApprovalExpired(later(120), "approve", 1),
            "The time to answer ran out at 12:02 UTC, before this.",
        ),
        (finished(at=later(120)), "The run ended at 12:02 UTC, before this was answered."),
        (granted(at=later(-86400)), "Approved by Bo Chen on 2 May 2026 at 12:00 UTC before this."),
    ],
)
async def test_an_approval_is_settled_once_and_the_late_one_learns_by_whom(runs, first, said):
    story = await Story(runs, "r1").tell(started(), asked(at=later(-90000)))
    await story.tell(first)

    with pytest.raises(TooLate) as late:
        await story.tell(denied(at=later(180)))

    assert str(late.value) == said
    assert (await runs.history("r1"))[-1] == first


async def test_two_who_answer_at_once_get_one_yes_or_no(runs):
    story = await Story(runs, "r1").tell(started(), asked())
    other = story.as_told_so_far()

    results = await asyncio.gather(
        story.tell(granted()), other.tell(denied()), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["RunMovedOn", "Story"]


async def test_an_answer_to_a_question_nobody_asked_comes_too_late(runs):
    story = await Story(runs, "r1").tell(started())

    with pytest.raises(TooLate, match="not asked any more"):
        await story.tell(granted())


async def test_a_new_revision_can_be_answered_after_the_old_one_was(runs):
    story = await Story(runs, "r1").tell(started(), asked())
    await story.tell(denied())
    await story.tell(asked(revision=2))

    await story.tell(h.ApprovalGranted(NOON, "approve", 2, BO))

    assert len(await runs.history("r1")) == 5


async def test_half_a_character_from_a_tool_does_not_stop_a_run(runs):
    story = await Story(runs, "r1").tell(started())
    broken = "caf\ud800"

    await story.tell(h.StepSucceeded(NOON, "read", {"text": broken}, NOON))
    await story.tell(h.RunFinished(NOON, h.Outcome.FAILED, reason=broken))

    *_, read, ended = await runs.history("r1")
    assert (read.output, ended.reason) == ({"text": "caf?"}, "caf?")


async def test_runs_are_found_by_the_run_that_wanted_them_until_they_end(runs):
    await Story(runs, "parent").tell(started())
    of = h.Parent("parent", "sub", 1)
    for run_id in ("c1", "c2", "c3"):
        await Story(runs, run_id).tell(started(parent=of, queued=run_id == "c2"))
    ended = await Story(runs, "c4").tell(started(parent=of))
    await ended.tell(h.RunFinished(NOON, h.Outcome.SUCCEEDED))
    await Story(runs, "other").tell(started(parent=h.Parent("c1", "sub", 2)))

    assert await runs.children("parent") == ["c1", "c2", "c3"]
    assert await runs.children("c1") == ["other"]
    assert await runs.children("nobody") == []
