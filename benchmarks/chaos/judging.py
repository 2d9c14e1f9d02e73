"""What a violation is, and the words that all checks share."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.chaos.evidence import Story
from opstream.domain import history as h
from opstream.domain.workflow import Call

KEYLESS = ("stamp",)
IDEMPOTENT = ("put",)
READS = ("look", "wobble")


class Promise(StrEnum):
    """What is promised, each in the words of the table at the end."""

    NO_RUN_LOST = "no run lost, none begun twice"
    NO_EFFECT_LOST = "no step's effect lost"
    ONCE_WITH_KEY = "no effect twice where there is a key"
    ASKED_WITHOUT_KEY = "without a key: never twice unasked"
    ORDER_KEPT = "no step before what it needs"
    SETTLED_ONCE = "approvals settled once, by who may"
    ANSWERS_KEPT = "what people were told holds"
    LOOPS_IN_ORDER = "loops: results in order"
    UNDONE_IN_REVERSE = "undo: all, once, in reverse"
    CHILDREN_AGREE = "sub-workflow: its result is the child's"
    LIMITS_HELD = "no more runs at once than allowed"
    REPLAY_AGREES = "replay of the history is the stored row"
    AUDIT_WHOLE = "the audit chain is whole"
    NOBODY_DIED = "no process ended by itself"


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken, and by which run if by one."""

    promise: Promise
    sentence: str
    run: str = ""


def is_write(call: Call) -> bool:
    """Return whether a call of the mix changes anything."""
    return call.operation.rpartition(".")[2] not in READS


def is_keyless(call: Call) -> bool:
    """Return whether a person must be asked when nobody knows what became of a call."""
    return call.operation.rpartition(".")[2] in KEYLESS


def steps_of(story: Story) -> Iterator[str]:
    """Yield the paths of all steps that the journal or the recordings of a run name."""
    named = [getattr(fact, "step", "") for fact in story.facts]
    named += [record.step for _, record in story.records]
    yield from dict.fromkeys(path for path in named if path)


def stopped_by_person(story: Story) -> bool:
    """Return whether a person cancelled a run: calls under way are dropped then."""
    stopped = (h.RunFinished, h.RunStopping)
    return any(
        isinstance(fact, stopped) and fact.outcome is h.Outcome.CANCELLED for fact in story.facts
    )
