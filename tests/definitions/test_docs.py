"""The examples of docs/workflows.md are real, and it leaves no key or filter out."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from opstream.definitions import fields as fields_of_forms
from opstream.definitions import loader, native_work
from opstream.domain.workflow import InputKind, Workflow
from opstream.engine.expression_filters import FILTERS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "workflows.md").read_text()
EXAMPLES = re.findall(r"```(yaml|json)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_every_example_loads(kind, text):
    assert loader.load(text, f"example.{kind}")


def test_every_key_of_a_workflow_is_explained():
    keys = {field.name for field in fields(Workflow) if field.init}
    keys -= {"version", "source_format"}

    assert {key for key in keys if f"| `{key}` |" not in PAGE} == set()


def test_every_key_that_is_read_stands_in_the_table_of_all_keys():
    table = PAGE.partition("## All keys")[2]
    files = [
        *(ROOT / "opstream" / "definitions").glob("native*.py"),
        Path(fields_of_forms.__file__),
    ]
    asked = re.compile(
        r"\.(?:text|texts|raw|flag|number|whole|duration|choice|items|inner)\(\s*\"(\w+)\""
    )
    keys = {key for file in files for key in asked.findall(file.read_text())} | set(
        native_work.WORK
    )

    assert len(keys) > 50
    assert {key for key in keys if f"\n| `{key}` |" not in table} == set()


def test_every_filter_and_type_is_explained():
    assert {name for name in FILTERS if not re.search(rf"`{name}[`(]", PAGE)} == set()
    assert {kind for kind in InputKind if f"`{kind}`" not in PAGE} == set()
