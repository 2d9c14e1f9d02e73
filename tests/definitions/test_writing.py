"""What is written in our format is read as the same workflow."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from opstream.definitions import document, loader, native, writing
from tests.definitions.generated import workflows

FOLDER = Path(__file__).parents[2] / "config" / "workflows"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(workflows)
def test_a_workflow_that_is_written_is_read_as_it_was(workflow):
    complaints = []

    draft = native.read(document.read(writing.write(workflow), "w.yaml"), complaints)

    assert complaints == []
    assert draft.workflow == workflow


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_shipped_workflows_survive_being_written_anew(path):
    [loaded] = loader.load_bytes(path.read_bytes(), path.name)

    [again] = loader.load(writing.write(loaded.workflow), "again.yaml")

    assert again.workflow == loaded.workflow
