"""A run whose calls end as a test says, and the turn that looks after it."""

from opstream.domain import history as h
from opstream.domain.workflow import Workflow
from opstream.engine.settle import settle
from opstream.runs import rules
from opstream.runs.journal import Loaded
from tests.engine.recipes import NOON, after, started
from tests.runs.conftest import ANA


class Life:
    """A run whose calls end as the test says."""

    def __init__(self, flow: Workflow, **inputs) -> None:
        self.flow, self.run, self.calls = flow, started(**inputs), {}
        self.now = after(5)
        self.tell()

    def tell(self, *facts) -> None:
        settled = settle(self.flow, self.run, facts, self.now, frozenset(self.calls))
        self.run = settled.run
        self.calls |= {one.step: one for one in settled.calls}

    def at(self, seconds: float) -> None:
        """Let time pass."""
        self.now = after(seconds)
        self.tell()

    def ends(self, step, output=None) -> None:
        del self.calls[step]
        self.tell(h.StepSucceeded(self.now, step, output, NOON))

    def breaks(self, step, **more) -> None:
        del self.calls[step]
        self.tell(h.StepFailed(self.now, step, "It broke.", "error", NOON, **more))

    def cancelled(self) -> None:
        self.tell(*rules.cancel(Loaded(self.flow, self.run), ANA, "Wrong town.", self.now))

    def retried(self, from_step=None) -> None:
        (fact,) = rules.retry(Loaded(self.flow, self.run), ANA, from_step, self.now)
        self.tell(fact)
