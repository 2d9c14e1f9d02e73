"""Workflows from Python: the engine of the bot, for scripts, services and notebooks.

    from opstream import WorkflowEngine

    with WorkflowEngine() as engine:
        run = engine.execute_workflow(engine.load_workflow("email_to_notion"))
        print(run.status, run.result)

It is wired like the bot's: the same journal, runner, tools and checks. Every method has a twin for
`async` code whose name begins with an `a`. The engine has a loop of its own in a thread, so that both
work anywhere, also where a loop is running already.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.face.opening import Whereabouts, somebody
from opstream.face.results import PendingApproval, RunResult
from opstream.face.session import Session
from opstream.face.thread import LoopThread
from opstream.face.watching import OnProgress

OnApproval = Callable[[PendingApproval], bool | str | None]
RunId = RunResult | str


class WorkflowEngine:
    """Runs workflows durably; what a crash cuts off goes on with the next engine on the same data.

    Args:
        folder: Where the data stands; `python` in the data folder of the settings, if left out.
        database: Address of a PostgreSQL database to use instead, together with others.
        operations: Functions with `@operation` and connectors to be used besides the installed ones.
        workflows: Folders with workflow files besides those of the settings.
        on_approval: Decides what waits for a yes: True, False, a reason for a no, or None to leave
            it open.
        on_progress: Hears how far a step is: the run's id, the step, the progress.
        by: The name of who starts runs; that of the system's user, if left out.

    Raises:
        AlreadyRunning: another process has the folder.
    """

    def __init__(  # noqa: PLR0913  # all by name, all may be left out
        self,
        *,
        folder: str | Path | None = None,
        database: str | None = None,
        operations: Sequence[object] = (),
        workflows: str | Path | Sequence[str | Path] = (),
        on_approval: OnApproval | None = None,
        on_progress: OnProgress | None = None,
        by: str = "",
    ) -> None:
        folders = [workflows] if isinstance(workflows, str | Path) else workflows
        where = Whereabouts(
            Path(folder) if folder is not None else None, database, tuple(map(Path, folders))
        )
        self._thread = LoopThread()
        self._closed = False
        self._session = Session(where, somebody(by), on_approval, on_progress)
        try:
            self._thread.run(self._session.open(operations))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def close(self) -> None:
        """Stop; runs under way go on with the next engine on the same data."""
        if not self._closed:
            self._closed = True
            self._thread.run(self._session.close())
            self._thread.stop()

    async def aclose(self) -> None:
        """As `close`."""
        if not self._closed:
            self._closed = True
            await self._thread.arun(self._session.close())
            self._thread.stop()

    def load_workflow(self, what: str | Path | Mapping[str, Json]) -> Workflow:
        """Return a workflow by its id, from a file, or from data in any of the formats.

        One from a file or from data is published: it replaces the one of its id.

        Raises:
            NotFound: there is none of that id; the error offers what comes close.
            DefinitionErrors: something is wrong with it; the error has all complaints.
        """
        return self._thread.run(self._session.load(what))

    async def aload_workflow(self, what: str | Path | Mapping[str, Json]) -> Workflow:
        """As `load_workflow`."""
        return await self._thread.arun(self._session.load(what))

    def execute_workflow(
        self,
        workflow: Workflow | str,
        inputs: Mapping[str, Json] | None = None,
        *,
        wait: bool = True,
        within: timedelta | None = None,
        key: str = "",
    ) -> RunResult:
        """Start a run and wait until it has ended, or cannot go on without a person.

        Args:
            workflow: What `load_workflow` returned, or an id.
            inputs: By name.
            wait: Whether to wait at all; see `wait_for`.
            within: How long to wait at most; the run goes on.
            key: The same key twice gives the same run: a script that is started again after a crash
                does not start its run again.

        Raises:
            MissingInputs: required inputs were left out.
            BadInput: an input cannot be used, or no tool has an operation that it calls.
        """
        doing = self._session.execute(workflow, inputs or {}, wait=wait, within=within, key=key)
        return self._thread.run(doing)

    async def aexecute_workflow(
        self,
        workflow: Workflow | str,
        inputs: Mapping[str, Json] | None = None,
        *,
        wait: bool = True,
        within: timedelta | None = None,
        key: str = "",
    ) -> RunResult:
        """As `execute_workflow`."""
        doing = self._session.execute(workflow, inputs or {}, wait=wait, within=within, key=key)
        return await self._thread.arun(doing)

    def wait_for(self, run: RunId, within: timedelta | None = None) -> RunResult:
        """Wait until a run has ended, or cannot go on without a person."""
        return self._thread.run(self._session.wait_for(_id(run), within))

    async def await_for(self, run: RunId, within: timedelta | None = None) -> RunResult:
        """As `wait_for`."""
        return await self._thread.arun(self._session.wait_for(_id(run), within))

    def resume(self, within: timedelta | None = None) -> list[RunResult]:
        """Wait for all runs that have not ended, such as those that a crash cut off.

        They go on by themselves as soon as there is an engine.
        """
        return self._thread.run(self._session.resume(within))

    async def aresume(self, within: timedelta | None = None) -> list[RunResult]:
        """As `resume`."""
        return await self._thread.arun(self._session.resume(within))

    def get_run(self, run: RunId) -> RunResult:
        """Return a run as it is now; the beginning of its id will do."""
        return self._thread.run(self._session.get(_id(run)))

    async def aget_run(self, run: RunId) -> RunResult:
        """As `get_run`."""
        return await self._thread.arun(self._session.get(_id(run)))

    def approve(self, run: RunId, step: str = "", *, by: str) -> RunResult:
        """Say yes to what a run asks, and wait as `execute_workflow` does.

        Args:
            run: Its id, or what another method returned.
            step: The step that asks; not needed while only one does.
            by: Who says so; not who started the run, unless the workflow allows it.

        Raises:
            NotFound: it asks nothing, or not at that step.
            NotAllowed: that person may not decide.
            TooLate: it was settled before.
        """
        return self._thread.run(self._session.decide(_id(run), step, by, None))

    async def aapprove(self, run: RunId, step: str = "", *, by: str) -> RunResult:
        """As `approve`."""
        return await self._thread.arun(self._session.decide(_id(run), step, by, None))

    def deny(self, run: RunId, step: str = "", *, by: str, reason: str) -> RunResult:
        """Say no to what a run asks, and why; otherwise as `approve`."""
        return self._thread.run(self._session.decide(_id(run), step, by, reason))

    async def adeny(self, run: RunId, step: str = "", *, by: str, reason: str) -> RunResult:
        """As `deny`."""
        return await self._thread.arun(self._session.decide(_id(run), step, by, reason))

    def answer(
        self, run: RunId, answers: Mapping[str, Json] | str, step: str = "", *, by: str
    ) -> RunResult:
        """Answer what a run asks: values by field; of a call in doubt: `repeat`, `skip` or `done`.

        Raises:
            NotFound: it asks nothing, or not at that step.
            BadInput: an answer cannot be used.
        """
        return self._thread.run(self._session.answer(_id(run), step, by, answers))

    async def aanswer(
        self, run: RunId, answers: Mapping[str, Json] | str, step: str = "", *, by: str
    ) -> RunResult:
        """As `answer`."""
        return await self._thread.arun(self._session.answer(_id(run), step, by, answers))

    def cancel(self, run: RunId, *, by: str = "", reason: str = "") -> RunResult:
        """End a run; calls under way are cancelled, and what can be undone is.

        Raises:
            TooLate: it has ended.
        """
        return self._thread.run(self._session.cancel(_id(run), by, reason))

    async def acancel(self, run: RunId, *, by: str = "", reason: str = "") -> RunResult:
        """As `cancel`."""
        return await self._thread.arun(self._session.cancel(_id(run), by, reason))

    def retry(self, run: RunId, from_step: str | None = None, *, by: str = "") -> RunResult:
        """Let a run that failed go on from the step that did, or from another one.

        Raises:
            TooLate: it has not ended, or ended well and no step was named.
            NeedsConfirmation: finished writes would be done again.
        """
        return self._thread.run(self._session.retry(_id(run), from_step, by))

    async def aretry(self, run: RunId, from_step: str | None = None, *, by: str = "") -> RunResult:
        """As `retry`."""
        return await self._thread.arun(self._session.retry(_id(run), from_step, by))


def _id(run: RunId) -> str:
    return run.run_id if isinstance(run, RunResult) else run
