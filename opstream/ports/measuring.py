"""Figures about many runs at once, worked out where they are kept."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from opstream.domain.run import RunStatus
from opstream.domain.statistics import Approvals, Durations, FailingStep, Span


class RunFigures(Protocol):
    """What can be asked about all runs of a stretch of time; no history is read for it.

    A run counts where it ended, an approval where it was settled, a step where it failed; each only where
    whoever asks may see the run.
    """

    async def outcomes(self, span: Span) -> Sequence[Mapping[RunStatus, int]]:
        """Return how many runs ended how, for each part of the span; what is 0 is left out."""

    async def durations(self, span: Span) -> Mapping[str, Durations]:
        """Return how long runs took that ended well, by workflow; under "" for all together."""

    async def approvals(self, span: Span) -> Approvals:
        """Return what became of the approvals."""

    async def failing_steps(self, span: Span, limit: int = 5) -> Sequence[FailingStep]:
        """Return the steps that failed most often, those first."""
