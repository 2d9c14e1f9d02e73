"""An install moves from SQLite to PostgreSQL and is the same there."""

import sqlite3

import pytest

from opstream.adapters.store.database import Database
from opstream.adapters.store.moving import move
from opstream.adapters.store.postgres.database import PostgresDatabase
from opstream.domain import history as h
from opstream.domain.audit import AuditEntry
from opstream.domain.conversation import Place, Posting
from opstream.domain.memory import Audience, Entry, EntryKind
from opstream.domain.trigger import Schedule
from opstream.engine.evolve import replay
from opstream.errors import AlreadyRunning, BadInput, StoreUnavailable
from opstream.ports import PlannedStart, Question, RunFilter
from tests import postgres
from tests.contracts.stories import ANA, BO, NOON, Story, asked, later, started, succeeded

CARD = Posting("r1/card", "r1", Place("C1"), "17.1", "d0")
NIGHTLY = PlannedStart("deploy/1", "deploy", Schedule(cron="5 2 * * *"), later(60), by=ANA)
POOL = Entry("fact/1", EntryKind.FACT, "", ("The pool is 40.",), NOON, Audience(everyone=True))
REPORT = b"\0report\xff" * 1000


def entry(run_id: str) -> AuditEntry:
    return AuditEntry(NOON, ANA, "run.started", run_id, "Zoë 🙂")


async def filled(folder) -> None:
    database = await Database.open(folder)
    await Story(database.runs, "r1").tell(
        started(),
        succeeded("build"),
        h.WaitBegan(NOON, "hear", later(9), "paid"),
        audit=[entry("r1")],
    )
    story = await Story(database.runs, "R2".lower()).tell(started(by=BO), asked(), priority=3)
    await story.tell(h.ApprovalDenied(NOON, "approve", 1, ANA, "Not today."))
    await story.tell(succeeded("über"), h.RunFinished(later(5), h.Outcome.FAILED, reason="No."))
    for n in range(30):
        await Story(database.runs, f"many{n}").tell(started(queued=n % 2 == 0), audit=[entry("x")])
    await database.workflows.publish("deploy", "über: 1\n", "", NOON, ANA, "Why not")
    await database.postings.save(CARD)
    await database.schedules.save(NIGHTLY)
    await database.artifacts.put(REPORT)
    await database.memory.keep(POOL, [[0.6, 0.8]], "m")
    await database.close()


async def contents(database) -> dict[str, object]:
    runs = database.runs
    found = await runs.summaries(RunFilter(limit=100))
    histories = {one.id: await runs.history(one.id) for one in found}
    return {
        "summaries": found,
        "histories": histories,
        "runs": {run_id: replay(run_id, facts) for run_id, facts in histories.items()},
        "unfinished": await runs.unfinished(),
        "waiting": await runs.waiting_for("paid"),
        "due": await runs.due(later(99)),
        "queued": await runs.next_queued("deploy"),
        "postings": await database.postings.of_run("r1"),
        "unsettled": await database.postings.unsettled(),
        "workflows": await database.workflows.versions("deploy"),
        "schedules": await database.schedules.all(),
        "audit": await database.audit.of_subject("x"),
        "broken": await database.audit.first_broken(),
        "memory": await database.memory.find(Question("pools", (1.0, 0.0), "m")),
    }


@pytest.fixture
async def folder(tmp_path):
    await filled(tmp_path)
    return tmp_path


async def test_everything_is_there_after_the_move_as_it_was(folder):
    source = await Database.open(folder)
    before = await contents(source)
    await source.close()
    url = postgres.migrated_database()
    heard = {}

    moved = await move(folder, url, lambda table, done, total: heard.update({table: (done, total)}))

    target = await PostgresDatabase.open(url)
    assert await contents(target) == before
    assert before["broken"] is None
    assert await target.artifacts.get(await target.artifacts.put(REPORT)) == REPORT
    assert moved.counts["runs"] == 32
    assert (moved.counts["audit"], moved.counts["artifacts"]) == (31, 1)
    assert heard["runs"] == (32, 32)
    await Story(target.runs, "new").tell(started(), audit=[entry("new")])
    await target.postings.save(Posting("r1/plan", "r1", Place("C1"), None, "p0"))
    assert [one.key for one in await target.postings.of_run("r1")] == ["r1/card", "r1/plan"]
    assert await target.audit.first_broken() is None
    await target.close()


async def test_the_file_keeps_everything_under_another_name(folder):
    await move(folder, postgres.migrated_database(), lambda *_: None)

    assert not (folder / "opstream.db").exists()
    assert not (folder / "opstream.db-wal").exists()
    kept = sqlite3.connect(folder / "opstream.db.moved")
    assert kept.execute("SELECT count(*) FROM runs").fetchone() == (32,)
    kept.close()
    with pytest.raises(BadInput, match="There is no database"):
        await move(folder, postgres.migrated_database(), lambda *_: None)


async def test_an_install_that_runs_is_not_moved(folder):
    running = await Database.open(folder)

    with pytest.raises(AlreadyRunning):
        await move(folder, postgres.cleared_database(), lambda *_: None)

    await running.close()


async def test_a_database_that_holds_an_install_is_refused_and_nothing_moves(folder):
    url = postgres.cleared_database()
    target = await PostgresDatabase.open(url)
    await Story(target.runs, "theirs").tell(started())

    with pytest.raises(BadInput, match="holds an install already"):
        await move(folder, url, lambda *_: None)

    assert await target.runs.find("") == ["theirs"]
    assert (folder / "opstream.db").exists()
    await target.close()


async def test_a_damaged_artifact_stops_the_move_and_nothing_moves(folder):
    [file] = (folder / "artifacts").glob("??/*")
    file.write_bytes(b"other")
    url = postgres.cleared_database()

    with pytest.raises(StoreUnavailable, match="is damaged"):
        await move(folder, url, lambda *_: None)

    assert (folder / "opstream.db").exists()
    target = await PostgresDatabase.open(url)
    assert await target.runs.find("") == []
    await target.close()
