"""What is derived from the facts: lists, sleepers, runs with work, step times."""

from datetime import timedelta

import pytest

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.conversation import Place
from opstream.domain.run import RunStatus, RunSummary
from opstream.ports import RunFilter, StepTime
from tests.contracts.stories import ANA, BO, HERE, NOON, Story, asked, later, started, succeeded


@pytest.fixture
def runs(database):
    return database.runs


def finished(at=NOON, outcome=h.Outcome.SUCCEEDED, reason="") -> h.RunFinished:
    return h.RunFinished(at, outcome, reason=reason)


async def test_a_run_is_found_by_its_id_or_the_beginning_of_it(runs):
    for run_id in ("rabc12", "rabc1", "rabd1", "ra_c1", "sched:a"):
        await Story(runs, run_id).tell(started())

    assert await runs.find("rabc1") == ["rabc1", "rabc12"]
    assert await runs.find("RABD") == ["rabd1"]
    assert await runs.find("ra_") == ["ra_c1"]
    assert await runs.find("Sched:") == ["sched:a"]
    assert await runs.find("s%") == []
    assert await runs.find("x") == []


async def test_no_more_than_five_runs_are_found_at_once(runs):
    for n in range(7):
        await Story(runs, f"r{n}").tell(started())

    assert len(await runs.find("r")) == 5


async def test_a_list_shows_a_run_as_it_is_now(runs):
    story = await Story(runs, "r1").tell(started(), asked())
    assert [one.waits_for_person for one in await runs.summaries(RunFilter())] == [True]

    await story.tell(finished(later(9), h.Outcome.CANCELLED, "Ana cancelled it."))

    assert await runs.summaries(RunFilter()) == [
        RunSummary(
            id="r1",
            workflow_id="deploy",
            workflow_version=1,
            status=RunStatus.CANCELLED,
            by=ANA,
            place=HERE,
            started_at=NOON,
            ended_at=later(9),
            reason="Ana cancelled it.",
            waits_for_person=False,
        )
    ]


async def test_a_run_without_a_place_is_listed_without_one(runs):
    await Story(runs, "r1").tell(started(place=None))

    assert [one.place for one in await runs.summaries(RunFilter())] == [None]


async def test_lists_come_newest_first_and_in_pages(runs):
    for n in range(5):
        await Story(runs, f"r{n}").tell(started(at=later(n)))

    pages = [await runs.summaries(RunFilter(limit=2, offset=offset)) for offset in (0, 2, 4)]

    assert [[one.id for one in page] for page in pages] == [["r4", "r3"], ["r2", "r1"], ["r0"]]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (RunFilter(), {"mine", "his", "over"}),
        (RunFilter(statuses=frozenset({RunStatus.ACTIVE})), {"mine", "his"}),
        (RunFilter(statuses=frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED})), {"over"}),
        (RunFilter(started_by="U2"), {"his"}),
        (RunFilter(workflow_id="backup"), {"over"}),
        (RunFilter(workflow_id="backup", started_by="U2"), set()),
        (RunFilter(frozenset({RunStatus.ACTIVE}), "deploy", "U1"), {"mine"}),
    ],
)
async def test_a_filter_says_which_runs_are_listed_and_counted(runs, wanted, expected):
    await Story(runs, "mine").tell(started())
    await Story(runs, "his").tell(started(by=BO))
    await Story(runs, "over").tell(started("backup"), finished())

    assert {one.id for one in await runs.summaries(wanted)} == expected
    assert await runs.count(wanted) == len(expected)


async def test_the_runs_of_a_thread_are_those_that_were_started_in_it(runs):
    there, child = Place("C1", "17.2"), h.Parent("talk", "step")
    await Story(runs, "talk").tell(started(place=there))
    await Story(runs, "over").tell(started(place=there, at=later(1)), finished(later(2)))
    await Story(runs, "part").tell(started(place=there, at=later(3), parent=child))
    for run_id, place in (
        ("aside", Place("C1")),
        ("away", Place("C2", "17.2")),
        ("later", HERE),
        ("none", None),
    ):
        await Story(runs, run_id).tell(started(place=place))

    found = await runs.summaries(RunFilter(thread=there))
    own = await runs.summaries(RunFilter(thread=there, unparented=True))

    assert [one.id for one in found] == ["part", "over", "talk"]
    assert [one.id for one in own] == ["over", "talk"]
    assert await runs.count(RunFilter(frozenset({RunStatus.ACTIVE}), thread=there)) == 2


async def test_sleepers_are_due_when_their_time_has_come(runs):
    for n in (3, 1, 2):
        await Story(runs, f"r{n}").tell(started(), h.WaitBegan(NOON, "nap", later(n)))

    assert await runs.due(NOON) == []
    assert await runs.due(later(2)) == ["r1", "r2"]
    assert await runs.next_wake() == later(1)


async def test_neither_paused_nor_ended_runs_wake(runs):
    paused = await Story(runs, "r1").tell(started(), h.WaitBegan(NOON, "nap", later(1)))
    await paused.tell(h.RunPaused(NOON, ANA))
    ended = await Story(runs, "r2").tell(started(), h.WaitBegan(NOON, "nap", later(1)))
    await ended.tell(finished())

    assert await runs.due(later(9)) == []
    assert await runs.next_wake() is None

    await paused.tell(h.RunResumed(NOON, ANA))
    assert await runs.due(later(9)) == ["r1"]


async def test_a_starting_process_looks_neither_at_paused_nor_at_queued_runs(runs):
    await Story(runs, "begun").tell(started())
    await Story(runs, "paused").tell(started(), h.RunPaused(NOON, ANA))
    await Story(runs, "queued").tell(started(queued=True))
    await Story(runs, "ended").tell(started(), finished(), rests=True)

    assert await runs.unfinished() == ["begun"]


async def test_an_ended_run_has_work_until_everybody_was_told(runs):
    story = await Story(runs, "r1").tell(started(), finished())
    assert await runs.unfinished() == ["r1"]

    await runs.rests("r1", story.run.version)

    assert await runs.unfinished() == []


async def test_a_run_that_is_being_undone_has_work(runs):
    stopping = h.RunStopping(NOON, h.Outcome.CANCELLED, "Ana cancelled it.", ANA)
    await Story(runs, "r1").tell(started(), stopping)

    assert await runs.unfinished() == ["r1"]


async def test_runs_of_high_priority_are_looked_at_first_then_the_oldest(runs):
    for n, (run_id, priority) in enumerate([("low", -1), ("new", 0), ("old", 0), ("high", 5)]):
        await Story(runs, run_id).tell(started(at=later(-n)), priority=priority)

    assert await runs.unfinished() == ["high", "old", "new", "low"]


async def test_a_run_that_rests_after_a_commit_is_not_looked_at_until_it_moves(runs):
    story = await Story(runs, "r1").tell(started())

    await story.tell(asked(), rests=True)
    assert await runs.unfinished() == []

    await story.tell(h.ApprovalGranted(NOON, "approve", 1, BO))
    assert await runs.unfinished() == ["r1"]


async def test_a_run_in_which_a_look_found_nothing_to_do_rests(runs):
    story = await Story(runs, "r1").tell(started(), asked())
    await Story(runs, "r2").tell(started())

    await runs.rests("r1", story.run.version)

    assert await runs.unfinished() == ["r2"]


async def test_a_run_that_moved_on_is_not_put_to_rest_by_an_older_look(runs):
    story = await Story(runs, "r1").tell(started(), asked())
    seen = story.run.version
    await story.tell(h.ApprovalGranted(NOON, "approve", 1, BO))

    await runs.rests("r1", seen)

    assert await runs.unfinished() == ["r1"]


async def test_resting_hides_no_sleeper(runs):
    await Story(runs, "r1").tell(started(), h.WaitBegan(NOON, "nap", later(1)), rests=True)

    assert await runs.unfinished() == []
    assert await runs.due(later(1)) == ["r1"]


async def test_an_id_that_nobody_could_find_is_refused(runs):
    with pytest.raises(ValueError, match="not in small letters"):
        await Story(runs, "R1").tell(started())


async def test_step_times_are_those_of_the_last_runs_that_ended_well_newest_first(runs):
    for n in range(5):
        facts = started(), succeeded("build", n, later(n)), finished(later(n))
        await Story(runs, f"r{n}").tell(*facts)
    failed = finished(later(9), h.Outcome.FAILED, "No.")
    await Story(runs, "failed").tell(started(), succeeded("build", 88), failed)
    await Story(runs, "active").tell(started(), succeeded("build", 99))
    await Story(runs, "other").tell(started("backup"), succeeded("build", 77), finished())

    assert await runs.step_times("deploy", 3) == [
        StepTime(f"r{n}", "build", float(n)) for n in (4, 3, 2)
    ]
    assert len(await runs.step_times("deploy")) == 5


async def test_step_times_count_work_and_not_the_waiting_for_a_yes(runs):
    story = await Story(runs, "r1").tell(
        started(), asked("apply", call=ProposedCall("apply", "t.write", {}))
    )
    await story.tell(h.ApprovalGranted(later(600), "apply", 1, BO))
    await story.tell(h.StepSucceeded(later(605), "apply", None, later(600)))
    await story.tell(h.QuestionAsked(later(605), "ask", "Which?", (), None))
    await story.tell(h.QuestionAnswered(later(900), "ask", {}, BO))
    await story.tell(
        h.StepFailed(later(901), "clean", "no", "error", later(900)), finished(later(901))
    )

    assert await runs.step_times("deploy") == [StepTime("r1", "apply", 5.0)]


async def test_the_time_of_a_loop_is_that_of_the_whole_of_it(runs):
    await Story(runs, "r1").tell(
        started(),
        h.LoopBegan(NOON, "each", ("a", "b")),
        succeeded("each[0].fetch", 1, later(1)),
        succeeded("each[1].fetch", 2, later(2)),
        h.StepSucceeded(later(2), "each", [1, 2], NOON),
        finished(later(2)),
    )

    assert await runs.step_times("deploy") == [StepTime("r1", "each", 2.0)]


async def test_a_run_that_ends_twice_has_its_times_once(runs):
    story = await Story(runs, "r1").tell(started(), succeeded("build", 3), finished())
    await story.tell(h.RunRetried(later(10), ANA, ("build",)))
    await story.tell(succeeded("build", 5, later(20)), finished(later(20)))

    assert await runs.step_times("deploy") == [StepTime("r1", "build", 5.0)]


async def test_a_run_that_goes_on_with_another_version_is_listed_with_that(runs):
    story = await Story(runs, "r1").tell(started(), finished())
    await story.tell(h.RunRetried(later(10), ANA, (), workflow_version=2))

    assert [one.workflow_version for one in await runs.summaries(RunFilter())] == [2]


async def test_times_keep_their_microseconds(runs):
    when = NOON + timedelta(microseconds=1)
    await Story(runs, "r1").tell(started(at=when))

    assert (await runs.summaries(RunFilter()))[0].started_at == when
