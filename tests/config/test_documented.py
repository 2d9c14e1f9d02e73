"""What can be set is what docs/settings.md and .env.example say can be set."""

import re

from config.assembly import environment
from config.settings import PROJECT, Settings
from tests.config.settings_table import HEAD, rows


def test_the_table_in_the_docs_has_every_setting():
    documented = (PROJECT / "docs/settings.md").read_text()

    assert "\n".join([HEAD, *rows()]) in documented


def test_the_example_of_an_env_file_has_every_variable_and_sets_none():
    example = (PROJECT / ".env.example").read_text()

    written = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.M))

    assert set(written) == {name for name, _ in environment(Settings)}
    assert set(written.values()) == {""}
