"""How runs end, and what people say about them: the words that facts share."""

from dataclasses import dataclass
from enum import StrEnum

REPLY = "reply"
"""The topic of a person's message in a run's thread."""


class Outcome(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DENIED = "denied"


class Clarification(StrEnum):
    """What a person says about a write whose outcome nobody knows."""

    REPEAT = "repeat"
    SKIP = "skip"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Parent:
    """The step of another run that waits for this one to end; `depth` counts the runs above."""

    run: str
    step: str
    depth: int = 1
