"""What a text in our format says, or what is wrong with it."""

import pytest

from opstream.definitions import loader
from opstream.errors import DefinitionErrors

HEAD = "id: w\ntitle: W\n"


def load(text):
    [loaded] = loader.load(text, "w.yaml")
    return loaded.workflow


def complaints(text):
    with pytest.raises(DefinitionErrors) as caught:
        loader.load(text, "w.yaml")
    return str(caught.value).splitlines()


def steps_of(text):
    """Return the steps that stand in a text, below `steps:`, by id; those inside loops too."""
    found = {}
    waiting = list(load(f"{HEAD}inputs: {{all: text}}\nsteps:\n{text}").steps)
    while waiting:
        step = waiting.pop(0)
        found[step.id] = step
        waiting += getattr(step.work, "steps", ())
    return found
