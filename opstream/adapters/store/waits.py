"""Which steps wait for letters of which topics, so that a letter finds them without any history."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from opstream.adapters.store.statements import storable
from opstream.adapters.store.tables import RunRow, WaitRow
from opstream.domain import history as h
from opstream.domain.run import RunStatus

_LISTENING = (RunStatus.ACTIVE.value, RunStatus.PAUSED.value)


@dataclass(slots=True)
class Changes:
    """What the facts of one commit change in the table of waits, in this order.

    Args:
        all_over: Whether no step of before waits any more.
        over: Steps that do not wait any more; most of them never did.
        begun: Topics by step.
    """

    all_over: bool = False
    over: set[str] = field(default_factory=set)
    begun: dict[str, str] = field(default_factory=dict)


def changes_of(facts: Iterable[h.Fact]) -> Changes:
    """Return what facts of a run change."""
    changes = Changes()
    for fact in facts:
        match fact:
            case h.WaitBegan(topic=str(topic)):
                changes.begun[fact.step] = storable(topic)
                changes.over.discard(fact.step)
            case h.WaitBegan() | h.StepSucceeded() | h.StepFailed() | h.StepSkipped():
                changes.begun.pop(fact.step, None)
                changes.over.add(fact.step)
            case h.RunStopping() | h.RunFinished() | h.RunRetried():
                changes = Changes(all_over=True)
    return changes


def listening(session: Session, topic: str) -> list[str]:
    """Return ids of active and paused runs with a step that waits for a topic."""
    query = (
        select(WaitRow.run_id)
        .join(RunRow, col(RunRow.id) == col(WaitRow.run_id))
        .where(WaitRow.topic == storable(topic), col(RunRow.status).in_(_LISTENING))
        .distinct()
        .order_by(WaitRow.run_id)
    )
    return list(session.exec(query))
