"""Runs for the contract suites: each story commits facts as the runner would, and keeps count."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from opstream.domain import history as h
from opstream.domain.audit import AuditEntry
from opstream.domain.conversation import Place
from opstream.domain.person import Who
from opstream.domain.run import Run
from opstream.domain.workflow import ApprovalRule
from opstream.engine.evolve import begin, evolve
from opstream.ports import RunStore, UnitOfWork

NOON = datetime(2026, 5, 3, 12, 0, 0, 123456, tzinfo=UTC)
ANA = Who("U1", "Ana")
BO = Who("U2", "Bo Chen")
HERE = Place("C1", "1700000000.000100")


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def started(workflow_id="deploy", by=ANA, at=NOON, place=HERE, **more) -> h.RunStarted:
    return h.RunStarted(at, workflow_id, 1, {"service": "api"}, by, place, **more)


def asked(step="approve", revision=1, at=NOON, expires_at=None, call=None) -> h.ApprovalRequested:
    return h.ApprovalRequested(
        at, step, revision, "Go ahead?", "", ApprovalRule(), call, expires_at
    )


def succeeded(step: str, seconds: float = 1, at: datetime = NOON) -> h.StepSucceeded:
    return h.StepSucceeded(at, step, {"ok": True}, at - timedelta(seconds=seconds))


class Story:
    """A run as its teller knows it; `tell` commits what happens next."""

    def __init__(self, store: RunStore, run_id: str) -> None:
        self._store = store
        self.id = run_id
        self.run: Run | None = None

    async def tell(
        self, *facts: h.Fact, audit: Sequence[AuditEntry] = (), rests: bool = False, **how
    ) -> "Story":
        run, version = self.run, self.run.version if self.run else 0
        for fact in facts:
            run = evolve(run, fact) if run else begin(self.id, fact)
        if how.get("as_owner"):
            how = {"epoch": self._store.epoch(self.id), **how}
        await self._store.commit(UnitOfWork(run, facts, version, tuple(audit), rests, **how))
        self.run = run
        return self

    def as_told_so_far(self) -> "Story":
        """Another teller, who knows as much and will not hear of what comes."""
        twin = Story(self._store, self.id)
        twin.run = self.run
        return twin
