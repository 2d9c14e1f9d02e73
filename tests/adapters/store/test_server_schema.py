"""PostgreSQL is brought to the schema of this version, by however many processes start."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from opstream.adapters.store import migrate
from opstream.adapters.store.postgres.database import PostgresDatabase
from opstream.errors import StoreUnavailable
from tests import postgres
from tests.adapters.store.sharing import ask


def ours(name: str | None, kind: str, parents: object) -> bool:
    """Leave out the index of words, which no class describes."""
    return not (name or "").startswith("memory_found") and (kind, name) != ("column", "found")


def begin(url: str):
    address = url.replace("postgresql://", "postgresql+psycopg://")
    return create_engine(address, poolclass=NullPool).begin()


def test_the_migrated_schema_is_the_one_of_the_tables():
    options = {"compare_type": True, "compare_server_default": True, "include_name": ours}

    with begin(postgres.cleared_database()) as begun:
        differences = compare_metadata(
            MigrationContext.configure(begun, opts=options), SQLModel.metadata
        )

    assert differences == []


def test_names_are_put_in_order_as_on_sqlite_whatever_the_language_of_the_database():
    keys = {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.primary_key
        if column.type.python_type is str
    }

    found = ask(
        postgres.cleared_database(),
        "SELECT table_name, column_name FROM information_schema.columns WHERE collation_name = 'C'",
    )

    assert keys - set(found) == set()


def test_the_schema_can_be_taken_down_again():
    url = postgres.migrated_database()

    with begin(url) as begun:
        command.downgrade(migrate.configuration(begun), "base")

    tables = ask(
        url, "SELECT table_name FROM information_schema.tables WHERE table_schema='public'"
    )
    assert tables == [("alembic_version",)]


async def test_several_processes_may_start_on_an_empty_database_at_once():
    url = postgres.empty_database()

    opened = await asyncio.gather(*(PostgresDatabase.open(url) for _ in range(4)))

    assert len({one.me for one in opened}) == 4
    assert ask(url, "SELECT version_num FROM alembic_version") == [(migrate.HEAD,)]
    for one in opened:
        await one.close()


async def test_a_database_of_a_newer_version_is_refused_and_left_alone():
    url = postgres.migrated_database()
    ask(url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreUnavailable, match=r"newer OpStream \(schema '9999'"):
        await PostgresDatabase.open(url)


async def test_a_database_that_cannot_hold_every_text_is_refused():
    making = "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
    ask(postgres.server().get_uri(), making)

    with pytest.raises(StoreUnavailable, match="keeps text as LATIN1, and OpStream needs UTF8"):
        await PostgresDatabase.open(postgres.server().get_uri("latin"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("dbname", "none"), r'none on /.* cannot be reached \(database "none" does not exist\)\.'),
        (("user", "stranger"), r'\(role "stranger" does not exist\)\. Check that the server runs'),
        (("host", "/nowhere"), r"on /nowhere cannot be reached .* OPSTREAM_DATABASE_URL says"),
    ],
)
async def test_a_wrong_address_gets_one_sentence_without_the_password(change, said):
    known = psycopg.conninfo.conninfo_to_dict(postgres.cleared_database())
    parts = {**known, "password": "hush-hush", **dict([change])}
    url = "postgresql://{user}:{password}@/{dbname}?host={host}".format(**parts)

    with pytest.raises(StoreUnavailable, match=said) as refused:
        await PostgresDatabase.open(url, patience=timedelta())

    assert "hush-hush" not in str(refused.value)


async def test_what_is_no_address_is_not_repeated():
    with pytest.raises(
        StoreUnavailable, match=r"cannot be read\. Write OPSTREAM_DATABASE_URL"
    ) as no:
        await PostgresDatabase.open("postgresql://ana:hush-hush@[db/opstream")

    assert "hush-hush" not in str(no.value)


async def test_a_user_who_may_only_read_is_told_what_is_missing():
    url = postgres.migrated_database()
    ask(url, "CREATE ROLE guest LOGIN")
    ask(url, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")

    with pytest.raises(StoreUnavailable, match=r"lacks a right .*permission denied for table"):
        await PostgresDatabase.open(url.replace("postgres:@", "guest:@"))


async def test_commits_survive_a_power_cut_unless_less_was_asked_for():
    url = postgres.cleared_database()

    found = []
    for durability in ("full", "normal"):
        database = await PostgresDatabase.open(url, durability=durability)
        connection = database.writer._connection
        found += connection.execute("SHOW synchronous_commit").fetchall()
        await database.close()

    assert found == [("on",), ("off",)]
