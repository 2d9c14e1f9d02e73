"""Questions that are asked often are answered from an index, however many runs rest."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from opstream.adapters.queues.apscheduler import SchedulerQueue
from opstream.adapters.store.times import stored
from opstream.adapters.timetable import SchedulerTimetable
from opstream.domain.run import RunStatus
from opstream.domain.statistics import Span
from opstream.ports import RunFilter
from tests.contracts.stories import HERE, NOON, later
from tests.contracts.waiting import until

RUNS = 100_000
WAITING = RunFilter(frozenset({RunStatus.ACTIVE, RunStatus.PAUSED}), waiting=True)
WEEK = Span(tuple(later(86_400 * day) for day in range(8)))
FILL = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :runs)
    INSERT INTO runs (id, workflow_id, workflow_version, status, by_id, by_name, channel, thread,
                      started_at, ended_at, reason, wake_at, version, shown_version,
                      waits_for_person, has_work)
    SELECT printf('r%08d', i), 'deploy', 1, 'active', 'U1', 'Ana', 'C1', NULL, i, NULL, '',
           :wakes + i, 5, 5, 1, 0 FROM n
"""


class Noon:
    def now(self) -> datetime:
        return NOON


def noting(looks: list[str]) -> Callable[[str], Awaitable[None]]:
    async def look(run_id: str) -> None:
        looks.append(run_id)

    return look


async def write(database, sql: str, **row: object) -> None:
    await database.writer.write(lambda connection: connection.execute(sql, row))


@pytest.fixture
async def resting(database):
    wakes = stored(later(3600))
    await write(database, FILL, runs=RUNS, wakes=wakes)
    await write(database, "UPDATE runs SET has_work = 1 WHERE id = 'r00000007'")
    return database


async def test_of_100_000_resting_runs_only_the_one_with_work_is_named(resting):
    assert await resting.runs.unfinished() == ["r00000007"]
    assert await resting.postings.unsettled() == []


async def test_a_start_beside_100_000_resting_runs_looks_at_none_of_them(resting):
    looks = []
    queue = SchedulerQueue()
    queue.bind(noting(looks))
    timetable = SchedulerTimetable(queue, resting.runs, Noon())

    queue.start()
    await timetable.start()
    await until(lambda: looks != [])
    await timetable.stop()
    await queue.stop()

    assert looks == ["r00000007"]


async def test_among_100_000_runs_a_page_of_a_list_holds_the_newest(resting):
    ended = RunFilter(frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED}), limit=2)
    for run_id, status in (("r00000003", "failed"), ("r00000005", "succeeded")):
        row = {"run": run_id, "status": status}
        await write(resting, "UPDATE runs SET status = :status WHERE id = :run", **row)

    newest = await resting.runs.summaries(RunFilter(limit=2, offset=1))

    assert [one.id for one in newest] == ["r00099999", "r00099998"]
    assert [one.id for one in await resting.runs.summaries(ended)] == ["r00000005", "r00000003"]
    assert await resting.runs.find("r0001") == [f"r{n:08}" for n in range(10_000, 10_005)]


async def plan_of(database, question: Callable[[], Awaitable[object]]) -> str:
    """Return how SQLite answers what a question really asks it."""
    asked = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    await question()
    event.remove(Engine, "before_cursor_execute", note)
    [(statement, parameters)] = asked

    return await database.writer.write(
        lambda connection: str(
            connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        )
    )


@pytest.mark.parametrize(
    ("question", "index"),
    [
        (lambda stores: stores.runs.unfinished(), "runs_with_work"),
        (lambda stores: stores.runs.due(NOON), "runs_asleep"),
        (lambda stores: stores.runs.next_wake(), "runs_asleep"),
        (lambda stores: stores.runs.summaries(WAITING), "runs_waiting"),
        (lambda stores: stores.figures.outcomes(WEEK), "runs_ended"),
        (lambda stores: stores.figures.failing_steps(WEEK), "facts_failed"),
        (lambda stores: stores.runs.next_wake(after=NOON), "runs_asleep"),
        (lambda stores: stores.runs.history("r1"), "USING PRIMARY KEY"),
        (lambda stores: stores.runs.step_times("w"), "runs_by_end"),
        (lambda stores: stores.runs.waiting_for("paid"), "ix_waits_topic"),
        (lambda stores: stores.runs.next_queued("w"), "runs_queued"),
        (lambda stores: stores.runs.with_room(), "runs_by_status (status=?)"),
        (lambda stores: stores.runs.oldest_active("w"), "runs_by_workflow"),
        (lambda stores: stores.schedules.due(NOON), "ix_schedules_next_at"),
        (lambda stores: stores.postings.unsettled(), "runs_with_news"),
        (lambda stores: stores.postings.of_run("r1"), "ix_postings_run_id"),
        (lambda stores: stores.postings.run_of_thread("C", "1"), "postings_by_message"),
        (lambda stores: stores.workflows.load("w", 1), "sqlite_autoindex_workflow_versions"),
    ],
)
async def test_a_question_is_answered_from_its_index(database, question, index):
    plan = await plan_of(database, lambda: question(database))

    assert index in plan
    assert "SCAN runs'" not in plan


ACTIVE = frozenset({RunStatus.ACTIVE, RunStatus.PAUSED})


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (RunFilter(), "COVERING INDEX runs_by_status (status=?)"),
        (RunFilter(ACTIVE), "COVERING INDEX runs_by_status (status=?)"),
        (
            RunFilter(ACTIVE, started_by="U1"),
            "COVERING INDEX runs_by_starter (by_id=? AND status=?)",
        ),
        (
            RunFilter(ACTIVE, thread=HERE),
            "COVERING INDEX runs_by_thread (channel=? AND thread=? AND status=?)",
        ),
        (
            RunFilter(ACTIVE, workflow_id="w"),
            "COVERING INDEX runs_by_workflow (workflow_id=? AND status=?)",
        ),
    ],
)
async def test_a_list_is_read_in_order_and_not_sorted(database, wanted, index):
    plan = await plan_of(database, lambda: database.runs.summaries(wanted))
    counted = await plan_of(database, lambda: database.runs.count(wanted))

    assert plan.count(index) == len(wanted.statuses or RunStatus)
    assert plan.count("TEMP B-TREE") == 1  # for the few that come back of each status
    assert index in counted


async def test_runs_are_found_in_the_order_of_their_ids(database):
    plan = await plan_of(database, lambda: database.runs.find("r1"))

    assert "sqlite_autoindex_runs_1 (id>? AND id<?)" in plan
    assert "TEMP B-TREE" not in plan
