"""A workflow as read from a document, before its parts were checked against each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opstream.definitions.document import Document
from opstream.definitions.yaml_events import Path
from opstream.domain.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Draft:
    """A workflow and where each part of it stands.

    Args:
        at: Where the workflow stands in the document.
        steps_at: Where each step stands, in the order of the steps.
        words: What this format calls a key of our own format, such as `with` -> `params`.
    """

    document: Document
    workflow: Workflow
    at: Path = ()
    steps_at: tuple[Path, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    def line(self, *path: str | int) -> int:
        """Return the line of a key of the workflow itself."""
        return self.document.line((*self.at, *path))

    def step_line(self, number: int, *path: str | int) -> int:
        """Return the line of a step, or of a key of it, counted from 0."""
        inner = (self.words.get(str(path[0]), path[0]), *path[1:]) if path else ()
        return self.document.line((*self.steps_at[number], *inner))

    def word(self, key: str) -> str:
        """Return what this format calls a key."""
        return self.words.get(key, key)
