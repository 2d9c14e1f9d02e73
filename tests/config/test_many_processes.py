"""What can be set for many processes on one database."""

import pytest

from config.settings import load
from tests.config.test_settings import faults, project


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
