"""How PostgreSQL writes all commits of a group: one statement, in which each stands or falls alone.

It locks the rows of the runs in the order of their ids, judges every commit by what it finds there, moves
on the runs of those that may, and writes facts and all else for these alone. It answers with what came of
each commit. Only the room for a run, and the audit trail, need more than that (see `writer.py`).
"""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Table

from opstream.adapters.store.approvals import ADDED
from opstream.adapters.store.commits import Commit
from opstream.adapters.store.postgres.recordsets import columns, packed, recordset
from opstream.adapters.store.statements import Row
from opstream.adapters.store.tables import (
    ApprovalRow,
    FactRow,
    RunRow,
    StepTimeRow,
    WaitRow,
    table,
)

WON, MOVED_ON, NOT_OWNER, TOO_LATE = "won", "moved on", "not owner", "too late"

_RUNS, _FACTS, _APPROVALS, _WAITS, _STEP_TIMES = (
    table(one) for one in (RunRow, FactRow, ApprovalRow, WaitRow, StepTimeRow)
)
_MOVING = (
    "workflow_version",
    "status",
    "ended_at",
    "reason",
    "wake_at",
    "version",
    "waits_for_person",
    "has_work",
    "has_news",
    "handed_to",
    "handed_name",
)
_ANSWER = ("verdict", "by_id", "by_name", "settled_at", "comment")
_UNIT = "unit integer"
_WORK = (
    f"{_UNIT}, expected integer, as_owner boolean, rests boolean, all_over boolean, "
    "claimed integer, waiting text[], withdrawn_at bigint"
)


def _set(names: Sequence[str], source: str) -> str:
    return ", ".join(f"{name} = {source}.{name}" for name in names)


def _joined(names: Sequence[str]) -> str:
    return ", ".join(f"string_agg(amended.{name}, '') AS {name}" for name in names)


def _more(names: Sequence[str]) -> str:
    return ", ".join(f"{name} = approvals.{name} || amended.{name}" for name in names)


def _added(into: Table, parameter: str) -> str:
    """Return the part that inserts rows of the commits which may."""
    taken = ", ".join(f'{parameter}."{column.name}"' for column in into.columns)
    return (
        f"INSERT INTO {into.name} ({columns(into)}) SELECT {taken}"
        f" FROM {recordset(parameter, into, _UNIT)} JOIN won USING (unit)"
    )


_WORKING = f"""
WITH work AS MATERIALIZED (
    SELECT * FROM {recordset("work", _RUNS, _WORK)}
), locked AS MATERIALIZED (
    SELECT runs.id, runs.version, runs.epoch FROM work JOIN runs ON runs.id = work.id
    WHERE work.expected > 0 ORDER BY runs.id FOR NO KEY UPDATE OF runs
)"""
_LATE = f""", answers AS MATERIALIZED (
    SELECT * FROM {recordset("settled", _APPROVALS, _UNIT, ("id", *_ANSWER))}
), late AS MATERIALIZED (
    SELECT answers.unit FROM answers LEFT JOIN approvals ON approvals.id = answers.id
    WHERE approvals.verdict IS DISTINCT FROM 'open'
)"""
_NEVER_LATE = ", late AS (SELECT NULL::integer AS unit WHERE false)"
_MOVING_ON = f""", judged AS MATERIALIZED (
    SELECT work.unit, CASE
        WHEN work.as_owner AND locked.epoch <> work.claimed THEN '{NOT_OWNER}'
        WHEN work.expected > 0 AND locked.version IS DISTINCT FROM work.expected THEN '{MOVED_ON}'
        WHEN work.unit IN (SELECT unit FROM late) THEN '{TOO_LATE}'
        ELSE '{WON}' END AS outcome
    FROM work LEFT JOIN locked ON locked.id = work.id
), begun AS (
    INSERT INTO runs ({columns(_RUNS)})
    SELECT {columns(_RUNS)} FROM work JOIN judged USING (unit)
    WHERE work.expected = 0 AND judged.outcome = '{WON}' ORDER BY work.id
    ON CONFLICT DO NOTHING RETURNING id
), moved AS (
    UPDATE runs SET {_set(_MOVING, "work")}, owner = CASE
        WHEN NOT work.as_owner THEN runs.owner WHEN work.rests THEN NULL ELSE %(me)s END
    FROM work JOIN judged USING (unit)
    WHERE runs.id = work.id AND work.expected > 0 AND runs.version = work.expected
        AND judged.outcome = '{WON}'
    RETURNING work.unit
), won AS MATERIALIZED (
    SELECT unit FROM moved UNION ALL
    SELECT work.unit FROM work JOIN begun ON begun.id = work.id WHERE work.expected = 0
), facts_added AS (
    {_added(_FACTS, "facts")}
), waits_over AS (
    DELETE FROM waits USING {recordset("over", _WAITS, _UNIT, ("run_id", "step"))}
    JOIN won USING (unit) WHERE waits.run_id = over.run_id AND waits.step = over.step
)"""
_SELDOM = f""", settled AS (
    UPDATE approvals SET {_set(_ANSWER, "answers")} FROM answers JOIN won USING (unit)
    WHERE approvals.id = answers.id
), amended_rows AS MATERIALIZED (
    SELECT amended.unit, amended.run_id, amended.id, {_joined(ADDED)}
    FROM {recordset("amended", _APPROVALS, _UNIT, ("run_id", "id", *ADDED))}
    GROUP BY amended.unit, amended.run_id, amended.id
), amended_all AS (
    UPDATE approvals SET {_more(ADDED)} FROM amended_rows AS amended JOIN won USING (unit)
    WHERE approvals.run_id = amended.run_id AND amended.id IN ('', approvals.id)
        AND approvals.verdict = 'open'
), withdrawn AS (
    UPDATE approvals SET verdict = 'withdrawn', settled_at = work.withdrawn_at
    FROM work JOIN won USING (unit)
    WHERE work.withdrawn_at IS NOT NULL AND approvals.run_id = work.id
        AND approvals.verdict = 'open' AND approvals.id NOT IN (SELECT id FROM answers)
), opened AS (
    {_added(_APPROVALS, "opened")}
), all_waits_over AS (
    DELETE FROM waits USING work JOIN won USING (unit)
    WHERE work.all_over AND waits.run_id = work.id AND waits.step <> ALL (work.waiting)
), waits_begun AS (
    {_added(_WAITS, "begun_waits")}
    ON CONFLICT (run_id, step) DO UPDATE SET topic = excluded.topic
), times_kept AS (
    {_added(_STEP_TIMES, "times")}
    ON CONFLICT (run_id, step)
    DO UPDATE SET seconds = excluded.seconds, ended_at = excluded.ended_at
)"""
_VERDICTS = f"""
SELECT judged.unit, CASE WHEN won.unit IS NOT NULL THEN '{WON}'
    WHEN judged.outcome = '{WON}' THEN '{MOVED_ON}' ELSE judged.outcome END
FROM judged LEFT JOIN won USING (unit)
"""
_WRITE_ALL = (_WORKING + _LATE + _MOVING_ON + _SELDOM + _VERDICTS).encode()
# Most commits are steps that go well; what they do not need is left out, which saves a third.
_WRITE_STEPS = (_WORKING + _NEVER_LATE + _MOVING_ON + _VERDICTS).encode()


def statement(group: Sequence[Commit], me: str) -> tuple[bytes, dict[str, str]]:
    """Return what writes a group, with its values; it gives each unit (its place) and verdict.

    Args:
        me: The name by which this process claims runs.
    """
    numbered = list(enumerate(group))
    values = {
        "me": me,
        "work": packed(_work(unit, one) for unit, one in numbered),
        "facts": _of_each(numbered, lambda one: one.facts),
        "over": _of_each(numbered, _over),
    }
    if not any(_is_seldom(one) for one in group):
        return _WRITE_STEPS, values
    seldom = {
        "settled": _of_each(numbered, lambda one: one.approvals.settled),
        "amended": _of_each(numbered, lambda one: one.approvals.amended),
        "opened": _of_each(numbered, lambda one: one.approvals.opened),
        "begun_waits": _of_each(numbered, _begun),
        "times": _of_each(numbered, lambda one: one.step_times),
    }
    return _WRITE_ALL, values | seldom


def _is_seldom(one: Commit) -> bool:
    approvals, waits = one.approvals, one.waits
    return bool(
        approvals.settled
        or approvals.opened
        or approvals.amended
        or approvals.withdrawn_at is not None
        or waits.all_over
        or waits.begun
        or one.step_times
    )


def _work(unit: int, one: Commit) -> Row:
    return {
        **one.run,
        "unit": unit,
        "expected": one.expected,
        "as_owner": one.work.as_owner,
        "claimed": one.work.epoch,
        "rests": one.work.rests,
        "all_over": one.waits.all_over,
        "waiting": list(one.waits.begun),
        "withdrawn_at": one.approvals.withdrawn_at,
    }


def _of_each(
    group: Iterable[tuple[int, Commit]], rows_of: Callable[[Commit], Iterable[Row]]
) -> str:
    return packed({**row, "unit": unit} for unit, one in group for row in rows_of(one))


def _over(one: Commit) -> Iterable[Row]:
    return ({"run_id": one.run["id"], "step": step} for step in one.waits.over)


def _begun(one: Commit) -> Iterable[Row]:
    waits = one.waits.begun.items()
    return ({"run_id": one.run["id"], "step": step, "topic": topic} for step, topic in waits)
