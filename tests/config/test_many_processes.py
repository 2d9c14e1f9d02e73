"""What can be set for many processes on one database."""

import pytest

from config.settings import PROJECT, load
from tests.config.test_settings import TOKENS, faults, project


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_the_address_of_a_database_is_taken_by_both_its_names_and_masked(tmp_path, scheme):
    address = f"{scheme}://ops:p%40ss@db.example.com:5432/opstream"

    settings = load({"OPSTREAM_DATABASE_URL": address}, project(tmp_path))

    assert settings.database.url.get_secret_value().startswith("postgresql://ops:")
    assert "p%40ss" not in f"{settings!r} {settings.model_dump_json()}"
    assert {"p%40ss", "p@ss"} <= set(settings.secrets())


@pytest.mark.parametrize("address", ["mysql://h/db", "sqlite:///x", "postgresql://host", "here"])
def test_another_address_of_a_database_gets_one_clear_sentence(tmp_path, address):
    assert faults(project(tmp_path), {"OPSTREAM_DATABASE_URL": address}) == [
        "environment: `OPSTREAM_DATABASE_URL`: This is not the address of a PostgreSQL database. "
        "Write an address such as `postgresql://user:password@host:5432/opstream`."
    ]


def test_a_lease_that_nobody_can_keep_is_told_as_it_was_written(tmp_path):
    (fault,) = faults(project(tmp_path), {"OPSTREAM_LEASE": "10ms"})

    assert "`10ms` is too small. Write a length of time from `1s` to `5m`." in fault


def test_an_address_with_a_password_in_a_file_is_noted(tmp_path):
    folder = project(tmp_path, opstream="database: {url: 'postgresql://a:b@c/d'}\n")

    (note,) = load({}, folder).notes

    assert note.endswith("Keep it in the environment and write `${OPSTREAM_DATABASE_URL}` here.")


def test_the_estate_is_only_there_in_the_playground():
    in_playground = load({}, PROJECT)
    in_slack = load(TOKENS, PROJECT)

    assert set(in_playground.servers) == {"estate"}
    assert in_playground.servers["estate"].args[:2] == ("-m", "opstream.playground.estate")
    assert set(in_slack.servers) == set()


def test_a_worker_without_tokens_starts_nothing_of_the_playground_unless_it_is_told_so():
    alone, told = load({}, PROJECT), load({"OPSTREAM_WORKER_IN_PLAYGROUND": "true"}, PROJECT)

    assert alone.in_playground
    assert set(alone.servers) == {"estate"}
    assert not alone.for_worker().in_playground
    assert set(alone.for_worker().servers) == set()
    assert told.for_worker().in_playground
    assert set(told.for_worker().servers) == {"estate"}


def test_a_server_may_get_so_many_calls_at_once_and_at_least_one(tmp_path):
    text = "servers:\n  near: {command: x, at_once: %s}\n"
    folder = project(tmp_path, mcp=text % 4)

    assert load({}, folder).mcp.servers["near"].at_once == 4

    (folder / "config/mcp.yaml").write_text(text % 0)
    assert "`servers.near.at_once`" in faults(folder)[0]
    assert faults(folder)[0].endswith("Write a number above 0.")
