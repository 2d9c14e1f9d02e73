"""The use cases of runs: start, steer, decide, answer. Permission, facts and audit in one place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from opstream.definitions import inputs as given_inputs
from opstream.definitions.catalog import Catalog
from opstream.domain import history as h
from opstream.domain.approval import AskForChanges, Decision, Deny, Grant
from opstream.domain.audit import AuditEntry
from opstream.domain.conversation import Place
from opstream.domain.person import Person, Role
from opstream.domain.run import Run
from opstream.domain.values import Json
from opstream.engine.evolve import begin
from opstream.errors import RunMovedOn
from opstream.governance import permissions
from opstream.ports import Clock, Operations, PostingStore, RunQueue, RunStore
from opstream.runs import ids, rules
from opstream.runs.journal import Journal, Loaded
from opstream.runs.lookups import Lookups
from opstream.runs.readiness import require_operations
from opstream.runs.views import Views


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that a person wants: how the audit calls it, and the role that it takes."""

    name: str
    words: str
    role: Role = Role.OPERATOR


_PAUSE = Deed("run.paused", "pause a run")
_RESUME = Deed("run.resumed", "resume a run")
_CANCEL = Deed("run.cancelled", "cancel a run")
_RETRY = Deed("run.retried", "retry a run")
_DECIDE = Deed("approval.settled", "decide on an approval", Role.VIEWER)  # its own rule decides
_ANSWER = Deed("question.answered", "answer for a run")
_CLEAR = Deed("doubt.cleared", "say what happened to a step")

Change = Callable[[Loaded], Sequence[h.Fact]]


class Runs(Lookups):
    """Everything people can do with runs."""

    def __init__(  # noqa: PLR0913 - the ports a use case needs, wired once in bootstrap.py
        self,
        *,
        store: RunStore,
        postings: PostingStore,
        journal: Journal,
        views: Views,
        catalog: Catalog,
        queue: RunQueue,
        clock: Clock,
        operations: Operations,
        new_key: Callable[[], str],
    ) -> None:
        super().__init__(store, postings, journal, views)
        self._catalog = catalog
        self._queue = queue
        self._clock = clock
        self._operations = operations
        self._new_key = new_key

    async def start(
        self,
        workflow_id: str,
        inputs: Mapping[str, Json],
        *,
        by: Person,
        place: Place | None,
        request_key: str = "",
    ) -> Run:
        """Start a run; the same `request_key` twice gives the same run.

        Raises:
            NotFound: no such workflow.
            MissingInputs: required inputs were left out.
            BadInput: an input cannot be used, or no tool has an operation that it calls.
            NotAllowed: the person may not start runs.
        """
        permissions.require(by, Role.OPERATOR, "start a workflow")
        workflow = self._catalog.latest(workflow_id)
        values = given_inputs.read(workflow, inputs)
        require_operations(workflow, self._operations)
        now = self._clock.now()
        fact = h.RunStarted(now, workflow.id, workflow.version, values, by.who, place)
        run = begin(ids.of_request(request_key or self._new_key()), fact)
        try:
            entry = AuditEntry(now, by.who, "run.started", run.id, workflow.id)
            await self._journal.begin(workflow, run, fact, entry)
        except RunMovedOn:  # the same request came twice
            return (await self._journal.load(run.id)).run
        self._queue.put(run.id)
        return run

    async def pause(self, run_id: str, *, by: Person) -> Run:
        """Pause a run: what is under way ends, nothing new begins.

        Raises:
            TooLate: it has ended or is paused.
        """
        return await self._change(
            run_id, by, _PAUSE, lambda loaded: rules.pause(loaded, by, self._now())
        )

    async def resume(self, run_id: str, *, by: Person) -> Run:
        """Let a paused run go on.

        Raises:
            TooLate: it is not paused.
        """
        return await self._change(
            run_id, by, _RESUME, lambda loaded: rules.resume(loaded, by, self._now())
        )

    async def cancel(self, run_id: str, *, by: Person, reason: str = "") -> Run:
        """End a run now; calls under way are cancelled.

        Raises:
            TooLate: it has ended.
        """
        return await self._change(
            run_id, by, _CANCEL, lambda loaded: rules.cancel(loaded, by, reason, self._now())
        )

    async def retry(self, run_id: str, *, by: Person, from_step: str | None = None) -> Run:
        """Let an ended run go on from the step that failed, or from any step.

        Raises:
            TooLate: it is still active, or ended well and no step was named.
            NotFound: it has no such step.
        """
        return await self._change(
            run_id, by, _RETRY, lambda loaded: rules.retry(loaded, by, from_step, self._now())
        )

    async def answer_approval(
        self, run_id: str, step: str, revision: int, decision: Decision, *, by: Person
    ) -> Run:
        """Settle an approval, or send the proposal back.

        Raises:
            NotAllowed: a bot, the asker, or somebody without the role.
            TooLate: it was settled before, or the run has ended.
            BadInput: a denial without reason, or changes without a comment.
        """

        def change(loaded: Loaded) -> Sequence[h.Fact]:
            approval = rules.open_approval(loaded, step, revision)
            permissions.require_decider(by, approval.rule, loaded.run.by)
            now = self._now()
            match decision:
                case Grant():
                    return (h.ApprovalGranted(now, step, revision, by.who),)
                case Deny(reason):
                    said = rules.said(reason, "say why, so that the asker can do better")
                    return (h.ApprovalDenied(now, step, revision, by.who, said),)
                case AskForChanges(comment, arguments):
                    said = rules.said(comment, "say what to change")
                    changed = rules.changed_arguments(approval, arguments)
                    return (h.ChangesRequested(now, step, revision, by.who, said, changed),)

        return await self._change(run_id, by, _DECIDE, change)

    async def answer_question(
        self, run_id: str, step: str, answers: Mapping[str, Json], *, by: Person
    ) -> Run:
        """Give a step the input that it asks for.

        Raises:
            TooLate: it was answered before, or the run has ended.
            BadInput: an answer cannot be used.
        """
        return await self._change(
            run_id, by, _ANSWER, lambda loaded: rules.answer(loaded, step, answers, by, self._now())
        )

    async def clear_doubt(
        self, run_id: str, step: str, answer: h.Clarification, *, by: Person
    ) -> Run:
        """Say what became of a write whose outcome nobody knows.

        Raises:
            TooLate: somebody said so before, or the run has ended.
        """
        return await self._change(
            run_id,
            by,
            _CLEAR,
            lambda loaded: rules.clear_doubt(loaded, step, answer, by, self._now()),
        )

    async def _change(self, run_id: str, by: Person, deed: Deed, change: Change) -> Run:
        """Commit what a person wants, however often others get in between, and ask for a look."""
        permissions.require(by, deed.role, deed.words)
        while True:
            loaded = await self._journal.load(run_id)
            facts = change(loaded)
            entry = AuditEntry(self._now(), by.who, deed.name, run_id, _detail(facts))
            try:
                loaded = await self._journal.append(loaded, facts, (entry,))
            except RunMovedOn:
                continue
            self._queue.put(run_id)
            return loaded.run

    def _now(self) -> datetime:
        return self._clock.now()


def _detail(facts: Sequence[h.Fact]) -> str:
    return ", ".join(f"{fact.kind} {getattr(fact, 'step', '')}".strip() for fact in facts)
