"""How SQLite writes a commit: one statement after the other, in the writer's thread."""

import sqlite3

from sqlalchemy import String, bindparam, delete, insert, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from opstream.adapters.store import approvals, audit
from opstream.adapters.store.commits import TAKES_ROOM, Commit, moved_on, no_room
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.step_times import UPSERT as KEEP_STEP_TIME
from opstream.adapters.store.tables import ApprovalRow, FactRow, RunRow, WaitRow, table
from opstream.domain.approval import Verdict

_RUNS, _FACTS, _APPROVALS, _WAITS = (table(one) for one in (RunRow, FactRow, ApprovalRow, WaitRow))
_MOVING = ("version", "wake_at", "waits_for_person")
# Most commits leave these as they are; writing them all the same would rewrite every index of lists.
_LASTING = (
    "workflow_version",
    "status",
    "ended_at",
    "reason",
    "has_work",
    "has_news",
    "handed_to",
    "handed_name",
)
_BEGIN_RUN = compiled(upsert(_RUNS).on_conflict_do_nothing()).sqlite
_MOVE_RUN = compiled(
    update(_RUNS)
    .where(_RUNS.c.id == bindparam("run"), _RUNS.c.version == bindparam("expected"))
    .values({name: bindparam(name) for name in _MOVING})
).sqlite
_MARK_RUN = compiled(
    update(_RUNS)
    .where(
        _RUNS.c.id == bindparam("run"),
        or_(*(_RUNS.c[name].is_distinct_from(bindparam(name)) for name in _LASTING)),
    )
    .values({name: bindparam(name) for name in _LASTING})
).sqlite
_ADD_FACT = compiled(insert(_FACTS)).sqlite


_COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM runs WHERE {whose} = :whose"
    f" AND {TAKES_ROOM} AND id <> :run LIMIT :most)"
)
_OF_WORKFLOW, _OF_PERSON = _COUNT.format(whose="workflow_id"), _COUNT.format(whose="by_id")
_ANSWER = ("verdict", "by_id", "by_name", "settled_at", "comment")
_OPEN = compiled(insert(_APPROVALS)).sqlite
_SETTLE = compiled(
    update(_APPROVALS)
    .where(_APPROVALS.c.id == bindparam("approval"), _APPROVALS.c.verdict == bindparam("open"))
    .values({name: bindparam(name) for name in _ANSWER})
).sqlite
_WITHDRAW = compiled(
    update(_APPROVALS)
    .where(_APPROVALS.c.run_id == bindparam("run"), _APPROVALS.c.verdict == bindparam("open"))
    .values(verdict=bindparam("verdict"), settled_at=bindparam("settled_at"))
).sqlite
_AMEND = compiled(
    update(_APPROVALS)
    .where(
        _APPROVALS.c.run_id == bindparam("run"),
        or_(
            bindparam("which", type_=String) == literal_column("''"),
            _APPROVALS.c.id == bindparam("which", type_=String),
        ),
        _APPROVALS.c.verdict == bindparam("open"),
    )
    .values({name: _APPROVALS.c[name] + bindparam(name, type_=String) for name in approvals.ADDED})
).sqlite
_FIND = compiled(
    select(_APPROVALS.c.verdict, _APPROVALS.c.by_name, _APPROVALS.c.settled_at).where(
        _APPROVALS.c.id == bindparam("approval")
    )
).sqlite

_ALL_OVER = compiled(delete(_WAITS).where(_WAITS.c.run_id == bindparam("run"))).sqlite
_OVER = compiled(
    delete(_WAITS).where(_WAITS.c.run_id == bindparam("run"), _WAITS.c.step == bindparam("over"))
).sqlite
_new_wait = upsert(_WAITS)
_WAIT = compiled(
    _new_wait.on_conflict_do_update(
        index_elements=["run_id", "step"], set_={"topic": _new_wait.excluded.topic}
    )
).sqlite


def write(connection: sqlite3.Connection, commit: Commit) -> None:
    """Write all of a commit, within the writer's transaction.

    Raises:
        RunMovedOn: the run is not at the expected version.
        NoRoom: too many others are active.
        TooLate: an approval was settled before.
    """
    _move_run(connection, commit)
    _require_room(connection, commit)
    connection.executemany(_ADD_FACT, commit.facts)
    _change_approvals(connection, commit)
    _change_waits(connection, commit)
    if commit.step_times:
        connection.executemany(KEEP_STEP_TIME.sqlite, commit.step_times)
    audit.append(commit.audit, lambda statement, row: connection.execute(statement.sqlite, row))


def _move_run(connection: sqlite3.Connection, commit: Commit) -> None:
    if commit.expected == 0:
        if connection.execute(_BEGIN_RUN, commit.run).rowcount == 0:
            raise moved_on(commit)
        return
    changed = {**commit.run, "run": commit.run["id"], "expected": commit.expected}
    if connection.execute(_MOVE_RUN, changed).rowcount == 0:
        raise moved_on(commit)
    connection.execute(_MARK_RUN, changed)


def _require_room(connection: sqlite3.Connection, commit: Commit) -> None:
    if commit.room is None:
        return
    for query, whose, most in (
        (_OF_WORKFLOW, commit.run["workflow_id"], commit.room.of_workflow),
        (_OF_PERSON, commit.run["by_id"], commit.room.of_person),
    ):
        if most is not None:
            asked = {"whose": whose, "run": commit.run["id"], "most": most + 1}
            [found] = connection.execute(query, asked).fetchone()
            if found > most:
                raise no_room(commit)


def _change_approvals(connection: sqlite3.Connection, commit: Commit) -> None:
    changes = commit.approvals
    for answer in changes.settled:
        asked = {**answer, "approval": answer["id"], "open": Verdict.OPEN.value}
        if connection.execute(_SETTLE, asked).rowcount == 0:
            found = connection.execute(_FIND, {"approval": answer["id"]}).fetchone()
            raise approvals.too_late(found and approvals.Settled(*found), answer)
    for more in changes.amended:
        which = {"run": more["run_id"], "which": more["id"], "open": Verdict.OPEN.value}
        connection.execute(_AMEND, {**more, **which})
    if changes.withdrawn_at is not None:
        withdrawn = {"run": commit.run["id"], "settled_at": changes.withdrawn_at}
        verdicts = {"verdict": Verdict.WITHDRAWN.value, "open": Verdict.OPEN.value}
        connection.execute(_WITHDRAW, {**withdrawn, **verdicts})
    for row in changes.opened:
        connection.execute(_OPEN, row)


def _change_waits(connection: sqlite3.Connection, commit: Commit) -> None:
    changes, run_id = commit.waits, commit.run["id"]
    if changes.all_over:
        connection.execute(_ALL_OVER, {"run": run_id})
    connection.executemany(_OVER, [{"run": run_id, "over": step} for step in changes.over])
    for step, topic in changes.begun.items():
        connection.execute(_WAIT, {"run_id": run_id, "step": step, "topic": topic})
