"""A run that is about to begin, and its first fact. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from opstream.domain import history as h
from opstream.domain.conversation import Place
from opstream.domain.person import Person
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Start:
    """What is to begin, in whose name, and why.

    Args:
        run_id: Follows from the request, so that the same one twice gives the same run.
        trigger: What started it besides a person, in words.
        parent: The step that wants it, or None.
    """

    workflow: Workflow
    run_id: str
    inputs: Mapping[str, Json]
    by: Person
    place: Place | None
    trigger: str
    parent: h.Parent | None = None

    def fact(self, now: datetime, *, queued: bool) -> h.RunStarted:
        """Return the fact with which it begins, or is queued."""
        return h.RunStarted(
            now,
            self.workflow.id,
            self.workflow.version,
            self.inputs,
            self.by.who,
            self.place,
            parent=self.parent,
            queued=queued,
            trigger=self.trigger,
        )
