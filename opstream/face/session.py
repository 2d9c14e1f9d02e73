"""What `WorkflowEngine` does, as coroutines in the loop of its own."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import structlog

from opstream.definitions import loader
from opstream.domain.approval import WORD_WITHOUT_CALL, Deny, Grant
from opstream.domain.history import Clarification
from opstream.domain.person import Person
from opstream.domain.run import RunView
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, NotFound, TooLate
from opstream.face import results
from opstream.face.opening import Whereabouts, beside_the_bot, log_as_a_library, opened, somebody
from opstream.face.results import PendingApproval, PendingQuestion, RunResult
from opstream.face.watching import Family, OnProgress, Watcher
from opstream.services import Services

Asking = TypeVar("Asking", PendingApproval, PendingQuestion)

_PAGE = 100
_SUFFIXES = (".yaml", ".yml", ".json")
_WHY = "loaded from Python"

log = structlog.get_logger(__name__)


class Session:
    """An open install and a person who starts runs in it."""

    def __init__(
        self,
        where: Whereabouts,
        by: Person,
        on_approval: Callable[[PendingApproval], bool | str | None] | None,
        on_progress: OnProgress | None,
    ) -> None:
        self._where = where
        self._by = by
        self._on_approval = on_approval
        self._watcher = Watcher(on_progress)
        self._stack = AsyncExitStack()
        self._services: Services | None = None

    async def open(self, operations: Sequence[object]) -> None:
        """Open the install; runs that a crash cut off go on at once."""
        log_as_a_library()
        opening = opened(beside_the_bot(self._where), self._watcher, operations)
        install = await self._stack.enter_async_context(opening)
        self._services = install.services
        await install.start()

    async def close(self) -> None:
        """Stop; nothing is lost."""
        self._services = None
        await self._stack.aclose()

    @property
    def services(self) -> Services:
        """The open install."""
        if self._services is None:
            raise BadInput("This engine is closed. Make another `WorkflowEngine`.")
        return self._services

    async def load(self, what: str | Path | Mapping[str, Json]) -> Workflow:
        """Return a workflow; one from outside is published first."""
        catalog = self.services.workflows
        if isinstance(what, Mapping):
            return await self._publish(json.dumps(what, ensure_ascii=False, default=str), "")
        path = Path(what)
        if isinstance(what, str) and path.suffix not in _SUFFIXES and path.parent == Path():
            return catalog.latest(what)
        try:
            text = await asyncio.to_thread(path.read_text, encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{path} cannot be read: {error}. Name a workflow file.") from error
        return await self._publish(text, path.name)

    async def _publish(self, text: str, file: str) -> Workflow:
        found = loader.load(text, file or "the workflow")
        if len(found) > 1:
            listed = ", ".join(f"`{one.workflow.id}`" for one in found)
            raise BadInput(f"{file} holds {listed}. Give its folder to the engine as `workflows`.")
        return await self.services.workflows.publish(text, self._by.who, _WHY, file)

    async def execute(
        self,
        workflow: Workflow | str,
        inputs: Mapping[str, Json],
        *,
        wait: bool,
        within: timedelta | None,
        key: str,
    ) -> RunResult:
        """Start a run, and wait for it if wanted."""
        name = workflow if isinstance(workflow, str) else workflow.id
        runs = self.services.runs
        run = await runs.start(name, inputs, by=self._by, place=None, request_key=key)
        if not wait:
            return await self.get(run.id)
        return await self.wait_for(run.id, within)

    async def get(self, run_id: str) -> RunResult:
        """Return a run as it is."""
        return results.of(await self._family(await self._full(run_id)))

    async def wait_for(self, run_id: str, within: timedelta | None = None) -> RunResult:
        """Wait until a run stands still; what the callback decides, it decides on the way."""
        run_id = await self._full(run_id)
        while True:
            found = results.of(await self._watcher.still(run_id, self._look, within))
            if not await self._callback(found.approvals):
                return found

    async def resume(self, within: timedelta | None) -> list[RunResult]:
        """Wait for all runs that have not ended."""
        found: list[str] = []
        while True:
            page = await self.services.runs.active(offset=len(found), limit=_PAGE)
            found += [one.id for one in page.runs]
            if not page.runs or len(found) >= page.total:
                return list(await asyncio.gather(*(self.wait_for(one, within) for one in found)))

    async def decide(self, run_id: str, step: str, by: str, reason: str | None) -> RunResult:
        """Say yes, or no with a reason."""
        run_id = await self._full(run_id)
        one = _only((await self.get(run_id)).approvals, step, run_id)
        await self._settle(one, somebody(by), _yes(one) if reason is None else Deny(reason))
        return await self.wait_for(run_id)

    async def answer(
        self, run_id: str, step: str, by: str, answers: Mapping[str, Json] | str
    ) -> RunResult:
        """Answer a question, or say what became of a call."""
        run_id = await self._full(run_id)
        one = _only((await self.get(run_id)).questions, step, run_id)
        runs, person = self.services.runs, somebody(by)
        if one.is_doubt:
            said = _clarification(answers)
            await runs.clear_doubt(one.run_id, one.step, said, by=person)
        elif isinstance(answers, str):
            example = ", ".join(f"{name!r}: …" for name in one.fields)
            raise BadInput(f"Step `{one.step}` asks for values by name. Give `{{{example}}}`.")
        else:
            await runs.answer_question(one.run_id, one.step, answers, by=person)
        return await self.wait_for(run_id)

    async def cancel(self, run_id: str, by: str, reason: str) -> RunResult:
        """End a run."""
        run_id = await self._full(run_id)
        await self.services.runs.cancel(run_id, by=self._person(by), reason=reason)
        return await self.wait_for(run_id)

    async def retry(self, run_id: str, from_step: str | None, by: str) -> RunResult:
        """Set an ended run going again."""
        run_id = await self._full(run_id)
        await self.services.runs.retry(run_id, by=self._person(by), from_step=from_step)
        return await self.wait_for(run_id)

    async def _callback(self, approvals: Sequence[PendingApproval]) -> bool:
        """Let the callback decide; return whether it decided anything."""
        if self._on_approval is None:
            return False
        decided = False
        name = getattr(self._on_approval, "__name__", "on_approval")
        for one in approvals:
            said = await asyncio.to_thread(self._on_approval, one)
            if said is not None:
                reason = said if isinstance(said, str) else f"{name} said no."
                decision = _yes(one) if said is True else Deny(reason)
                with suppress(TooLate):  # somebody else was faster
                    await self._settle(one, somebody(f"{name} of {self._by.name}"), decision)
                decided = True
        return decided

    async def _settle(self, one: PendingApproval, by: Person, decision: Grant | Deny) -> None:
        runs = self.services.runs
        await runs.answer_approval(one.run_id, one.step, one.revision, decision, by=by)

    async def _family(self, run_id: str) -> Family:
        return await self._watcher.family(run_id, self._look)

    async def _look(self, run_id: str) -> RunView:
        return await self.services.runs.view(run_id)

    async def _full(self, run_id: str) -> str:
        return await self.services.runs.resolve(run_id, by=self._by, place=None)

    def _person(self, name: str) -> Person:
        return somebody(name) if name else self._by


def _yes(one: PendingApproval) -> Grant:
    """Return a yes of a program, which has seen the operation and names it, as a person types it."""
    return Grant(one.operation or WORD_WITHOUT_CALL)


def _only(asking: Sequence[Asking], step: str, run_id: str) -> Asking:
    """Return what is meant of all that a run asks."""
    meant = [one for one in asking if not step or one.step == step]
    if len(meant) == 1:
        return meant[0]
    if not asking:
        raise NotFound("question", step or run_id, hint="The run asks nothing right now.")
    listed = ", ".join(f"`{one.step}`" for one in asking)
    raise BadInput(f"The run asks at {listed}. Name the step that you mean.")


def _clarification(answer: Mapping[str, Json] | str) -> Clarification:
    if answer in tuple(Clarification):
        return Clarification(str(answer))
    raise BadInput("Nobody knows what became of that call. Say `repeat`, `skip` or `done`.")
