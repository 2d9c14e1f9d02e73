"""What runs have to tell to whoever watches them: their start, milestones, questions, and their end.

Their end is told by a duty of the run (`runs/telling.py`), so that no crash loses it; the rest as it is shown.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from datetime import timedelta

import structlog

from opstream.domain.growing import Growing
from opstream.domain.notification import Notice, NoticeKind
from opstream.domain.operation import Progress
from opstream.domain.run import Run, RunStatus, RunView, StepState, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Notify, Workflow
from opstream.errors import StoreUnavailable
from opstream.notifications import asking, decisions
from opstream.notifications.drafting import name_of, notice
from opstream.notifications.service import Notifications
from opstream.ports import Messenger

log = structlog.get_logger(__name__)
_KEPT = 20_000
_RUNS_KEPT = 2_000
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.25, 10.0
_ENDS = {
    RunStatus.SUCCEEDED: "is done",
    RunStatus.FAILED: "has failed",
    RunStatus.CANCELLED: "was cancelled",
    RunStatus.DENIED: "has ended, because an approval was denied",
}


def about(view: RunView, earlier: Growing[str, StepState] | None = None) -> Iterator[Notice]:
    """Yield what there is to tell about a run on its way; each with a key of its own.

    Args:
        view: The run.
        earlier: The steps as they were looked at last; what is the same since is left out.
    """
    run, name = view.run, name_of(view.workflow)
    started = f"{name} was started by {run.by.name}."
    yield notice(run, "started", NoticeKind.STARTED, started, run.by.id)
    yield from decisions.about_hand_over(view)
    # What is open is looked at each time: who is asked may change without it.
    for id, state in {**dict(run.steps.changed_since(earlier)), **run.open}.items():
        yield from decisions.about_approvals(view, state)
        step = view.workflow.order.by_id.get(id)
        if step is None:
            continue
        for one in state.asks_now:
            key = f"asked/{id}/{state.attempt}/{run.retries}/{one.number}"
            waits = f"{name} waits for an answer: {one.question.source} asks in {step.title or id}"
            yield notice(run, key, NoticeKind.APPROVAL, waits)
        if state.status in asking.ASKING:
            asked = asking.key_of_question(id, state.attempt, run.retries)
            waits = f"{name} waits for an answer: {step.title or id}"
            yield notice(run, asked, NoticeKind.APPROVAL, waits)
        elif isinstance(step.work, Notify) and state.status is StepStatus.SUCCEEDED:
            said = f"{name}: {_said(state.output)}"
            yield notice(run, f"said/{id}/{run.retries}", NoticeKind.MILESTONE, said)


def end_of(workflow: Workflow, run: Run) -> Notice:
    """Return what there is to tell about the end of a run; one for each time that it ended."""
    kind = NoticeKind.FAILED if run.status is RunStatus.FAILED else NoticeKind.COMPLETED
    why = f" {run.reason}" if run.reason else ""
    by = run.ended_by.id if run.ended_by else ""
    text = f"{name_of(workflow)} {_ENDS[run.status]}.{why}"
    return notice(run, f"ended/{run.retries}", kind, text, by)


def _said(output: Json) -> str:
    text = output.get("text") if isinstance(output, dict) else output
    return text[:500] if isinstance(text, str) else "a step is done"


class TellingMessenger:
    """A messenger that also lets people hear of a run: who watches it, and who is to decide.

    What is new in a view is written down before the view is shown: a process that dies in between shows the
    run again, and then tells of it. What concerns nobody costs nothing.
    """

    def __init__(self, messenger: Messenger, notifications: Notifications) -> None:
        self._messenger = messenger
        self._notifications = notifications
        self._told: OrderedDict[tuple[str, tuple[str, ...]], None] = OrderedDict()
        self._seen: OrderedDict[str, Growing[str, StepState]] = OrderedDict()
        self._behind: dict[str, list[tuple[RunView, list[Notice]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, view: RunView) -> None:
        """Show a run's newest state, and tell of what is new in it."""
        earlier, self._seen[view.run.id] = self._seen.pop(view.run.id, None), view.run.steps
        if len(self._seen) > _RUNS_KEPT:
            self._seen.popitem(last=False)
        new = [one for one in about(view, earlier) if (one.key, one.persons) not in self._told]
        for one in new:  # also what nobody hears: who watches later has not missed it
            self._told[one.key, one.persons] = None
        if not self._notifications.may_be_watched(view.run.id, view.run.workflow_id):
            new = [one for one in new if one.persons or one.channels]
        while len(self._told) > _KEPT:
            self._told.popitem(last=False)
        run_id = view.run.id
        if run_id in self._behind:  # so that no older state is shown after a newer one
            self._behind[run_id].append((view, new))
        elif new:
            self._behind[run_id] = [(view, new)]
            task = asyncio.create_task(self._work(run_id), name=f"tell of {run_id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._messenger.show(view)

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show how far a step under way is."""
        self._messenger.progress(run_id, step, progress)

    async def _work(self, run_id: str) -> None:
        behind = self._behind[run_id]
        try:
            while behind:
                view, notices = behind.pop(0)
                for one in notices:
                    await self._tell(one)
                self._messenger.show(view)
        finally:
            del self._behind[run_id]

    async def _tell(self, notice: Notice) -> None:
        """Have a notice written down, however often the database has to be asked."""
        wait = _FIRST_WAIT_SECONDS
        while True:
            try:
                await self._notifications.tell(notice)
            except StoreUnavailable as error:
                log.warning("notice_waits_for_store", key=notice.key, reason=str(error))
            else:
                return
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT_SECONDS)

    async def settled(self) -> None:
        """Return when everything that was shown is told."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self, grace: timedelta) -> None:
        """Write down what there is to tell, for a while; the rest is told when the run is shown next."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=grace.total_seconds())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
