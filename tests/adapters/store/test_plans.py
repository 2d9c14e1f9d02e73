"""Questions that are asked often are answered from an index, however many runs rest."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.contracts.stories import NOON

RUNS = 100_000
FILL = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :runs)
    INSERT INTO runs
    SELECT printf('r%08d', i), 'deploy', 1, 'active', 'U1', 'Ana', 'C1', NULL, i, NULL, '',
           i * 1000000, 5, 5, 1, 0 FROM n
"""


@pytest.fixture
async def resting(database):
    await database.writer.execute(FILL, [{"runs": RUNS}])
    await database.writer.execute("UPDATE runs SET has_work = 1 WHERE id = 'r00000007'", [{}])
    return database


async def test_of_100_000_resting_runs_only_the_one_with_work_is_named(resting):
    assert await resting.runs.unfinished() == ["r00000007"]
    assert await resting.postings.unsettled() == []
    assert len(await resting.runs.find("r0000000")) == 5


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
        (lambda stores: stores.runs.next_wake(after=NOON), "runs_asleep"),
        (lambda stores: stores.runs.history("r1"), "USING PRIMARY KEY"),
        (lambda stores: stores.runs.step_seconds("w"), "runs_by_workflow"),
        (lambda stores: stores.postings.unsettled(), "runs_not_shown"),
        (lambda stores: stores.postings.of_run("r1"), "ix_postings_run_id"),
        (lambda stores: stores.postings.run_of_thread("C", "1"), "postings_by_message"),
        (lambda stores: stores.workflows.load("w", 1), "sqlite_autoindex_workflow_versions"),
    ],
)
async def test_a_question_is_answered_from_its_index(database, question, index):
    plan = await plan_of(database, lambda: question(database))

    assert index in plan
    assert "SCAN runs'" not in plan
