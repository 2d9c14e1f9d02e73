"""The examples of docs/workflows.md are real, and it leaves no key or filter out."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from opstream.definitions import loader
from opstream.domain.workflow import InputKind, Workflow
from opstream.engine.expression_filters import FILTERS

PAGE = (Path(__file__).parents[2] / "docs" / "workflows.md").read_text()
EXAMPLES = re.findall(r"```(yaml|json)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_every_example_loads(kind, text):
    assert loader.load(text, f"example.{kind}")


def test_every_key_of_a_workflow_is_explained():
    keys = {field.name for field in fields(Workflow)} - {"version", "source_format"}

    assert {key for key in keys if f"| `{key}` |" not in PAGE} == set()


def test_every_filter_and_type_is_explained():
    assert {name for name in FILTERS if not re.search(rf"`{name}[`(]", PAGE)} == set()
    assert {kind for kind in InputKind if f"`{kind}`" not in PAGE} == set()
