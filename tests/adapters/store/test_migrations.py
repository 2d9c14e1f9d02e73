import sqlite3
import subprocess
import sys
from datetime import timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from opstream.adapters.store import migrate
from opstream.adapters.store.database import Database
from opstream.adapters.store.writer import connect
from opstream.errors import StoreUnavailable

WAIT = timedelta(seconds=1)


def ours(name: str | None, kind: str, parents: object) -> bool:
    """Leave out the index of words, which no class describes."""
    return not (name or "").startswith("memory_found") and (kind, name) != ("column", "found")


@pytest.fixture
def connection(tmp_path):
    opened = connect(tmp_path / "opstream.db", WAIT)
    yield opened
    opened.close()


def tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}


def test_the_migrated_schema_is_the_one_of_the_tables(tmp_path, connection):
    migrate.to_head(tmp_path / "opstream.db", WAIT)

    with migrate.transaction(connection) as begun:
        options = {"compare_type": True, "compare_server_default": True, "include_name": ours}
        differences = compare_metadata(
            MigrationContext.configure(begun, opts=options), SQLModel.metadata
        )

    assert differences == []


def test_tables_are_clustered_as_their_classes_say(tmp_path, connection):
    migrate.to_head(tmp_path / "opstream.db", WAIT)

    rows = connection.execute("SELECT name FROM pragma_table_list WHERE wr = 1 AND schema = 'main'")

    assert {name for (name,) in rows if not name.startswith("memory_found")} == {
        name
        for name, table in SQLModel.metadata.tables.items()
        if not table.dialect_options["sqlite"]["with_rowid"]
    }


def test_the_newest_migration_is_the_one_that_is_looked_for(connection):
    with migrate.transaction(connection) as begun:
        script = ScriptDirectory.from_config(migrate.configuration(begun))

    assert script.get_heads() == [migrate.HEAD]


def test_the_schema_can_be_taken_down_and_put_up_again(tmp_path, connection):
    migrate.to_head(tmp_path / "opstream.db", WAIT)
    up = tables(connection)

    with migrate.transaction(connection) as begun:
        command.downgrade(migrate.configuration(begun), "base")
    assert tables(connection) == {"alembic_version"}

    migrate.to_head(tmp_path / "opstream.db", WAIT)
    assert tables(connection) == up >= set(SQLModel.metadata.tables)


def test_a_migration_that_breaks_leaves_nothing_behind(tmp_path, connection):
    connection.execute("CREATE TABLE audit (in_the_way)")

    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate.to_head(tmp_path / "opstream.db", WAIT)

    assert tables(connection) == {"audit"}


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path, connection):
    migrate.to_head(tmp_path / "opstream.db", WAIT)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreUnavailable, match=r"newer OpStream \(schema '9999'"):
        await Database.open(tmp_path)

    connection.execute(f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'")
    await (await Database.open(tmp_path)).close()


async def test_what_an_older_version_wrote_is_carried_over(tmp_path, connection):
    with migrate.transaction(connection) as begun:
        command.upgrade(migrate.configuration(begun), "0001")
    columns = "'deploy', 1, 'active', 'U1', 'Ana', NULL, NULL, 7, NULL, '', NULL"
    for run_id, version, shown in (("shown", 5, 5), ("behind", 5, 4)):
        connection.execute(
            f"INSERT INTO runs VALUES ('{run_id}', {columns}, {version}, {shown}, 0, 1)"
        )
    connection.execute("INSERT INTO workflow_versions VALUES ('w', 1, 'd', 'text', 'w.yaml', 7)")

    database = await Database.open(tmp_path)

    assert await database.postings.unsettled() == ["behind"]
    assert await database.runs.unfinished() == ["behind", "shown"]
    [version] = await database.workflows.versions("w")
    assert (version.source, version.by, version.why) == ("text", None, "")
    await database.close()


def test_an_up_to_date_database_is_opened_without_alembic(tmp_path):
    migrate.to_head(tmp_path / "opstream.db", WAIT)
    program = (
        "import asyncio, sys, pathlib\n"
        "from opstream.adapters.store.database import Database\n"
        "database = asyncio.run(Database.open(pathlib.Path(sys.argv[1])))\n"
        "assert 'alembic' not in sys.modules\n"
        "asyncio.run(database.close())\n"
    )

    subprocess.run([sys.executable, "-W", "error", "-c", program, tmp_path], check=True)
