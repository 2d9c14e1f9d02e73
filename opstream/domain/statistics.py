"""How well runs do over a while: counts, durations, approvals, what fails. Only what was really measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from opstream.domain.approval import Verdict
from opstream.domain.person import Person, Who
from opstream.domain.run import RunStatus


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, and perhaps one workflow, that figures are about, for somebody.

    Args:
        edges: At least two moments, in order; between each two of them is one part of the stretch.
        seen_by: Only runs count that this person may see; None for all of them.
    """

    edges: tuple[datetime, ...]
    workflow_id: str | None = None
    seen_by: Person | None = None

    @property
    def since(self) -> datetime:
        """Where it begins."""
        return self.edges[0]

    @property
    def until(self) -> datetime:
        """Where it ends; this moment is not in it any more."""
        return self.edges[-1]


@dataclass(frozen=True, slots=True)
class Durations:
    """How long something took: of `count` samples the middle one, and the one that 95 % do not exceed.

    Both are samples themselves (nearest rank), not values between two of them.
    """

    count: int
    median: timedelta
    p95: timedelta


@dataclass(frozen=True, slots=True)
class Answers:
    """How many approvals somebody answered."""

    by: Who
    count: int


@dataclass(frozen=True, slots=True)
class FailingStep:
    """A step that failed for good, so that nothing was tried any more; of a loop all items count."""

    workflow_id: str
    step: str
    count: int


@dataclass(frozen=True, slots=True)
class Approvals:
    """What became of the questions that were settled in a stretch of time.

    Args:
        verdicts: How many ended how.
        waited: How long those that a person answered had waited; None when there is none.
        answers: Who answered most, at most five people.
    """

    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    waited: Durations | None = None
    answers: tuple[Answers, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistics:
    """All figures of a stretch of time; they are about runs that ended in it.

    Args:
        parts: Runs by outcome, one mapping for each part of the span.
        took: How long runs took that ended well, from their start to their end; None without any.
        by_workflow: The same for each workflow.
        failing: Steps that failed most, at most five.
    """

    span: Span
    parts: tuple[Mapping[RunStatus, int], ...]
    took: Durations | None
    by_workflow: Mapping[str, Durations]
    approvals: Approvals
    failing: tuple[FailingStep, ...]

    def count(self, status: RunStatus) -> int:
        """Return how many runs ended so."""
        return sum(part.get(status, 0) for part in self.parts)

    @property
    def total(self) -> int:
        """How many runs ended."""
        return sum(sum(part.values()) for part in self.parts)

    @property
    def success_rate(self) -> float | None:
        """Which share of the runs that ended by themselves ended well, from 0 to 1.

        What people cancelled or denied says nothing of how well a workflow works; None without any.
        """
        well, badly = self.count(RunStatus.SUCCEEDED), self.count(RunStatus.FAILED)
        return well / (well + badly) if well + badly else None
