"""Figures about many runs, as each database works them out."""

from datetime import timedelta

import pytest

from opstream.domain import history as h
from opstream.domain.approval import Verdict
from opstream.domain.conversation import Place
from opstream.domain.person import Person, Sight, Who
from opstream.domain.run import RunStatus
from opstream.domain.statistics import Answers, Approvals, Durations, FailingStep, Span
from tests.contracts.stories import ANA, BO, NOON, Story, asked, later, started

DAYS = Span(tuple(NOON + timedelta(days=n) for n in range(4)))
OK, BAD, LEFT = RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED


@pytest.fixture
def figures(database):
    return database.figures


async def ran(database, run_id, seconds, at=NOON, outcome=h.Outcome.SUCCEEDED, workflow="deploy"):
    story = Story(database.runs, run_id)
    ended = h.RunFinished(at + timedelta(seconds=seconds), outcome)
    return await story.tell(started(workflow, at=at), ended)


async def test_runs_are_counted_by_part_and_outcome_where_they_ended(database, figures):
    await ran(database, "r1", 10)
    await ran(database, "r2", 10)
    await ran(database, "r3", 86_400)  # began on the first day
    await ran(database, "r4", 86_400 * 2 + 5, outcome=h.Outcome.FAILED)
    await ran(database, "r5", 86_400 * 3)  # too late
    await ran(database, "r6", 10, workflow="other", outcome=h.Outcome.CANCELLED)
    await Story(database.runs, "r7").tell(started())

    assert await figures.outcomes(DAYS) == [{OK: 2, LEFT: 1}, {OK: 1}, {BAD: 1}]
    of_one = Span(DAYS.edges, "other")
    assert await figures.outcomes(of_one) == [{LEFT: 1}, {}, {}]
    assert await figures.outcomes(Span((NOON, later(60)))) == [{OK: 2, LEFT: 1}]


async def test_a_percentile_is_a_sample_of_those_that_ended_well(database, figures):
    for n in range(1, 21):
        await ran(database, f"r{n}", n)
    await ran(database, "bad", 900, outcome=h.Outcome.FAILED)
    await ran(database, "x", 100, workflow="other")

    found = await figures.durations(DAYS)

    assert found["deploy"] == Durations(20, timedelta(seconds=10), timedelta(seconds=19))
    assert found["other"] == Durations(1, timedelta(seconds=100), timedelta(seconds=100))
    assert found[""] == Durations(21, timedelta(seconds=11), timedelta(seconds=20))


async def test_one_workflow_is_all_there_is_when_it_is_asked_for(database, figures):
    await ran(database, "r1", 3)
    await ran(database, "x", 100, workflow="other")

    of_deploy = await figures.durations(Span(DAYS.edges, "deploy"))

    assert of_deploy == dict.fromkeys(
        ("deploy", ""), Durations(1, timedelta(seconds=3), timedelta(seconds=3))
    )
    assert await figures.durations(Span(DAYS.edges, "nothing")) == {}


async def test_approvals_tell_how_long_they_waited_and_who_answered(database, figures):
    for run, seconds, by in (("r1", 10, BO), ("r2", 30, BO), ("r3", 20, ANA)):
        answer = h.ApprovalGranted(later(seconds), "approve", 1, by)
        await Story(database.runs, run).tell(started(), asked(), answer)
    denied = h.ApprovalDenied(later(40), "approve", 1, BO, "No.")
    await Story(database.runs, "r4").tell(started("other"), asked(), denied)
    expired = h.ApprovalExpired(later(900), "approve", 1)
    await Story(database.runs, "r5").tell(started(), asked(), expired)
    await Story(database.runs, "r6").tell(started(), asked())

    assert await figures.approvals(DAYS) == Approvals(
        {Verdict.GRANTED: 3, Verdict.DENIED: 1, Verdict.EXPIRED: 1},
        Durations(4, timedelta(seconds=20), timedelta(seconds=40)),
        (Answers(BO, 3), Answers(ANA, 1)),
    )
    of_other = await figures.approvals(Span(DAYS.edges, "other"))
    assert of_other.verdicts == {Verdict.DENIED: 1}


async def test_steps_that_failed_for_good_are_counted_and_items_of_a_loop_together(
    database, figures
):
    def failed(step, seconds=5, retry_at=None):
        error = 'odd \x00 text: "retry_at":null'
        return h.StepFailed(later(seconds), step, error, "x", NOON, retry_at)

    await Story(database.runs, "r1").tell(
        started(), failed("build", retry_at=later(6)), failed("build", 7)
    )
    await Story(database.runs, "r2").tell(
        started(), failed("each[0].send"), failed("each[11].send")
    )
    await Story(database.runs, "r3").tell(started("other"), failed("build"))
    late = failed("build", 86_400 * 9)
    await Story(database.runs, "r4").tell(started(), late)

    found = await figures.failing_steps(DAYS)

    assert found == [
        FailingStep("deploy", "each.send", 2),
        FailingStep("deploy", "build", 1),
        FailingStep("other", "build", 1),
    ]
    assert await figures.failing_steps(DAYS, 1) == found[:1]
    assert await figures.failing_steps(Span(DAYS.edges, "other")) == found[2:]


async def test_where_nothing_ended_there_is_nothing_to_say(figures):
    assert await figures.outcomes(DAYS) == [{}, {}, {}]
    assert await figures.durations(DAYS) == {}
    assert await figures.approvals(DAYS) == Approvals()
    assert await figures.failing_steps(DAYS) == []


PRIVATE, DIRECT, ABROAD = Place("C2"), Place("D1"), Place("T2/C1")
VIEWERS = {
    "insider": Person("U8", "In", sight=Sight()),
    "outsider": Person("U9", "Out", sight=Sight(hidden=frozenset({"C2"}))),
    "abroad": Person("T2/U1", "Far", sight=Sight("T2")),
    "terminal": Person("terminal", "Terminal"),
}


async def failed_asked_and_denied(database, run_id, place, by):
    """A run that takes 60 s, in which a step fails for good and somebody says no."""
    broken = h.StepFailed(later(5), "build", "No.", "x", NOON, None)
    denied = h.ApprovalDenied(later(20), "approve", 1, by, "No.")
    begun = started(place=place)
    ended = h.RunFinished(later(60), h.Outcome.SUCCEEDED)
    await Story(database.runs, run_id).tell(begun, broken, asked(), denied, ended)


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [("insider", "open private"), ("outsider", "open"), ("abroad", "abroad"), ("terminal", "")],
)
@pytest.mark.parametrize("workflow", [None, "deploy"])
async def test_nobody_learns_of_runs_that_they_may_not_see(
    database, figures, viewer, seen, workflow
):
    places = {"open": Place("C1"), "private": PRIVATE, "direct": DIRECT, "abroad": ABROAD}
    for name, place in places.items():
        by = Who(f"U-{name}", name)
        await failed_asked_and_denied(database, f"r-{name}", place, by)
    may = seen.split() or list(places)
    span = Span(DAYS.edges, workflow, VIEWERS[viewer])

    assert await figures.outcomes(span) == [{OK: len(may)}, {}, {}]
    assert (await figures.durations(span))[""].count == len(may)
    approvals = await figures.approvals(span)
    assert approvals.verdicts == {Verdict.DENIED: len(may)}
    assert sorted(one.by.name for one in approvals.answers) == sorted(may)
    assert await figures.failing_steps(span) == [FailingStep("deploy", "build", len(may))]


async def test_whoever_started_a_run_sees_it_counted_wherever_it_stands(database, figures):
    await failed_asked_and_denied(database, "r1", PRIVATE, BO)
    asker = Person(ANA.id, ANA.name, sight=Sight(hidden=frozenset({"C2"})))

    assert (await figures.outcomes(Span(DAYS.edges, None, asker)))[0] == {OK: 1}
