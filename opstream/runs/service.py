"""The use cases of runs: start, steer, decide, answer. Permission, facts and audit in one place."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from opstream.definitions import inputs as given_inputs
from opstream.definitions.catalog import Catalog
from opstream.domain import history as h
from opstream.domain.approval import Decision
from opstream.domain.call_question import Reply, Wanted
from opstream.domain.conversation import Place
from opstream.domain.operation import Operation
from opstream.domain.person import Person, Role
from opstream.domain.rehearsal import Rehearsal
from opstream.domain.run import Run
from opstream.domain.values import Json
from opstream.errors import NotFound
from opstream.governance.absence import Absences
from opstream.governance.guard import Deed, Guard
from opstream.governance.permissions import About
from opstream.governance.sanitising import Sanitiser
from opstream.ports import AuditTrail, Clock, Operations, PostingStore, RunQueue, RunStore
from opstream.runs import elicitation, rehearsal, retrying, rules
from opstream.runs.changes import Change, Changes
from opstream.runs.decisions import Decisions
from opstream.runs.journal import Journal, Loaded
from opstream.runs.letters import Letters
from opstream.runs.lookups import Lookups
from opstream.runs.starting import Starter
from opstream.runs.versions import Version, going_on
from opstream.runs.views import Views

_PAUSE = Deed("run.paused", "pause a run")
_RESUME = Deed("run.resumed", "resume a run")
_CANCEL = Deed("run.cancelled", "cancel a run")
_HUSH = Deed("run.cancelled", "stop an answer", Role.VIEWER)
_RETRY = Deed("run.retried", "retry a run")
_REHEARSE = Deed("workflow.rehearsed", "rehearse a workflow", Role.VIEWER)
_ANSWER = Deed("question.answered", "answer for a run")
_CLEAR = Deed("doubt.cleared", "say what happened to a step")


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
        starter: Starter,
        new_key: Callable[[], str],
        guard: Guard,
        sanitiser: Sanitiser,
        absences: Absences,
        audit: AuditTrail,
    ) -> None:
        super().__init__(store, postings, journal, views, lambda: catalog.conversations)
        self._catalog = catalog
        self._clock = clock
        self._operations = operations
        self._starter = starter
        self._changes = Changes(journal, queue, clock, guard)
        self._letters = Letters(store, self._changes, guard, clock, sanitiser)
        self._decisions = Decisions(self._changes, guard, absences, audit, clock)
        self._new_key = new_key
        self._guard = guard

    async def start(
        self,
        workflow_id: str,
        inputs: Mapping[str, Json],
        *,
        by: Person,
        place: Place | None,
        request_key: str = "",
    ) -> Run:
        """Start a run, or queue it; the same `request_key` twice gives the same run.

        Raises:
            NotFound: no such workflow.
            MissingInputs: required inputs were left out.
            BadInput: an input cannot be used, or no tool has an operation that it calls.
            NotAllowed: the person may not start runs.
            TooLate: the workflow skips starts while it is active.
        """
        key = request_key or self._new_key()
        return await self._starter.start(workflow_id, inputs, by=by, place=place, request_key=key)

    async def rehearse(
        self, workflow_id: str, inputs: Mapping[str, Json], *, by: Person
    ) -> Rehearsal:
        """Return what a run would do, without doing any of it; errors as `start`."""
        workflow = self._catalog.latest(workflow_id)
        await self._guard.require(by, _REHEARSE, about=About(workflow.id))
        values = given_inputs.read(workflow, inputs)
        return rehearsal.rehearse(workflow, values, by.who, self._now(), self._operation)

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
        """End a run now; calls under way are cancelled. Who asked a question may stop its answer.

        Raises:
            TooLate: it has ended.
        """
        loaded = await self._journal.load(run_id)
        is_own_talk = loaded.workflow.conversation and loaded.run.by.id == by.id
        return await self._change(
            run_id,
            by,
            _HUSH if is_own_talk else _CANCEL,
            lambda loaded: rules.cancel(loaded, by, reason, self._now()),
        )

    async def retry(
        self,
        run_id: str,
        *,
        by: Person,
        from_step: str | None = None,
        version: Version = "old",
        sure: bool = False,
    ) -> Run:
        """Let an ended run go on from the step that failed, from any step, or from the `start`.

        Args:
            run_id: Its id.
            by: Who wants it.
            from_step: What is done anew besides what failed, with all that needs it.
            version: Of the workflow to go on with.
            sure: Finished writes and prompts may be done again.

        Raises:
            TooLate: it is still active, or ended well and no step was named.
            NotFound: it has no such step, or the workflow no such version.
            NeedsConfirmation: finished writes or prompts would be done again.
            BadInput: the version needs inputs that the run does not have.
        """

        async def prepare(loaded: Loaded) -> Loaded:
            return await going_on(loaded, version, self._catalog)

        def change(loaded: Loaded) -> Sequence[h.Fact]:
            number = loaded.workflow.version
            other = None if number == loaded.run.workflow_version else number
            facts = retrying.plan(loaded, from_step, by, self._now(), other)
            if not sure:
                retrying.require_sure(loaded, facts, self._operation)
            return facts

        return await self._changes.make(run_id, by, _RETRY, change, prepare)

    async def deliver(
        self,
        topic: str,
        body: Json,
        key: str,
        *,
        by: Person | None = None,
        run_id: str | None = None,
    ) -> Sequence[str]:
        """Give an event to one run, or to all that wait for its topic; return which took it.

        A run that is named keeps it even before it waits for it. The same `key` twice counts once.

        Raises:
            NotAllowed: the person may not deliver events.
            NotFound: there is no such run.
            TooLate: the run that is named has ended.
            BadInput: the topic or the key is empty, or the topic is the one of replies.
        """
        return await self._letters.deliver(topic, body, key, by=by, run_id=run_id)

    async def reply(self, run_id: str, text: str, *, by: Person, key: str) -> bool:
        """Give a run what a person wrote in its thread; False when no step waits for a reply.

        Raises:
            NotAllowed: somebody who may not see runs.
            NotFound: there is no such run.
        """
        return await self._letters.reply(run_id, text, key, by=by)

    async def answer_approval(
        self, run_id: str, step: str, revision: int, decision: Decision, *, by: Person
    ) -> Run:
        """Settle an approval, say one of the yeses that it needs, or send the proposal back.

        Raises:
            NotAllowed: a bot, an asker, who said yes before, or somebody without the role.
            TooLate: it was settled before, or the run has ended.
            BadInput: a denial without reason, or changes without a comment.
        """
        return await self._decisions.decide(run_id, step, revision, decision, by)

    async def hand_over(self, run_id: str, to: Person, *, by: Person) -> Run:
        """Make somebody answer for a run from now on, often `by` themselves.

        Who asked for it first stays an asker, so neither decides on what it asks.

        Raises:
            TooLate: they answer for it already, or it has ended.
            BadInput: a bot would answer for it.
        """
        return await self._decisions.hand_over(run_id, to, by)

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

    async def answer_call(
        self,
        run_id: str,
        step: str,
        number: int,
        reply: Reply,
        given: Mapping[str, Json],
        *,
        by: Person,
    ) -> Run:
        """Answer what a call under way asks, or decline to; what a model is asked takes an approver.

        Raises:
            NotAllowed: the person may not answer, or not let a model be asked.
            TooLate: it was answered before, or the call is over.
            BadInput: an answer cannot be used.
        """

        def change(loaded: Loaded) -> Sequence[h.Fact]:
            asked = elicitation.open_question(loaded, step, number)
            about = About(loaded.workflow.id)
            if asked.question.wanted is Wanted.MODEL:
                elicitation.require_say(self._guard.has_say(by, Role.APPROVER, about))
            return (elicitation.answer(asked, step, reply, given, by, self._now()),)

        return await self._change(run_id, by, _ANSWER, change)

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
        return await self._changes.make(run_id, by, deed, change)

    def _operation(self, name: str) -> Operation | None:
        try:
            return self._operations.find(name)
        except NotFound:
            return None

    def _now(self) -> datetime:
        return self._clock.now()
