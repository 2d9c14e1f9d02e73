"""A workflow as read from a document, before its parts were checked against each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from opstream.definitions.document import Document
from opstream.definitions.yaml_events import Path
from opstream.domain.workflow import Step, Workflow


@dataclass(frozen=True, slots=True)
class Placed:
    """A step and where it stands; `inner` are the steps of a loop, in their order."""

    step: Step
    path: Path
    inner: "tuple[Placed, ...]" = ()

    def all(self) -> "Iterator[Placed]":
        """Yield this step and all steps inside it."""
        yield self
        for one in self.inner:
            yield from one.all()


@dataclass(frozen=True, slots=True)
class Draft:
    """A workflow and where each part of it stands.

    Args:
        at: Where the workflow stands in the document.
        placed: Its steps and where they stand, in their order.
        words: What this format calls a key of our own format, such as `with` -> `params`.
        triggers_at: Where each trigger stands, in the order of the triggers.
    """

    document: Document
    workflow: Workflow
    at: Path = ()
    placed: tuple[Placed, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    triggers_at: tuple[Path, ...] = ()

    def line(self, *path: str | int) -> int:
        """Return the line of a key of the workflow itself."""
        return self.document.line((*self.at, *path))

    def step_line(self, placed: Placed, *path: str | int) -> int:
        """Return the line of a step, or of a key of it."""
        inner = (self.words.get(str(path[0]), path[0]), *path[1:]) if path else ()
        return self.document.line((*placed.path, *inner))

    def trigger_line(self, number: int, *path: str | int) -> int:
        """Return the line of a trigger, or of a key of it, counted from 0."""
        return self.document.line((*self.triggers_at[number], *path))

    def word(self, key: str) -> str:
        """Return what this format calls a key."""
        return self.words.get(key, key)

    def every_step(self) -> Iterator[Placed]:
        """Yield all steps, those inside loops too."""
        for one in self.placed:
            yield from one.all()
