"""What stands when the server dies, stays away, or somebody is in the way."""

import asyncio
import subprocess
import warnings
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import psycopg
import pytest

from opstream.adapters.store.postgres.connecting import connect_to_write, conninfo
from opstream.adapters.store.postgres.database import PostgresDatabase
from opstream.adapters.store.postgres.locks import LOCK, TURN
from opstream.adapters.store.statements import Statement
from opstream.domain.audit import AuditEntry
from opstream.errors import StoreUnavailable
from tests import postgres
from tests.adapters.store.sharing import ask, process
from tests.contracts.stories import ANA, NOON, Story, started, succeeded
from tests.contracts.waiting import until

ENTRY = AuditEntry(NOON, ANA, "run.helped", "r1")


@pytest.fixture(scope="module")
def server():
    """A server of one's own, to be killed."""
    return postgres.start()


def kill(server) -> None:
    """End the server and all its processes at once, as a crash does."""
    stop = (server.bin_path / "pg_ctl", "-D", server.pgdata, "-m", "immediate", "-w", "stop")
    subprocess.run(stop, check=True, capture_output=True, user=server.system_user)


def start_again(server) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.ensure_postgres_running()


class Teller:
    """Commits to some runs as fast as it can, and remembers what was acknowledged."""

    def __init__(self, database: PostgresDatabase, runs: int) -> None:
        self._stories = [Story(database.runs, f"r{n}") for n in range(runs)]
        self._enough = asyncio.Event()
        self.commits = 0

    async def _tell(self, story: Story) -> None:
        await story.tell(started(), audit=[ENTRY])
        while not self._enough.is_set():
            with_audit = [ENTRY] if story.run.version % 3 == 0 else []
            await story.tell(succeeded(f"s{story.run.version}"), audit=with_audit)
            self.commits += 1

    @asynccontextmanager
    async def telling(self):
        async with asyncio.TaskGroup() as group:
            for story in self._stories:
                group.create_task(self._tell(story))
            yield
            self._enough.set()

    async def more(self, commits: int) -> None:
        wanted = self.commits + commits
        await until(lambda: self.commits >= wanted, seconds=20)

    def acknowledged(self) -> dict[str, int]:
        return {story.id: story.run.version for story in self._stories}


async def test_a_server_that_is_killed_again_and_again_loses_and_doubles_nothing(server):
    url = postgres.empty_database(of=server)
    database = await process(url, "one")
    teller = Teller(database, 20)

    async with teller.telling():
        for _ in range(3):
            await teller.more(40)
            await asyncio.to_thread(kill, server)
            await asyncio.to_thread(start_again, server)
        await teller.more(40)

    kept = {run: len(await database.runs.history(run)) for run in teller.acknowledged()}
    noted = sum((version + 2) // 3 for version in kept.values())
    assert kept == teller.acknowledged()
    assert await database.audit.first_broken() is None
    assert len(await database.audit.of_subject("r1")) == noted
    await database.close()


async def test_connections_that_are_cut_again_and_again_lose_and_double_nothing():
    url = postgres.cleared_database()
    database = await process(url, "one")
    teller = Teller(database, 10)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE %s"

    async with teller.telling():
        for _ in range(15):
            await teller.more(7)
            await asyncio.to_thread(ask, url, cut, "opstream one%")

    kept = {run: len(await database.runs.history(run)) for run in teller.acknowledged()}
    assert kept == teller.acknowledged()
    assert await database.audit.first_broken() is None
    await database.close()


async def test_a_server_that_stays_away_is_told_and_outlived(server):
    url = postgres.empty_database(of=server)
    database = await process(url, "one", patience=timedelta(milliseconds=100))
    story = await Story(database.runs, "r1").tell(started())
    kill(server)

    with pytest.raises(StoreUnavailable, match="nobody knows yet whether this was written"):
        await story.tell(succeeded("build"))
    with pytest.raises(StoreUnavailable, match="Check that the server runs"):
        await database.runs.history("r1")

    start_again(server)
    await story.tell(succeeded("build"))
    assert len(await database.runs.history("r1")) == 2
    await database.close()


async def test_a_process_that_hangs_in_a_transaction_holds_nobody_up_for_long():
    url = postgres.cleared_database()
    lease = timedelta(milliseconds=300)
    hung = connect_to_write(conninfo(url, "hung", lease), "full", lease)
    hung.execute("BEGIN")
    hung.execute(LOCK, ([TURN],))
    database = await process(url, "one", lease=timedelta(seconds=6))

    await Story(database.runs, "r1").tell(started(), audit=[ENTRY])

    with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
        hung.execute("COMMIT")
    hung.close()
    await database.close()


@contextmanager
def holding_the_turn(url: str):
    with psycopg.connect(url) as other:
        other.execute(LOCK, ([TURN],))
        yield


async def test_a_lock_held_by_another_program_is_told_and_outlived():
    url = postgres.cleared_database()
    database = await process(url, "one", lease=timedelta(milliseconds=300))

    with holding_the_turn(url):
        with pytest.raises(StoreUnavailable, match="locked by another program"):
            await Story(database.runs, "r1").tell(started(), audit=[ENTRY])
        await Story(database.runs, "r2").tell(started())

    await Story(database.runs, "r1").tell(started(), audit=[ENTRY])
    assert len(await database.audit.of_subject("r1")) == 1
    await database.close()


async def test_a_unit_with_a_fault_of_its_own_fails_alone():
    database = await process(postgres.cleared_database(), "one")
    wrong = "INSERT INTO facts (run_id) VALUES ('nobody')"

    results = await asyncio.gather(
        Story(database.runs, "r1").tell(started()),
        database.writer.execute(Statement(wrong, wrong), [{}]),
        database.writer.change(lambda session: {}["missing"]),
        Story(database.runs, "r2").tell(started()),
        return_exceptions=True,
    )

    assert [type(one).__name__ for one in results] == [
        "Story",
        "NotNullViolation",
        "KeyError",
        "Story",
    ]
    await database.close()


async def test_commits_that_come_together_share_a_transaction():
    database = await process(postgres.cleared_database(), "one")
    before = database.writer.transactions

    await asyncio.gather(*(Story(database.runs, f"r{n}").tell(started()) for n in range(100)))

    assert database.writer.transactions - before < 10
    await database.close()


async def test_jobs_stand_with_the_facts_that_want_them():
    url = postgres.cleared_database()
    database = await process(url, "one")
    ask(url, "CREATE TABLE IF NOT EXISTS jobs (run text)")
    database.on_commit(
        lambda units: (
            "INSERT INTO jobs SELECT unnest(%s::text[])",
            ([one.run.id for one in units if not one.as_owner],),
        )
    )

    story = await Story(database.runs, "r1").tell(started(), audit=[ENTRY])
    await story.tell(succeeded("build"), as_owner=True)

    assert ask(url, "SELECT run FROM jobs") == [("r1",)]
    ask(url, "DROP TABLE jobs")
    await database.close()


async def test_closing_writes_what_is_queued_and_then_refuses():
    url = postgres.cleared_database()
    database = await process(url, "one")
    tellings = [
        asyncio.create_task(Story(database.runs, f"r{n}").tell(started())) for n in range(50)
    ]
    await asyncio.sleep(0)

    await database.close()

    await asyncio.gather(*tellings)
    with pytest.raises(StoreUnavailable, match="stopping"):
        await Story(database.runs, "late").tell(started())
    assert ask(url, "SELECT count(*) FROM runs") == [(50,)]
    assert ask(url, "SELECT count(*) FROM workers") == [(0,)]
