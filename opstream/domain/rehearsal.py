"""What a run would do, found out without doing any of it."""

from dataclasses import dataclass
from enum import StrEnum

from opstream.domain.values import Json


class Certainty(StrEnum):
    """Whether a step would happen."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


@dataclass(frozen=True, slots=True)
class RehearsedStep:
    """One step of a run that was only thought through.

    Args:
        step: Its path; `each[*].save` where nobody knows yet how many items there are.
        does: What it would do, as a few words: `calls github.create_issue`.
        operation: What it would call, or ''.
        arguments: With which arguments; in angle quotes stands what only the run will know.
        certainty: Whether it would happen.
        because: Why it may not happen, or ''.
        writes: Whether it would change something outside.
        asks: Whether a person would have to say yes before.
    """

    step: str
    title: str
    does: str
    operation: str = ""
    arguments: Json = None
    certainty: Certainty = Certainty.YES
    because: str = ""
    writes: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All steps of a run that was only thought through, in the order in which they would begin."""

    workflow_id: str
    version: int
    inputs: Json
    steps: tuple[RehearsedStep, ...]
